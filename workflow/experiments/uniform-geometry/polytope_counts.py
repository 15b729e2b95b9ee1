"""Features in each polytope, under both trainings."""

import numpy as np
import pandas as pd
from superposition.measure.geometry import NOT_REPRESENTED, feature_polytopes
from superposition.measure.tables import labelled, tidy

from .levels import NAMED, SWEPT, trained_at
from .sparsity_axis import VARIANTS, X, inverse_densities

OTHER = "other"


def polytope_table(results):
    """Features of the large model in each polytope under both trainings: number, per hidden dimension, and share."""
    ordered, kinds, tables = trained_at(results, SWEPT), (*NAMED, OTHER, NOT_REPRESENTED), []
    n, m = results.size(SWEPT)
    for training, variant in VARIANTS.items():
        names = np.stack([feature_polytopes(results.weights(SWEPT, s, "W", variant)) for s in ordered])
        names = np.where(np.isin(names, kinds), names, OTHER)  # (sparsity, seed, feature)
        counts = np.stack([(names == kind).sum(axis=2) for kind in kinds])
        columns = {"features": counts, "share": counts / n, "per_dimension": counts / m}
        table = tidy(columns, polytope=kinds, sparsity=ordered, seed=results.seeds)
        tables.append(labelled(table, training=training))
    table = pd.concat(tables, ignore_index=True)
    return table.assign(**{X: inverse_densities(table["sparsity"])})


def told_polytopes(table):
    """The most features in each named polytope per hidden dimension, and where, in words."""
    named = table[table["polytope"].isin(NAMED)]
    heights = named.groupby(["training", "polytope", X], sort=False)["per_dimension"].mean()
    most = heights[heights.groupby(["training", "polytope"], sort=False).idxmax()]
    told = [f"{training}, {kind}: at most {m:.2f}, at {at:.2f}" for (training, kind, at), m in most.items() if m > 0]
    return "; ".join(told)
