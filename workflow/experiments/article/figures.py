"""The article's figures, and those that show what the article's text describes."""

import numpy as np
import seaborn as sns
from superposition.draw.canvas import REFERENCE, Drawing, figure, panels
from superposition.draw.grids import colour_bar, grid, heatmap, lines
from superposition.measure.tables import tidy
from superposition.measure.theory import feature_variances, linear_optimum
from superposition.store.markdown import escape

SHOWN_SAMPLES = 24  # rows of the data set in the picture of it
SCALE = 1.5  # of the picture of WᵀW: 1 is a feature that comes back whole, a few entries are larger
SERVED = 0.5  # share of variance explained from which the default reading counts a feature as served
AT = "S = {col_name}"


def optimum(results, sparsity):
    """Closed-form optimum of the linear model's held-out loss."""
    instance = results.first_instance(next(iter(results.labels)), sparsity)
    return linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)


def told(table, value, by, form):
    """The median of a column in words, group by group."""
    medians = table.groupby(by, sort=False, observed=True)[value].median()
    return "; ".join(form.format(*group, median) for group, median in medians.items())


@figure("sample")
def sample(results):
    """Rows of the data at each sparsity, and the importance curve."""
    rows = results.table("data", "test").query("seed == seed.iloc[0] and sample <= @SHOWN_SAMPLES")
    importance = tidy({"importance": results.importance}, feature=np.arange(1, results.features + 1))
    canvas, axes = panels(1, len(results.sparsities) + 1, 2.3)
    *maps, curve = axes[0]
    for axis, (sparsity, part) in zip(maps, rows.groupby("sparsity", sort=False), strict=True):
        samples = part.pivot(index="sample", columns="feature", values="test")
        heatmap(axis, samples, (0, 1), "viridis")
        axis.set(title=AT.format(col_name=sparsity), xlabel="feature", yticks=[])
    maps[0].set_ylabel(f"{SHOWN_SAMPLES} samples")
    colour_bar(canvas, maps, "value", (0, 1), "viridis", shrink=0.9, pad=0.02)
    sns.lineplot(importance, x="feature", y="importance", color="#444444", ax=curve)
    curve.set(title="importance", ylabel="", ylim=(0, 1.08 * results.importance.max()))
    curve.grid(True)
    zeros = ", ".join(f"{(results.data(s) == 0).mean():.3f} at S = {s}" for s in results.sparsities)
    first, last = results.importance[[0, -1]]
    return Drawing(
        canvas,
        rows.rename(columns={"test": "value"}).merge(importance, on="feature"),
        f"The data. {SHOWN_SAMPLES} samples of the held-out set at each sparsity $S$, and the importance of each of "
        f"the {results.features} features, from {first:g} to {last:g}. Measured share of zeros: {zeros}.",
        f"Heatmaps of {SHOWN_SAMPLES} samples by {results.features} features; the share of zeros is {zeros}. A line "
        f"shows importance from {first:g} for feature 1 to {last:g} for feature {results.features}.",
    )


@figure("loss-curves")
def loss_curves(results):
    """Training loss against the step, models in colour, a panel for each sparsity."""
    table = results.table("weights", ("loss_step", "loss")).query("loss_step > 0").rename(columns={"loss_step": "step"})
    facets = lines(
        table, x="step", y="loss", hue="model", col="sparsity", height=2.4, share_y=False, titles=AT,
        labels=("step", "weighted loss"),
    )  # fmt: skip
    for sparsity, axis in facets.axes_dict.items():
        axis.axhline(optimum(results, sparsity), **REFERENCE)
        axis.set(xscale="log")
    where = {"transform": axis.get_yaxis_transform(), "va": "top", "fontsize": 7, "color": REFERENCE["color"]}
    axis.text(0.02, optimum(results, sparsity), "linear optimum", **where)
    ends = table.groupby(["model", "sparsity", "step"], sort=False)["loss"].median()
    ends = ends.groupby(level=["model", "sparsity"], sort=False).agg(["first", "last"])
    return Drawing(
        facets.figure,
        table,
        f"Training loss against the step: median (line) and range (band) over {len(results.seeds)} seeds. Each point "
        "is the mean over the steps since the point before. Dotted: the closed-form optimum of the linear model.",
        "Loss curves over a logarithmic step axis. Median over seeds from the first to the last record: "
        + "; ".join(f"{model} at S = {s}: {first:.4f} to {last:.4f}" for (model, s), (first, last) in ends.iterrows())
        + ".",
    )


@figure("held-out-loss")
def held_out_loss(results):
    """Held-out weighted loss of every seed relative to the linear optimum, by model and sparsity."""
    table = results.table("metrics", "test_loss")
    table["linear_optimum"] = table["sparsity"].map(lambda s: optimum(results, s))
    table["relative"] = table["test_loss"] / table["linear_optimum"]
    facets = grid(
        sns.catplot, table, kind="swarm", x="model", y="relative", hue="model", col="sparsity", size=3.2, height=2.3,
        titles=AT, labels=("", "held-out loss / linear optimum"),
    )  # fmt: skip
    medians = {"estimator": "median", "errorbar": None, "linestyle": "none", "marker": "_", "markersize": 24}
    for sparsity, axis in facets.axes_dict.items():
        part = table[table["sparsity"] == sparsity]
        sns.pointplot(part, x="model", y="relative", hue="model", legend=False, ax=axis, **medians)
        axis.axhline(1, **REFERENCE)
        axis.set(xlabel="", ylabel=axis.get_ylabel() and "held-out loss / linear optimum")
    return Drawing(
        facets.figure,
        table,
        f"Held-out weighted loss, relative to the closed-form optimum of the linear model (dotted): each of the "
        f"{len(results.seeds)} seeds (dots) and the median (bar). The axis does not start at zero. Median: "
        + told(table, "relative", ["model", "sparsity"], "{} at S = {}: {:.3f}")
        + ".",
        "Dots for every seed. Median held-out loss relative to the linear optimum: "
        + told(table, "relative", ["model", "sparsity"], "{} at S = {}: {:.3f}")
        + ".",
    )


@figure("bias")
def bias(results):
    """The article's "reconstructed bias" in both readings."""
    readings = {"bias": "parameter b", "error_mean": "error E[x′ − x]"}
    table = results.table("matrices", readings, stacked="reading")
    facets = lines(
        table, x="feature", y="value", hue="model", row="reading", col="sparsity", height=1.9, share_y="row",
        titles=AT, labels=("feature", None),
    )  # fmt: skip
    for axis in facets.axes.flat:
        axis.axhline(0, color="#999999", linewidth=0.7, zorder=0)
    means = table.groupby(["reading", "model", "sparsity"], sort=False)["value"].mean()
    return Drawing(
        facets.figure,
        table,
        f"“Reconstructed bias” over the {results.features} features, the most important first, in both readings: "
        "the parameter $b$ (top) and the mean held-out reconstruction error $\\mathrm{E}[x' - x]$ (bottom). "
        f"Median (line) and range (band) over {len(results.seeds)} seeds.",
        "Line plots with bands. Mean over features and seeds: "
        + "; ".join(f"{reading}, {model}, S = {s}: {mean:.3f}" for (reading, model, s), mean in means.items())
        + ".",
    )


@figure("gram")
def gram(results):
    """WᵀW of each model at each sparsity, one seed each, on one colour scale."""
    models, sparsities = list(results.labels), results.sparsities
    chosen = {(results.labels[m], s): results.seeds[results.representative(m, s)] for m in models for s in sparsities}
    table = results.table("matrices", "gram")
    table = table[[chosen[row.model, row.sparsity] == row.seed for row in table.itertuples()]]
    canvas, axes = panels(len(sparsities), len(models), 3.0)
    notes = []
    for axis, ((model, s), part) in zip(axes.T.flat, table.groupby(["model", "sparsity"], sort=False), strict=True):
        matrix = part.pivot(index="feature", columns="other", values="gram").to_numpy()
        heatmap(axis, matrix, (-SCALE, SCALE), aspect="equal")
        axis.set_title(f"{model}, S = {s} (seed {chosen[model, s]})")
        share = 1 - np.square(np.diag(matrix)).sum() / np.square(matrix).sum()
        notes.append(f"{model} at S = {s}, seed {chosen[model, s]}: {share:.0%}")
    for axis in axes[-1]:
        axis.set_xlabel("feature")
    for axis in axes[:, 0]:
        axis.set_ylabel("feature")
    colour_bar(canvas, axes, "$W^T W$", (-SCALE, SCALE), extend="both", shrink=0.5, aspect=30)
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table,
        "$W^\\top W$ of each model at each sparsity, on one colour scale centred at zero. One representative seed "
        f"each, that of median held-out loss, named in the title. Share of the squared entries off the diagonal: "
        f"{escape(told)}.",
        f"Heatmaps, {results.features} by {results.features}. Share of the squared entries off the diagonal: {told}.",
    )


@figure("explained")
def explained(results):
    """What share of each feature's variance each model explains."""
    table = results.table("matrices", "error_square").rename(columns={"error_square": "error"})
    model = next(iter(results.labels))
    variance = {s: feature_variances(results.first_instance(model, s).distribution)[0] for s in results.sparsities}
    table["explained"] = 1 - table["error"] / table["sparsity"].map(variance)
    facets = lines(
        table, x="feature", y="explained", hue="model", col="sparsity", height=2.3, titles=AT,
        labels=("feature", "share of variance explained"),
    )  # fmt: skip
    for axis in facets.axes.flat:
        axis.axhline(SERVED, **REFERENCE)
        axis.axhline(0, color="#999999", linewidth=0.7, zorder=0)
        axis.set(ylim=(min(0.0, table["explained"].min()) - 0.05, 1.05))
    counted = table.assign(served=table["explained"] >= SERVED)
    counted = counted.groupby(["model", "sparsity", "seed"], sort=False)["served"].sum().reset_index()
    served = told(counted, "served", ["model", "sparsity"], "{} at S = {}: {:g}")
    return Drawing(
        facets.figure,
        table,
        f"Share of each feature's variance that a model explains, $1 - \\mathrm{{E}}(x'_i - x_i)^2 / "
        f"\\operatorname{{Var}}(x_i)$, on the held-out set, the most important feature first. Median (line) and range "
        f"(band) over {len(results.seeds)} seeds. From one half on (dotted) a feature counts as served. The "
        f"variance is the distribution's, so that on samples a share may lie a little below zero. Features "
        f"served, median: {served}.",
        f"Line plots with bands, a panel for each sparsity. Features of which at least half of the variance is "
        f"explained, median over seeds: {served}.",
    )
