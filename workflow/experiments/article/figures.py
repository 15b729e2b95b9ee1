"""The article's figures, and those that show what the article's text describes."""

import numpy as np
import seaborn as sns
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from superposition.draw.canvas import FRAME, REFERENCE, Drawing, counted, figure, looks, panels
from superposition.draw.grids import colour_bar, grid, heatmap, lines, over_seeds
from superposition.measure.tables import tidy
from superposition.measure.theory import feature_variances, linear_optimum
from superposition.store.markdown import escape

SHOWN_SAMPLES = 24  # rows of the data set in the picture of it
ZOOM = 20  # features in the picture of WᵀW: hardly any other is kept
SCALE = 1.0  # of the picture of WᵀW: a feature that comes back whole, a few entries are larger
LOSS_TICKS = (0.9, 1, 1.5, 2, 3, 4)  # of the training loss, relative to the linear optimum
ZERO = {"color": "#999999", "linewidth": 0.7, "zorder": 0}
OPTIMUM = {"color": FRAME, "linewidth": 0.9, "zorder": 1.5}
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
        axis.set(title=AT.format(col_name=sparsity), xlabel="feature")
    for axis in maps[1:]:
        axis.tick_params(labelleft=False)
    maps[0].set_ylabel("sample")
    colour_bar(canvas, maps, "value", (0, 1), "viridis", shrink=0.9, pad=0.02)
    sns.lineplot(importance, x="feature", y="importance", color="#444444", ax=curve)
    curve.set(title="importance", ylabel="weight in the loss", ylim=(0, 1.08 * results.importance.max()))
    curve.set_xticks([1, *range(10, results.features + 1, 10)])
    curve.grid(True)
    zeros = ", ".join(f"{(results.data(s) == 0).mean():.3f} at S = {s}" for s in results.sparsities)
    first, last = results.importance[[0, -1]]
    return Drawing(
        canvas,
        rows.rename(columns={"test": "value"}).merge(importance, on="feature"),
        f"{SHOWN_SAMPLES} samples of one seed's held-out set at each sparsity $S$, and the importance, or weight in "
        f"the loss, of each of the {results.features} features, from {first:g} to {last:g}. Measured share of zeros "
        f"over {counted(len(results.seeds), 'seed')}: {zeros}.",
        f"Heatmaps of {SHOWN_SAMPLES} samples by {results.features} features; the share of zeros is {zeros}. A line "
        f"shows importance from {first:g} for feature 1 to {last:g} for feature {results.features}.",
    )


@figure("loss-curves")
def loss_curves(results):
    """Training loss against the step, relative to the linear optimum, models in colour, a panel for each sparsity."""
    table = results.table("weights", ("loss_step", "loss")).query("loss_step > 0").rename(columns={"loss_step": "step"})
    table["relative"] = table["loss"] / table["sparsity"].map(lambda s: optimum(results, s))
    facets = lines(
        table, x="step", y="relative", col="sparsity", height=2.5, titles=AT,
        labels=("step", "training loss /\nlinear optimum"), **looks(results) | {"markers": False},
    )  # fmt: skip
    for axis in facets.axes.flat:
        axis.axhline(1, **REFERENCE)
        axis.set(xscale="log", yscale="log", yticks=LOSS_TICKS, yticklabels=[f"{tick:g}" for tick in LOSS_TICKS])
        axis.yaxis.set_minor_locator(NullLocator())
    ends = table.groupby(["model", "sparsity", "step"], sort=False)["relative"].median()
    ends = ends.groupby(level=["model", "sparsity"], sort=False).agg(["first", "last"])
    return Drawing(
        facets.figure,
        table,
        f"Weighted training loss relative to the closed-form optimum of the linear model at the same sparsity "
        f"(dotted), on one logarithmic scale, against the step: {over_seeds(results)}. Each point is the mean over the "
        "steps since the point before.",
        "Loss curves over a logarithmic step axis. Median over seeds, relative to the linear optimum, from the first "
        "to the last record: "
        + "; ".join(f"{model} at S = {s}: {first:.3f} to {last:.3f}" for (model, s), (first, last) in ends.iterrows())
        + ".",
    )


@figure("held-out-loss")
def held_out_loss(results):
    """How far the held-out weighted loss of every seed lies from the linear optimum, by model and sparsity."""
    table = results.table("metrics", "test_loss")
    table["linear_optimum"] = table["sparsity"].map(lambda s: optimum(results, s))
    table["difference"] = 100 * (table["test_loss"] / table["linear_optimum"] - 1)
    colours = {"hue": "model", "palette": looks(results)["palette"]}
    facets = grid(
        sns.catplot, table, kind="swarm", x="model", y="difference", col="sparsity", size=3.2, height=2.4,
        titles=AT, labels=("", ""), legend=False, **colours,
    )  # fmt: skip
    medians = {"estimator": "median", "errorbar": None, "linestyle": "none", "marker": "_", "markersize": 24}
    for sparsity, axis in facets.axes_dict.items():
        part = table[table["sparsity"] == sparsity]
        sns.pointplot(part, x="model", y="difference", legend=False, ax=axis, **colours, **medians)
        axis.axhline(0, **REFERENCE)
        axis.set(xlabel="", ylabel="")
    facets.axes[0, 0].set_ylabel("held-out loss above or below\nthe linear optimum (%)")
    medians = told(table, "difference", ["model", "sparsity"], "{} at S = {}: {:+.1f} %").replace("-", "−")
    return Drawing(
        facets.figure,
        table,
        f"How far the weighted loss on {results.described['data']['test_samples']} held-out samples lies above or "
        "below the closed-form optimum of the linear model (dotted), in percent of it: each of "
        f"{counted(len(results.seeds), 'seed')} (dots) and their median (bar). Median: {escape(medians)}.",
        f"Dots for every seed. Median difference of the held-out loss from the linear optimum: {medians}.",
    )


@figure("bias")
def bias(results):
    """The article's "reconstructed bias" in both readings, a dot for every seed."""
    readings = {"bias": "parameter b", "error_mean": "error E[x′ − x]"}
    table = results.table("matrices", readings, stacked="reading")
    canvas, axes = panels(len(readings), len(results.sparsities), 2.0, sharex=True)
    kept = results.size(next(iter(results.labels)))[1]
    for row, reading in zip(axes, readings.values(), strict=True):
        row[0].set_ylabel(reading)
        for axis, sparsity in zip(row, results.sparsities, strict=True):
            part = table[(table["reading"] == reading) & (table["sparsity"] == sparsity)]
            dots(axis, part, "value", results)
            if reading == readings["bias"]:
                mean = (1 - float(sparsity)) / 2
                axis.set_title(AT.format(col_name=sparsity))
                axis.plot([0.5, kept + 0.5, kept + 0.5, results.features + 0.5], [0, 0, mean, mean], **OPTIMUM)
    dots_legend(canvas, axes, results, Line2D([], [], label="linear optimum", **OPTIMUM))
    means = table.groupby(["reading", "model", "sparsity"], sort=False)["value"].mean()
    return Drawing(
        canvas,
        table,
        f"“Reconstructed bias” of each of the {results.features} features, the most important first, in both readings, "
        "in the units of the data: the parameter $b$ (top) and the mean held-out reconstruction error "
        f"$\\mathrm{{E}}[x' - x]$ (bottom). A mark for each of {counted(len(results.seeds), 'seed')}; each panel has a "
        "scale of its own. Line: $b$ in the linear model's optimum, 0 for the features kept and the mean for the "
        "others.",
        "Marks for every seed and feature. Mean over features and seeds: "
        + "; ".join(f"{reading}, {model}, S = {s}: {mean:.3f}" for (reading, model, s), mean in means.items())
        + ".",
    )


def dots(axis, part, value, results):
    """A mark for every seed and feature, the models side by side."""
    look = looks(results)
    for side, (model, colour) in zip((-0.2, 0.2), look["palette"].items(), strict=True):
        own = part[part["model"] == model]
        marks = {"color": colour, "marker": look["markers"][model], "markersize": 2.2, "markeredgewidth": 0}
        axis.plot(own["feature"] + side, own[value], linestyle="", alpha=0.75, rasterized=True, **marks)
    axis.axhline(0, **ZERO)
    axis.grid(True)


def dots_legend(canvas, axes, results, *further):
    """The models' marks, and what else there is, below the panels; the features' numbers."""
    look = looks(results)
    marks = [
        Line2D([], [], linestyle="", marker=look["markers"][model], color=colour, markersize=4, label=model)
        for model, colour in look["palette"].items()
    ]
    canvas.legend(handles=[*marks, *further], loc="outside lower center", ncols=len(marks) + len(further))
    for axis in axes[-1]:
        axis.set(xlabel="feature", xticks=[1, *range(10, results.features + 1, 10)])


@figure("gram")
def gram(results):
    """WᵀW of each model at each sparsity, its most important features, one seed each, on one colour scale."""
    models, sparsities = list(results.labels), results.sparsities
    chosen = {(results.labels[m], s): results.seeds[results.representative(m, s)] for m in models for s in sparsities}
    table = results.table("matrices", "gram")
    table = table[[chosen[row.model, row.sparsity] == row.seed for row in table.itertuples()]]
    canvas, axes = panels(len(models), len(sparsities), 2.35)
    shown, notes, inside, largest = min(ZOOM, results.features), [], [], []
    for axis, ((model, s), part) in zip(axes.flat, table.groupby(["model", "sparsity"], sort=False), strict=True):
        matrix = part.pivot(index="feature", columns="other", values="gram").to_numpy()
        heatmap(axis, matrix[:shown, :shown], (-SCALE, SCALE), aspect="equal", ticks=5)
        axis.set_title(f"{model}, S = {s}, seed {chosen[model, s]}", fontsize=8)
        energy = np.square(matrix)
        notes.append(f"{model} at S = {s}: {1 - np.diag(energy).sum() / energy.sum():.0%}")
        inside.append(energy[:shown, :shown].sum() / energy.sum())
        largest.append(np.abs(matrix).max())
    for axis in axes[-1]:
        axis.set_xlabel("feature")
    for axis in axes[:, 0]:
        axis.set_ylabel("feature")
    colour_bar(
        canvas, axes, "entry of $W^\\mathsf{T}W$", (-SCALE, SCALE), extend="both", orientation="horizontal", shrink=0.5,
        aspect=35,
    )  # fmt: skip
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table,
        f"$W^\\top W$ among the {shown} most important of {results.features} features, where at least "
        f"{escape(f'{min(inside):.0%}')} of the sum of its squared entries lies, on one colour scale that ends at "
        f"±{SCALE:g} (the largest entry is {max(largest):.1f}). One of {counted(len(results.seeds), 'seed')} each, "
        f"that of median held-out loss, named in the title. Share of the squared entries off the diagonal, of the "
        f"whole matrix: {escape(told)}.",
        f"Heatmaps of the {shown} most important features. Share of the squared entries off the diagonal: {told}.",
    )


@figure("explained")
def explained(results):
    """What share of each feature's variance each model explains."""
    table = results.table("matrices", "error_square").rename(columns={"error_square": "error"})
    model = next(iter(results.labels))
    variance = {s: feature_variances(results.first_instance(model, s).distribution)[0] for s in results.sparsities}
    table["explained"] = 1 - table["error"] / table["sparsity"].map(variance)
    canvas, axes = panels(1, len(results.sparsities), 2.3, sharey=True)
    for axis, sparsity in zip(axes[0], results.sparsities, strict=True):
        dots(axis, table[table["sparsity"] == sparsity], "explained", results)
        axis.axhline(SERVED, **REFERENCE)
        axis.set(title=AT.format(col_name=sparsity), ylim=(min(0.0, table["explained"].min()) - 0.05, 1.05))
    axes[0, 0].set_ylabel("share of variance explained")
    dots_legend(canvas, axes, results)
    serving = table.assign(served=table["explained"] >= SERVED)
    serving = serving.groupby(["model", "sparsity", "seed"], sort=False)["served"].sum().reset_index()
    served = told(serving, "served", ["model", "sparsity"], "{} at S = {}: {:g}")
    return Drawing(
        canvas,
        table,
        f"Share of each feature's variance that a model explains, $1 - \\mathrm{{E}}(x'_i - x_i)^2 / "
        f"\\operatorname{{Var}}(x_i)$, on the held-out set, the most important feature first. A mark for each of "
        f"{counted(len(results.seeds), 'seed')}. From one half on (dotted) a feature counts as served. The "
        f"variance is the distribution's, so that on samples a share may lie a little below zero. Features "
        f"served, median: {served}.",
        f"Marks for every seed, a panel for each sparsity. Features of which at least half of the variance is "
        f"explained, median over seeds: {served}.",
    )
