"""The article's claims: for each, the effect of every seed. Tests and thresholds stand in experiment.yaml."""

from itertools import pairwise, product

import numpy as np
from superposition.judge.evidence import claim
from superposition.measure.features import off_diagonal

from .served import capacity, contributions, explained, responses, served, served_per_dimension, top

CARRIED = 0.25  # share of a served feature's response from which a hidden unit counts as serving it
FLOOR = 0.1  # of √m, the norm of WᵀW of m features kept whole: smaller off-diagonal norms are taken as this


@claim("relu-compresses-better")
def relu_compresses_better(evidence):
    """1 − L(ReLU) / L(linear), paired by seed, at each sparsity."""
    return {
        s: 1 - evidence.metric("relu", s, "test_loss") / evidence.metric("linear", s, "test_loss")
        for s in evidence.sparsities
    }


@claim("linear-keeps-top")
def linear_keeps_top(evidence):
    """Share of Σ_i W_i · act(W_i) that belongs to the m most important features; nothing where no feature responds."""
    effects = {}
    for s in evidence.sparsities:
        own = contributions(evidence, "linear", s).sum(axis=1)  # (seed, feature)
        effects[s] = _ratio(own[:, top(evidence, "linear")].sum(axis=1), own.sum(axis=1))
    return effects


@claim("relu-spreads")
def relu_spreads(evidence):
    """Features served per hidden unit of the ReLU model."""
    return {s: served_per_dimension(evidence, "relu", s) for s in evidence.sparsities}


@claim("less-important-served")
def less_important_served(evidence):
    """Variance explained after the m most important, in features per hidden unit: ReLU − linear, paired by seed."""
    return {s: _after_top(evidence, "relu", s) - _after_top(evidence, "linear", s) for s in evidence.sparsities}


@claim("unit-serves-several")
def unit_serves_several(evidence):
    """Share of the ReLU model's hidden units that serve several features, of those that serve any."""
    effects = {}
    for s in evidence.sparsities:
        carried = contributions(evidence, "relu", s)  # (seed, hidden, feature)
        own = carried.sum(axis=1, keepdims=True)
        heard = served(evidence, "relu", s)[:, None] & (own > 0)
        count = (heard & (carried >= CARRIED * own)).sum(axis=2)  # (seed, hidden)
        effects[s] = _ratio((count >= 2).sum(axis=1), (count >= 1).sum(axis=1))
    return effects


@claim("linear-bias-order")
def linear_bias_order(evidence):
    """Of the m most important features, how many are among the m of lowest bias: the linear model."""
    return {s: _top_among_lowest(evidence, "linear", s) for s in evidence.sparsities}


@claim("relu-bias-no-order")
def relu_bias_no_order(evidence):
    """Of the m most important features, how many are among the m of lowest bias: the ReLU model."""
    return {s: _top_among_lowest(evidence, "relu", s) for s in evidence.sparsities}


@claim("relu-bias-lower")
def relu_bias_lower(evidence):
    """Share of the features whose bias is lower in the ReLU model, paired by seed; equal ones count half."""
    effects = {}
    for s in evidence.sparsities:
        relu, linear = (_bias(evidence, model, s) for model in ("relu", "linear"))
        lower = ((relu < linear) + 0.5 * (relu == linear)).mean(axis=1)
        effects[s] = np.where(relu.any(axis=1) & linear.any(axis=1), lower, np.nan)
    return effects


@claim("sparsity-brings-superposition")
def sparsity_brings_superposition(evidence):
    """Off-diagonal norm of WᵀW at the highest sparsity over that at the lowest, paired by seed, for each model."""
    low, high = _extremes(evidence)
    effects = {}
    for model in ("linear", "relu"):
        least = FLOOR * np.sqrt(evidence.hidden(model))
        norms = [np.maximum(off_diagonal(evidence.matrix(model, s, "gram")), least) for s in (high, low)]
        effects[model] = norms[0] / norms[1]
    return effects


@claim("superposition-rises")
def superposition_rises(evidence):
    """Growth, from one sparsity to the next, of what the ReLU model explains per hidden unit beyond any linear one."""
    ordered = sorted(evidence.sparsities, key=float)
    beyond = {s: np.maximum(capacity(evidence, "relu", s) - 1, 0) for s in ordered}
    return {f"{low} to {high}": beyond[high] - beyond[low] for low, high in pairwise(ordered)}


@claim("dense-models-alike")
def dense_models_alike(evidence):
    """Share of energy by which the models' WᵀW differ; at the highest sparsity only if the reading asks.

    A seed's linear model is compared with the ReLU model of the seed before, which started from other weights: the one
    of the same seed is like it before any training.
    """
    low, high = _extremes(evidence)
    effects = {}
    for s in (low, high):
        first, second = (evidence.matrix(model, s, "gram") for model in ("linear", "relu"))
        second = np.roll(second, 1, axis=0)
        share = _ratio(_energy(first - second), _energy(first) + _energy(second))
        spoken_of = s == low or evidence.option("alike") == "both"
        effects[s] = share if spoken_of else np.full_like(share, np.nan)
    return effects


@claim("both-conditions")
def both_conditions(evidence):
    """1 where only the ReLU model at the highest sparsity serves more features than it has hidden units, else 0."""
    low, high = _extremes(evidence)
    cells = product(("linear", "relu"), (low, high))
    more = {(model, s): served_per_dimension(evidence, model, s) > 1 for model, s in cells}
    both = more.pop(("relu", high))
    return {f"S = {low} and {high}": (both & ~np.any(list(more.values()), axis=0)).astype(float)}


@claim("nonlinearity-needed")
def nonlinearity_needed(evidence):
    """Share of the energy of the linear model's responses that lies off the diagonal; nothing where there are none."""
    effects = {}
    for s in evidence.sparsities:
        response = responses(evidence, "linear", s)
        effects[s] = _ratio(np.square(off_diagonal(response)), _energy(response))
    return effects


@claim("sparsity-needed")
def sparsity_needed(evidence):
    """Features served per hidden unit of the models with ReLU at sparsity 0; nothing where none is served."""
    (dense,) = evidence.controls
    found = {model: served_per_dimension(evidence, model, dense) for model in ("relu", "relu-output")}
    return {model: np.where(count > 0, count, np.nan) for model, count in found.items()}


@claim("linear-capacity")
def linear_capacity(evidence):
    """Features' worth of variance that the linear model explains per hidden unit."""
    return {s: capacity(evidence, "linear", s) for s in evidence.sparsities}


@claim("dataset-sparsity")
def dataset_sparsity(evidence):
    """Share of zeros minus the sparsity, on the held-out sets."""
    return {s: (evidence.data(s) == 0).mean(axis=(1, 2)) - float(s) for s in evidence.sparsities}


def _after_top(evidence, model, sparsity):
    """Σ of the shares of variance that are explained of the features after the m most important, over m (seed,).

    At least zero: whoever answers worse than by the mean explains nothing.
    """
    after = np.delete(explained(evidence, model, sparsity), top(evidence, model), axis=1)
    return np.maximum(after.sum(axis=1), 0) / evidence.hidden(model)


def _bias(evidence, model, sparsity):
    """The reconstructed bias (seed, feature) in the reading's sense."""
    array = {"bias": "bias", "error-mean": "error_mean"}[evidence.option("bias")]
    return evidence.matrix(model, sparsity, array)


def _top_among_lowest(evidence, model, sparsity):
    """Number of the m most important features among the m of lowest bias (seed,); nothing where all biases are equal.

    Features tied for the last places have equal shares of them.
    """
    bias, m = _bias(evidence, model, sparsity), evidence.hidden(model)
    lower = (bias[:, None] < bias[:, :, None]).sum(axis=2)  # features of lower bias (seed, feature)
    tied = (bias[:, None] == bias[:, :, None]).sum(axis=2)  # itself among them
    among = np.clip((m - lower) / tied, 0, 1)
    return np.where(np.ptp(bias, axis=1) > 0, among[:, top(evidence, model)].sum(axis=1), np.nan)


def _extremes(evidence):
    """The lowest and the highest sparsity shown."""
    ordered = sorted(evidence.sparsities, key=float)
    return ordered[0], ordered[-1]


def _energy(matrix):
    """Sum of squares of each matrix (seed,)."""
    return np.square(matrix).sum(axis=(1, 2))


def _ratio(part, whole):
    """part / whole (seed,); NaN, nothing to measure, where the whole is zero."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
