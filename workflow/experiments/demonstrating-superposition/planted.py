"""The order of events that the source paper's §2 describes, as weights: what training should find at each density."""

import numpy as np
from superposition.measure.polytopes import polygon
from superposition.train.controls import planted

BLOCK = 5  # hidden dimensions that are arranged together where features are sparse; each has four features
PAIRED = (
    (0.5, 0.0),
    (0.2, 0.4),
    (0.05, 0.8),
    (0.02, 1.0),
)  # down to a density: the share of the kept features with an antipode
PENTAGONS = 0.002  # down to this density; below it all features are represented
NORM, BIAS = 1.17046, -0.28230  # of the pentagon of least loss where one feature is active (Chen et al. 2023)
LONG, SILENT = (
    1.2,
    -0.55,
)  # norm of the half cube's corners, and a bias that silences what they and the axes share, 1.2/√5


@planted("linear-small")
@planted("linear-large")
def linear(instance):
    """The most important features, one a dimension; the mean as bias of the others."""
    W = np.eye(instance.hidden, instance.features)
    return W, _means(W, instance)


@planted("relu-small")
@planted("relu-large")
def superposed(instance):
    """Linear where dense; then antipodal pairs, the least important of the kept first; then pentagons; then everything.

    Where all are represented, each five dimensions hold the 16 corners of a half cube, whose cosines are 1/5 and −3/5,
    and four features along axes.
    """
    m, n, density = instance.hidden, instance.features, 1 - float(instance.sparsity)
    for least, part in PAIRED:
        if density > least:
            W = np.eye(m, n)
            for k in range(round(part * m)):
                W[m - 1 - k, m + k] = -1.0
            return W, _means(W, instance)
    vectors, bias = _pentagons() if density > PENTAGONS else _everything()
    W, b = np.zeros((m, n)), np.full(n, (1 - float(instance.sparsity)) / 2)
    for k in range(m // BLOCK):
        members = slice(k * len(bias), (k + 1) * len(bias))
        W[k * BLOCK : (k + 1) * BLOCK, members], b[members] = vectors, bias
    return W, b


@planted("relu-small-unbiased")
def unbiased(instance):
    """The same vectors with no bias to silence what they interfere."""
    W, b = superposed(instance)
    return W, np.zeros_like(b)


def _means(W, instance):
    """Zero for the represented features, the mean for the others (feature,)."""
    return np.where(W.any(axis=0), 0.0, (1 - float(instance.sparsity)) / 2)


def _pentagons():
    """Vectors (5, 12) and biases of two pentagons and a digon."""
    W = np.zeros((BLOCK, 12))
    W[:2, :5] = W[2:4, 5:10] = NORM * polygon(5)
    W[4, 10:] = 1.0, -1.0
    return W, np.r_[np.full(10, BIAS), 0.0, 0.0]


def _everything():
    """Vectors (5, 20) and biases of a half cube and four features against its axes."""
    corners = np.array(np.meshgrid(*[[1, -1]] * BLOCK)).reshape(BLOCK, -1)
    half = corners[:, corners.prod(axis=0) > 0] / np.sqrt(BLOCK)
    return np.concatenate([LONG * half, -np.eye(BLOCK, 4)], axis=1), np.full(20, SILENT)
