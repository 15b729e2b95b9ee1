"""Random streams outside training: which numbers a seed sees depends on the purpose, on nothing else.

Each stream is NumPy's PCG64 seeded by SeedSequence(seed, spawn_key=(purpose, ...)). The data sets of a seed are drawn
from the same stream at every sparsity, so differences between sparsities are paired (common random numbers). The
streams inside training, fresh samples and the order of minibatches, are those of superposition.train.fused.streams.
"""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for; the numbers are part of the published results."""

    TRAINING_SET = 0
    TEST_SET = 1
    INITIAL_WEIGHTS = 2
    PERMUTATION = 3


def stream(seed: int, purpose: Purpose, *keys: int) -> np.random.Generator:
    """The generator of a seed and purpose, and of further keys where one purpose needs several streams."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(purpose, *keys))))
