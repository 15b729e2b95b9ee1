"""The model of §8, and the loss of its models on common samples: what claims and figures share."""

from functools import lru_cache

import numpy as np
from superposition.measure.ranking import losses_on

MODEL, ARCHITECTURE = "relu", "relu"
BLOCK = 100  # seeds of which the best is taken


def common_losses(samples, W, b, importance):
    """Loss of every model (model,) on the same samples, the held-out sets of all seeds.

    Args:
        samples: (seed, sample, feature).
        W: weights (model, hidden, feature).
        b: biases (model, feature).
        importance: (feature,).
    """
    arrays = (np.asarray(array, dtype=np.float64) for array in (W, b, importance))
    return _measured(W.shape, np.asarray(samples, dtype=np.float32).tobytes(), *(array.tobytes() for array in arrays))


@lru_cache(maxsize=64)  # every claim asks for the same models
def _measured(shape, samples, W, b, importance):
    rows = np.frombuffer(samples, dtype=np.float32).reshape(-1, shape[-1])
    weights, biases, factors = (np.frombuffer(array) for array in (W, b, importance))
    return losses_on(rows, ARCHITECTURE, weights.reshape(shape), biases.reshape(-1, shape[-1]), factors)
