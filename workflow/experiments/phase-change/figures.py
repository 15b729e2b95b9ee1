"""Figures of the phase change: theory beside what was trained."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from superposition.draw.canvas import PALETTE, REFERENCE, Drawing, counted, figure, panels
from superposition.draw.grids import colour_bar
from superposition.draw.log_maps import colour_map, mixed, swatches
from superposition.store.markdown import escape

from .arrangements import KINDS
from .cuts import LABELS, LINES, TRAINED, cuts, draw_lines, kink
from .diagram import BETWEEN, OPTIMUM, shown_grid
from .maps import (
    COLOURS,
    EXACT,
    MEAN,
    diagrams,
    kind_map,
    label_outer,
    map_axes,
    note,
    outcomes,
    percent,
    pooled,
    positions,
)  # fmt: skip
from .phases import PHASES

MIXED = ("#e2e2e2", PALETTE[0], PALETTE[1])  # of PHASES
AGREED = 0.85  # share of models that the claims ask for
VISIBLE = 0.01  # of a stacked bar: what is less everywhere is not drawn
NOTED = 0.05  # share of the best models' points with another phase than the optimum's that asks for a word


@figure("diagram")
def diagram(results):
    """What becomes of the extra feature: closed forms, exact optimum, and what most trained models do."""
    table = diagrams(results)
    canvas, axes = panels(len(results.labels), table["source"].nunique(), 2.0)
    notes = []
    for row, (label, part), model in zip(axes, table.groupby("model", sort=False), results.labels, strict=True):
        shares = part[part["off_boundary"]].groupby("source", sort=False)["agrees"].mean().drop(EXACT)
        for axis, (source, points) in zip(row, part.groupby("source", sort=False), strict=True):
            kind_map(axis, points)
            map_axes(axis, results.size(model)[0], title=source)
            if source in shares:
                note(axis, f"{percent(shares[source])} as the optimum")
        row[0].set_ylabel(f"{label}\n{LABELS['relative_importance']}")
        notes.append(f"{label}: " + ", ".join(f"{source} {percent(share)}" for source, share in shares.items()))
    label_outer(axes)
    shown = [kind for kind in KINDS if (table["kind"] == kind).any()]
    swatches(canvas, {kind: COLOURS[KINDS.index(kind)] for kind in shown}, ncols=3)
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table,
        "What becomes of the extra feature, over the density of all features, sparser to the right, and its "
        "importance relative to the others'. From the left: the best of the published closed forms; the exact optimum "
        f"of the expected loss; and what most of the models of {counted(len(results.seeds), 'seed')} do at each "
        "point, the one of highest loss left out, under the authors' settings and under tuned ones. Ways of sharing a "
        "dimension are told apart by the angles between the represented features; the closed forms know the antipodal "
        "pair only, drawn as such. Black lines: the closed forms' boundaries. Share of the points more than one cell "
        f"off the optimum's boundaries whose phase is the optimum's: {escape(told)}.",
        "Maps in which grey is not represented, blue a dedicated dimension and other colours superposition, with the "
        "closed forms' boundaries. Superposition lies on the sparse side; above it in importance the extra feature has "
        f"a dimension, below it is not represented. Share of points whose phase is the optimum's: {told}.",
    )


@figure("measured")
def measured(results):
    """Norm and superposition in one colour, as the paper shows them, with its key and the points on it."""
    table = pooled(results)
    canvas, axes = panels(len(results.labels), 3, 2.2)
    for row, (label, part), model in zip(axes, table.groupby("model", sort=False), results.labels, strict=True):
        for axis, (rule, points) in zip(row, part.groupby("rule", sort=False), strict=False):
            *at, norm = positions(points, "norm")
            colour_map(axis, *at, mixed(norm, positions(points, "superposition")[-1], MIXED))
            map_axes(axis, results.size(model)[0], title=rule)
            note(axis, f"{percent(points['between'].mean())} in between")
        if (off := _off_optimum(points)) >= NOTED:
            note(row[1], f"{percent(off)} not as the optimum;\n{_rows_that_tell(results)}", "upper left")
        row[0].set_ylabel(f"{label}\n{LABELS['relative_importance']}")
        _draw_key(row[2], part[part["rule"] == MEAN])
    label_outer(axes[:, :2])
    label_outer(axes[:, 2:])
    shares = table.groupby(["model", "rule"], sort=False)["between"].mean()
    told = "; ".join(f"{model}, {rule}: {percent(share)}" for (model, rule), share in shares.items())
    return Drawing(
        canvas,
        table,
        "What the paper's diagram is made of, under the authors' settings: the norm $\\lVert W_i \\rVert$ of the "
        "extra feature and its superposition $\\sum_{j \\ne i} (\\hat W_i \\cdot W_j)^2$, mixed into one colour, as "
        f"the mean over {counted(len(results.seeds), 'seed')} without the model of highest loss at each point (left), "
        "and of the model of lowest loss (middle). Right the key to the colour, and on it a dot for each point of the "
        f"map on the left. Where {NOTED:.0%} of the best models' points off the boundaries have another phase than "
        "the exact optimum's, the map says so, and how few held-out rows tell models apart at the lowest density. "
        f"Share of the points with either number between {BETWEEN[0]:g} and {BETWEEN[1]:g}: {escape(told)}.",
        "Maps in which light grey is not represented, blue a dedicated dimension and orange superposition; a scatter "
        f"plot of norm against superposition on the key to that colour. Share of the points in between: {told}.",
    )


def _off_optimum(points):
    """Share of the points off the optimum's boundaries with another phase than the optimum's."""
    return 1 - points.loc[points["off_boundary"], "agrees"].mean()


def _rows_that_tell(results):
    """How many held-out rows tell ways of sharing a dimension apart where features are sparsest, in words."""
    density = 1 - float(results.sparsities[-1])
    rows = results.described["data"]["test_samples"] * density**2
    return f"at density {density:.3g} two given features\nare both on in {rows:.2g} held-out rows"


def _draw_key(axis, points):
    """The colours of norm and superposition, named, and the points among them."""
    shades = np.linspace(0, 1.6, 33)
    axis.imshow(
        mixed(*np.meshgrid(shades, shades, indexing="ij"), MIXED),
        extent=(0, 1.6, 0, 1.6), origin="lower", aspect="auto", interpolation="bilinear", zorder=-1,
    )  # fmt: skip
    dots = {"s": 4, "alpha": 0.35, "color": "black", "linewidth": 0, "rasterized": True}
    sns.scatterplot(points, x="superposition", y="norm", ax=axis, **dots)
    axis.set(xlim=(-0.08, 1.6), ylim=(-0.08, 1.6), ylabel="norm", title="colour key; dots: left map")
    for x, y, name, colour in zip((0.05, 0.05, 0.83), (0.06, 1.27, 1.27), PHASES, ("k", "w", "w"), strict=True):
        axis.text(x, y, name.replace(" ", "\n", 1), fontsize=6.5, color=colour)


@figure("agreement")
def agreement(results):
    """Where models agree with the optimum, under either training."""
    table = outcomes(results)
    cases = list(table.groupby(["model", "training"], sort=False))
    features = {label: results.size(model)[0] for model, label in results.labels.items()}
    canvas, axes = panels(1, len(cases), 2.6)
    notes = []
    for axis, ((model, training), points) in zip(axes[0], cases, strict=True):
        *at, share = positions(points, "as the optimum")
        colour_map(axis, *at, plt.colormaps["viridis"](share)[..., :3])
        map_axes(axis, features[model], title=f"{model}\n{training}")
        agreed = points[points["off_boundary"]].groupby("optimum")["without worst"].mean().reindex(PHASES).dropna()
        told = ", ".join(f"{name} {percent(part)}" for name, part in agreed.items())
        notes.append(f"{model}, {training}: {told}")
    axes[0, 0].set_ylabel(LABELS["relative_importance"])
    label_outer(axes)
    below = {"location": "bottom", "shrink": 0.5, "aspect": 40}
    colour_bar(canvas, axes, "share of models that do as the optimum does", (0, 1), "viridis", **below)
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table,
        f"Share of the models of {counted(len(results.seeds), 'seed')} at each point whose phase is the exact "
        "optimum's, under the authors' settings and under tuned ones; black: the closed forms' boundaries. The same "
        "share, of the points more than one cell off the optimum's boundaries, by its phase, the worst model of each "
        f"left out: {escape(told)}.",
        f"Maps of the share of models that agree with the optimum. {told}.",
    )


@figure("outcomes")
def single_models(results):
    """What single models make of the extra feature, by what the optimum does."""
    table = outcomes(results)
    inside = table[table["off_boundary"]]
    means = inside.groupby(["model", "training", "optimum"], sort=False)[list(KINDS)].mean()
    shown = [kind for kind in KINDS if means[kind].max() >= VISIBLE]
    trainings = table["training"].unique()
    canvas, axes = panels(len(results.labels), len(trainings), 1.6, sharex=True, sharey=True)
    for row, model in zip(axes, results.labels.values(), strict=True):
        for axis, training in zip(row, trainings, strict=True):
            shares = means.loc[model, training].reindex(PHASES)[shown]
            colours = [COLOURS[KINDS.index(kind)] for kind in shown]
            shares.plot.barh(ax=axis, legend=False, width=0.75, stacked=True, color=colours)
            axis.axvline(AGREED, **REFERENCE | {"color": "black", "zorder": 2})
            axis.set(xlim=(0, 1), title=f"{model}: {training}", ylabel="the optimum", xlabel="share of single models")
            axis.label_outer()
    axes[0, 0].invert_yaxis()
    handles = [Patch(facecolor=COLOURS[KINDS.index(kind)], edgecolor="#444444", linewidth=0.4) for kind in shown]
    asked = Line2D([], [], **REFERENCE | {"color": "black"})
    names = [*shown, f"{AGREED:.0%}, which the claims ask for"]
    canvas.legend([*handles, asked], names, loc="outside lower center", ncols=3)
    told = "; ".join(
        f"{model}, {training}, {optimum}: " + ", ".join(f"{kind} {percent(row[kind])}" for kind in KINDS if row[kind])
        for (model, training, optimum), row in means.iterrows()
    )
    return Drawing(
        canvas,
        means.reset_index(),
        "What single models make of the extra feature (colours), by what the exact optimum makes of it (rows): shares "
        f"of the models of {counted(len(results.seeds), 'seed')} at each point more than one cell off the optimum's "
        f"boundaries. What is less than {VISIBLE:.0%} everywhere is not drawn. {escape(told)}.",
        f"Stacked bars of what models are, a bar for each phase of the optimum. {told}.",
    )


@figure("cut")
def cut(results):
    """Minimum loss along a cut in density and one in importance, with the closed forms, and its derivative."""
    sizes = {label: shown_grid(results, model) for model, label in results.labels.items()}
    optima = [shown_grid(results, model, OPTIMUM) for model in results.labels]
    table = pd.concat(
        [cuts(*size, exact) for size, exact in zip(sizes.items(), optima, strict=True)], ignore_index=True
    )
    canvas, axes = panels(len(sizes), 3, 2.2)
    notes = []
    for row, (model, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        for axis, (panel, lines) in zip(row, part.groupby("panel", sort=False), strict=True):
            draw_lines(axis, lines)
            axis.set(title=panel, ylabel="")
        notes.append(f"{model}: {kink(row[0], sizes[model])}")
        row[0].set_ylabel(f"{model}\nminimum loss")
        row[2].set_ylabel("∂ loss / ∂ importance")
    for axis in axes[1:].flat:
        axis.set_title("")
    for axis in axes[:-1].flat:
        axis.set_xlabel("")
    entries = {text: mark for axis in axes.flat for mark, text in zip(*axis.get_legend_handles_labels(), strict=True)}
    names = [name for name in (*LINES, TRAINED) if name in entries]
    canvas.legend([entries[name] for name in names], names, loc="outside lower center", ncols=3)
    told = ". ".join(notes)
    return Drawing(
        canvas,
        table,
        f"Minimum held-out loss over {counted(len(results.seeds), 'seed')} at each point under the authors' settings "
        "(dots) along a cut in density (left) and one in importance (middle), the exact optimum's expected loss "
        "(black) and that of each closed-form solution (lines). Right the derivative by the importance of the extra "
        "feature, by the envelope theorem that feature's mean squared error in the best model, beside the closed "
        "forms' (dashed). The arrow marks the density at which another closed form becomes the best, where the loss "
        f"has a kink. {escape(told)}.",
        f"Line plots of the minimum loss, the exact optimum and the closed forms, and of the derivative. {told}.",
    )
