"""What becomes of features as they get sparser: represented or not, in superposition or not; in what order.

A feature is represented from a norm `least` on, and in superposition where it is at no right angle to another that is.
"""

import numpy as np
from superposition.measure.features import REPRESENTED, contracted, feature_norms
from superposition.measure.geometry import EDGE, NOT_REPRESENTED, feature_graph, feature_polytopes

# Index of what feature_state says.
DROPPED, OWN, PAIR, LARGER = range(4)


def scaled(W, least):
    """W with lengths at which the library's functions take the norm `least` for the least of a represented feature."""
    return W * (REPRESENTED / least)


def represented(W, least):
    """Whether each feature is (..., feature)."""
    return feature_norms(scaled(W, least)) >= REPRESENTED


def in_superposition(W, least):
    """Whether each represented feature (..., feature) shares dimensions with another."""
    return feature_graph(scaled(W, least)).any(axis=-1)


def in_digons(W, least):
    """Whether each feature (..., feature) is one of an antipodal pair."""
    return feature_polytopes(scaled(W, least)) == "digon"


def with_acute_neighbour(W, least):
    """Whether each represented feature (..., feature) has a cosine of geometry.EDGE or more to another."""
    near = feature_graph(scaled(W, least)) >= EDGE
    return (near & (between(W, least) > 0)).any(axis=-1)


def feature_state(W, least):
    """DROPPED, OWN (a dimension of its own), PAIR (a digon) or LARGER (a larger arrangement), int (..., feature)."""
    names = feature_polytopes(scaled(W, least))
    return np.select([names == NOT_REPRESENTED, names == "dedicated", names == "digon"], [DROPPED, OWN, PAIR], LARGER)


def between(W, least):
    """WᵀW (..., feature, feature) between different represented features, zero elsewhere."""
    seen = represented(W, least)
    both = seen[..., :, None] & seen[..., None, :] & ~np.eye(W.shape[-1], dtype=bool)
    return np.where(both, contracted(W, W), 0.0)


def share(part, whole):
    """part / whole (...), numbers or sums; NaN where the whole is zero: nothing to measure."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def onset(W, least):
    """Index (seed,) of the first density with superposition, −1 where there is none.

    There a model represents more features than it has dimensions, and some are not orthogonal. The former is needed
    too: a linear model that has not yet told two features apart keeps one direction between them.

    Args:
        W: weights, dense to sparse (density, seed, hidden, feature).
        least: norm from which on a feature is represented.
    """
    more = represented(W, least).sum(axis=-1) > W.shape[-2]
    some = more & in_superposition(W, least).any(axis=-1)
    return np.where(some.any(axis=0), some.argmax(axis=0), -1)


def at(values, index):
    """Of values (density, seed) those (seed,) at each seed's index of a density; NaN where that is negative."""
    picked = np.asarray(values, dtype=np.float64)[index, np.arange(values.shape[1])]
    return np.where(index >= 0, picked, np.nan)


def gamma(first, second):
    """Goodman and Kruskal's γ: of the pairs that differ in both lists, the share in the same order, minus the rest.

    NaN where no pair differs in both. Arguments: numbers (item,).
    """
    pairs = np.triu_indices(len(first), 1)
    agree = np.multiply(*(
        np.sign(np.subtract.outer(values, values)[pairs]) for values in map(np.asarray, (first, second))
    ))  # fmt: skip
    return float(share(agree.sum(), np.abs(agree).sum()))


def concordance(values):
    """Of the feature pairs with different values, the share in which the less important has the larger, minus the rest.

    NaN where all are equal.

    Args:
        values: one for each feature (feature,), the most important first.
    """
    values = np.asarray(values, dtype=np.float64)
    return gamma(np.arange(len(values)), values)
