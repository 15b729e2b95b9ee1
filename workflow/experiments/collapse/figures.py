"""The source paper's figure of §5.4, and how far models are principal components."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import FixedLocator, NullLocator
from superposition.draw.arrows import upright
from superposition.draw.canvas import INK, PALETTE, REFERENCE, Drawing, counted, figure, panels
from superposition.measure.features import feature_norms
from superposition.measure.tables import labelled, tidy

from .pairs import MODEL, collapsed, common_losses, density, distance_from_pca, pca_loss, share_of_sums

# The paper's ranges of density, and how many pairs are collapsed in each; denser are principal components.
RANGES = {3: (0.25, 0.5), 2: (0.15, 0.2), 1: (0.05, 0.15), 0: (0.0, 0.05)}
COSINE = 0.95  # from which a pair counts as collapsed: the default reading
TRAININGS = {None: "the notebook's training", "training.tuned": "tuned training"}
PAIRS = (PALETTE[0], PALETTE[1], PALETTE[2])
KINDS = {3: PALETTE[3], 2: PALETTE[4], 1: PALETTE[5], 0: PALETTE[0]}  # by the number of collapsed pairs
TICKS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.9)
PER_ROW = 6
MOST = 0.3  # by which a loss may lie above the best one's to be shown


@figure("arrows")
def arrows_of_the_best(results):
    """The best model at each density: its six features as arrows, each pair in a colour."""
    tables = [_best(results, s) for s in results.sparsities]
    table = pd.concat(tables, ignore_index=True)
    reach = 1.08 * max(1.0, table["norm"].max())
    rows = -(-len(tables) // PER_ROW)
    canvas, axes = panels(rows, min(PER_ROW, len(tables)), 1.55)
    canvas.get_layout_engine().set(hspace=0.1)
    for axis in axes.flat[len(tables) :]:
        axis.set_visible(False)
    for axis, part in zip(axes.flat, tables, strict=False):
        _pairs_in_plane(axis, part, reach)
    canvas.legend(
        handles=[Line2D([], [], color=colour, linewidth=2.5) for colour in PAIRS],
        labels=[f"features {2 * pair + 1} and {2 * pair + 2}" for pair in range(3)],
        loc="outside lower center", ncols=3,
    )  # fmt: skip
    told = "; ".join(f"at {part['density'].iloc[0]:g} {_in_words(part['collapsed'].iloc[0])}" for part in tables)
    number = counted(len(results.seeds), "seed")
    return Drawing(
        canvas,
        table,
        f"The columns of $W$ as arrows, the best of {number} at each density $1 - S$, dense to sparse; a pair has one "
        "colour, its first feature a wide pale arrow and the second a thin dark one, so that both are seen where they "
        "lie on each other. Turned so that feature 1 points up; dashed: the unit circle. Collapsed pairs (cosine from "
        f"{COSINE} on): {told}.",
        f"Six arrows in a plane for each density, best of {number}. Collapsed pairs: {told}.",
    )


def _in_words(number):
    return ("none", "one", "two", "three")[number]


def _best(results, sparsity):
    """The features of the best seed's model, turned upright."""
    best = int(common_losses(results, sparsity).argmin())
    W = results.weights(MODEL, sparsity, "W")[best]
    x, y = upright(W)
    columns = {"x": x, "y": y, "norm": feature_norms(np.stack([x, y]))}
    of = {"density": density(sparsity), "seed": results.seeds[best], "collapsed": int(collapsed(W[None], COSINE)[0])}
    return labelled(tidy(columns, feature=np.arange(1, results.features + 1)), **of)


def _pairs_in_plane(axis, part, reach):
    """A model's arrows, and below them how many pairs are collapsed."""
    axis.add_patch(Circle((0, 0), 1, fill=False, edgecolor="#bbbbbb", linewidth=0.7, linestyle="--"))
    axis.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    scale = {"angles": "xy", "scale_units": "xy", "scale": 1}
    for member, look in enumerate(({"width": 0.075, "alpha": 0.4, "headwidth": 2.2, "headlength": 2.5,
                                    "headaxislength": 2.5}, {"width": 0.02, "headwidth": 4})):  # fmt: skip
        of = part[part["feature"] % 2 == 1 - member]
        axis.quiver(0 * of["x"], 0 * of["y"], of["x"], of["y"], color=PAIRS, zorder=2 + member, **look, **scale)
    axis.set_title(f"1 − S = {part['density'].iloc[0]:g}", fontsize=8.5, pad=2)
    number = part["collapsed"].iloc[0]
    axis.text(0.5, -0.02, f"{_in_words(number)} collapsed", transform=axis.transAxes, ha="center", va="top", fontsize=8)


@figure("collapsed")
def number_collapsed(results):
    """How many models have how many collapsed pairs, over density, beside the paper's ranges."""
    parts = [_numbers(results, s, variant) for variant in TRAININGS for s in results.sparsities]
    table = pd.concat(parts, ignore_index=True)
    total = len(results.seeds)
    canvas, axes = panels(1, len(TRAININGS), 2.9, sharey=True)
    for axis, training in zip(axes[0], TRAININGS.values(), strict=True):
        part = table[table["training"] == training]
        for number, (least, most) in RANGES.items():
            start = max(least, 0.8 * part["density"].min())
            axis.add_patch(
                Rectangle((start, number - 0.32), most - start, 0.64, color="#e3e3e3", linewidth=0, zorder=0)
            )
        groups = part.groupby(["density", "collapsed"]).size().rename("models").reset_index()
        axis.scatter(groups["density"], groups["collapsed"], s=110 * groups["models"] / total, color=PALETTE[1],
                     linewidth=0, alpha=0.75, zorder=3)  # fmt: skip
        best = part.loc[part.groupby("density")["loss"].idxmin()]
        axis.plot(best["density"], best["collapsed"], color=INK, linewidth=0.8, marker="D", markersize=3.2, zorder=4)
        _density_axis(axis)
        axis.set(title=training, ylim=(-0.6, 3.6), yticks=range(4))
    axes[0, 0].set_ylabel("collapsed pairs")
    canvas.legend(
        handles=[
            Rectangle((0, 0), 1, 1, color="#e3e3e3"),
            Line2D([], [], color=PALETTE[1], marker="o", linestyle="none", markersize=8, alpha=0.75),
            Line2D([], [], color=INK, linewidth=0.8, marker="D", markersize=3.2),
        ],
        labels=["the paper's range", "share of models (area)", "the best model"],
        loc="outside lower center", ncols=3,
    )  # fmt: skip
    told = "; ".join(_told(table[table["training"] == training], training) for training in TRAININGS.values())
    return Drawing(
        canvas,
        table,
        f"Number of pairs whose features share a direction (cosine from {COSINE} on) among the models of "
        f"{counted(total, 'seed')} at each density $1 - S$ (logarithmic): the area of a disc is the share of models, "
        "the line goes through the model of least loss on common samples. Grey: where the paper has so many pairs. "
        f"Mean number of collapsed pairs, and in brackets the best model's: {told}.",
        f"Discs over density, by the number of collapsed pairs, and a line through the best models. {told}.",
    )


def _numbers(results, sparsity, variant):
    """Every model's number of collapsed pairs and its loss on common samples."""
    W = results.weights(MODEL, sparsity, "W", variant)
    columns = {"collapsed": collapsed(W, COSINE), "loss": common_losses(results, sparsity, variant)}
    table = tidy(columns, seed=results.seeds)
    return labelled(table.astype({"collapsed": int}), training=TRAININGS[variant], density=density(sparsity))


def _told(part, training):
    groups = {p: group for p, group in part.groupby("density")}
    numbers = ", ".join(
        f"{p:g}: {group['collapsed'].mean():.2f} ({group['collapsed'].iloc[int(group['loss'].argmin())]})"
        for p, group in sorted(groups.items(), reverse=True)
    )
    return f"{training}, {numbers}"


def _density_axis(axis):
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(TICKS))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter("{x:g}")
    axis.set_xlabel("density 1 − S")


@figure("principal")
def principal_components(results):
    """Share of the weights in principal components, and the distance from being their projection, over density."""
    table = pd.concat([_principal(results, s) for s in results.sparsities], ignore_index=True)
    kinds = {"share": "share of ‖W‖² in the pairs' sums", "distance": "‖WᵀW − P‖² / ‖P‖²"}
    canvas, axes = panels(1, 2, 2.6)
    for axis, (column, label), references in zip(axes[0], kinds.items(), ((1.0, 0.75, 0.5), (0.0, 0.5)), strict=True):
        marks = {"x": "density", "y": column, "ax": axis, "color": PALETTE[1]}
        sns.lineplot(table, **marks, estimator="median", errorbar=("pi", 80), marker="o", markersize=4)
        best = table[table["best"]]
        axis.plot(best["density"], best[column], color=INK, linewidth=0, marker="D", markersize=3.2)
        for value in references:
            axis.axhline(value, **REFERENCE)
        _density_axis(axis)
        axis.set(ylabel=label)
    for value, words in ((1.0, "PCA"), (0.75, "hexagon, pairs side by side"), (0.5, "no order")):
        axes[0, 0].annotate(words, (1.0, value), (-3, -4), xycoords=("axes fraction", "data"),
                            textcoords="offset points", ha="right", va="top", fontsize=7, color="#666666")  # fmt: skip
    axes[0, 0].set_ylim(0.42, 1.03)
    axes[0, 0].set_title("in the sums")
    axes[0, 1].set_title("distance from the nearest projection")
    medians = table.groupby("density")[["share", "distance"]].median().sort_index(ascending=False)
    told = "; ".join(f"{p:g}: {row['share']:.2f}, {row['distance']:.2f}" for p, row in medians.iterrows())
    return Drawing(
        canvas,
        table,
        "Left: share of ‖W‖² in the span of the three sums $(a + b)/\\sqrt{2}$, the leading principal components of "
        "the data. Right: squared distance of $W^\\top W$ from the nearest projection $P$ on two of them, relative "
        f"to ‖P‖². Line: median of {counted(len(results.seeds), 'seed')}; band: the middle 80 %; diamonds: the best "
        "model; dotted on the right: 0, and 0.5, where one of two components is missed. Medians by density "
        f"$1 - S$: {told}.",
        f"Two curves over density. Medians of share and distance: {told}.",
    )


def _principal(results, sparsity):
    """Every model's share and distance, and whether it is the best one."""
    W = results.weights(MODEL, sparsity, "W").astype(np.float64)
    losses = common_losses(results, sparsity)
    columns = {"share": share_of_sums(W), "distance": distance_from_pca(W), "loss": losses}
    table = tidy(columns | {"best": np.arange(len(W)) == losses.argmin()}, seed=results.seeds)
    return labelled(table, density=density(sparsity))


@figure("losses")
def losses_of_kinds(results):
    """The lowest loss of the models with so many collapsed pairs, over density, against principal components."""
    table = pd.concat([_kinds(results, s) for s in results.sparsities], ignore_index=True)
    canvas, axes = panels(1, 2, 2.8)
    for number, colour in KINDS.items():
        part = table[(table["collapsed"] == number) & (table["excess"] <= MOST)]
        if part.empty:
            continue
        look = {"color": colour, "marker": "o", "markersize": 4, "label": _in_words(number)}
        for axis, column in zip(axes[0], ("relative", "excess"), strict=True):
            axis.plot(part["density"], part[column], **look)
    axes[0, 0].axhline(1, **REFERENCE)
    axes[0, 0].set(title="relative to principal components", ylabel="loss, relative")
    axes[0, 0].set_ylim(bottom=0)
    axes[0, 1].set(title="relative to the best of all", ylabel="loss above the best model's")
    axes[0, 1].yaxis.set_major_formatter("{x:.0%}")
    for axis in axes[0]:
        _density_axis(axis)
    canvas.legend(*axes[0, 0].get_legend_handles_labels(), title="collapsed pairs", loc="outside lower center", ncols=4)
    told = "; ".join(
        f"{p:g}: " + ", ".join(f"{_in_words(int(row['collapsed']))} {row['loss']:.5f}" for _, row in group.iterrows())
        for p, group in table.sort_values("density", ascending=False).groupby("density", sort=False)
    )
    models = counted(len(TRAININGS) * len(results.seeds), "model")
    return Drawing(
        canvas,
        table,
        f"The lowest loss (sum over features, common samples) of those of {models} of both trainings that have so "
        "many collapsed pairs, at each density $1 - S$; where no model has, or its loss is more than "
        f"{MOST:.0%} above the best of all, there is no mark. Left: relative to that of principal components, in "
        f"closed form (dotted: equal). Right: above the best of all. Losses: {told}.",
        f"Losses over density by the number of collapsed pairs. {told}.",
    )


def _kinds(results, sparsity):
    """The lowest loss of each number of collapsed pairs that came out."""
    models = pd.concat([_numbers(results, sparsity, variant) for variant in TRAININGS])
    table = models.groupby("collapsed")["loss"].agg(["min", "size"]).reset_index()
    table = table.rename(columns={"min": "loss", "size": "models"})
    table["relative"] = table["loss"] / pca_loss(density(sparsity))
    table["excess"] = table["loss"] / table["loss"].min() - 1
    return labelled(table, density=density(sparsity))
