"""Every model at every sparsity, as the figures' tables and captions go through them."""

import pandas as pd
from superposition.measure.tables import labelled
from superposition.measure.theory import linear_optimum

from .sizes import RELU

DENSITY = "density $1 - S$"


def density(sparsity):
    """1 − S, without the digits that subtraction leaves."""
    return f"{1 - float(sparsity):.9g}"


def over_cells(results, rows, **architectures):
    """The rows of every model at every sparsity, with columns that say whose they are.

    Args:
        results: what was measured.
        rows: function of the results, a model and a sparsity, to a table.
        architectures: models by size, by the architecture's name.
    """
    parts = []
    for size in RELU:
        for architecture, models in architectures.items():
            model = models[size]
            features, hidden = results.size(model)
            of = {"model": results.labels[model], "architecture": architecture, "hidden": hidden}
            of["size"] = f"{features} features in {hidden} dimensions"
            parts += [
                labelled(rows(results, model, s), **of, sparsity=s, density=density(s)) for s in results.sparsities
            ]
    return pd.concat(parts, ignore_index=True)


def told(table, value, by, statistic, form):
    """A statistic over seeds in words: for each group its values over the densities, dense to sparse."""
    values = table.groupby([*by, "density"], sort=False)[value].agg(statistic)
    parts = [
        f"{', '.join(group)}: {', '.join(format(number, form) for number in part)}"
        for group, part in values.groupby(level=by, sort=False)
    ]
    return "; ".join(parts)


def trained(results, model, sparsity):
    """Weights, biases, loss weights and the linear optimum of a cell."""
    instance = results.first_instance(model, sparsity)
    W, b = (results.weights(model, sparsity, name) for name in ("W", "b"))
    return W, b, instance.loss_weights, linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)
