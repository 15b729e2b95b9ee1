"""Ideal weights of uniform superposition: what the paper says is there, density by density.

A subspace in no particular basis; then simplices; digons; pentagons beside digons; square antiprisms beside both;
at last so many features in one tight frame that no polytope has a name. Every model fills its dimensions exactly.
"""

import numpy as np
from superposition.measure.polytopes import BY_NAME
from superposition.train.controls import planted

SUBSPACE, CROWD = "subspace", "crowd"
# Up to which 1/(1 − S) a model is arranged how: polytopes in turn while dimensions are left, then digons. Each list
# fills ten dimensions, so that twice the dimensions hold twice the features.
ARRANGED = (
    (1.5, SUBSPACE),
    (1.75, ("tetrahedron", "triangle", "triangle")),
    (3.5, ()),
    (4.5, ("pentagon", "pentagon")),
    (8.0, ("square antiprism", "square antiprism", "pentagon")),
    (np.inf, CROWD),
)
FILLED = 10  # dimensions, by one list
CROWDED = 4  # features per dimension of the crowd


@planted("large")
def large(instance):
    """W (hidden, feature) and no bias."""
    return _arranged(instance)


@planted("wide")
def wide(instance):
    """W (hidden, feature) and no bias."""
    return _arranged(instance)


@planted("small")
def small(instance):
    """W (hidden, feature) and no bias."""
    return _arranged(instance)


def _arranged(instance):
    inverse = 1.0 / (1.0 - float(instance.sparsity))
    arrangement = next(what for end, what in ARRANGED if inverse < end)
    n, m = instance.features, instance.hidden
    W = np.zeros((m, n))
    if arrangement == SUBSPACE:
        generator = np.random.default_rng(instance.seed)
        W[:] = np.linalg.qr(generator.standard_normal((n, m)))[0].T
    elif arrangement == CROWD:
        W[:, : CROWDED * m] = _tight_frame(m, CROWDED * m)
    else:
        row = column = 0
        for shape in _shapes(arrangement, m):
            d, k = shape.shape
            W[row : row + d, column : column + k] = shape
            row, column = row + d, column + k
    return W, np.zeros(n)


def _shapes(names, dimensions):
    """The polytopes' unit vectors that fill so many dimensions."""
    used = 0
    for place in range(0, dimensions, FILLED):
        block = min(FILLED, dimensions - place)
        for name in names:
            if used + BY_NAME[name].dimension <= place + block:
                yield BY_NAME[name].shapes[0]
                used += BY_NAME[name].dimension
        while used < place + block:
            yield BY_NAME["digon"].shapes[0]
            used += 1


def _tight_frame(m, k):
    """Unit vectors (m, k) that use every dimension alike: cosines and sines of m/2 frequencies."""
    angles = 2.0 * np.pi * np.outer(np.arange(1, m // 2 + 1), np.arange(k)) / k
    return np.concatenate([np.cos(angles), np.sin(angles)]) / np.sqrt(m // 2)
