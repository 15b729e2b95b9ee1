"""What each neuron of a model serves, and which features come back: what claims and figures share.

A neuron h_k = ReLU(W_k x) computes the same when its input weights are divided by a number and its output weights V_k
are multiplied by it. All is measured where the largest input weight of each neuron is 1.
"""

import numpy as np

SMALL, LARGE = "relu-small", "relu-large"
USED = 0.1  # largest output weight from which on a neuron is in use: a tenth of what one side of |x| needs
SERVED, REPRESENTED = 0.2, 0.75  # the default readings, which figures show


def rescaled(W, V):
    """Input and output weights (..., neuron, feature), each neuron's largest |W| being 1; a silent one's are zero."""
    largest = np.abs(W).max(axis=-1, keepdims=True)
    return np.divide(W, largest, out=np.zeros_like(W), where=largest > 0), V * largest


def served(w, v, share):
    """Which features each neuron serves (..., neuron, feature): none, where it is not in use.

    Args:
        w: rescaled input weights (..., neuron, feature).
        v: rescaled output weights (..., neuron, feature).
        share: of the neuron's largest input weight from which on another one counts.
    """
    return (np.abs(w) >= share) & (np.abs(v).max(axis=-1, keepdims=True) >= USED)


def primary(w):
    """The feature of each neuron's largest input weight (..., neuron)."""
    return np.abs(w).argmax(axis=-1)


def distinct_sides(w, used):
    """How many sides of features, positive and negative, are the largest input weight of some neuron in use (seed,).

    Args:
        w: rescaled input weights (seed, neuron, feature).
        used: which neurons are in use (seed, neuron).
    """
    return sum((used[..., None] & (w == sign)).any(axis=1).sum(axis=-1) for sign in (1, -1))


def variances(products, model, sparsity):
    """Variance of |x_i| on every seed's held-out set (seed, feature)."""
    return np.abs(products.data(sparsity)[..., : products.size(model)[0]]).var(axis=1, dtype=np.float64)


def explained(error_square, variance):
    """1 − E(ŷ_i − |x_i|)² / Var |x_i| (seed, feature); 0 of a feature that never was active."""
    return 1 - np.divide(error_square, variance, out=np.ones_like(variance), where=variance > 0)


def pure(w, serves):
    """Which neurons (seed, neuron) serve one feature alone, one of the m most important, m the number of neurons."""
    return (serves.sum(axis=-1) == 1) & (primary(w) < w.shape[-2])


def two_sides(w, v, serves, tolerance=0.1):
    """Which features (seed, feature) have a neuron ReLU(x_i) and another ReLU(−x_i), each added to the output once.

    Args:
        w: rescaled input weights (seed, neuron, feature).
        v: rescaled output weights.
        serves: which features a neuron serves; one that serves another feature too is no side.
        tolerance: of the output weight of 1.
    """
    side = serves & (serves.sum(axis=-1, keepdims=True) == 1) & (np.abs(v - 1) <= tolerance)
    return (side & (w > 0)).any(axis=1) & (side & (w < 0)).any(axis=1)


def above(first, monosemantic, polysemantic):
    """How much more often than not a monosemantic neuron's primary feature is the more important one (seed,).

    Of all pairs of one neuron of each kind, the share in which it is, less the share in which the polysemantic one's
    is: from −1 to 1; NaN where a kind is missing. Features are numbered by importance, the most important first.
    """
    pairs = monosemantic[:, :, None] & polysemantic[:, None, :]
    order = np.sign(first[:, None, :] - first[:, :, None])  # 1 where the monosemantic neuron's is more important
    return ratio((order * pairs).sum(axis=(1, 2)), pairs.sum(axis=(1, 2)))


def ratio(part, whole):
    """part / whole (seed,); NaN, nothing to measure, where the whole is zero."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
