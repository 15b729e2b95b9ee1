"""Initial weights for tests of the fused engine."""

import numpy as np


def normal_weights(seed, key, shape, std):
    """Float32 normal weights, named by a seed and a tuple of integers."""
    return (std * np.random.default_rng([seed, *key]).standard_normal(shape)).astype(np.float32)
