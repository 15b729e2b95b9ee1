"""Which neurons hold which features. Weights are (model, hidden, feature), `held` is boolean of the same shape."""

from functools import lru_cache

import numpy as np
from superposition.measure.features import REPRESENTED, feature_norms

LEAST = 0.4  # a weight from which on a neuron holds a feature, in figures: the default reading's
DIRECTIONS = 20_000  # random ones, over which the distance of a rotated feature to sets of neurons is averaged
TOLERANCE = np.sin(np.deg2rad(15.0))  # of a right angle's cosine


def holding(W, least=LEAST, sign="positive"):
    """Whether a neuron holds a feature: its weight, or the weight's size for either sign, is at least so large."""
    return (np.abs(W) if sign == "either" else W) >= least


def polysemantic(held):
    """Whether a neuron holds several features (model, hidden)."""
    return held.sum(axis=2) >= 2


def dedicated(held):
    """Whether a feature has a neuron to itself (model, feature): this alone holds it, and nothing else."""
    alone = held & (held.sum(axis=2) == 1)[:, :, None]
    return alone.any(axis=1) & (held.sum(axis=1) == 1)


def leading_dedicated(held, number):
    """Whether the so many most important features alone are dedicated, and all other neurons hold several."""
    expected = np.arange(held.shape[2]) < number
    return (dedicated(held) == expected).all(axis=1) & (polysemantic(held).sum(axis=1) == held.shape[1] - number)


def configuration(held):
    """Each model's configuration: what its neurons hold, in an order that does not depend on that of the neurons."""
    return [b"".join(sorted(row.tobytes() for row in model)) for model in held]


def in_two_neurons(W, held):
    """The weights (hidden, feature) of three features that the model's only two shared neurons hold; else None."""
    shared = np.flatnonzero(polysemantic(held[None])[0])
    features = np.flatnonzero(held[shared].any(axis=0))
    return W[:, features] if (len(shared), len(features)) == (2, 3) else None


def is_binary_code(columns):
    """Whether of three features one is orthogonal to the others, and these are antipodal, within 15°."""
    directions = columns / feature_norms(columns)
    cosines = [float((directions[:, i] * directions[:, j]).sum()) for i, j in ((0, 1), (0, 2), (1, 2))]
    opposite, *right = sorted(cosines)
    return opposite <= -np.sqrt(1 - TOLERANCE**2) and max(map(abs, right)) <= TOLERANCE


def has_sets_beside_divider(W, held, size, least):
    """Whether one neuron divides features by importance, and the others hold sets of `size` and single ones.

    Of the represented features that are not dedicated, the divider has a weight of at least so much for each, of one
    sign for the important ones and of the other for the rest. Of the other neurons, `size` hold each of the former and
    one each of the latter.

    Args:
        W: of one model (hidden, feature).
        held: likewise.
        size: number of neurons that hold an important feature.
        least: the least weight of the divider.
    """
    features = np.flatnonzero((feature_norms(W) >= REPRESENTED) & ~dedicated(held[None])[0])
    for divider in range(len(W)):
        weights, sets = W[divider, features], np.delete(held[:, features], divider, axis=0).sum(axis=0)
        important = np.sign(weights) == np.sign(weights[:1])
        number = important.sum()
        divides = (np.abs(weights) >= least).all() and 0 < number < len(features) and important[:number].all()
        if divides and (sets == np.where(important, size, 1)).all():
            return True
    return False


def distance_to_sets(W):
    """δ (model,): 1 − the cosine of a feature's positive weights and the nearest set of neurons, mean over features.

    A set of k neurons is the vector that is 1/√k for them and 0 for the others; the nearest one holds the k largest.
    Only represented features with a positive weight count; NaN where there is none.
    """
    positive = -np.sort(-np.maximum(W, 0.0), axis=1)
    sizes = np.sqrt(np.arange(1, W.shape[1] + 1))[:, None]
    largest, norms = (np.cumsum(positive, axis=1) / sizes).max(axis=1), feature_norms(positive)
    counted = (feature_norms(W) >= REPRESENTED) & (norms > 0)
    distances = np.where(counted, 1.0 - largest / np.where(norms > 0, norms, 1.0), 0.0)
    number = counted.sum(axis=1)
    return np.divide(distances.sum(axis=1), number, out=np.full(len(W), np.nan), where=number > 0)


@lru_cache(maxsize=8)
def rotated_distance(hidden):
    """The mean of δ under random rotations: each feature then has a uniformly random direction, whatever W was."""
    directions = np.random.default_rng(0).standard_normal((1, hidden, DIRECTIONS))
    return float(distance_to_sets(directions / feature_norms(directions)[:, None, :])[0])
