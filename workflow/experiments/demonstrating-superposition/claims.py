"""The claims of the source paper's §2: for each, the effect of every seed. Thresholds stand in experiment.yaml."""

import numpy as np
from superposition.judge.evidence import claim
from superposition.measure.decomposition import linear_loss, sparse_loss
from superposition.measure.features import REPRESENTED, feature_norms, features_represented, interference
from superposition.measure.geometry import EDGE, feature_graph, feature_polytopes

from .sizes import LINEAR, RELU, bias_error

NORMS = ((0.0, 0.25), (0.75, 1.25))  # of a feature that is not represented, and of one that fully is


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
        effects[size] = (top / energy.sum(axis=-1)).min(axis=0)
    return effects


@claim("linear-bias")
def linear_bias(evidence):
    """Root mean square of b − its expected value, relative to a feature's mean, the largest over the sparsities."""
    effects = {}
    for size, model in LINEAR.items():
        off = [bias_error(evidence.weights(model, s, "b"), s, evidence.hidden(model)) for s in evidence.sparsities]
        effects[size] = np.sqrt(np.square(off).mean(axis=-1)).max(axis=0)
    return effects


@claim("linear-no-more-than-dimensions")
def linear_no_more(evidence):
    """Features represented beyond m, the largest number over the sparsities."""
    return {
        size: (_number(evidence, model) - evidence.hidden(model)).max(axis=0).astype(np.float64)
        for size, model in LINEAR.items()
    }


@claim("linear-loss-decomposed")
def linear_loss_decomposed(evidence):
    """Held-out loss over the decomposition's total, minus one, mean over the sparsities."""
    effects = {}
    for size, model in LINEAR.items():
        importance, off = evidence.importance_of(model), []
        for s in evidence.sparsities:
            W, b = (evidence.weights(model, s, name) for name in ("W", "b"))
            total = linear_loss(W, b, importance, np.full(len(W), float(s))).total
            off.append(evidence.metric(model, s, "test_loss") / total - 1)
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
    effects = {}
    for size, model in RELU.items():
        W = _at_onset(_over_sparsities(evidence, model, "W"))
        effects[size] = np.array(
            [
                concordance(inside[seen])
                for inside, seen in zip(in_superposition(W), feature_norms(W) >= REPRESENTED, strict=True)
            ]
        )
    return effects


@claim("reaches-most-important-last")
def reaches_most_important_last(evidence):
    """How far importance orders when the m most important features enter superposition, the first last."""
    effects = {}
    for size, model in RELU.items():
        inside = in_superposition(_over_sparsities(evidence, model, "W"))  # (sparsity, seed, feature)
        never = np.full((1, *inside.shape[1:]), True)
        entry = np.concatenate([inside, never]).argmax(axis=0)[:, : evidence.hidden(model)]
        effects[size] = np.array([concordance(-row) for row in entry])
    return effects


@claim("first-as-digons")
def first_as_digons(evidence):
    """Share of the features in superposition that are in digons, where superposition begins."""
    effects = {}
    for size, model in RELU.items():
        W = _at_onset(_over_sparsities(evidence, model, "W"))
        inside, digons = in_superposition(W), feature_polytopes(W) == "digon"
        effects[size] = (inside & digons).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    return effects


@claim("negative-interference-first")
def negative_interference_first(evidence):
    """Share of the squared off-diagonal entries of WᵀW that is negative, where superposition begins."""
    effects = {}
    for size, model in RELU.items():
        gram = _between(_at_onset(_over_sparsities(evidence, model, "W")))
        total = np.square(gram).sum(axis=(1, 2))
        effects[size] = np.square(np.minimum(gram, 0)).sum(axis=(1, 2)) / np.where(total > 0, total, 1.0)
    return effects


@claim("all-in-superposition")
def all_in_superposition(evidence):
    """Share of all features that are in superposition at the highest sparsity."""
    return {size: in_superposition(_sparsest(evidence, model)).mean(axis=1) for size, model in RELU.items()}


@claim("packing-goes-on")
def packing_goes_on(evidence):
    """Features represented at the highest sparsity minus at the first where all represented are in superposition."""
    effects = {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        number = features_represented(W)  # (sparsity, seed)
        packed = (in_superposition(W).sum(axis=-1) == number) & (number > 0)
        packed[-1] = True  # a model that never gets there has nothing to add
        effects[size] = (number[-1] - _pick(number, packed.argmax(axis=0))).astype(np.float64)
    return effects


@claim("positive-interference")
def positive_interference(evidence):
    """Share of the represented features with another one at an acute angle, at the highest sparsity."""
    effects = {}
    for size, model in RELU.items():
        W = _sparsest(evidence, model)
        acute = ((feature_graph(W) >= EDGE) & (_between(W) > 0)).any(axis=-1)
        effects[size] = acute.sum(axis=1) / np.maximum(features_represented(W), 1)
    return effects


@claim("negative-biases")
def negative_biases(evidence):
    """Share of the represented features with a negative bias, at the highest sparsity."""
    effects = {}
    for size, model in RELU.items():
        seen = feature_norms(_sparsest(evidence, model)) >= REPRESENTED
        bias = evidence.weights(model, _sparsities(evidence)[-1], "b")
        effects[size] = (seen & (bias < 0)).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return effects


@claim("bias-silences-interference")
def bias_silences_interference(evidence):
    """Share of the positive interferences that never pass the bias, at the highest sparsity."""
    effects = {}
    for size, model in RELU.items():
        gram = _between(_sparsest(evidence, model))
        bias = evidence.weights(model, _sparsities(evidence)[-1], "b")
        positive = gram > 0
        silent = positive & (gram + bias[:, :, None] <= 0)  # output j (row) for input i (column)
        effects[size] = silent.sum(axis=(1, 2)) / np.maximum(positive.sum(axis=(1, 2)), 1)
    return effects


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
    """Of the features with interference of one or more, for how many the others of one sign reach their length."""
    effects = {}
    for size, model in RELU.items():
        W = _over_sparsities(evidence, model, "W")
        norms = feature_norms(W)
        along = _between(W) / np.maximum(norms, REPRESENTED)[..., None]  # Ŵ_i · W_j for output i, input j
        reach = np.maximum(np.maximum(along, 0).sum(axis=-1), np.maximum(-along, 0).sum(axis=-1))
        crowded = (interference(W) >= 1) & (norms >= REPRESENTED)
        reached = (crowded & (reach >= norms)).sum(axis=(0, 2))
        effects[size] = reached / np.maximum(crowded.sum(axis=(0, 2)), 1)
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
    """Features represented per hidden dimension, small minus large, at each sparsity."""
    per_dimension = {size: _number(evidence, model) / evidence.hidden(model) for size, model in RELU.items()}
    return dict(zip(_sparsities(evidence), per_dimension["small"] - per_dimension["large"], strict=True))


def in_superposition(W):
    """Whether each represented feature (..., feature) shares dimensions with another."""
    return feature_graph(W).any(axis=-1)


def concordance(values):
    """Of the feature pairs with different values, the share in which the less important has the larger, minus the rest.

    Goodman and Kruskal's γ of importance's falling order and the values; zero where all are equal.

    Args:
        values: one for each feature (feature,), the most important first.
    """
    values = np.asarray(values, dtype=np.float64)
    signs = np.sign(values[None, :] - values[:, None])[np.triu_indices(len(values), 1)]  # later minus earlier
    return float(signs.sum() / max(np.abs(signs).sum(), 1.0))


def onset(inside):
    """Index (seed,) of the first sparsity at which some feature is in superposition, the last where none ever is.

    Args:
        inside: whether features are in superposition (sparsity, seed, feature).
    """
    some = inside.any(axis=-1)
    some[-1] = True
    return some.argmax(axis=0)


def _at_onset(W):
    """The weights (seed, hidden, feature) of each seed at the first density with superposition."""
    return _pick(W, onset(in_superposition(W)))


def _pick(array, index):
    """Of (sparsity, seed, ...), the entries (seed, ...) at each seed's index of a sparsity."""
    return array[index, np.arange(array.shape[1])]


def _between(W):
    """WᵀW (..., feature, feature) between different represented features, zero elsewhere."""
    seen = feature_norms(W) >= REPRESENTED
    both = seen[..., :, None] & seen[..., None, :] & ~np.eye(W.shape[-1], dtype=bool)
    return np.where(both, np.swapaxes(W, -1, -2) @ W, 0.0)


def _sparsities(evidence):
    """The sparsities, dense to sparse."""
    return sorted(evidence.sparsities, key=float)


def _over_sparsities(evidence, model, name):
    """An array of the weights, dense to sparse (sparsity, seed, ...)."""
    return np.stack([evidence.weights(model, s, name) for s in _sparsities(evidence)])


def _sparsest(evidence, model):
    return evidence.weights(model, _sparsities(evidence)[-1], "W")


def _number(evidence, model):
    """Number of features represented, dense to sparse (sparsity, seed)."""
    return features_represented(_over_sparsities(evidence, model, "W"))


def _difference(evidence, first, first_sparsity, second, second_sparsity):
    """‖A − B‖² / (‖A‖² + ‖B‖²) of two models' WᵀW (seed,)."""
    a, b = evidence.matrix(first, first_sparsity, "gram"), evidence.matrix(second, second_sparsity, "gram")
    energy = [np.square(matrix).sum(axis=(1, 2)) for matrix in (a - b, a, b)]
    return energy[0] / (energy[1] + energy[2])
