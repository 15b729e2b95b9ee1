"""The source paper's figures of §2, the number of features in superposition, and the losses taken apart."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullFormatter
from superposition.draw.canvas import ARCHITECTURES, PALETTE, REFERENCE, Drawing, counted, figure, panels
from superposition.draw.grids import MEDIAN_AND_RANGE, grid, heatmap, over_seeds
from superposition.measure.features import REPRESENTED
from superposition.measure.tables import labelled
from superposition.store.markdown import escape

from .cells import DENSITY, density, over_cells, told
from .counted import COUNTED, STATES, numbers_of, states, usual_states
from .single_models import draw_lengths, lengths_table, matrices, ticks_of, told_features
from .sizes import LINEAR, RELU, UNBIASED
from .terms import LINEAR_TERMS, MEASURED, REST, SPARSE_TERMS, bias_errors, linear_terms, relieved, sparse_terms

RELU_COLOUR = ARCHITECTURES["relu-output"]
TERMS = PALETTE[2:5]  # colours of benefit missed, interference and what is left, which no model has
VISIBLE = 0.01  # of a stacked bar: a smaller part is told, not drawn


@figure("small")
def small(results):
    """WᵀW and biases of the small models."""
    return _matrices(results, "small")


@figure("large")
def large(results):
    """WᵀW and biases of the large models."""
    return _matrices(results, "large")


def _matrices(results, size):
    canvas, table, tables, last = matrices(results, size)
    number, hidden = results.size(RELU[size])
    beyond = f", up to feature {last}, beyond which none is represented" if last < number else ""
    notes = told_features(tables)
    return Drawing(
        canvas,
        table,
        f"$W^\\top W$ of models of {number} features in {hidden} dimensions, and their bias $b$ in the narrow column, "
        f"on one colour scale: the linear model at density {density(results.sparsities[0])}, then the ReLU model at "
        f"each density. Features in the order of importance{beyond}. One of {counted(len(results.seeds), 'seed')} "
        f"each, that of median held-out loss. {escape(notes)}.",
        f"{len(tables)} heatmaps of {last} by {last} features, and a column beside each. {notes}.",
    )


@figure("lengths")
def lengths(results):
    """The length of every feature's vector and what crowds it, in both sizes."""
    table = lengths_table(results)
    notes = told_features(part for _, part in table.groupby(["model", "density"], sort=False))
    return Drawing(
        draw_lengths(table),
        table,
        r"The length $\lVert W_i \rVert$ of each feature's vector, the most important feature on top, coloured by the "
        r"interference along its direction, $\sum_{j \ne i} (\hat W_i \cdot W_j)^2$: 0 of a feature with a dimension "
        "of its own, 1 in an antipodal pair; only features that are not represented lie beyond the scale. The models "
        "are those of which the other figures show $W^\\top W$: the linear one at density "
        f"{density(results.sparsities[0])}, then the ReLU model at each density, dense to sparse, one of "
        f"{counted(len(results.seeds), 'seed')} each, that of median held-out loss. {escape(notes)}.",
        f"Bars for every feature, a panel for each of the models. {notes}.",
    )


@figure("counts")
def counts(results):
    """Features represented and in superposition against the density, and which they are."""
    table = over_cells(results, states, linear=LINEAR, ReLU=RELU)
    numbers = numbers_of(table)
    canvas, axes = panels(2, len(RELU), 2.5)
    axes[0, 1].sharey(axes[0, 0])
    colours = {name: colour for name, (*_, colour) in COUNTED.items()}
    for lines, which, (size, part) in zip(*axes, numbers.groupby("size", sort=False), strict=True):
        by = {"x": "density", "y": "per dimension", "hue": "part", "style": "part"}
        sns.lineplot(part, **by, palette=colours, ax=lines, **MEDIAN_AND_RANGE)
        names, densities = lines.get_legend_handles_labels(), part["density"].unique()
        lines.get_legend().remove()
        lines.set(title=f"How many: {size}", xlim=(-0.5, len(densities) - 0.5), xlabel="")
        lines.set_ylabel("features per hidden dimension")
        lines.label_outer()
        lines.grid(True)
        usual = usual_states(table[(table["size"] == size) & (table["architecture"] == "ReLU")])
        heatmap(which, usual, (0, len(STATES) - 1), ListedColormap(list(STATES.values())), ticks=ticks_of(len(usual)))
        which.set(xticks=np.arange(len(densities)) + 0.5, xticklabels=densities, xlabel=DENSITY)
        which.set_title("Which: the ReLU model's, in most seeds")
    axes[1, 0].set_ylabel("feature")
    canvas.legend(*names, loc="outside upper center", ncols=len(COUNTED))
    patches = [Patch(color=colour, label=state) for state, colour in STATES.items()]
    canvas.legend(handles=patches, loc="outside lower center", ncols=len(STATES))
    words = told(numbers, "features", ["size", "part"], "median", "g")
    words = f"Median numbers of features at densities {', '.join(densities)}: {words}."
    return Drawing(
        canvas,
        table,
        f"Top: features per hidden dimension against the density, {over_seeds(results)}; a feature is represented "
        f"from norm {REPRESENTED:g} on, and in superposition where it is at no right angle to another that is. "
        "Bottom: what becomes of each feature of the ReLU model in most of the "
        f"{counted(len(results.seeds), 'seed')}, the most important on top. {words}",
        f"Lines of feature counts, and maps of features by density in four colours. {words}",
    )


@figure("linear-loss")
def linear_losses(results):
    """The loss of the ReLU model's weights without the ReLU, by its terms; that of the linear model in words."""
    table = over_cells(results, linear_terms, linear=LINEAR, ReLU=RELU)
    linear, drawn = (table[table["architecture"] == name] for name in ("linear", "ReLU"))
    means = {**MEDIAN_AND_RANGE, "estimator": "mean"}
    colours = {**dict(zip(LINEAR_TERMS, TERMS, strict=True)), MEASURED: RELU_COLOUR}
    facets = grid(
        sns.relplot, drawn.assign(term=drawn["term"].replace(MEASURED, "measured, with the ReLU")), kind="line",
        x="density", y="relative", hue="term", style="term", col="size",
        palette=[*colours.values()], markers=["o", "s", "^", "D"], markersize=5, height=2.5, titles="{col_name}",
        labels=(DENSITY, "loss / linear optimum"), **means,
    )  # fmt: skip
    for axis in facets.axes.flat:
        axis.axhline(1, **REFERENCE)
        axis.set(yscale="log")
    facets.axes[0, 0].text(0.99, 1, "linear optimum", transform=facets.axes[0, 0].get_yaxis_transform(),
                           ha="right", va="bottom", fontsize=7, color="#777777")  # fmt: skip
    by = linear.groupby(["term", "model", "density"], sort=False)["relative"].mean().groupby("term").agg(["min", "max"])
    alone = ", ".join(f"{term} {by.loc[term, 'min']:.2g} to {by.loc[term, 'max']:.2g}" for term in colours)
    return Drawing(
        facets.figure,
        table,
        "What the weights of the ReLU model would lose, were they read out without the ReLU: the loss of $W^\\top W x "
        "+ b$ by its terms, computed from $W$ and $b$ and divided by the least loss of any linear model (dotted), "
        f"mean (line) and range (band) over {counted(len(results.seeds), 'seed')}, on a logarithmic axis; and the "
        "measured held-out loss, with the ReLU. Not drawn, since flat: the linear model's own loss, of which the "
        f"means over all densities and both sizes are {escape(alone)}. Dense to sparse, its bias is off from 0 or $(1 "
        f"- S)/2$ by, relative to the latter: {escape(bias_errors(results))}.",
        "Lines by density. Means relative to the linear optimum, dense to sparse: "
        f"{told(table, 'relative', ['model', 'term'], 'mean', '.3g')}.",
    )


@figure("sparse-loss")
def sparse_losses(results):
    """The ReLU model's held-out loss by the number of active features."""
    table = over_cells(results, sparse_terms, ReLU=RELU)
    most = table.groupby(["size", "density", "term"])["share"].mean().groupby("term").max()
    drawn = [term for term in SPARSE_TERMS if most[term] >= VISIBLE]
    colours = dict(zip(SPARSE_TERMS, TERMS, strict=True))
    canvas, axes = panels(2, len(RELU), 1.8, sharey="row", height_ratios=(2.2, 1))
    for bars, line, (size, part) in zip(*axes, table.groupby("size", sort=False), strict=True):
        means = part.pivot_table(index="density", columns="term", values="share", sort=False)
        whole = {"width": 0.7, "linewidth": 0, "ax": bars, "legend": False}
        means.assign(**{REST: 1.0})[[REST]].plot.bar(color="#e2e2e2", **whole)  # what the others leave of it
        means[drawn].plot.bar(stacked=True, color=colours, **whole)
        bars.set(title=size, ylabel="share of the\nheld-out loss", ylim=(0, None))
        sns.lineplot(part, x="density", y=REST, color="#444444", marker="o", markersize=5, errorbar=None, ax=line)
        line.set(xlim=bars.get_xlim(), ylim=(-0.05, 1.05), xlabel=DENSITY, ylabel="probability of\ntwo or more")
        line.grid(True)
    marks = dict(zip(*reversed(bars.get_legend_handles_labels()), strict=True))
    for axis in axes.flat:
        axis.label_outer()
    named = [*drawn, REST]
    canvas.legend([marks[name] for name in named], named, loc="outside lower center", ncols=len(named))
    probability = told(table.assign(term="two or more, probability"), REST, ["model", "term"], "mean", ".3g")
    unseen = ", ".join(f"{term}, at most {most[term]:.2%}" for term in SPARSE_TERMS if term not in drawn)
    return Drawing(
        canvas,
        table,
        "Top: how much of the ReLU model's held-out loss comes from inputs with no active feature, $S^n L_0$, and "
        "with one, $(1 - S) S^{n-1} L_1$, the latter split into what it misses of the feature itself and what it lets "
        f"other outputs say; computed from $W$ and $b$, mean over {counted(len(results.seeds), 'seed')}. The rest, "
        "grey, is the loss on inputs with two or more active "
        f"features{f'. Too little to draw: {escape(unseen)}' if unseen else ''}. Bottom: the probability of two or "
        "more.",
        "Stacked bars by density, and a line below. Mean shares, dense to sparse: "
        f"{told(table, 'share', ['model', 'term'], 'mean', '.3g')}; {probability}.",
    )


@figure("bias")
def biases(results):
    """The loss with and without a bias, and how much interference ReLU and bias leave."""
    cases = {"with bias": RELU["small"], "without bias": UNBIASED}
    parts = [
        labelled(relieved(results, model, s), trained=case, density=density(s))
        for case, model in cases.items()
        for s in results.sparsities
    ]
    table = pd.concat(parts, ignore_index=True)
    canvas, (axes,) = panels(1, 2, 2.5)
    looks = {
        "hue": "trained",
        "style": "trained",
        "markers": ["o", "s"],
        "palette": [RELU_COLOUR, TERMS[0]],
        "markersize": 5,
    }
    order = pd.Categorical(table["density"], [density(s) for s in results.sparsities], ordered=True)
    for axis, value in zip(axes, ("loss", "left"), strict=True):
        shown = table.assign(density=order)
        sns.lineplot(shown, x="density", y=value, ax=axis, legend=axis is axes[0], **looks, **MEDIAN_AND_RANGE)
        axis.set(xlabel=DENSITY, yscale="log")
        axis.grid(True)
    axes[0].axhline(1, **REFERENCE)
    axes[0].set(ylabel="held-out loss / linear optimum", title="Loss")
    axes[0].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes[0].yaxis.set_major_formatter("{x:g}")
    axes[0].yaxis.set_minor_formatter(NullFormatter())
    axes[0].legend(title=None)
    axes[1].set(ylabel="share of interference left", title="Interference that ReLU and bias leave")
    losses, left = (told(table, value, ["trained"], "median", ".3g") for value in ("loss", "left"))
    number, hidden = results.size(RELU["small"])
    return Drawing(
        canvas,
        table,
        f"ReLU models of {number} features in {hidden} dimensions, trained with a bias and without; "
        f"{over_seeds(results)}, logarithmic axes. Left: held-out loss relative to the least of "
        "any linear model with a bias (dotted). Right: share of the interference between represented features, on "
        "inputs with one active feature, that ReLU and bias leave, where more features are represented than the "
        f"{hidden} dimensions. Dense to sparse, losses {escape(losses)}; interference left {escape(left)}.",
        f"Two panels of lines by density. Losses {losses}. Interference left {left}.",
    )
