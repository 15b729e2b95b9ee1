"""Ideal weights: antipodal pairs, rotated, without a penalty; under one, orthogonal features along hidden units."""

import numpy as np
from superposition.train.controls import planted

# A feature alone in its dimension, at norm w, costs I (1 − w²)² / 3 + λ w / 2 where it is active, which is less than
# the I / 3 of leaving it out for some w up to λ = 0.73 I. Weights that start small find that w up to about half of I.
WORTH = 0.6


@planted("relu")
@planted("neurons")
@planted("four")
@planted("eight")
@planted("twelve")
def axes_or_pairs(instance):
    """Each hidden unit holds a feature; its opposite another, where nothing is penalised and the layer is linear.

    Without a penalty no direction is preferred, and a linear layer is rotated at random, always alike. Under one a
    feature is left out whose importance does not pay for it; what is left out answers its mean.
    """
    (penalty,) = instance.point
    n, m = instance.features, instance.hidden
    first = np.flatnonzero(WORTH * np.array(instance.importance) > penalty)[:m]
    W = np.zeros((m, n))
    W[first, first] = 1.0
    if penalty == 0 and instance.architecture == "relu-output":
        second = np.arange(m, min(2 * m, n))
        W[second - m, second] = -1.0
        W = np.linalg.qr(np.random.default_rng(0).standard_normal((m, m)))[0] @ W
    mean = (1 - float(instance.sparsity)) / 2
    return W, np.where(np.abs(W).sum(axis=0) > 0, 0.0, mean)
