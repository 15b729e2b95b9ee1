"""What the article's models compute, feature by feature: x̂ = act(Wᵀ h + b), h = ReLU(W x) or W x.

With a ReLU on the hidden layer a column of W says little by itself: one that is negative everywhere has a length and is
never heard of again. So features are measured by what comes out.
"""

import numpy as np
from superposition.data.sampling import Distribution
from superposition.measure.features import contracted
from superposition.measure.theory import feature_variances
from superposition.spec.architectures import BUILT_IN


def top(evidence, model):
    """Indices of the m most important features, m the size of the hidden layer."""
    return np.argsort(-evidence.importance, kind="stable")[: evidence.hidden(model)]


def contributions(evidence, model, sparsity):
    """W_ki · act(W_ki) (seed, hidden, feature): what unit k adds to output i for input e_i; act is the hidden layer's.

    Output i is Σ_k of these, before the bias. The models of this experiment are named by their architectures.
    """
    W = evidence.weights(model, sparsity, "W")
    return W * (np.maximum(W, 0) if BUILT_IN[evidence.model(model)].hidden_relu else W)


def responses(evidence, model, sparsity):
    """W_i · act(W_j) (seed, feature, feature): output i for input e_j, before the bias; WᵀW where h is W x."""
    W = evidence.weights(model, sparsity, "W")
    return contracted(W, np.maximum(W, 0) if BUILT_IN[evidence.model(model)].hidden_relu else W)


def explained(evidence, model, sparsity):
    """1 − E(x̂_i − x_i)² / Var(x_i) (seed, feature), on the held-out set: 0 for a feature answered by its mean.

    Of a linear map x̂ = M x + c of rank m these shares sum to at most n − ‖M − I‖² ≤ m: features are independent and of
    equal variance, and no matrix of rank m is nearer to I (Eckart and Young 1936).
    """
    variance = feature_variances(Distribution((float(sparsity),) * evidence.features))
    return 1 - evidence.matrix(model, sparsity, "error_square") / variance


def served(evidence, model, sparsity):
    """Whether the model explains so much of a feature's variance that it counts as served (seed, feature)."""
    return explained(evidence, model, sparsity) >= evidence.option("served")


def served_per_dimension(evidence, model, sparsity):
    """Number of features served over that of hidden units (seed,): above 1 is superposition."""
    return served(evidence, model, sparsity).sum(axis=1) / evidence.hidden(model)


def capacity(evidence, model, sparsity):
    """Σ_i of the explained shares over m (seed,): features' variances explained per hidden unit, ≤ 1 if linear."""
    return explained(evidence, model, sparsity).sum(axis=1) / evidence.hidden(model)
