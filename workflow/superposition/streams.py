"""Random streams: which numbers an instance sees depends on its seed and the purpose, on nothing else.

Each stream is NumPy's PCG64 seeded by SeedSequence(seed, spawn_key=(purpose, ...)). Every sparsity, model and variant
of a seed draws from the same streams, so differences between them are paired (common random numbers).
"""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for; the numbers are part of the published results."""

    TRAINING_SET = 0
    TEST_SET = 1
    INITIAL_WEIGHTS = 2
    BATCH_ORDER = 3
    FRESH_SAMPLES = 4


def stream(seed: int, purpose: Purpose, *keys: int) -> np.random.Generator:
    """The generator of a seed and purpose, and of further keys where one purpose needs several streams."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(purpose, *keys))))
