"""Which of several trained models is best: all of them measured on the same samples.

Each seed has a held-out set of its own, so that seeds are independent; but then their held-out losses differ by more
than good models do. On one set the samples' noise is common to all models and cancels in comparisons.
"""

import numpy as np

from ..spec.architectures import BUILT_IN
from .reconstruction import error_sums


def losses_on(samples: np.ndarray, architecture: str, W: np.ndarray, b: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean loss Σ_i c_i (x_i − x'_i)² of each of a cell's models on the same samples, float64 (model,).

    Args:
        samples: inputs (..., feature), such as the held-out sets of all seeds.
        architecture: name of a built-in one; weights are tied.
        W: weights (model, hidden, feature).
        b: biases (model, feature).
        weights: factor c_i of each feature's squared error (feature,).
    """
    rows = samples.reshape(-1, samples.shape[-1])
    squares = [
        error_sums(BUILT_IN[architecture], encoder, encoder, bias, rows, absolute=False)[1]
        for encoder, bias in zip(W, b, strict=True)
    ]
    return np.array(squares) @ weights / len(rows)


def best_of_blocks(losses: np.ndarray, size: int) -> np.ndarray:
    """Index of the model of least loss in each block of `size` consecutive ones (block,): "best of several", repeated.

    There are two blocks at least, smaller ones where there are fewer than 2 · size models.
    """
    blocks = np.array_split(np.arange(len(losses)), max(2, len(losses) // size))
    return np.array([block[losses[block].argmin()] for block in blocks])
