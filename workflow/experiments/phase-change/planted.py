"""Ideal weights: at every point of the diagram the best of the published closed forms."""

import numpy as np
from superposition.train.controls import planted

from .phases import best_solution

# W (hidden, feature) of each of phases.SOLUTIONS; the extra feature is the last.
WEIGHTS = {
    2: np.array([[[0, 1]], [[1, 0]], [[1, -1]]], dtype=np.float64),
    3: np.array(
        [[[0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, -1]], [[1, -1, 0], [0, 0, 1]]],
        dtype=np.float64,
    ),
}


@planted("two")
@planted("three")
def closed_form(instance):
    """The solution of least loss at a density and an importance: unit vectors; what is ignored answers its mean."""
    density = 1.0 - float(instance.sparsity)
    relative = instance.importance[-1] / instance.importance[0]
    W = WEIGHTS[instance.features][best_solution(density, relative, instance.features)]
    ignored = np.abs(W).sum(axis=0) == 0
    return W, np.where(ignored, density / 2, 0.0)
