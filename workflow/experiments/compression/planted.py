"""Ideal weights: antipodal pairs without a penalty; under one, orthogonal features along hidden units."""

import numpy as np
from superposition.train.controls import planted

# A feature alone in its dimension, at norm w, costs I E x² (1 − w²)² / p + λ w / 2 of its share p: the least is not at
# w = 0 up to a penalty of this share of its importance.
WORTH = 0.6


@planted("relu")
@planted("neurons")
@planted("four")
@planted("eight")
@planted("twelve")
def axes_or_pairs(instance):
    """Each hidden unit holds a feature; its opposite another, where nothing is penalised and the layer is linear.

    Under a penalty a feature is left out whose importance does not pay for it; what is left out answers its mean.
    """
    (penalty,) = instance.point
    n, m = instance.features, instance.hidden
    first = np.flatnonzero(WORTH * np.array(instance.importance) > penalty)[:m]
    W = np.zeros((m, n))
    W[first, first] = 1.0
    if penalty == 0 and instance.architecture == "relu-output":
        second = np.arange(m, min(2 * m, n))
        W[second - m, second] = -1.0
    mean = (1 - float(instance.sparsity)) / 2
    return W, np.where(np.abs(W).sum(axis=0) > 0, 0.0, mean)
