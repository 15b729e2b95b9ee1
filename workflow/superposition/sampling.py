"""Sparse synthetic features: each is zero with probability S, else uniform."""

import numpy as np


def draw(generator: np.random.Generator, samples: int, features: int, sparsity: float, values: str) -> np.ndarray:
    """Samples of independent sparse features.

    One uniform number u a feature is enough: given u ≥ S, (u − S)/(1 − S) is U[0, 1) again, and u < S has
    probability S. For U[0, 1] values the mean is (1 − S)/2, the second moment (1 − S)/3, the share of zeros S.

    Args:
        generator: the stream; advanced by samples · features numbers whatever the sparsity.
        samples: number of rows.
        features: number of columns.
        sparsity: probability S in [0, 1) that a feature is zero.
        values: "unit" for U[0, 1] when active, "signed" for U[−1, 1].

    Returns:
        float32 (sample, feature).
    """
    u = generator.random((samples, features))
    active = u >= sparsity
    x = (u - sparsity) / (1.0 - sparsity)
    if values == "signed":
        x = 2.0 * x - 1.0
    return np.where(active, x, 0.0).astype(np.float32)
