"""Figures of uniform superposition: D*, the dimensionalities, the feature graphs, the polytopes."""

from collections import Counter

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import NullLocator
from superposition.draw.canvas import PALETTE, REFERENCE, Drawing, figure, panels
from superposition.draw.graphs import named_components
from superposition.draw.grids import MEDIAN_AND_RANGE, colour_bar
from superposition.measure.features import REPRESENTED
from superposition.measure.geometry import EDGE, NOT_REPRESENTED, feature_polytopes
from superposition.measure.plateaus import FRACTIONS
from superposition.measure.polytopes import several
from superposition.measure.tables import labelled, tidy
from superposition.store.markdown import escape

from . import levels
from .clusters import GRID, at_and_beside
from .graph_rows import ROW, draw_row
from .levels import D_TOLERANCE, MODELS, RATIO_TOLERANCE, SWEPT

NOTEBOOK, TUNED = "notebook", "tuned"  # the choices of training
VARIANTS = {NOTEBOOK: None, TUNED: "training.tuned"}
RATIOS = {
    "twice the dimensions: large / wide": ("large", "wide"),
    "twice the features: wide / small": ("wide", "small"),
}
OTHER = "other"
COLOURS = dict(zip(levels.NAMED, PALETTE, strict=False)) | {OTHER: "#b8b8b8"}
LINES = (
    "1 dedicated", "3/4 tetrahedron", "2/3 triangle", "1/2 digon", "2/5 pentagon", "3/8 antiprism", "0 not learned",
)  # fmt: skip
STATES = {"represented": PALETTE[0], NOT_REPRESENTED: "#b0b0b0"}
TICKS = (1, 2, 3, 5, 10, 20)
GRAPHS = (1.5, 1.6, 1.74, 3.0, 4.1, 4.8)  # 1/(1 − S) of the models whose graphs are drawn, or the nearest trained
X = "inverse_density"  # the column of 1/(1 − S)


def inverse_densities(sparsities):
    """1/(1 − S) of each."""
    return 1 / (1 - np.array([*map(float, sparsities)]))


def swept(results, kind, quantities, models=MODELS, **options):
    """A table of results over each model's sparsities, the densest first, with 1/(1 − S)."""
    tables = [
        results.table(kind, quantities, models=[model], sparsities=levels.trained_at(results, model), **options)
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
        for plateau in levels.widest_plateaus(np.log(median), positions):
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


@figure("dimensions-per-feature")
def dimensions_per_feature(results):
    """D* of every model and its plateaus; ratios of ‖W‖² between the models."""
    norms = pd.concat(
        [
            swept(results, "metrics", "frobenius_squared", variants={"default": NOTEBOOK}),
            swept(results, "metrics", "frobenius_squared", models=[SWEPT], variants={"training.tuned": TUNED}),
        ],
        ignore_index=True,
    )
    table = pd.concat([curves_with_plateaus(results, norms), ratios_of_models(results, norms)])
    table = table[["quantity", "curve", "sparsity", X, "seed", "value", "plateau"]]
    canvas, ((left, right),) = panels(1, 2, 3.1, width_ratios=(1.7, 1))
    marked = {"markers": True, "markersize": 4}
    sides = {"D*": (left, (1, 0.5), PALETTE[:4]), "ratio of ‖W‖²": (right, (2, 1), PALETTE[4:6])}
    for quantity, (axis, references, palette) in sides.items():
        for level in references:
            axis.axhline(level, **REFERENCE)
        half = table[table["quantity"] == quantity]
        look = {"hue": "curve", "style": "curve", "palette": palette, **marked, **MEDIAN_AND_RANGE}
        sns.lineplot(half, x=X, y="value", ax=axis, **look)
        inverse_axis(axis, table)
    bars = {"size": "curve", "sizes": (3, 11), "alpha": 0.3, "solid_capstyle": "butt"}
    flat = table[table["plateau"].notna()]
    sns.lineplot(flat, x=X, y="plateau", hue="curve", units="plateau", estimator=None, legend=False, ax=left, **bars)
    key = {"color": "#777777", "linewidth": 7, "alpha": 0.4, "solid_capstyle": "butt"}
    left.plot([], [], label=f"thick: within {RATIO_TOLERANCE:.0%} of one level", **key)
    left.set(ylabel="D* = m / ‖W‖²", ylim=(0, None), title="hidden dimensions per feature")
    left.legend(title=None, loc="lower left")
    right.set(ylabel="", ylim=(0, 3.6), title="ratio of ‖W‖²", yticks=(0, 1, 2, 3))
    right.legend(title=None, loc="upper left", handlelength=1.6)
    told = told_curves(table, results.labels[SWEPT])
    return Drawing(
        canvas,
        table,
        f"Left: $D^*$, the hidden dimensions per feature learned, over $1/(1 - S)$: median (line) and range (band) "
        f"over {len(results.seeds)} seeds. Thick bars: the two widest stretches of each median that stay within "
        f"{RATIO_TOLERANCE:.0%} of their level, found without being told any. Right: $\\lVert W \\rVert_F^2$, the "
        "number of features learned, of models that differ in one size by a factor of two, at the sparsities where all "
        f"are trained. Training is the notebook's, but for the curve that is called {TUNED}. Plateaus of the "
        f"large model and ranges of the ratios' medians: {escape(told)}.",
        f"Line plots over a logarithmic axis. Plateaus of D* and ranges of ratios: {told}.",
    )


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
        for masks in zip(*(at_and_beside(values, f, D_TOLERANCE) for f in levels.POSITIVE_FRACTIONS), strict=True)
    )
    lengths = [
        np.any(masks, axis=0).mean()
        for masks in zip(*(at_and_beside(GRID, f, D_TOLERANCE) for f in levels.POSITIVE_FRACTIONS), strict=True)
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
    sns.scatterplot(
        table, x="position", y="dimensionality", hue="state", hue_order=STATES, palette=STATES, s=3, alpha=0.4,
        linewidth=0, rasterized=True, ax=axis,
    )  # fmt: skip
    median = {"estimator": "median", "errorbar": None, "color": "#222222", "linewidth": 1.1}
    sns.lineplot(table, x=X, y="dimensions_per_feature", label="D* (median)", ax=axis, **median)
    axis.set(ylabel="dimensionality $D_i$", ylim=(-0.04, 1.06))
    handles, labels = axis.get_legend_handles_labels()
    axis.get_legend().remove()
    for handle in handles[: len(STATES)]:
        handle.set(alpha=1, markersize=5)
    axis.figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))


@figure("dimensionality")
def dimensionality(results):
    """D_i of every feature of the large model, the lines of the polytopes, and how many lie on them."""
    table = dimensionality_table(results)
    canvas, ((top,), (bottom,)) = panels(2, 1, 2.6, sharex=True, height_ratios=(3.6, 1))
    draw_dimensionalities(top, table)
    sns.lineplot(table.dropna(subset="preference"), x=X, y="preference", ax=bottom, marker="o", **MEDIAN_AND_RANGE)
    bottom.axhline(0.5, **REFERENCE)
    bottom.text(1.01, 0.5, "no preference", transform=bottom.get_yaxis_transform(), va="center", fontsize=6.5)
    bottom.set(ylabel="density at\nfractions", ylim=(-0.04, 1.04), yticks=(0, 0.5, 1))
    inverse_axis(bottom, table)
    shares = table.groupby(X)["preference"].median().dropna()
    told = "; ".join(f"{share:.0%} at 1/(1 − S) = {inverse:.2f}" for inverse, share in shares.items())
    return Drawing(
        canvas,
        table,
        f"Dimensionality $D_i$ of each of the {table['feature'].max()} features of the model "
        f"“{escape(results.labels[SWEPT])}”, all {len(results.seeds)} seeds, spread sideways about its sparsity; "
        "lines: the fractions of the polytopes, and 1; black: the median $D^*$. Below: how dense the $D_i$ of "
        f"represented features ($\\lVert W_i \\rVert$ ≥ {REPRESENTED:g}) are within {D_TOLERANCE:g} of the five "
        "positive fractions, over the sum of that and their density as far again beside them, median (line) and range "
        f"(band) over seeds; dotted: 1/2, where they do not mind the fractions. Medians: {told}.",
        "Scatter plot of dimensionalities over a logarithmic axis, with lines at 1, 3/4, 2/3, 1/2, 2/5, 3/8 and 0. "
        f"Median density within {D_TOLERANCE:g} of a positive fraction, over that there and beside: {told}.",
    )


def graphs(results):
    """The sparsities of the graphs, and of each its representative seed's weights, components and table."""
    trained = levels.trained_at(results, SWEPT)
    positions = np.log(inverse_densities(trained))
    nearest = {trained[np.abs(positions - np.log(wanted)).argmin()] for wanted in GRAPHS}
    table = swept(results, "matrices", "dimensionality", models=[SWEPT]).drop(columns="model")
    for sparsity in levels.densest_first(nearest):
        place = results.representative(SWEPT, sparsity)
        W = results.weights(SWEPT, sparsity, "W")[place]
        components = named_components(W)
        rows = table[(table["sparsity"] == sparsity) & (table["seed"] == results.seeds[place])]
        member = {feature: (number, c.name) for number, c in enumerate(components, 1) for feature in c.features}
        number, polytope = zip(*(member.get(i, (0, NOT_REPRESENTED)) for i in range(len(rows))), strict=True)
        yield W, components, rows.assign(component=number, polytope=polytope)


@figure("feature-graphs")
def feature_graphs(results):
    """The feature graph of one seed's model at several sparsities, component by component."""
    canvas, ((axis,),) = panels(1, 1, 1)
    bar = colour_bar(canvas, axis, "dimensionality $D_i$", (0, 1), "viridis", shrink=0.5, aspect=30, pad=0.01)
    tables, notes, top = [], [], 0.0
    for W, components, rows in graphs(results):
        number = Counter(component.name for component in components)
        absent = f"{(rows['component'] == 0).sum()} features not represented"
        at = f"1/(1 − S) = {rows[X].iloc[0]:.2f}"
        title = f"{at}, seed {rows['seed'].iloc[0]}: {absent}"
        top = draw_row(axis, top, title, W, bar.mappable.to_rgba(rows["dimensionality"].to_numpy()), components)
        words = ", ".join(several(count, name) for name, count in number.items()) or "no component"
        notes.append(f"{at}: {words}; {absent}")
        tables.append(rows)
    axis.set(xlim=(0, ROW), ylim=(top, 0), aspect="equal", anchor="NW")
    axis.axis("off")
    canvas.set_size_inches(canvas.get_figwidth(), 0.1 - top)
    return Drawing(
        canvas,
        pd.concat(tables),
        f"The feature graph of the model “{escape(results.labels[SWEPT])}” at several sparsities, one representative "
        "seed each, that of median held-out loss: a dot is a feature, coloured by its dimensionality; an edge joins "
        f"two that are not orthogonal (|cosine| ≥ {EDGE:g}), as wide as their |cosine|. Components are grouped by "
        "their polytope; those without a name are called by their features and dimensions. Distances are as near to "
        f"those between the unit vectors as the plane allows. Components at {'. '.join(notes)}.",
        "Graphs of features, component by component. " + ". ".join(notes) + ".",
    )


def polytope_table(results):
    """Features of the large model in each polytope under both trainings: number, per hidden dimension, and share."""
    ordered, kinds, tables = levels.trained_at(results, SWEPT), (*COLOURS, NOT_REPRESENTED), []
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
    named = table[table["polytope"].isin(levels.NAMED)]
    heights = named.groupby(["training", "polytope", X], sort=False)["per_dimension"].mean()
    most = heights[heights.groupby(["training", "polytope"], sort=False).idxmax()]
    told = [f"{training}, {kind}: at most {m:.2f}, at {at:.2f}" for (training, kind, at), m in most.items() if m > 0]
    return "; ".join(told)


@figure("polytopes")
def polytopes(results):
    """Features per hidden dimension by polytope against sparsity, mean over seeds, and those not represented."""
    table = polytope_table(results)
    canvas, axes = panels(2, len(VARIANTS), 2.3, sharex=True, sharey="row", height_ratios=(3, 1))
    bins = list(np.log10(edges(table[X].unique())))  # seaborn takes those of a logarithmic axis as powers of ten
    bars = {"x": X, "bins": bins, "log_scale": (True, False), "linewidth": 0, "alpha": 1}
    kinds = {"hue": "polytope", "hue_order": [*COLOURS][::-1], "palette": COLOURS, "multiple": "stack"}  # from the top
    means = table.assign(**table[["per_dimension", "share"]] / len(results.seeds))  # once added up over seeds
    for (training, part), (top, bottom) in zip(means.groupby("training", sort=False), axes.T, strict=True):
        absent = part["polytope"] == NOT_REPRESENTED
        sns.histplot(part[~absent], weights="per_dimension", ax=top, **kinds, **bars)
        sns.histplot(part[absent], weights="share", color="#555555", ax=bottom, **bars)
        inverse_axis(bottom, table)
        top.set(title=f"{results.labels[SWEPT]}: {training}", ylim=(0, None), ylabel="features per\nhidden dimension")
        bottom.set(ylim=(0, 1), ylabel="share not\nrepresented")
        legend = top.get_legend()
        handles = legend.legend_handles[::-1]
        legend.remove()
    canvas.legend(handles, [*COLOURS], loc="outside lower center", ncols=6, columnspacing=1.2)
    told = told_polytopes(table)
    return Drawing(
        canvas,
        table,
        f"Features of the model “{escape(results.labels[SWEPT])}” in each polytope per hidden dimension (top), and the "
        "share of those that are not represented "
        f"($\\lVert W_i \\rVert$ < {REPRESENTED:g}, bottom), mean over {len(results.seeds)} seeds. Other: features "
        "alone in their dimension, larger simplices, hexagons, and arrangements without a name. Most per dimension, "
        f"at which $1/(1 - S)$: {escape(told)}.",
        f"Stacked bars over a logarithmic axis. Most features per hidden dimension, at which 1/(1 − S): {told}.",
    )
