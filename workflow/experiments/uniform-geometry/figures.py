"""Figures of uniform superposition: D*, the dimensionalities, the feature graphs, the polytopes."""

import pandas as pd
import seaborn as sns
from superposition.draw.canvas import ARCHITECTURES, INK, PALETTE, REFERENCE, Drawing, counted, figure, looks, panels
from superposition.draw.grids import MEDIAN_AND_RANGE, colour_bar, over_seeds
from superposition.measure.features import REPRESENTED
from superposition.measure.geometry import EDGE
from superposition.store.markdown import escape

from .curves import RATIOS, curves_and_ratios, told_curves
from .graph_cells import CELL, GUTTER, draw_cell, graphs, words_of
from .levels import D_TOLERANCE, NAMED, RATIO_TOLERANCE, SWEPT
from .polytope_counts import OTHER, polytope_table, told_polytopes
from .shares import dimensionality_table, draw_dimensionalities
from .sparsity_axis import NOTEBOOK, TUNED, X, inverse_axis

COLOURS = {NOTEBOOK: ARCHITECTURES["relu-output"], TUNED: INK}  # of the swept model by its training
BESIDE = 2  # graphs


@figure("dimensions-per-feature")
def dimensions_per_feature(results):
    """D* of every model and its plateaus; ratios of ‖W‖² between the models."""
    table, label = curves_and_ratios(results), results.labels[SWEPT]
    palette = looks(results)["palette"] | {f"{label}, {TUNED}": COLOURS[TUNED]}
    palette |= dict(zip(RATIOS, PALETTE[4:], strict=True))
    canvas, ((left, right),) = panels(1, 2, 3.1, width_ratios=(1.7, 1))
    for quantity, axis, references in (("D*", left, (1, 0.5)), ("ratio of ‖W‖²", right, (2, 1))):
        for level in references:
            axis.axhline(level, **REFERENCE)
        look = {"hue": "curve", "style": "curve", "palette": palette, "markers": True, "markersize": 4}
        half = table[table["quantity"] == quantity]
        look["palette"] = {curve: palette[curve] for curve in half["curve"].unique()}
        sns.lineplot(half, x=X, y="value", ax=axis, **look, **MEDIAN_AND_RANGE)
        inverse_axis(axis, table)
    bars = {"size": "curve", "sizes": (3, 11), "alpha": 0.3, "solid_capstyle": "butt", "palette": palette}
    flat = table[table["plateau"].notna()]
    sns.lineplot(flat, x=X, y="plateau", hue="curve", units="plateau", estimator=None, legend=False, ax=left, **bars)
    key = {"color": "#777777", "linewidth": 7, "alpha": 0.4, "solid_capstyle": "butt"}
    left.plot([], [], label=f"thick: within {RATIO_TOLERANCE:.0%} of one level", **key)
    left.set(ylabel="D* = m / ‖W‖²", ylim=(0, None), title="Hidden dimensions per feature")
    left.legend(title=None, loc="lower left")
    right.set(ylabel="‖W‖² of one model / another's", ylim=(0, 3.6), title="Features learned", yticks=(0, 1, 2, 3))
    right.legend(title=None, loc="upper left", handlelength=1.6)
    told = told_curves(table, label)
    return Drawing(
        canvas,
        table,
        f"Left: $D^*$, the hidden dimensions per feature learned, over $1/(1 - S)$: {over_seeds(results)}. Thick bars: "
        f"the two widest stretches of each median that stay within {RATIO_TOLERANCE:.0%} of their level, found without "
        "being told any. Right: $\\lVert W \\rVert_F^2$, the number of features learned, of models that differ in one "
        "size by a factor of two, at the sparsities where all are trained. Training is the notebook's, but for the "
        f"curve that is called {TUNED}. Plateaus of the large model and ranges of the ratios' medians: {escape(told)}.",
        f"Line plots over a logarithmic axis. Plateaus of D* and ranges of ratios: {told}.",
    )


@figure("dimensionality")
def dimensionality(results):
    """D_i of every feature of the large model, the lines of the polytopes, and how many lie on them."""
    table = dimensionality_table(results)
    canvas, ((top,), (bottom,)) = panels(2, 1, 2.7, sharex=True, height_ratios=(3.6, 1))
    draw_dimensionalities(top, table)
    look = {"color": COLOURS[NOTEBOOK], "marker": "o"}
    sns.lineplot(table.dropna(subset="preference"), x=X, y="preference", ax=bottom, **look, **MEDIAN_AND_RANGE)
    bottom.axhline(0.5, **REFERENCE)
    bottom.text(1.01, 0.5, "no preference", transform=bottom.get_yaxis_transform(), va="center", fontsize=6.5)
    top.set_title("Every feature of every seed")
    bottom.set(ylabel="density at\nfractions", ylim=(-0.04, 1.04), yticks=(0, 0.5, 1))
    bottom.set_title("Whether features lie on the lines rather than beside them")
    inverse_axis(bottom, table)
    shares = table.groupby(X)["preference"].median().dropna()
    told = "; ".join(f"{share:.0%} at 1/(1 − S) = {inverse:.2f}" for inverse, share in shares.items())
    return Drawing(
        canvas,
        table,
        f"Dimensionality $D_i$ of each of the {table['feature'].max()} features of the model "
        f"“{escape(results.labels[SWEPT])}”, all of {counted(len(results.seeds), 'seed')}, spread sideways about its "
        "sparsity; lines: the fractions of the polytopes, and 1; black: the median $D^*$. Below: how dense the $D_i$ "
        f"of represented features ($\\lVert W_i \\rVert$ ≥ {REPRESENTED:g}) are within {D_TOLERANCE:g} of the five "
        "positive fractions, over the sum of that and their density as far again beside them, "
        f"{over_seeds(results)}; dotted: 1/2, where they do not mind the fractions. Medians: {told}.",
        "Scatter plot of dimensionalities over a logarithmic axis, with lines at 1, 3/4, 2/3, 1/2, 2/5, 3/8 and 0. "
        f"Median density within {D_TOLERANCE:g} of a positive fraction, over that there and beside: {told}.",
    )


@figure("feature-graphs")
def feature_graphs(results):
    """The feature graph of one seed's model at several sparsities, component by component."""
    canvas, ((axis,),) = panels(1, 1, 1)
    below = {"location": "bottom", "shrink": 0.5, "aspect": 40, "pad": 0.01}
    bar = colour_bar(canvas, axis, "dimensionality $D_i$", (0, 1), "viridis", **below)
    tables, notes, top, ends = [], [], 0.0, []
    for place, (W, components, rows) in enumerate(graphs(results)):
        if place % BESIDE == 0:
            top, ends = min(ends, default=0.0), []
        at, seed = f"1/(1 − S) = {rows[X].iloc[0]:.2f}", rows["seed"].iloc[0]
        words = words_of(components, (rows["component"] == 0).sum())
        colours = bar.mappable.to_rgba(rows["dimensionality"].to_numpy())
        corner = (place % BESIDE * (CELL + GUTTER), top)
        ends.append(draw_cell(axis, corner, f"{at} (seed {seed})", words, W, colours, components))
        notes.append(f"{at}: {words}")
        tables.append(rows)
    top = min(ends)
    axis.set(xlim=(-0.04, BESIDE * CELL + GUTTER), ylim=(top, 0), aspect="equal", anchor="NW")
    axis.axis("off")
    canvas.set_size_inches(canvas.get_figwidth(), 0.6 - top)
    return Drawing(
        canvas,
        pd.concat(tables),
        f"The feature graph of the model “{escape(results.labels[SWEPT])}” at several sparsities, one representative "
        f"of {counted(len(results.seeds), 'seed')} each, that of median held-out loss: a dot is a feature, coloured by "
        f"its dimensionality; an edge joins two that are not orthogonal (|cosine| ≥ {EDGE:g}), as wide as their "
        "|cosine|. Components are in the order of the words above them: those without a name are called by their "
        "features and dimensions. Distances are as near to those between the unit vectors as the plane allows. "
        f"Components at {'. '.join(notes)}.",
        "Graphs of features, component by component. " + ". ".join(notes) + ".",
    )


@figure("polytopes")
def polytopes(results):
    """Features per hidden dimension in each polytope against sparsity, under both trainings."""
    table = polytope_table(results)
    canvas, axes = panels(2, 3, 1.9, sharex=True)
    look = {"hue": "training", "style": "training", "palette": COLOURS, "markers": ["o", "s"], "markersize": 4}
    for axis, kind in zip(axes.flat, (*NAMED, OTHER), strict=True):
        part = table[table["polytope"] == kind]
        sns.lineplot(part, x=X, y="per_dimension", ax=axis, **look, **MEDIAN_AND_RANGE | {"estimator": "mean"})
        handles, labels = axis.get_legend_handles_labels()
        axis.get_legend().remove()
        axis.set(title=kind if kind in NAMED else f"{kind}, on a scale of its own", ylabel="", ylim=(0, None))
        axis.grid(True)
        inverse_axis(axis, table)
    most = table.loc[table["polytope"].isin(NAMED), "per_dimension"].max() or 1.0
    for axis in axes.flat[: len(NAMED)]:
        axis.set_ylim(-0.03 * most, 1.05 * most)
    for axis in axes[:-1].flat:
        axis.set_xlabel("")
    canvas.supylabel("features per hidden dimension", fontsize=8.5)
    canvas.legend(handles, labels, loc="outside lower center", ncols=2)
    told = told_polytopes(table)
    return Drawing(
        canvas,
        table,
        f"Features of the model “{escape(results.labels[SWEPT])}” in each polytope per hidden dimension, under either "
        f"training, mean (line) and range (band) over {counted(len(results.seeds), 'seed')}; the five that the paper "
        "names on one scale. Other: features alone in their dimension, larger simplices, hexagons, and arrangements "
        f"without a name. Features that are not represented ($\\lVert W_i \\rVert$ < {REPRESENTED:g}) are in none. "
        f"Most per dimension, at which $1/(1 - S)$: {escape(told)}.",
        "A panel of lines for each polytope, over a logarithmic axis. Most features per hidden dimension, at which "
        f"1/(1 − S): {told}.",
    )
