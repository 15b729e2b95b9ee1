"""D* of every model and its plateaus, and the ratios of ‖W‖² between models of different sizes."""

import numpy as np
import pandas as pd

from .levels import MODELS, SWEPT, widest_plateaus
from .sparsity_axis import NOTEBOOK, TUNED, X, swept

RATIOS = {
    "twice the dimensions: large / wide": ("large", "wide"),
    "twice the features: wide / small": ("wide", "small"),
}


def curves_and_ratios(results):
    """D* with its plateaus, of the large model under both trainings, and the ratios, as one table."""
    norms = pd.concat(
        [
            swept(results, "metrics", "frobenius_squared", variants={"default": NOTEBOOK}),
            swept(results, "metrics", "frobenius_squared", models=[SWEPT], variants={"training.tuned": TUNED}),
        ],
        ignore_index=True,
    )
    table = pd.concat([curves_with_plateaus(results, norms), ratios_of_models(results, norms)])
    return table[["quantity", "curve", "sparsity", X, "seed", "value", "plateau"]]


def curves_with_plateaus(results, norms):
    """D* of each model, the large one under both trainings, and the level of the plateau of its median that each
    sparsity is on, if any.
    """
    hidden = {results.labels[model]: results.size(model)[1] for model in MODELS}
    values = norms["model"].map(hidden) / norms["frobenius_squared"]
    names = norms["model"].where(norms["variant"] == NOTEBOOK, f"{results.labels[SWEPT]}, {TUNED}")
    table = norms.assign(curve=names, quantity="D*", value=values, plateau=np.nan).drop(columns=["model", "variant"])
    for curve, part in table[table["curve"].str.startswith(results.labels[SWEPT])].groupby("curve", sort=False):
        median = part.groupby(X)["value"].median()
        positions = np.log(median.index)
        for plateau in widest_plateaus(np.log(median), positions):
            on = median.index[(positions >= plateau.first) & (positions <= plateau.last)]
            table.loc[(table["curve"] == curve) & table[X].isin(on), "plateau"] = np.exp(plateau.level)
    return table


def ratios_of_models(results, norms):
    """‖W‖² of a model over that of another, seed by seed."""
    shared = norms[norms["sparsity"].isin(results.sparsities) & (norms["variant"] == NOTEBOOK)]
    by_model = shared.set_index(["model", "sparsity", X, "seed"])["frobenius_squared"]
    ratios = {
        label: by_model[results.labels[first]] / by_model[results.labels[second]]
        for label, (first, second) in RATIOS.items()
    }
    return pd.concat(ratios, names=["curve"]).rename("value").reset_index().assign(quantity="ratio of ‖W‖²")


def told_curves(table, label):
    """Plateaus of D* of the model of that label, and ranges of the ratios, in words."""
    notes = []
    of_swept = table[(table["quantity"] == "D*") & table["curve"].str.startswith(label)]
    for curve, part in of_swept.groupby("curve", sort=False):
        ends = part.groupby("plateau")[X].agg(["min", "max"]).sort_values("min")
        words = [f"{at:.3f} for 1/(1 − S) from {low:.2f} to {high:.2f}" for at, low, high in ends.itertuples()]
        notes.append(f"{curve}: {' and '.join(words) or 'none'}")
    for label in RATIOS:
        medians = table[table["curve"] == label].groupby(X)["value"].median()
        notes.append(f"‖W‖², {label}: {medians.min():.2f} to {medians.max():.2f}")
    return "; ".join(notes)
