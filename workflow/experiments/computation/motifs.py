"""Patterns of weights in neurons of several features, and how often chance has them.

Everywhere w and v are rescaled weights (seed, neuron, feature): each neuron's largest |w| is 1 (neurons.rescaled).
"""

import numpy as np

from .neurons import USED, primary, ratio, rescaled, served

HALF = 0.5  # of the primary weight down to which another is a secondary one: the paper's example has a quarter
SHUFFLES = 20  # of which the counts of chance are means


def secondary_only(w, serves):
    """Which neurons (seed, neuron) serve several features, one by a weight that is twice every other one."""
    second = np.sort(np.abs(w), axis=-1)[..., -2]
    return (serves.sum(axis=-1) >= 2) & (second <= HALF)


def asymmetric(w, v, serves):
    """Pairs (seed, neuron, feature): a secondary feature j in asymmetric superposition with the neuron's primary one i.

    |w_j| ≤ |w_i| / 2 and v_j ≥ 2 v_i > 0, as with W = [2, −1/2] and output weights [1/2, 2]. The sign of w_j is left
    open: |x| does not change where x_j changes its sign.
    """
    own = np.take_along_axis(v, primary(w)[..., None], axis=-1)  # v_i
    return serves & (np.abs(w) <= HALF) & (own >= USED) & (v >= own / HALF)


def primary_share(w, v, serves):
    """Share (seed,) of the neurons of several features that have one primary feature; NaN where there are none."""
    return ratio(secondary_only(w, serves).sum(axis=1), (serves.sum(axis=-1) >= 2).sum(axis=1))


def asymmetric_share(w, v, serves):
    """Share (seed,) of the neurons of several features that are asymmetric; NaN where there are none."""
    return ratio(asymmetric(w, v, serves).any(axis=-1).sum(axis=1), (serves.sum(axis=-1) >= 2).sum(axis=1))


def inhibited(w, v, serves, pairs):
    """Which of the pairs (seed, neuron, feature) another neuron inhibits.

    It serves the same primary feature i on the same side, and takes from output j at least half of what the pair's
    neuron adds to it when x_i is active: w_li w_ki > 0 and |w_li| v_lj ≤ −v_kj / 2.
    """
    held = np.zeros_like(pairs)
    first = primary(w)
    for seed, k, j in np.argwhere(pairs):
        i = first[seed, k]
        fires = serves[seed, :, i] & (w[seed, :, i] * w[seed, k, i] > 0)
        fires[k] = False
        held[seed, k, j] = (fires & (np.abs(w[seed, :, i]) * v[seed, :, j] <= -HALF * v[seed, k, j])).any()
    return held


def by_chance(statistic, shuffle, w, v, serves):
    """Mean of a statistic (seed,) of shuffled weights, over a fixed sequence of shuffles; where it is NaN none counts.

    Args:
        statistic: of w, v and serves.
        shuffle: of w, v, serves and a generator, returns such three.
        w: rescaled input weights.
        v: rescaled output weights.
        serves: which features each neuron serves.
    """
    generator = np.random.default_rng(0)
    values = np.array([statistic(*shuffle(w, v, serves, generator)) for _ in range(SHUFFLES)])
    return ratio(np.nansum(values, axis=0), np.isfinite(values).sum(axis=0))


def among_neurons(share):
    """A shuffle that moves each feature's weights, in and out alike, among the neurons.

    Args:
        share: as of neurons.served.
    """

    def shuffle(w, v, serves, generator):
        order = generator.random(w.shape).argsort(axis=1)
        moved = rescaled(*(np.take_along_axis(array, order, axis=1) for array in (w, v)))
        return *moved, served(*moved, share)

    return shuffle


def outputs(w, v, serves, generator):
    """A shuffle of each neuron's output weights among the features that it serves."""
    places = np.where(serves, 0.0, 2.0)  # served features come first in both orders
    target = (places + np.arange(w.shape[-1]) / w.shape[-1]).argsort(axis=-1)
    source = (places + generator.random(w.shape)).argsort(axis=-1)
    moved = np.empty_like(v)
    np.put_along_axis(moved, target, np.take_along_axis(v, source, axis=-1), axis=-1)
    # The rest keeps its place: of features that are not served nothing is asked.
    return w, np.where(serves, moved, v), serves


def inhibited_by_chance(w, v, serves, pairs):
    """Share (seed,) of asymmetric neurons that others inhibit, were these others' weights moved among features.

    Each other neuron's weights, in and out alike, are moved by a permutation of its own.
    """
    generator, shares = np.random.default_rng(0), []
    first, count = primary(w), pairs.any(axis=-1).sum(axis=-1)
    for _ in range(SHUFFLES):
        order = generator.random(w.shape).argsort(axis=-1)
        moved_w, moved_v, moved = (np.take_along_axis(array, order, axis=-1) for array in (w, v, serves))
        held = np.zeros(pairs.shape[:2], dtype=bool)
        for seed, k, j in np.argwhere(pairs):
            i = first[seed, k]
            fires = moved[seed, :, i] & (moved_w[seed, :, i] * w[seed, k, i] > 0)
            fires[k] = False
            taken = np.abs(moved_w[seed, :, i]) * moved_v[seed, :, j]
            held[seed, k] |= (fires & (taken <= -HALF * v[seed, k, j])).any()
        shares.append(held.sum(axis=-1) / np.maximum(count, 1))
    return np.mean(shares, axis=0)
