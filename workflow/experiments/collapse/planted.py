"""The source paper's five panels of §5.4 as weights: at each density one arrangement of those that fit its words."""

import numpy as np
from superposition.train.controls import planted

from .pairs import density

HALF = 1 / np.sqrt(2)  # norm of the features of a collapsed pair whose sum has norm 1
# Angles of features 1 to 6, degrees, by the number of collapsed pairs: as many even directions as there are groups. A
# pair that is not collapsed is side by side.
ANGLES = {
    3: (0, 0, 120, 120, 240, 240),
    2: (0, 0, 270, 270, 90, 180),
    1: (0, 0, 72, 144, 216, 288),
    0: (0, 60, 120, 180, 240, 300),
}

# Norm of a direction, bias of collapsed features and of the others that minimise the arrangement's loss at densities
# 0.35, 0.175, 0.1 and 0.03 (descent on samples), to a hundredth or so.
SPARSE = {3: (1.0, 0.07, 0.0), 2: (1.0, 0.0, 0.0), 1: (1.0, 0.0, -0.18), 0: (0.93, 0.0, -0.16)}


def arrangement(number):
    """Weights (2, 6) with so many collapsed pairs: directions of norm 1, those of a sum split between its features."""
    angles = np.radians(ANGLES[number])
    norms = np.where(np.arange(6) < 2 * number, HALF, 1.0)
    return norms * np.stack([np.cos(angles), np.sin(angles)])


def pca_plane():
    """Weights (2, 6) with WᵀW a projection on two principal components, in which the three sums lie evenly."""
    return np.sqrt(2 / 3) * arrangement(3)


def collapsed_at(p):
    """How many pairs the paper has collapsed at density p."""
    return sum(p >= least for least in (0.05, 0.15, 0.25))


@planted("relu")
def ideal(instance):
    """The PCA plane from density 0.5 on; below, three, two, one and no collapsed pairs.

    As principal components the bias is the mean of what is not represented.
    """
    p = density(instance.sparsity)
    if p >= 0.5:
        W = pca_plane()
        mean = np.full(instance.features, p / 2)
        return W, mean - W.T @ W @ mean
    number = collapsed_at(p)
    scale, of_collapsed, of_single = SPARSE[number]
    return scale * arrangement(number), np.where(np.arange(6) < 2 * number, of_collapsed, of_single)
