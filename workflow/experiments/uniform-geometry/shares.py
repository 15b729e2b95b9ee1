"""The dimensionality D_i of every feature, and how much denser they are at the polytopes' fractions than beside."""

import numpy as np
import seaborn as sns
from matplotlib.lines import Line2D
from superposition.draw.canvas import ARCHITECTURES, INK
from superposition.measure.features import REPRESENTED
from superposition.measure.geometry import NOT_REPRESENTED
from superposition.measure.plateaus import FRACTIONS

from .clusters import GRID, at_and_beside
from .levels import D_TOLERANCE, POSITIVE_FRACTIONS, SWEPT
from .sparsity_axis import X, edges, swept

STATES = {"represented": (ARCHITECTURES["relu-output"], 0.45), NOT_REPRESENTED: ("#bdbdbd", 0.12)}  # colour, opacity
LINES = (
    "1 dedicated", "3/4 tetrahedron", "2/3 triangle", "1/2 digon", "2/5 pentagon", "3/8 antiprism", "0 not learned",
)  # fmt: skip


def dimensionality_table(results):
    """D_i of every feature with where it is drawn; of its model, D* and the preference for fractions."""
    table = swept(results, "matrices", ("dimensionality", "norm"), models=[SWEPT])
    norms = swept(results, "metrics", "frobenius_squared", models=[SWEPT])
    table = table.merge(norms.drop(columns=X), on=["model", "sparsity", "seed"])
    represented = table["norm"] >= REPRESENTED
    ends = np.log(edges(table[X].unique()))
    stretch = np.searchsorted(ends, np.log(table[X])) - 1  # what is nearest to its sparsity
    beside = np.random.default_rng(0).uniform(0.1, 0.9, len(table))
    values = table["dimensionality"].to_numpy()
    at, beside_them = (
        np.any(masks, axis=0) & represented
        for masks in zip(*(at_and_beside(values, f, D_TOLERANCE) for f in POSITIVE_FRACTIONS), strict=True)
    )
    lengths = [
        np.any(masks, axis=0).mean()
        for masks in zip(*(at_and_beside(GRID, f, D_TOLERANCE) for f in POSITIVE_FRACTIONS), strict=True)
    ]
    model = [table["sparsity"], table["seed"]]
    density, other = (
        mask.groupby(model).transform("sum") / length for mask, length in zip((at, beside_them), lengths, strict=True)
    )
    table = table.assign(
        position=np.exp(ends[stretch] + beside * np.diff(ends)[stretch]),
        state=np.where(represented, *STATES),
        dimensions_per_feature=results.size(SWEPT)[1] / table["frobenius_squared"],
        preference=(density / (density + other)).where(density + other > 0),
    )
    return table.drop(columns=["model", "norm", "frobenius_squared"])


def draw_dimensionalities(axis, table):
    """D_i of every feature beside its sparsity, the polytopes' fractions, and the median D*."""
    for level, name in zip((1, *FRACTIONS), LINES, strict=True):
        axis.axhline(level, color="#888888", linewidth=0.6, zorder=0)
        nudge = {2 / 5: 0.012, 3 / 8: -0.012}.get(level, 0.0)  # these two lines are closer than their words
        axis.text(1.01, level + nudge, name, transform=axis.get_yaxis_transform(), va="center", fontsize=6.5)
    handles = []
    for state, (colour, opacity) in reversed(STATES.items()):
        dots = {"color": colour, "s": 3, "linewidth": 0, "ax": axis}
        part = table[table["state"] == state]
        sns.scatterplot(part, x="position", y="dimensionality", alpha=opacity, rasterized=True, **dots)
        handles.append(Line2D([], [], color=colour, marker="o", markersize=5, linestyle="none", label=state))
    median = {"estimator": "median", "errorbar": None, "color": INK, "linewidth": 1.1}
    sns.lineplot(table, x=X, y="dimensions_per_feature", ax=axis, **median)
    handles.append(Line2D([], [], color=INK, linewidth=1.1, label="D* (median)"))
    axis.set(ylabel="dimensionality $D_i$", ylim=(-0.04, 1.06))
    axis.figure.legend(handles=handles[::-1], loc="outside lower center", ncols=len(handles))
