"""Features counted by what becomes of them at each density."""

import numpy as np
import pandas as pd
from superposition.draw.canvas import ARCHITECTURES, PALETTE
from superposition.measure.geometry import NOT_REPRESENTED, feature_polytopes
from superposition.measure.tables import tidy

OWN, PAIR, LARGER = "a dimension of its own", "in an antipodal pair", "in a larger arrangement"
STATES = {NOT_REPRESENTED: "#e4e4e4", OWN: PALETTE[2], PAIR: PALETTE[4], LARGER: PALETTE[3]}  # of a feature
COUNTED = {  # lines of numbers of features: of which architecture, in which states; colour
    "ReLU, represented": ("ReLU", {OWN, PAIR, LARGER}, ARCHITECTURES["relu-output"]),
    "ReLU, in superposition": ("ReLU", {PAIR, LARGER}, "#222222"),
    "ReLU, in antipodal pairs": ("ReLU", {PAIR}, STATES[PAIR]),
    "linear, represented": ("linear", {OWN, PAIR, LARGER}, ARCHITECTURES["linear"]),
}


def states(results, model, sparsity):
    """The state of each feature of each seed."""
    names = feature_polytopes(results.weights(model, sparsity, "W"))
    found = np.select([names == NOT_REPRESENTED, names == "dedicated", names == "digon"], list(STATES)[:3], LARGER)
    return tidy({"state": found}, seed=results.seeds, feature=np.arange(1, names.shape[-1] + 1))


def numbers_of(table):
    """Numbers of features by seed: represented in both models, and in superposition and in digons in ReLU's."""
    parts = []
    for name, (architecture, of, _) in COUNTED.items():
        rows = table[table["architecture"] == architecture]
        rows = rows.assign(part=name, features=rows["state"].isin(of))
        by = ["size", "part", "hidden", "density", "seed"]
        parts.append(rows.groupby(by, sort=False)["features"].sum().reset_index())
    numbers = pd.concat(parts, ignore_index=True)
    return numbers.assign(**{"per dimension": numbers["features"] / numbers["hidden"]})


def usual_states(table):
    """The commonest state of each feature over seeds (feature, density), an index into STATES."""
    codes = table.assign(code=table["state"].map(list(STATES).index))
    most = {"aggfunc": lambda code: np.bincount(code).argmax(), "sort": False}
    return codes.pivot_table(index="feature", columns="density", values="code", **most)
