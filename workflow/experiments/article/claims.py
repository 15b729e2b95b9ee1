"""The article's claims: for each, the effect of every seed. Tests and thresholds stand in experiment.yaml."""

import numpy as np
from superposition.judge.evidence import claim
from superposition.measure.features import off_diagonal


@claim("relu-compresses-better")
def relu_compresses_better(evidence):
    """1 − L(ReLU) / L(linear), paired by seed, at each sparsity."""
    return {
        s: 1 - evidence.metric("relu", s, "test_loss") / evidence.metric("linear", s, "test_loss")
        for s in evidence.sparsities
    }


@claim("linear-keeps-top")
def linear_keeps_top(evidence):
    """Share of ‖W‖² that belongs to the m most important features."""
    effects = {}
    for s in evidence.sparsities:
        energy = evidence.matrix("linear", s, "norm") ** 2  # (seed, feature)
        effects[s] = energy[:, _top(evidence, "linear")].sum(axis=1) / energy.sum(axis=1)
    return effects


@claim("relu-spreads")
def relu_spreads(evidence):
    """Features per hidden dimension of the ReLU model."""
    return {s: evidence.metric("relu", s, "features_per_dimension") for s in evidence.sparsities}


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
    """Share of the features whose bias is lower in the ReLU model, paired by seed."""
    return {s: (_bias(evidence, "relu", s) < _bias(evidence, "linear", s)).mean(axis=1) for s in evidence.sparsities}


@claim("sparsity-brings-superposition")
def sparsity_brings_superposition(evidence):
    """Off-diagonal norm of WᵀW at the highest sparsity over that at the lowest, paired by seed, for each model."""
    low, high = _extremes(evidence)
    return {
        model: off_diagonal(evidence.matrix(model, high, "gram")) / off_diagonal(evidence.matrix(model, low, "gram"))
        for model in ("linear", "relu")
    }


@claim("dense-models-alike")
def dense_models_alike(evidence):
    """Share of energy by which the models' WᵀW differ at the lowest sparsity, paired by seed."""
    low, _ = _extremes(evidence)
    first, second = (evidence.matrix(model, low, "gram") for model in ("linear", "relu"))
    return {low: _energy(first - second) / (_energy(first) + _energy(second))}


@claim("nonlinearity-needed")
def nonlinearity_needed(evidence):
    """Features per hidden dimension of the linear model."""
    return {s: evidence.metric("linear", s, "features_per_dimension") for s in evidence.sparsities}


@claim("sparsity-needed")
def sparsity_needed(evidence):
    """Features per hidden dimension of the models with ReLU at sparsity 0."""
    (dense,) = evidence.controls
    return {model: evidence.metric(model, dense, "features_per_dimension") for model in ("relu", "relu-output")}


@claim("dataset-sparsity")
def dataset_sparsity(evidence):
    """Share of zeros minus the sparsity, on the held-out sets."""
    return {s: (evidence.data(s) == 0).mean(axis=(1, 2)) - float(s) for s in evidence.sparsities}


def _top(evidence, model):
    """Indices of the m most important features, m the size of the hidden layer."""
    return np.argsort(-evidence.importance, kind="stable")[: evidence.hidden(model)]


def _bias(evidence, model, sparsity):
    """The reconstructed bias (seed, feature) in the reading's sense."""
    array = {"bias": "bias", "error-mean": "error_mean"}[evidence.option("bias")]
    return evidence.matrix(model, sparsity, array)


def _top_among_lowest(evidence, model, sparsity):
    """Number of the m most important features among the m of lowest bias (seed,)."""
    lowest = np.argsort(_bias(evidence, model, sparsity), axis=1, kind="stable")[:, : evidence.hidden(model)]
    return np.isin(lowest, _top(evidence, model)).sum(axis=1).astype(float)


def _extremes(evidence):
    """The lowest and the highest sparsity shown."""
    ordered = sorted(evidence.sparsities, key=float)
    return ordered[0], ordered[-1]


def _energy(matrix):
    """Sum of squares of each matrix (seed,)."""
    return np.square(matrix).sum(axis=(1, 2))
