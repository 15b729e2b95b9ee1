"""The source paper's introductory figure, and how often each arrangement of it comes out."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import MaxNLocator
from superposition.draw.arrows import arrows, upright
from superposition.draw.canvas import ARCHITECTURES, INK, Drawing, counted, figure, panels
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.geometry import arrangement
from superposition.measure.tables import labelled, tidy
from superposition.store.markdown import escape

from .losses import ARCHITECTURE, MODEL, common_losses

MARGIN = 1.28  # of the arrows' picture beyond the longest arrow: room for its number
LEAST_WIDTH = 0.1  # of the axis of losses, relative: models that differ by less look alike
COLOUR = ARCHITECTURES[ARCHITECTURE]
MOST_KINDS = 6  # arrangements shown of each sparsity; the rarer ones are counted together


def kinds(W):
    """Each model's arrangement in words, with the features that are not embedded (model,)."""
    absent = feature_norms(W) < REPRESENTED
    return [
        words + (f", without {', '.join(map(str, np.flatnonzero(row) + 1))}" if row.any() else "")
        for words, row in zip(arrangement(W), absent, strict=True)
    ]


@figure("arrows")
def arrows_of_the_best(results):
    """The best model at each sparsity: its features as arrows in the plane."""
    tables = [_best(results, s) for s in results.sparsities]
    table, importance = pd.concat(tables, ignore_index=True), results.importance
    reach = MARGIN * max(1.0, table["norm"].max())
    canvas, axes = panels(1, len(tables), 2.5)
    notes = []
    for axis, part in zip(axes[0], tables, strict=True):
        sparsity, seed, words = part[["sparsity", "seed", "arrangement"]].iloc[0]
        marks = arrows(axis, part[["x", "y"]].to_numpy().T, importance, (importance.min(), importance.max()), reach)
        axis.set_title(f"S = {sparsity} (seed {seed})")
        axis.text(0.5, -0.02, words, transform=axis.transAxes, ha="center", va="top", fontsize=8)
        notes.append(f"at S = {sparsity} {words}, norms {', '.join(f'{norm:.2f}' for norm in part['norm'])}")
    canvas.colorbar(marks, ax=axes, label="importance", shrink=0.75, aspect=18)
    told, number = "; ".join(notes), counted(len(results.seeds), "seed")
    return Drawing(
        canvas,
        table,
        "The columns of $W$ as arrows, each feature's number at its tip, important features dark: the best of "
        f"{number} at each sparsity $S$, turned so that feature 1 points up. Dashed: the unit "
        f"circle. Features that are not embedded are dots near the centre. Norms of features 1 to {results.features}: "
        f"{told}.",
        f"Arrows from the origin in one plane for each sparsity. Best of {number}: {told}.",
    )


def _best(results, sparsity):
    """The features of the best seed's model, turned upright."""
    best = int(common_losses(results, sparsity).argmin())
    W, b = (results.weights(MODEL, sparsity, name)[best] for name in ("W", "b"))
    x, y = upright(W)
    columns = {"x": x, "y": y, "norm": feature_norms(np.stack([x, y])), "importance": results.importance, "bias": b}
    of = {"sparsity": sparsity, "seed": results.seeds[best], "arrangement": kinds(W[None])[0]}
    return labelled(tidy(columns, feature=np.arange(1, results.features + 1)), **of)


@figure("arrangements")
def arrangements(results):
    """How often each arrangement came out at each sparsity, and the losses of its models."""
    tables, total = [_arranged(results, s) for s in results.sparsities], len(results.seeds)
    alike = [part for part in tables if part["row"].nunique() == 1]  # a sentence says as much as a bar
    drawn = [part for part in tables if part["row"].nunique() > 1] or tables
    heights = [part["row"].nunique() + 0.9 for part in drawn]
    canvas, axes = panels(
        len(drawn), 2, 0.3 + 0.2 * np.mean(heights), sharex="col", sharey="row", height_ratios=heights,
        width_ratios=(1, 1.25),
    )  # fmt: skip
    dot = {"markersize": 4.5, "markeredgecolor": "white", "markeredgewidth": 0.6, "zorder": 4}
    for (bars, losses), part in zip(axes, drawn, strict=True):
        sns.countplot(part, y="row", color=COLOUR, saturation=1, width=0.62, ax=bars)
        bars.bar_label(bars.containers[0], padding=3, fontsize=8)
        marks = {"x": "excess", "y": "row", "ax": losses}
        sns.stripplot(part, **marks, jitter=False, marker="|", size=9, linewidth=0.8, alpha=0.5, color=COLOUR)
        sns.pointplot(part, **marks, estimator="median", errorbar=None, linestyle="none", color=INK, **dot)
        sparsity, best = part["sparsity"].iloc[0], part["loss"].min()
        bars.set(title=f"S = {sparsity}: models of each kind", xlabel=f"models of {total}", ylabel="")
        losses.set(title=f"their loss, best {best:.5f}", xlabel="loss above the best's (dot: median)")
        losses.grid(True, axis="x")
        losses.tick_params(axis="y", length=0)
    most = max(part.groupby("row").size().max() for part in drawn)
    bars.set_xlim(0, 1.16 * most)
    bars.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    widest = max(LEAST_WIDTH, *(part["excess"].max() for part in drawn))
    losses.set_xlim(-0.04 * widest, 1.04 * widest)
    losses.xaxis.set_major_formatter("{x:.0%}")
    if len(drawn) < len(tables):
        words = [f"S = {part['sparsity'].iloc[0]}, all {total} models: {part['row'].iloc[0]}" for part in alike]
        canvas.suptitle("; ".join(words), fontsize=8.5)
    told = "; ".join(
        f"S = {sparsity}, {row}: {len(group)} of {total}, median loss {group['loss'].median():.5f}"
        for part in tables
        for (sparsity, row), group in part.groupby(["sparsity", "row"], sort=False)
    )
    return Drawing(
        canvas,
        pd.concat(tables, ignore_index=True),
        f"How often each arrangement came out among the models of {counted(total, 'seed')} at each sparsity $S$ "
        "(left), and how far the loss of its models lies above that of the best model (right): each model (line) and "
        "their median (dot), all measured on the same samples. Arrangements are in the order of their median loss, "
        "lowest first; “without” names the features that are not embedded. Where all models of a sparsity are of one "
        f"kind, a line at the top says so. {escape(told)}.",
        f"Bars of counts and marks of losses, by arrangement. {told}.",
    )


def _arranged(results, sparsity):
    """Every seed's arrangement and loss, in the order of the rows: lowest median loss first, the rarest kinds last."""
    losses = common_losses(results, sparsity)
    table = tidy({"loss": losses, "excess": losses / losses.min() - 1}, seed=results.seeds)
    table = labelled(table, sparsity=sparsity, arrangement=kinds(results.weights(MODEL, sparsity, "W")))
    by_number = table.groupby("arrangement").size().sort_values(ascending=False, kind="stable").index
    rare = by_number[MOST_KINDS:]
    others = f"{len(rare)} other{'s' * (len(rare) > 1)}"
    table["row"] = table["arrangement"].mask(table["arrangement"].isin(rare), others)
    medians = table.groupby("row")["loss"].median()
    order = sorted(medians.index, key=lambda row: (row == others, medians[row]))
    return table.sort_values("row", key=lambda rows: rows.map(order.index), kind="stable")
