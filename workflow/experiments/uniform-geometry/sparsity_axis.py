"""The axis that this experiment's figures share: 1/(1 − S), on a logarithmic scale."""

import numpy as np
import pandas as pd
from matplotlib.ticker import NullLocator

from .levels import MODELS, trained_at

X = "inverse_density"  # the column of 1/(1 − S)
TICKS = (1, 2, 3, 5, 10, 20)
NOTEBOOK, TUNED = "notebook", "tuned"  # the choices of training
VARIANTS = {NOTEBOOK: None, TUNED: "training.tuned"}


def inverse_densities(sparsities):
    """1/(1 − S) of each."""
    return 1 / (1 - np.array([*map(float, sparsities)]))


def swept(results, kind, quantities, models=MODELS, **options):
    """A table of results over each model's sparsities, the densest first, with 1/(1 − S)."""
    tables = [
        results.table(kind, quantities, models=[model], sparsities=trained_at(results, model), **options)
        for model in models
    ]
    table = pd.concat(tables, ignore_index=True)
    return table.assign(**{X: inverse_densities(table["sparsity"])})


def edges(inverse):
    """Edges (sparsity + 1,) half way, on a logarithmic axis, between neighbours; at the ends as far as inside."""
    if len(inverse) == 1:
        return inverse * np.array([0.9, 1.1])
    inner = np.sqrt(inverse[1:] * inverse[:-1])
    return np.concatenate([[inverse[0] ** 2 / inner[0]], inner, [inverse[-1] ** 2 / inner[-1]]])


def inverse_axis(axis, table):
    """A logarithmic axis of 1/(1 − S) with plain numbers."""
    low, *_, high = edges(table[X].unique())
    ticks = [tick for tick in TICKS if tick <= high]
    axis.set(xscale="log", xlabel="1/(1 − S)", xlim=(low, high))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks(ticks, map(str, ticks))
