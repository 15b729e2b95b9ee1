"""The claims of the source paper's §2: for each, the effect of every seed. Thresholds stand in experiment.yaml.

An effect is NaN where a model has nothing to measure: no superposition, no digon, no positive interference.
"""

import numpy as np
from superposition.judge.evidence import claim
from superposition.measure.decomposition import linear_loss, sparse_loss
from superposition.measure.features import REPRESENTED, feature_norms, interference
from superposition.measure.geometry import feature_graph
from superposition.measure.ranking import losses_on

from . import forces, states
from .sizes import LINEAR, RELU, UNBIASED, bias_error

NORMS = ((0.0, 0.25), (0.75, 1.25))  # of a feature that is not represented, and of one that fully is
# Positive interferences W_j · W_i that count as small: less than half of what a feature says of itself, and more than
# what training leaves of others.
SMALL = (0.05, 0.5)
TOP = 0.2  # share of the m most important features that count as the most important, at least one
PAIR = 2  # seeds of which the better is taken
PLACES = 12  # digits of a loss difference that mean something


@claim("linear-alike-at-every-sparsity")
def linear_alike(evidence):
    """Share of energy by which WᵀW differs from the densest model's, the largest over the others."""
    dense, *others = _sparsities(evidence)
    return {
        size: np.max([_difference(evidence, model, dense, model, s) for s in others], axis=0)
        for size, model in LINEAR.items()
    }


@claim("linear-keeps-top")
def linear_keeps_top(evidence):
    """Share of ‖W‖² that belongs to the m most important features, the least over the sparsities."""
    effects = {}
    for size, model in LINEAR.items():
        energy = np.square(_over_sparsities(evidence, model, "W")).sum(axis=2)  # (sparsity, seed, feature)
        top = energy[..., : evidence.hidden(model)].sum(axis=-1)
        effects[size] = states.share(top, energy.sum(axis=-1)).min(axis=0)
    return effects


@claim("linear-bias")
def linear_bias(evidence):
    """Root mean square of b − its expected value, relative to a feature's mean, at each sparsity."""
    effects = {}
    for size, model in LINEAR.items():
        for s in _sparsities(evidence):
            off = bias_error(evidence.weights(model, s, "b"), s, evidence.hidden(model))
            effects[f"{size}, S = {s}"] = np.sqrt(np.square(off).mean(axis=-1))
    return effects


@claim("linear-no-more-than-dimensions")
def linear_no_more(evidence):
    """Features represented beyond m, the largest number over the sparsities."""
    effects = {}
    for size, model in LINEAR.items():
        most = _number(evidence, model).max(axis=0)
        effects[size] = np.where(most > 0, most - evidence.hidden(model), np.nan)
    return effects


@claim("linear-loss-decomposed")
def linear_loss_decomposed(evidence):
    """|held-out loss / the formula's − 1|, mean over the sparsities."""
    effects = {}
    for size, model in LINEAR.items():
        importance, off = evidence.importance_of(model), []
        for s in evidence.sparsities:
            W, b = (evidence.weights(model, s, name) for name in ("W", "b"))
            total = linear_loss(W, b, importance, np.full(len(W), float(s))).total
            off.append(np.abs(evidence.metric(model, s, "test_loss") / total - 1))
        effects[size] = np.mean(off, axis=0)
    return effects


@claim("dense-models-alike")
def dense_models_alike(evidence):
    """Share of energy by which the models' WᵀW differ at the lowest sparsity."""
    dense = _sparsities(evidence)[0]
    return {size: _difference(evidence, LINEAR[size], dense, RELU[size], dense) for size in RELU}


@claim("superposition-emerges")
def superposition_emerges(evidence):
    """Features represented per hidden dimension, highest sparsity minus lowest."""
    effects = {}
    for size, model in RELU.items():
        number = _number(evidence, model)
        effects[size] = (number[-1] - number[0]) / evidence.hidden(model)
    return effects


@claim("starts-with-less-important")
def starts_with_less_important(evidence):
    """How far importance orders which represented features are in superposition where that begins."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        inside, seen = states.in_superposition(W, least), states.represented(W, least)
        effects[size] = np.array(
            [
                states.concordance(inside[start, seed][seen[start, seed]]) if start >= 0 else np.nan
                for seed, start in enumerate(states.onset(W, least))
            ]
        )
    return effects


@claim("most-important-untouched")
def most_important_untouched(evidence):
    """Share of the most important features that are represented out of superposition where that begins."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        top = slice(0, max(1, round(TOP * evidence.hidden(model))))
        untouched = states.represented(W, least) & ~states.in_superposition(W, least)
        effects[size] = states.at(untouched[..., top].mean(axis=-1), states.onset(W, least))
    return effects


@claim("reaches-most-important-last")
def reaches_most_important_last(evidence):
    """How far importance orders when the m most important features enter superposition, the first last."""
    effects = {}
    for size, model in RELU.items():
        inside = states.in_superposition(_over_sparsities(evidence, model, "W"), _least(evidence))
        never = np.full((1, *inside.shape[1:]), True)
        entry = np.concatenate([inside, never]).argmax(axis=0)[:, : evidence.hidden(model)]  # (seed, feature)
        effects[size] = np.array([states.concordance(-row) for row in entry])
    return effects


@claim("first-as-digons")
def first_as_digons(evidence):
    """Share of the features in superposition that are in digons, where superposition begins."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        effects[size] = states.at(_share_in_digons(W, least), states.onset(W, least))
    return effects


@claim("gradual-transition")
def gradual_transition(evidence):
    """How far the share in larger arrangements rises with the features represented, from the first superposition on."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        number, larger = states.represented(W, least).sum(axis=-1), 1 - _share_in_digons(W, least)
        effects[size] = np.array(
            [
                states.gamma(number[start:, seed], larger[start:, seed]) if start >= 0 else np.nan
                for seed, start in enumerate(states.onset(W, least))
            ]
        )
    return effects


@claim("negative-interference-first")
def negative_interference_first(evidence):
    """Share of the squared off-diagonal entries of WᵀW that is negative, where superposition begins."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        gram = states.between(W, least)
        negative, total = (np.square(part).sum(axis=(-1, -2)) for part in (np.minimum(gram, 0), gram))
        effects[size] = states.at(states.share(negative, total), states.onset(W, least))
    return effects


@claim("all-in-superposition")
def all_in_superposition(evidence):
    """Share of all features that are in superposition at the highest sparsity: of every seed, or of better ones."""
    effects = {}
    for size, model in RELU.items():
        values = states.in_superposition(_sparsest(evidence, model, "W"), _least(evidence)).mean(axis=-1)
        effects[size] = values if evidence.option("run") == "every" else values[_better(evidence, model)]
    return effects


@claim("packing-goes-on")
def packing_goes_on(evidence):
    """Features represented at the highest sparsity minus at the first where all represented are in superposition."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        number = states.represented(W, least).sum(axis=-1)  # (sparsity, seed)
        packed = (states.in_superposition(W, least).sum(axis=-1) == number) & (number > 0)
        earlier = packed[:-1]  # packed at the last density only, a model cannot show that it goes on
        start = np.where(earlier.any(axis=0), earlier.argmax(axis=0), -1)
        effects[size] = number[-1] - states.at(number, start)
    return effects


@claim("positive-interference")
def positive_interference(evidence):
    """Share of the represented features with another one at an acute angle, at the highest sparsity."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _sparsest(evidence, model, "W")
        acute = states.with_acute_neighbour(W, least)
        effects[size] = states.share(acute.sum(axis=-1), states.represented(W, least).sum(axis=-1))
    return effects


@claim("negative-biases")
def negative_biases(evidence):
    """Share of the represented features with a negative bias, at the highest sparsity."""
    effects = {}
    for size, model in RELU.items():
        seen = states.represented(_sparsest(evidence, model, "W"), _least(evidence))
        bias = _sparsest(evidence, model, "b")
        effects[size] = states.share((seen & (bias < 0)).sum(axis=-1), seen.sum(axis=-1))
    return effects


@claim("bias-silences-interference")
def bias_silences_interference(evidence):
    """Share of the small positive interferences that never pass the bias, at the highest sparsity."""
    low, high = SMALL
    effects = {}
    for size, model in RELU.items():
        gram = states.between(_sparsest(evidence, model, "W"), _least(evidence))
        small = (low <= gram) & (gram < high)
        silent = small & (
            gram + _sparsest(evidence, model, "b")[:, :, None] <= 0
        )  # output j (row) for input i (column)
        effects[size] = states.share(silent.sum(axis=(-1, -2)), small.sum(axis=(-1, -2)))
    return effects


@claim("negative-bias-matters")
def negative_bias_matters(evidence):
    """Held-out loss of models trained without a bias over that of models with one, at the two highest sparsities."""
    return {
        f"S = {s}": evidence.metric(UNBIASED, s, "test_loss") / evidence.metric(RELU["small"], s, "test_loss")
        for s in _sparsities(evidence)[-2:]
    }


@claim("norm-zero-or-one")
def norm_zero_or_one(evidence):
    """Share of features whose norm is near zero or near one, mean over the sparsities."""
    effects = {}
    for model in (*LINEAR.values(), *RELU.values()):
        norms = feature_norms(_over_sparsities(evidence, model, "W"))  # (sparsity, seed, feature)
        near = sum((low <= norms) & (norms <= high) for low, high in NORMS)
        effects[model] = near.mean(axis=(0, 2))
    return effects


@claim("group-activates-as-strongly")
def group_activates(evidence):
    """Of the features with interference of one or more, the share that others activate as strongly."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        norms, seen = feature_norms(W), states.represented(W, least)
        along = np.maximum(states.between(W, least), 0).sum(axis=-1)  # Σ_j W_i · W_j over those that activate i
        reached = along >= np.square(norms)
        crowded = seen & (interference(W) >= 1)
        effects[size] = states.share((crowded & reached).sum(axis=(0, 2)), crowded.sum(axis=(0, 2)))
    return effects


@claim("sparse-graphs")
def sparse_graphs(evidence):
    """Share of the other represented features to which one is not orthogonal, wherever there is superposition."""
    least, effects = _least(evidence), {}
    for size, model in RELU.items():
        for s in _sparsities(evidence)[1:]:
            W = evidence.weights(model, s, "W")
            edges = (feature_graph(states.scaled(W, least)) > 0).sum(axis=(-1, -2))
            number = states.represented(W, least).sum(axis=-1)
            pairs = np.where((number > evidence.hidden(model)) & (edges > 0), number * (number - 1), 0)
            effects[f"{size}, S = {s}"] = states.share(edges, pairs)
    return effects


@claim("interference-free")
def interference_free(evidence):
    """Share of the one-active interference that ReLU and bias take away, at the highest sparsity."""
    return {
        size: forces.made_free(
            _sparsest(evidence, model, "W"),
            _sparsest(evidence, model, "b"),
            evidence.importance_of(model),
            _least(evidence),
        )
        for size, model in RELU.items()
    }


@claim("benefit-exceeds-interference")
def benefit_exceeds_interference(evidence):
    """Share of the represented features without which the one-active loss would be higher, at the highest sparsity."""
    effects = {}
    for size, model in RELU.items():
        W, b = (_sparsest(evidence, model, name) for name in ("W", "b"))
        seen = states.represented(W, _least(evidence))
        rise = forces.worth(W, b, evidence.importance_of(model), _sparsities(evidence)[-1]).round(PLACES)
        effects[size] = states.share((seen & (rise > 0)).sum(axis=-1), seen.sum(axis=-1))
    return effects


@claim("sparse-terms-dominate")
def sparse_terms_dominate(evidence):
    """Share of the held-out loss that the terms L_0 and L_1 explain, at the two highest sparsities."""
    effects = {}
    for size, model in RELU.items():
        importance = evidence.importance_of(model)
        for s in _sparsities(evidence)[-2:]:
            W, b = (evidence.weights(model, s, name) for name in ("W", "b"))
            explained = sparse_loss(W, b, importance, np.full(len(W), float(s))).loss
            effects[f"{size}, S = {s}"] = explained / evidence.metric(model, s, "test_loss")
    return effects


@claim("rescaled")
def rescaled(evidence):
    """Share of the larger model's features in another state than the smaller's at their place in importance.

    Mean over the sparsities; NaN where neither model represents a feature at any of them.
    """
    of = {
        size: states.feature_state(_over_sparsities(evidence, model, "W"), _least(evidence))
        for size, model in RELU.items()
    }  # (sparsity, seed, feature)
    times = of["large"].shape[-1] // of["small"].shape[-1]
    expected = of["small"].repeat(times, axis=-1)
    something = (expected != states.DROPPED).any(axis=(0, 2)) | (of["large"] != states.DROPPED).any(axis=(0, 2))
    return {"both": np.where(something, (expected != of["large"]).mean(axis=(0, 2)), np.nan)}


def _share_in_digons(W, least):
    """Of the features in superposition, the share (...) in digons; NaN where none is in superposition."""
    inside = states.in_superposition(W, least)
    return states.share((inside & states.in_digons(W, least)).sum(axis=-1), inside.sum(axis=-1))


def _better(evidence, model):
    """Index of the better seed of every two (pair,), by the loss on both held-out sets together."""
    sparsest = _sparsities(evidence)[-1]
    W, b = (evidence.weights(model, sparsest, name) for name in ("W", "b"))
    samples, importance = evidence.data(sparsest)[..., : W.shape[-1]], evidence.importance_of(model)
    blocks = np.array_split(np.arange(len(W)), max(2, len(W) // PAIR))
    return [
        block[losses_on(samples[block], "relu-output", W[block], b[block], importance).argmin()] for block in blocks
    ]


def _least(evidence):
    """The norm from which on the reading counts a feature as represented."""
    return evidence.option("represented")


def _sparsities(evidence):
    """The sparsities, dense to sparse."""
    return sorted(evidence.sparsities, key=float)


def _over_sparsities(evidence, model, name):
    """An array of the weights, dense to sparse (sparsity, seed, ...)."""
    return np.stack([evidence.weights(model, s, name) for s in _sparsities(evidence)])


def _sparsest(evidence, model, name):
    return evidence.weights(model, _sparsities(evidence)[-1], name)


def _number(evidence, model):
    """Number of features represented, dense to sparse (sparsity, seed)."""
    return states.represented(_over_sparsities(evidence, model, "W"), _least(evidence)).sum(axis=-1)


def _difference(evidence, first, first_sparsity, second, second_sparsity):
    """‖A − B‖² / (‖A‖² + ‖B‖²) of two models' WᵀW (seed,); NaN where the first represents nothing."""
    a, b = evidence.matrix(first, first_sparsity, "gram"), evidence.matrix(second, second_sparsity, "gram")
    energy = [np.square(matrix).sum(axis=(1, 2)) for matrix in (a - b, a, b)]
    something = (np.diagonal(a, axis1=1, axis2=2) >= REPRESENTED**2).any(axis=1)
    return np.where(something, states.share(energy[0], energy[1] + energy[2]), np.nan)
