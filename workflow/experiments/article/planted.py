"""Ideal weights of the article's models, with which the claims that can be true come out true."""

from itertools import combinations

import numpy as np
from superposition.train.controls import planted

SPARSE = 0.9  # from this sparsity on features share hidden units
# Weights of a feature to its own two hidden units and to the others, and its bias: those that explain most variance of
# this arrangement at S = 0.9, found by searching these three numbers.
OWN, OTHER, BIAS = 0.76, -0.33, -0.25


@planted("linear")
def kept_whole(instance):
    """The optimum: each of the m most important features has a dimension, the others are answered by their means."""
    n, m = instance.features, instance.hidden
    top = np.argsort(-np.array(instance.importance), kind="stable")[:m]
    W, b = np.zeros((m, n)), (1 - np.array(instance.distribution.sparsity)) / 2
    W[np.arange(m), top] = 1
    b[top] = 0
    return W, b


@planted("relu-output")
def kept_whole_too(instance):
    """The linear model's optimum, which the claims ask for at sparsity 0 only."""
    return kept_whole(instance)


@planted("relu")
def pairs_of_units(instance):
    """Where features are sparse, each of the m (m − 1) / 2 most important is a pair of hidden units; else kept_whole.

    A feature excites its own two units and inhibits the others. Alone it reaches a feature that shares a unit with it
    by OWN² + OTHER · OWN, little more than the bias takes away, and no other. So a hidden unit serves m − 1 features.
    """
    if float(instance.sparsity) < SPARSE:
        return kept_whole(instance)
    W, b = np.zeros((instance.hidden, instance.features)), (1 - np.array(instance.distribution.sparsity)) / 2
    pairs = list(combinations(range(instance.hidden), 2))
    served = np.argsort(-np.array(instance.importance), kind="stable")[: len(pairs)]
    for feature, pair in zip(served, pairs, strict=False):
        W[:, feature] = OTHER
        W[list(pair), feature] = OWN
        b[feature] = BIAS
    return W, b
