"""The source paper's codes of §8 as weights: what the best model should be at each sparsity."""

import numpy as np
from superposition.train.controls import planted

# What each neuron has of each feature, by sparsity, 1 where it holds it; positive weights are scaled so that those of a
# feature have norm 1, negative ones with them. Features beyond the last column are not represented.
SIGNS = {
    "0.3": np.eye(5),
    "0.65": [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 1, -1], [0, 0, 0, 1, -1, 1]],
    # The paper calls this code one without a simple explanation; it is the best of the models seen in the design.
    "0.85": [
        [1, 0, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, 0, -1],
        [0, 0, -1, 1, -1, 1, 1],
        [0, 0, -1, 1, 1, -1, 1],
    ],
    # The second neuron divides: pairs of the last three for important features, single ones for the others.
    "0.88": [
        [1, 0, 0, 0, 0, 0, 0],
        [0, -1, -1, -1, 1, 1, 1],
        [0, -1, 1, 1, 1, 0, 0],
        [0, 1, -1, 1, 0, 1, 0],
        [0, 1, 1, -1, 0, 0, 1],
    ],
    # The first neuron divides: three of the last four for important features, single ones for the others.
    "0.94": [
        [-1, -1, -1, -1, 1, 1, 1, 1],
        [-1, 1, 1, 1, 1, 0, 0, 0],
        [1, -1, 1, 1, 0, 1, 0, 0],
        [1, 1, -1, 1, 0, 0, 1, 0],
        [1, 1, 1, -1, 0, 0, 0, 1],
    ],
    "0.96": [
        [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 1, 1, 1, 0, 0, 0],
        [0, 1, 0, 0, 1, 0, 0, 1, 1, 0],
        [0, 0, 1, 0, 0, 1, 0, 1, 0, 1],
        [0, 0, 0, 1, 0, 0, 1, 0, 1, 1],
    ],
}


@planted("relu")
def codes(instance):
    """The paper's code at a sparsity; a feature that is not represented has its mean as bias."""
    signs = np.array(SIGNS[instance.sparsity], dtype=np.float64)
    columns, absent = signs.shape[1], instance.features - signs.shape[1]
    scaled = signs / np.sqrt((signs > 0).sum(axis=0))
    mean = (1 - float(instance.sparsity)) / 2
    return np.pad(scaled, ((0, 0), (0, absent))), np.where(np.arange(instance.features) < columns, 0.0, mean)
