"""One value from several models of one setting: rules that pool the seeds (last axis)."""

import numpy as np


def without_worst(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Mean (...) over all models but the one of highest loss; of a single model, its value.

    Source: "Toy Models of Superposition", §3, which discards the worst of ten.

    Args:
        values: (..., seed).
        losses: of the same models (..., seed).
    """
    if values.shape[-1] == 1:
        return values[..., 0]
    kept = np.arange(values.shape[-1]) != losses.argmax(axis=-1)[..., None]
    return np.where(kept, values, 0.0).sum(axis=-1) / (values.shape[-1] - 1)


def of_best(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """The value (...) of the model of lowest loss. Arguments: `without_worst`."""
    return np.take_along_axis(values, losses.argmin(axis=-1)[..., None], axis=-1)[..., 0]


def median(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """The median (...) over all models, whatever their losses. Arguments: `without_worst`."""
    return np.median(values, axis=-1)


def mean(values: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """The mean (...) over all models, whatever their losses. Arguments: `without_worst`."""
    return values.mean(axis=-1)
