"""Claims about neurons that hold features: for each, the effect of the best of each block of seeds, or of every run."""

from collections import Counter
from itertools import combinations

import numpy as np
from superposition.judge.evidence import claim
from superposition.measure.ranking import best_of_blocks

from .losses import BLOCK, MODEL, common_losses
from .neurons import (
    configuration,
    dedicated,
    distance_to_sets,
    has_sets_beside_divider,
    holding,
    in_two_neurons,
    is_binary_code,
    leading_dedicated,
    polysemantic,
    rotated_distance,
)

# The paper's regimes, densest first.
ALL_ALONE, THREE_IN_TWO, FIVE_IN_THREE, SIX_IN_FOUR, EIGHT_IN_FIVE, PAIRS = (
    "0.3",
    "0.65",
    "0.85",
    "0.88",
    "0.94",
    "0.96",
)

EXACT = 1e-9  # a distance to sets below it is rounding: features are exact sets


@claim("all-monosemantic")
def all_monosemantic(evidence):
    """1 where the most important features, as many as neurons, have one each, and no neuron holds several; else 0."""
    return {ALL_ALONE: leading_dedicated(_held(evidence, ALL_ALONE), evidence.hidden(MODEL)).astype(float)}


@claim("three-dedicated")
def three_dedicated(evidence):
    """1 where features 1 to 3 are dedicated, and features 4 to 6 alone are held by the two other neurons; else 0."""
    held = _held(evidence, THREE_IN_TWO)
    in_all = (held.any(axis=1) == (np.arange(evidence.features) < 6)).all(axis=1)
    return {THREE_IN_TWO: (leading_dedicated(held, 3) & in_all).astype(float)}


@claim("binary-code")
def binary_code(evidence):
    """1 where three features in two neurons are (1, 1) and an antipodal pair, else 0; NaN without three in two."""
    models = zip(_weights(evidence, THREE_IN_TWO), _held(evidence, THREE_IN_TWO), strict=True)
    found = [in_two_neurons(W, held) for W, held in models]
    return {THREE_IN_TWO: np.array([np.nan if code is None else float(is_binary_code(code)) for code in found])}


@claim("two-monosemantic")
def two_monosemantic(evidence):
    """1 where features 1 and 2 alone are dedicated, and three neurons hold several, else 0."""
    return {FIVE_IN_THREE: leading_dedicated(_held(evidence, FIVE_IN_THREE), 2).astype(float)}


@claim("one-monosemantic")
def one_monosemantic(evidence):
    """1 where feature 1 alone is dedicated, and four neurons hold several, else 0."""
    return {SIX_IN_FOUR: leading_dedicated(_held(evidence, SIX_IN_FOUR), 1).astype(float)}


@claim("sets-of-two")
def sets_of_two(evidence):
    """1 where a neuron divides features by importance, and two others hold the important ones and one the rest."""
    return {SIX_IN_FOUR: _sets(evidence, SIX_IN_FOUR, 2)}


@claim("all-polysemantic")
def all_polysemantic(evidence):
    """1 where every neuron holds several features, else 0."""
    return {EIGHT_IN_FIVE: polysemantic(_held(evidence, EIGHT_IN_FIVE)).all(axis=1).astype(float)}


@claim("sets-of-three")
def sets_of_three(evidence):
    """1 where a neuron divides features by importance, and three others hold the important ones and one the rest."""
    return {EIGHT_IN_FIVE: _sets(evidence, EIGHT_IN_FIVE, 3)}


@claim("pairs-of-neurons")
def pairs_of_neurons(evidence):
    """Share of the features held at all that exactly two neurons hold; NaN where none is held."""
    number = _held(evidence, PAIRS).sum(axis=1)  # (model, feature)
    some = (number > 0).sum(axis=1)
    return {PAIRS: np.divide((number == 2).sum(axis=1), some, out=np.full(len(some), np.nan), where=some > 0)}


@claim("ten-pairs")
def ten_pairs(evidence):
    """1 where each feature is held by exactly two neurons, and no two features by the same two; else 0."""
    held = _held(evidence, PAIRS)
    distinct = np.array([len({column.tobytes() for column in model.T}) == evidence.features for model in held])
    return {PAIRS: ((held.sum(axis=1) == 2).all(axis=1) & distinct).astype(float)}


@claim("shift")
def shift(evidence):
    """Share of the pairs of densities of which the sparser has fewer dedicated neurons; a tie counts half."""
    number = [dedicated(_held(evidence, s)).sum(axis=1) for s in sorted(evidence.sparsities, key=float)]
    ordered = [(denser > sparser) + 0.5 * (denser == sparser) for denser, sparser in combinations(number, 2)]
    return {MODEL: np.mean(ordered, axis=0)}


@claim("both-in-one")
def both_in_one(evidence):
    """1 where a model has a neuron dedicated to a feature and one that holds several, else 0, by sparsity."""
    held = {s: _held(evidence, s) for s in evidence.sparsities}
    return {
        s: (dedicated(of).any(axis=1) & polysemantic(of).any(axis=1)).astype(float) for s, of in held.items()
    }  # fmt: skip


@claim("sets-of-neurons")
def sets_of_neurons(evidence):
    """1 − δ / δ(rotated), by sparsity; NaN where no feature is represented."""
    rotated = rotated_distance(evidence.hidden(MODEL))
    return {s: 1.0 - distance_to_sets(_weights(evidence, s)) / rotated for s in evidence.sparsities}


@claim("same-configurations")
def same_configurations(evidence):
    """1 where at least half of the others have a model's configuration, else 0, by sparsity with superposition."""
    effects = {}
    for s in evidence.sparsities:
        if s != ALL_ALONE:
            names = configuration(_held(evidence, s))
            alike = Counter(names)
            effects[s] = np.array([float(2 * (alike[name] - 1) >= len(names) - 1) for name in names])
    return effects


@claim("best-reveals")
def best_reveals(evidence):
    """1 − δ of a block's best model over the mean δ of its models, by sparsity; NaN where all are exact sets."""
    effects = {}
    for s in evidence.sparsities:
        distances, best = distance_to_sets(evidence.weights(MODEL, s, "W")), _best(evidence, s)
        means = np.array([_mean(block) for block in np.array_split(distances, len(best))])
        effects[s] = 1.0 - np.divide(distances[best], means, out=np.full(len(best), np.nan), where=means > EXACT)
    return effects


def _mean(values):
    """Mean of the finite values; NaN where there is none."""
    known = values[~np.isnan(values)]
    return known.mean() if len(known) else np.nan


def _sets(evidence, sparsity, size):
    least = evidence.option("weight")
    models = zip(_weights(evidence, sparsity), _held(evidence, sparsity), strict=True)
    return np.array([float(has_sets_beside_divider(W, held, size, least)) for W, held in models])


def _held(evidence, sparsity):
    """What neurons hold, under the reading (run, hidden, feature)."""
    return holding(_weights(evidence, sparsity), evidence.option("weight"), evidence.option("sign"))


def _weights(evidence, sparsity):
    """The weights (run, hidden, feature) of every seed, or of the best one of each block."""
    W = evidence.weights(MODEL, sparsity, "W")
    return W if evidence.option("run") == "every" else W[_best(evidence, sparsity)]


def _best(evidence, sparsity):
    """Index of the best model of each block (block,)."""
    W, b = (evidence.weights(MODEL, sparsity, name) for name in ("W", "b"))
    return best_of_blocks(common_losses(evidence.data(sparsity), W, b, evidence.importance), BLOCK)
