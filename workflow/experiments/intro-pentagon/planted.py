"""The source paper's three pictures of §1 as weights: what training should find at each sparsity."""

import numpy as np
from superposition.measure.polytopes import polygon
from superposition.train.controls import planted

# The pentagon of least loss where one feature is active at a time (Chen et al. 2023, their 5-gon): norm and bias.
NORM, BIAS = 1.17046, -0.28230


@planted("relu")
def ideal(instance):
    """Two dedicated features without sparsity, two antipodal pairs at 0.8, a pentagon at 0.9.

    A feature that is not represented has its mean as bias.
    """
    n, mean = instance.features, (1 - float(instance.sparsity)) / 2
    dedicated = np.eye(2, n)
    match instance.sparsity:
        case "0":
            return dedicated, np.where(np.arange(n) < 2, 0.0, mean)
        case "0.8":
            pairs = np.zeros((2, n))
            pairs[[0, 0, 1, 1], range(4)] = 1.0, -1.0, 1.0, -1.0
            return pairs, np.where(np.arange(n) < 4, 0.0, mean)
    return NORM * polygon(n), np.full(n, BIAS)
