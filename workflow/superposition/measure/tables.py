"""Tidy tables: one row for every value, one column for every axis. Figures are drawn from them and cited with them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

# Axes of each array of weights.safetensors, matrices.safetensors and of the data sets, after the instance axis.
AXES = {
    **dict.fromkeys(("W", "V"), ("hidden", "feature")),
    **dict.fromkeys(("snapshot_W", "snapshot_V"), ("snapshot", "hidden", "feature")),
    **dict.fromkeys(("loss", "loss_step"), ("record",)),
    "snapshot_b": ("snapshot", "feature"),
    "snapshot_step": ("snapshot",),
    "gram": ("feature", "other"),
    **dict.fromkeys(("train", "test"), ("sample", "feature")),
}
BY_FEATURE = ("feature",)  # all other arrays


def tidy(columns: Mapping[str, np.ndarray], **axes: Sequence) -> pd.DataFrame:
    """A table with one row per element of arrays of one shape.

    Args:
        columns: the arrays by the name of their column; numbers become float64.
        axes: for each axis of the arrays in order, its column's name and labels.
    """
    index = pd.MultiIndex.from_product(list(axes.values()), names=list(axes))
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    plain = {name: array.astype(np.float64) if array.dtype.kind in "fiu" else array for name, array in arrays.items()}
    return pd.DataFrame({name: array.ravel() for name, array in plain.items()}, index=index).reset_index()


def numbered(array: np.ndarray, axes: Sequence[str]) -> dict[str, np.ndarray]:
    """Labels of an array's last axes: their entries counted from 1."""
    shape = array.shape[array.ndim - len(axes) :]
    return {name: np.arange(1, length + 1) for name, length in zip(axes, shape, strict=True)}


def labelled(table: pd.DataFrame, **constants) -> pd.DataFrame:
    """A table with columns before its own that are the same in every row."""
    return table.assign(**constants)[[*constants, *table.columns]]
