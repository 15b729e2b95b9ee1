"""Results of single instances as arrays with a leading instance axis."""

import numpy as np


def stacked(results: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Results of every instance along a first axis; shorter histories are padded at their end.

    Losses and snapshots are padded with NaN, snapshot steps with −1, loss steps with 0. Where only some instances
    have a decoder of their own, the others' V is their W.
    """
    names = {name for result in results for name in result}
    stacked = {}
    for name in sorted(names):
        filled = [result.get(name, result["W"] if name == "V" else None) for result in results]
        like = next(array for array in filled if array is not None)
        filled = [np.empty((0, *like.shape[1:]), like.dtype) if array is None else array for array in filled]
        longest = max(len(array) for array in filled)
        blank = {"snapshot_step": -1, "loss_step": 0}.get(name, np.nan)
        stacked[name] = np.stack([_padded(array, longest, blank) for array in filled])
    return stacked


def _padded(array: np.ndarray, length: int, blank: float) -> np.ndarray:
    if len(array) == length:
        return array
    return np.concatenate([array, np.full((length - len(array), *array.shape[1:]), blank, array.dtype)])
