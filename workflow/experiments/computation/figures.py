"""The source paper's pictures of §9, neuron by neuron, and what is counted in them."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.cm import ScalarMappable
from matplotlib.colors import PowerNorm
from matplotlib.patches import Patch
from superposition.draw.canvas import ARCHITECTURES, PALETTE, REFERENCE, Drawing, counted, figure, panels
from superposition.draw.grids import MEDIAN_AND_RANGE, over_seeds
from superposition.measure.tables import labelled, tidy

from . import motifs
from .neurons import LARGE, REPRESENTED, SERVED, SMALL, distinct_sides, explained, ratio, served, variances
from .stacks import KINDS, density_of, kind_of, rescaled_weights, shown_weights, sides, stack

GROUNDS = dict(zip(KINDS, ("#ffffff", "#fdf3dc", "#f9dfd2"), strict=True))  # behind a neuron of each kind
COLOURS = "viridis"
DENSITY = "density 1 − S"
TOP, MISSED = 10, 0.1  # the most important features, and the share of variance below which one counts as missed
LOSSES = {
    "relu-small": "small",
    "relu-large": "large",
    "output-small": "small, ReLU on the output alone",
    "linear-small": "small, no ReLU",
}
MEAN, WITHOUT = "the mean", "no superposition"  # what losses are divided by


@figure("small")
def small(results):
    """Input and output weights of one small model at each density, by neuron."""
    tables = [shown_weights(results, SMALL, s) for s in results.sparsities]
    table = pd.concat(tables, ignore_index=True)
    number = results.size(SMALL)[0]
    canvas, axes = panels(2, len(tables), 1.75, sharey="row", sharex=True)
    for column, part in zip(axes.T, tables, strict=True):
        for axis, name in zip(column, ("input", "output"), strict=True):
            axis.axhline(0, color="#444444", linewidth=0.7)
            stack(axis, part, name, [PALETTE[i % len(PALETTE)] for i in range(number)])
            axis.set_xticks(range(1, results.size(SMALL)[1] + 1))
            axis.tick_params(labelsize=6.5)
        column[0].set_title(f"density {part['density'].iloc[0]}")
        column[1].set_xlabel("neuron")
    axes[0, 0].set_ylabel("input weights $W_1$")
    axes[1, 0].set_ylabel("output weights $W_2$")
    patches = [Patch(color=PALETTE[i % len(PALETTE)], label=f"feature {i + 1}") for i in range(number)]
    canvas.legend(handles=patches, loc="outside lower center", ncols=number)
    told = "; ".join(
        f"density {part['density'].iloc[0]}: " + ", ".join(sides(group) for _, group in part.groupby("feature"))
        for part in tables
    )
    return Drawing(
        canvas,
        table,
        f"Weights of the model of {number} features and {results.size(SMALL)[1]} neurons "
        "at each density 1 − S, stacked "
        "for each neuron, positive ones up and negative ones down, each neuron rescaled "
        "so that its largest input weight "
        f"is 1. One of {counted(len(results.seeds), 'seed')} each, that of median held-out loss. Neurons that serve a "
        f"feature's positive and negative side (largest input weight): {told}.",
        f"Stacked bars of the weights of each neuron, a column of panels for each density. {told}.",
    )


@figure("large")
def large(results):
    """Input weights of one large model at each density, by neuron."""
    tables = [shown_weights(results, LARGE, s) for s in results.sparsities]
    table = pd.concat(tables, ignore_index=True)
    number, hidden = results.size(LARGE)
    canvas, axes = panels(len(tables), 1, 1.05, sharex=True)
    scale, shades = PowerNorm(0.5, 1, number), sns.color_palette(COLOURS, as_cmap=True)  # most tints to the important
    colours = shades(scale(np.arange(1, number + 1)))
    notes = []
    for (axis,), part in zip(axes, tables, strict=True):
        kinds = part.drop_duplicates("neuron").set_index("neuron")["kind"]
        for neuron, kind in kinds.items():
            axis.axvspan(neuron - 0.5, neuron + 0.5, color=GROUNDS.get(kind, "#eeeeee"), linewidth=0, zorder=0)
        stack(axis, part.assign(input=part["input"].abs()), "input", colours)
        density = part["density"].iloc[0]
        axis.set(ylabel=f"density\n{density}", xlim=(0.4, hidden + 0.6), ylim=(0, None))
        axis.tick_params(labelsize=7)
        notes.append(f"density {density}: " + ", ".join(f"{(kinds == kind).sum()} of {kind}" for kind in KINDS))
    axis.set_xlabel("neuron, by the importance of its largest feature")
    axis.set_xticks([1, *range(5, hidden + 1, 5)])
    canvas.supylabel("Σ |$W_1$|, each neuron's largest being 1", fontsize=8.5)
    bar = {"label": "feature, by importance", "shrink": 0.4, "aspect": 25, "ticks": [1, 5, 10, 20, 40, number]}
    canvas.colorbar(ScalarMappable(scale, shades), ax=axes, format="{x:.0f}", **bar)
    patches = [Patch(facecolor=GROUNDS[kind], edgecolor="#999999", label=kind) for kind in KINDS]
    canvas.legend(handles=patches, title="a neuron serves", loc="outside lower center", ncols=len(KINDS))
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table,
        f"Absolute input weights of the model of {number} features and {hidden} neurons at each density 1 − S, stacked "
        "for each neuron from the largest weight up, coloured by feature; each neuron "
        "rescaled so that its largest is 1. "
        "Neurons are in the order of their largest feature's importance, those not in use last on grey, and shaded by "
        f"how many features they serve, by weights of at least {SERVED:g}. One of "
        f"{counted(len(results.seeds), 'seed')} "
        f"each, that of median held-out loss. Neurons by features served, {told}.",
        f"Stacked bars of 40 neurons' weights, a panel for each density. {told}.",
    )


@figure("kinds")
def kinds(results):
    """Numbers of neurons by how many features they serve, against the density."""
    parts = []
    for s in results.sparsities:
        w, v = rescaled_weights(results, LARGE, s)
        number = served(w, v, SERVED).sum(axis=-1)
        columns = {
            "neurons": np.stack([(kind_of(number) == kind).sum(axis=1) for kind in KINDS]),
            "most": np.broadcast_to(number.max(axis=1), (len(KINDS), len(number))),
            "sides": np.broadcast_to(distinct_sides(w, number > 0), (len(KINDS), len(number))),
        }
        parts.append(labelled(tidy(columns, serve=[*KINDS], seed=results.seeds), density=density_of(s)))
    table = pd.concat(parts, ignore_index=True)
    canvas, (axes,) = panels(1, 2, 2.6)
    by = {"x": "density", **MEDIAN_AND_RANGE, "marker": "o", "markersize": 5}
    sns.lineplot(table, y="neurons", hue="serve", style="serve", palette=KINDS, ax=axes[0], **by)
    sns.lineplot(table[table["serve"] == "one feature"], y="most", color="#444444", ax=axes[1], **by)
    axes[0].set(xlabel=DENSITY, ylabel=f"neurons of {results.size(LARGE)[1]}", title="Neurons that serve")
    axes[0].legend(title=None)
    axes[1].set(xlabel=DENSITY, ylabel="features", title="Most features that one neuron serves", ylim=(0, None))
    for axis in axes:
        axis.grid(True)
    medians = table.groupby(["serve", "density"], sort=False)["neurons"].median()
    told = "; ".join(f"{kind} {', '.join(f'{value:g}' for value in medians[kind])}" for kind in KINDS)
    apart = ", ".join(f"{value:g}" for value in table.groupby("density", sort=False)["sides"].median())
    return Drawing(
        canvas,
        table,
        f"Left: neurons of the large model by how many features they serve, by weights of at least {SERVED:g} of the "
        f"neuron's largest. Right: the most that one neuron serves. Both {over_seeds(results)}. Median numbers, dense "
        f"to sparse: {told}. The sides of features (positive or negative) that are some neuron's largest weight, and "
        f"so how many different neurons there are: {apart}.",
        f"Lines of numbers of neurons by density. {told}.",
    )


@figure("represented")
def represented(results):
    """How many features the large model represents, and how well each comes back."""
    number, hidden = results.size(LARGE)
    parts = []
    for s in results.sparsities:
        share = explained(results.matrices(LARGE, s, "error_square"), variances(results, LARGE, s))
        columns = {"explained": share.T}
        parts.append(
            labelled(tidy(columns, feature=np.arange(1, number + 1), seed=results.seeds), density=density_of(s))
        )
    table = pd.concat(parts, ignore_index=True)
    counts = table.assign(represented=table["explained"] >= REPRESENTED)
    counts = counts.groupby(["density", "seed"], sort=False)["represented"].sum().reset_index()
    canvas, (axes,) = panels(1, 2, 2.6, width_ratios=(1, 1.25))
    colour = ARCHITECTURES["relu"]
    by = {"x": "density", "y": "represented", **MEDIAN_AND_RANGE, "marker": "o", "markersize": 5}
    sns.lineplot(counts, color=colour, ax=axes[0], **by)
    for height, words in ((hidden, "as many as neurons"), (hidden // 2, "two neurons each")):
        axes[0].axhline(height, **REFERENCE)
        axes[0].text(0.02, height, words, transform=axes[0].get_yaxis_transform(), va="bottom", fontsize=7)
    axes[0].set(xlabel=DENSITY, ylabel="features", title="Represented features", ylim=(0, hidden * 1.15))
    medians = table.groupby(["density", "feature"], sort=False)["explained"].median().clip(lower=0).reset_index()
    names = list(medians["density"].unique())
    palette = sns.color_palette("flare", len(names))
    sns.lineplot(medians, x="feature", y="explained", hue="density", palette=palette, linewidth=1.1, ax=axes[1])
    axes[1].axhline(REPRESENTED, **REFERENCE)
    axes[1].set(xlabel="feature, by importance", ylabel="share of variance", title="How much of |x| comes back",
                xlim=(1, 1.5 * hidden))  # fmt: skip
    axes[1].legend(title="density", fontsize=7)
    for axis in axes:
        axis.grid(True)
    told = ", ".join(f"{value:g}" for value in counts.groupby("density", sort=False)["represented"].median())
    missed = table[table["feature"] <= TOP].assign(missed=table["explained"] < MISSED)
    missed = missed.groupby(["density", "seed"], sort=False)["missed"].sum().groupby("density", sort=False).median()
    lost = ", ".join(f"{value:g}" for value in missed)
    return Drawing(
        canvas,
        table,
        f"Left: features of which the large model explains at least {REPRESENTED:g} of "
        "the variance of |x|, on held-out "
        f"data, {over_seeds(results)}; dotted: one for each neuron, and one for each two. Median numbers, dense to "
        f"sparse: {told}. Right: how much is explained of each feature, median over "
        f"{counted(len(results.seeds), 'seed')}; what is below zero is drawn as zero. "
        f"Of the {TOP} most important features the model misses (explains less than {MISSED:g} of), in the median "
        f"seed, dense to sparse: {lost}.",
        f"Numbers of represented features by density: {told}.",
    )


@figure("loss")
def losses(results):
    """Losses of the small models relative to the mean's, and of the large one "
    "relative to that without superposition."""
    parts = []
    for s in results.sparsities:
        for model, label in LOSSES.items():
            constant = variances(results, model, s) @ results.importance_of(model)
            value = ratio(results.metric(model, s, "test_loss"), constant)
            parts.append(_relative(results, s, value, MEAN, label))
        kept, importance = results.size(LARGE)[1] // 2, results.importance_of(LARGE)
        spread = variances(results, LARGE, s)
        without = ratio(results.metric(LARGE, s, "test_loss"), spread[:, kept:] @ importance[kept:])
        parts.append(_relative(results, s, without, WITHOUT, LOSSES[LARGE]))
    table = pd.concat(parts, ignore_index=True)
    canvas, (axes,) = panels(1, 2, 2.9)
    shades = (ARCHITECTURES["relu"], PALETTE[4], PALETTE[2], ARCHITECTURES["linear"])
    colours = dict(zip(LOSSES.values(), shades, strict=True))
    by = {"x": "density", "y": "relative", "hue": "model", "style": "model", "palette": colours, **MEDIAN_AND_RANGE}
    titles = {MEAN: "Relative to answering the mean", WITHOUT: "Large model, relative to no superposition"}
    for axis, (size, title) in zip(axes, titles.items(), strict=True):
        part = table[table["against"] == size]
        sns.lineplot(part, ax=axis, markers=True, markersize=5, legend=size == MEAN, **by)
        axis.axhline(1, **REFERENCE)
        axis.set(xlabel=DENSITY, ylabel="relative loss", title=title, yscale="log")
        axis.grid(True)
    names = axes[0].get_legend_handles_labels()
    axes[0].get_legend().remove()
    canvas.legend(*names, loc="outside lower center", ncols=2)
    medians = table.groupby(["against", "model", "density"], sort=False)["relative"].median()
    told = "; ".join(
        f"{model}, relative to {size}: {', '.join(f'{value:.3g}' for value in part)}"
        for (size, model), part in medians.groupby(["against", "model"], sort=False)
    )
    return Drawing(
        canvas,
        table,
        "Left: held-out losses relative to answering the mean of every |x|, than which no model without a ReLU is "
        "better: x and |x| are uncorrelated. Right: that of the large model, relative to one that computes the most "
        "important features exactly, two neurons each, and answers the mean for the others. Both "
        f"{over_seeds(results)}, logarithmic axes. Medians, dense to sparse: {told}.",
        f"Lines of relative losses by density. {told}.",
    )


@figure("motifs")
def found_motifs(results):
    """Shares of neurons with each pattern, beside what chance gives."""
    table = pd.concat([_motifs(results, s) for s in results.sparsities], ignore_index=True)
    names = list(table["pattern"].unique())
    canvas, (axes,) = panels(1, len(names), 2.6, sharey=True)
    for axis, name in zip(axes, names, strict=True):
        part = table[table["pattern"] == name]
        colours = {"found": ARCHITECTURES["relu"], "by chance": "#777777"}
        sns.lineplot(part, x="density", y="share", hue="weights", style="weights", palette=colours, markers=True,
                     markersize=5, ax=axis, legend=axis is axes[0], **MEDIAN_AND_RANGE)  # fmt: skip
        axis.set(title=name, xlabel=DENSITY, ylabel="share of neurons", ylim=(-0.03, 1.03))
        axis.tick_params(axis="x", labelsize=7)
        axis.grid(True)
    axes[0].legend(title=None)
    medians = table.groupby(["pattern", "weights", "density"], sort=False)["share"].median()
    told = "; ".join(
        f"{pattern}, {weights}: {', '.join('none' if np.isnan(value) else f'{value:.2f}' for value in part)}"
        for (pattern, weights), part in medians.groupby(["pattern", "weights"], sort=False)
    )
    return Drawing(
        canvas,
        table,
        "Of the large model's neurons of several features: those with one weight at "
        "least twice every other (by chance: "
        "each feature's weights shuffled among the neurons); the asymmetric ones, with a secondary feature of at most "
        "half of the primary weight and at least twice its output weight (output weights shuffled among the neuron's "
        "features). Right, of the asymmetric ones: those whose interference another neuron takes back by at least half "
        f"(the other neurons' features shuffled). Each {over_seeds(results)}, chance over {motifs.SHUFFLES} shuffles. "
        f"Medians, dense to sparse: {told}.",
        f"Lines of shares by density, found and by chance. {told}.",
    )


def _motifs(results, sparsity):
    """Shares (pattern, found or by chance, seed) at a sparsity."""
    w, v = rescaled_weights(results, LARGE, sparsity)
    neurons = (w, v, served(w, v, SERVED))
    pairs = motifs.asymmetric(*neurons)
    held = motifs.inhibited(*neurons, pairs).any(axis=-1).sum(axis=1)
    asymmetric = pairs.any(axis=-1).sum(axis=1)
    expected = np.where(asymmetric > 0, motifs.inhibited_by_chance(*neurons, pairs), np.nan)
    shares = [
        [motifs.primary_share(*neurons),
         motifs.by_chance(motifs.primary_share, motifs.among_neurons(SERVED), *neurons)],
        [motifs.asymmetric_share(*neurons), motifs.by_chance(motifs.asymmetric_share, motifs.outputs, *neurons)],
        [ratio(held, asymmetric), expected],
    ]  # fmt: skip
    axes = {"pattern": ["primary and secondary", "asymmetric", "asymmetric, inhibited"],
            "weights": ["found", "by chance"], "seed": results.seeds}  # fmt: skip
    return labelled(tidy({"share": np.array(shares)}, **axes), density=density_of(sparsity))


def _relative(results, sparsity, values, size, model):
    """Each seed's loss, relative to one of the two measures."""
    return labelled(
        tidy({"relative": values}, seed=results.seeds), against=size, model=model, density=density_of(sparsity)
    )
