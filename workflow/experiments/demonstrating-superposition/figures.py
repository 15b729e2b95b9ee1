"""The source paper's figures of §2, the number of features in superposition, and the losses taken apart."""

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullFormatter
from superposition.draw.canvas import PALETTE, REFERENCE, Drawing, figure, panels
from superposition.draw.grids import MEDIAN_AND_RANGE, colour_bar, grid, heatmap
from superposition.measure.decomposition import empty_loss, linear_loss, one_feature_loss, sparse_loss
from superposition.measure.features import REPRESENTED, feature_norms, gram_matrix, interference
from superposition.measure.geometry import NOT_REPRESENTED, feature_polytopes
from superposition.measure.tables import labelled, tidy
from superposition.measure.theory import linear_optimum
from superposition.store.markdown import escape

from . import forces
from .sizes import LINEAR, RELU, UNBIASED, bias_error

CELLS = 4  # beside each other in the pictures of single models
MOST_INTERFERENCE = 2.0  # of the colour scale: an antipodal pair has 1, a pentagon 1.5
# Yellow would not be seen on white.
CROWDED = ListedColormap(matplotlib.colormaps["viridis"](np.linspace(0.0, 0.9, 256)))
DENSITY = "density $1 - S$"
OWN, PAIR, LARGER = "a dimension of its own", "in an antipodal pair", "in a larger arrangement"
STATES = {NOT_REPRESENTED: "#e4e4e4", OWN: PALETTE[0], PAIR: PALETTE[4], LARGER: PALETTE[3]}  # of a feature
COUNTED = {  # lines of numbers of features: of which architecture, in which states; colour
    "ReLU, represented": ("ReLU", {OWN, PAIR, LARGER}, "#222222"),
    "ReLU, in superposition": ("ReLU", {PAIR, LARGER}, PALETTE[2]),
    "ReLU, in antipodal pairs": ("ReLU", {PAIR}, STATES[PAIR]),
    "linear, represented": ("linear", {OWN, PAIR, LARGER}, "#999999"),
}
MEASURED = "measured on held-out data"
LINEAR_TERMS = {"feature benefit missed": PALETTE[0], "interference": PALETTE[1], "mean error": PALETTE[2]}
SPARSE_TERMS = {
    "one active: feature benefit missed": PALETTE[0], "one active: interference": PALETTE[1], "none active": "#222222",
}  # fmt: skip


def density(sparsity):
    """1 − S, without the digits that subtraction leaves."""
    return f"{1 - float(sparsity):.9g}"


def over_cells(results, rows, **architectures):
    """The rows of every model at every sparsity, with columns that say whose they are.

    Args:
        results: what was measured.
        rows: function of the results, a model and a sparsity, to a table.
        architectures: models by size, by the architecture's name.
    """
    parts = []
    for size in RELU:
        for architecture, models in architectures.items():
            model = models[size]
            features, hidden = results.size(model)
            of = {"model": results.labels[model], "architecture": architecture, "hidden": hidden}
            of["size"] = f"{features} features in {hidden} dimensions"
            parts += [
                labelled(rows(results, model, s), **of, sparsity=s, density=density(s)) for s in results.sparsities
            ]
    return pd.concat(parts, ignore_index=True)


def told(table, value, by, statistic, form):
    """A statistic over seeds in words: for each group its values over the densities, dense to sparse."""
    values = table.groupby([*by, "density"], sort=False)[value].agg(statistic)
    parts = [
        f"{', '.join(group)}: {', '.join(format(number, form) for number in part)}"
        for group, part in values.groupby(level=by, sort=False)
    ]
    return "; ".join(parts)


@figure("small")
def small(results):
    """WᵀW, biases and norms of the small models."""
    return _models(results, LINEAR["small"], RELU["small"])


@figure("large")
def large(results):
    """WᵀW, biases and norms of the large models."""
    return _models(results, LINEAR["large"], RELU["large"])


def _models(results, linear, relu):
    """The linear model, and the ReLU model at each density: WᵀW, b beside it, and norms."""
    cells = [("linear", linear, results.sparsities[0]), *(("ReLU", relu, s) for s in results.sparsities)]
    tables = [_model(results, model, s) for _, model, s in cells]
    table = pd.concat(tables, ignore_index=True)
    limit = table[["gram", "bias"]].abs().max(axis=None)
    rows = -(-len(cells) // CELLS)
    canvas, axes = panels(rows, 3 * CELLS, 1.4 + 0.7 / rows, width_ratios=[1, 0.1, 0.45] * CELLS)
    axes = axes.reshape(-1, 3)  # (cell, WᵀW or b or norms)
    notes = []
    for place, (beside, (architecture, *_), part) in enumerate(zip(axes, cells, tables, strict=False)):
        features = part.drop_duplicates("feature")
        _drawn(beside, part, features, limit, 1.08 * table["norm"].max())
        model, shown, seed = part[["model", "density", "seed"]].iloc[0]
        beside[0].set_title(f"{architecture}, density {shown}", fontsize=8, loc="left")
        if place % CELLS == 0:
            beside[0].set_ylabel("feature")
        else:
            beside[0].set_yticklabels([])
        notes.append(
            f"{model} at density {shown} (seed {seed}): {(features['norm'] >= REPRESENTED).sum()} features of norm "
            f"{REPRESENTED:g} or more, mean interference {features['interference'].mean():.2f}, biases "
            f"{features['bias'].min():.3f} to {features['bias'].max():.3f}"
        )
    for axis in axes[len(cells) :].flat:
        axis.set_axis_off()
    below = {"location": "bottom", "shrink": 0.8, "aspect": 25}
    colour_bar(canvas, axes[-CELLS : -CELLS // 2].ravel(), "$W^T W$ and $b$", (-limit, limit), **below)
    colour_bar(
        canvas, axes[-CELLS // 2 :].ravel(), "interference", (0, MOST_INTERFERENCE), CROWDED, extend="max", **below
    )
    number, hidden = results.size(relu)
    return Drawing(
        canvas,
        table,
        f"{number} features in {hidden} dimensions: the linear model at density {density(results.sparsities[0])}, then "
        "the ReLU model at each density. Left: $W^\\top W$, and $b$ in the narrow column, on one colour scale. Right: "
        r"the length $\lVert W_i \rVert$ of each feature, the most important on top, coloured by interference "
        r"$\sum_{j \ne i} (\hat W_i \cdot W_j)^2$. One seed each, that of median held-out loss. "
        f"{escape('; '.join(notes))}.",
        f"{len(cells)} heatmaps, {number} by {number}, and beside each a bar for every feature. {'; '.join(notes)}.",
    )


def _model(results, model, sparsity):
    """The representative seed's WᵀW, bias, norms and interference."""
    seed = results.representative(model, sparsity)
    W, b = (results.weights(model, sparsity, name)[seed].astype(np.float64) for name in ("W", "b"))
    numbers = np.arange(1, len(b) + 1)
    gram = tidy({"gram": gram_matrix(W, W)}, feature=numbers, other=numbers)
    features = tidy({"bias": b, "norm": feature_norms(W), "interference": interference(W)}, feature=numbers)
    of = {"model": results.labels[model], "sparsity": sparsity, "density": density(sparsity)}
    return labelled(gram.merge(features, on="feature"), **of, seed=results.seeds[seed])


def _drawn(axes, part, features, limit, longest):
    """One model: WᵀW, the bias in a strip beside it, and a bar for the norm of each feature, the first on top."""
    square, strip, bars = axes
    matrix = part.pivot(index="feature", columns="other", values="gram")
    heatmap(square, matrix, (-limit, limit), ticks=len(features) // 4)
    square.set(xlabel="$W^T W$", xticks=[])
    heatmap(strip, features[["bias"]], (-limit, limit), ticks=0)
    strip.set_xlabel("$b$")
    colours = CROWDED(features["interference"] / MOST_INTERFERENCE)  # seaborn's barplot takes a second a model for them
    bars.barh(features["feature"], features["norm"], height=1, color=colours, linewidth=0)
    bars.set(xlim=(0, longest), ylim=(len(features) + 0.5, 0.5), xticks=[0, 1], yticks=[], xlabel="$\\|W_i\\|$")
    bars.tick_params(length=2, pad=1)


@figure("counts")
def counts(results):
    """Features represented and in superposition against the density, and which they are."""
    table = over_cells(results, _states, linear=LINEAR, ReLU=RELU)
    counted = _counted(table)
    canvas, axes = panels(2, len(RELU), 2.5)
    axes[0, 1].sharey(axes[0, 0])
    colours = {name: colour for name, (*_, colour) in COUNTED.items()}
    for lines, states, (size, part) in zip(*axes, counted.groupby("size", sort=False), strict=True):
        by = {"x": "density", "y": "per dimension", "hue": "part", "style": "part"}
        sns.lineplot(part, **by, palette=colours, ax=lines, **MEDIAN_AND_RANGE)
        names, densities = lines.get_legend_handles_labels(), part["density"].unique()
        lines.get_legend().remove()
        lines.set(title=size, xlim=(-0.5, len(densities) - 0.5), ylabel="features per hidden dimension")
        lines.label_outer()
        lines.grid(True)
        usual = _usual_states(table[(table["size"] == size) & (table["architecture"] == "ReLU")])
        heatmap(states, usual, (0, len(STATES) - 1), ListedColormap(list(STATES.values())), ticks=len(usual) // 4)
        states.set(xticks=np.arange(len(densities)) + 0.5, xticklabels=densities, xlabel=DENSITY)
    axes[1, 0].set_ylabel("feature")
    canvas.legend(*names, loc="outside upper center", ncols=len(COUNTED))
    patches = [Patch(color=colour, label=state) for state, colour in STATES.items()]
    canvas.legend(handles=patches, loc="outside lower center", ncols=len(STATES))
    numbers = told(counted, "features", ["size", "part"], "median", "g")
    numbers = f"Median numbers of features at densities {', '.join(densities)}: {numbers}."
    return Drawing(
        canvas,
        table,
        "Top: features per hidden dimension against the density, median and range over "
        f"{len(results.seeds)} seeds; a feature is represented from norm {REPRESENTED:g} on, and in superposition "
        "where it is at no right angle to another that is. Bottom: what becomes of each feature of the ReLU model in "
        f"most of the seeds. {numbers}",
        f"Lines of feature counts, and maps of features by density in four colours. {numbers}",
    )


def _states(results, model, sparsity):
    """The state of each feature of each seed."""
    names = feature_polytopes(results.weights(model, sparsity, "W"))
    states = np.select([names == NOT_REPRESENTED, names == "dedicated", names == "digon"], list(STATES)[:3], LARGER)
    return tidy({"state": states}, seed=results.seeds, feature=np.arange(1, names.shape[-1] + 1))


def _counted(table):
    """Numbers of features by seed: represented in both models, and in superposition and in digons in ReLU's."""
    parts = []
    for name, (architecture, states, _) in COUNTED.items():
        rows = table[table["architecture"] == architecture]
        rows = rows.assign(part=name, features=rows["state"].isin(states))
        by = ["size", "part", "hidden", "density", "seed"]
        parts.append(rows.groupby(by, sort=False)["features"].sum().reset_index())
    counted = pd.concat(parts, ignore_index=True)
    return counted.assign(**{"per dimension": counted["features"] / counted["hidden"]})


def _usual_states(table):
    """The commonest state of each feature over seeds (feature, density), an index into STATES."""
    codes = table.assign(code=table["state"].map(list(STATES).index))
    most = {"aggfunc": lambda code: np.bincount(code).argmax(), "sort": False}
    return codes.pivot_table(index="feature", columns="density", values="code", **most)


@figure("linear-loss")
def linear_losses(results):
    """The loss without ReLU by its terms: of the linear model, and of the ReLU model's weights."""
    table = over_cells(results, _linear_terms, linear=LINEAR, ReLU=RELU)
    means = {**MEDIAN_AND_RANGE, "estimator": "mean"}
    facets = grid(
        sns.relplot, table, kind="line", x="density", y="relative", hue="term", style="term", row="architecture",
        col="size", palette={**LINEAR_TERMS, MEASURED: "#222222"}, markers=["o", "s", "^", "D"], markersize=5,
        height=2.1, titles="{col_name}", labels=(DENSITY, None), **means,
    )  # fmt: skip
    for axis in facets.axes.flat:
        axis.axhline(1, **REFERENCE)
        axis.set(yscale="log")
    for axis, of in zip(facets.axes[:, 0], ("linear model", "weights of the ReLU model"), strict=True):
        axis.set_ylabel(f"{of}:\nloss / linear optimum")
    biases = []
    for model in LINEAR.values():
        b, hidden = {s: results.weights(model, s, "b") for s in results.sparsities}, results.size(model)[1]
        off = [np.sqrt(np.square(bias_error(b[s], s, hidden)).mean()) for s in results.sparsities]
        biases.append(f"{results.labels[model]} {', '.join(f'{100 * error:.2g} %' for error in off)}")
    return Drawing(
        facets.figure,
        table,
        "The loss of $W^\\top W x + b$ by its terms, computed from $W$ and $b$ and divided by the least loss of any "
        f"linear model (dotted), mean (line) and range (band) over {len(results.seeds)} seeds, on a logarithmic axis. "
        "Top: the linear model, with its measured held-out loss. Bottom: the weights of the ReLU model, were they read "
        "out without the ReLU; the measured loss is that with the ReLU. Dense to sparse, the bias of the linear model "
        f"is off from 0 or $(1 - S)/2$ by, relative to the latter: {escape('; '.join(biases))}.",
        "Lines by density. Means relative to the linear optimum, dense to sparse: "
        f"{told(table, 'relative', ['model', 'term'], 'mean', '.3g')}.",
    )


def _linear_terms(results, model, sparsity):
    """Benefit, interference, mean error and measured loss of each seed, relative to the linear optimum."""
    W, b, weights, optimum = _trained(results, model, sparsity)
    parts = linear_loss(W, b, weights, np.full(len(W), float(sparsity)))
    terms = [parts.benefit, parts.interference, parts.mean_error, results.metric(model, sparsity, "test_loss")]
    return tidy({"relative": np.stack(terms) / optimum}, term=[*LINEAR_TERMS, MEASURED], seed=results.seeds)


@figure("sparse-loss")
def sparse_losses(results):
    """The ReLU model's held-out loss by the number of active features."""
    table = over_cells(results, _sparse_terms, ReLU=RELU)
    canvas, axes = panels(2, len(RELU), 1.8, sharey="row", height_ratios=(2.2, 1))
    for bars, line, (size, part) in zip(*axes, table.groupby("size", sort=False), strict=True):
        means = part.pivot_table(index="density", columns="term", values="share", sort=False)
        means.plot.bar(stacked=True, color=SPARSE_TERMS, width=0.7, linewidth=0, legend=False, ax=bars)
        bars.axhline(1, **REFERENCE)
        bars.set(title=size, ylabel="share of the\nheld-out loss")
        sns.lineplot(
            part, x="density", y="two or more", color="#444444", marker="o", markersize=5, errorbar=None, ax=line
        )
        line.set(xlim=bars.get_xlim(), ylim=(-0.05, 1.05), xlabel=DENSITY, ylabel="probability of\ntwo or more")
        line.grid(True)
    handles = bars.get_legend_handles_labels()
    for axis in axes.flat:
        axis.label_outer()
    canvas.legend(*handles, loc="outside lower center", ncols=len(SPARSE_TERMS))
    probability = told(table.assign(term="two or more, probability"), "two or more", ["model", "term"], "mean", ".3g")
    empty = table[table["term"] == "none active"].groupby(["size", "density"])["share"].mean().max()
    return Drawing(
        canvas,
        table,
        "Top: how much of the ReLU model's held-out loss comes from inputs with no active feature, $S^n L_0$ (at most "
        f"{empty:.2%}), and with one, $(1 - S) S^{{n-1}} L_1$, the latter split into what it misses of the feature "
        "itself and what it lets other outputs say; computed from $W$ and $b$, mean over "
        f"{len(results.seeds)} seeds. The gap up to 1 (dotted) is the loss on inputs with two or more active features. "
        "Bottom: the probability of such inputs.",
        "Stacked bars by density, and a line below. Mean shares, dense to sparse: "
        f"{told(table, 'share', ['model', 'term'], 'mean', '.3g')}; {probability}.",
    )


def _sparse_terms(results, model, sparsity):
    """Shares of the held-out loss of each seed, of L_0 and of L_1's parts; the probability of the inputs left out."""
    W, b, weights, _ = _trained(results, model, sparsity)
    S, n = float(sparsity), W.shape[-1]
    single = one_feature_loss(W, b, weights)
    none_active, one_active = S**n, (1 - S) * S ** (n - 1)
    losses = [one_active * single.benefit, one_active * single.interference, none_active * empty_loss(b, weights)]
    shares = np.stack(losses) / results.metric(model, sparsity, "test_loss")
    left_out = np.broadcast_to(sparse_loss(W, b, weights, np.full(len(W), S)).left_out, shares.shape)
    return tidy({"share": shares, "two or more": left_out}, term=SPARSE_TERMS, seed=results.seeds)


@figure("bias")
def biases(results):
    """The loss with and without a bias, and how much interference ReLU and bias leave."""
    cases = {"with bias": RELU["small"], "without bias": UNBIASED}
    parts = [
        labelled(_relieved(results, model, s), trained=case, density=density(s))
        for case, model in cases.items()
        for s in results.sparsities
    ]
    table = pd.concat(parts, ignore_index=True)
    canvas, (axes,) = panels(1, 2, 2.3)
    looks = {"hue": "trained", "style": "trained", "markers": ["o", "s"], "palette": list(PALETTE[:2]), "markersize": 5}
    order = pd.Categorical(table["density"], [density(s) for s in results.sparsities], ordered=True)
    for axis, value in zip(axes, ("loss", "left"), strict=True):
        shown = table.assign(density=order)
        sns.lineplot(shown, x="density", y=value, ax=axis, legend=axis is axes[0], **looks, **MEDIAN_AND_RANGE)
        axis.axhline(1, **REFERENCE)
        axis.set(xlabel=DENSITY, yscale="log")
        axis.grid(True)
    axes[0].set_ylabel("held-out loss / linear optimum")
    axes[0].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes[0].yaxis.set_major_formatter("{x:g}")
    axes[0].yaxis.set_minor_formatter(NullFormatter())
    axes[0].legend(title=None)
    axes[1].set_ylabel("share of interference left")
    losses, left = (told(table, value, ["trained"], "median", ".3g") for value in ("loss", "left"))
    number, hidden = results.size(RELU["small"])
    return Drawing(
        canvas,
        table,
        f"ReLU models of {number} features in {hidden} dimensions, trained with a bias and without; median and range "
        f"over {len(results.seeds)} seeds, logarithmic axes. Left: held-out loss relative to the least of any linear "
        "model with a bias (dotted). Right: share of the interference between represented features, on inputs with one "
        f"active feature, that ReLU and bias leave, where more features are represented than the {hidden} dimensions. "
        f"Dense to sparse, losses {escape(losses)}; interference left {escape(left)}.",
        f"Two panels of lines by density. Losses {losses}. Interference left {left}.",
    )


def _relieved(results, model, sparsity):
    """Each seed's held-out loss relative to the linear optimum, and what is left of interference in superposition."""
    W, b, weights, optimum = _trained(results, model, sparsity)
    crowded = (feature_norms(W) >= REPRESENTED).sum(axis=-1) > W.shape[-2]
    left = np.where(crowded, 1 - forces.made_free(W.astype(np.float64), b, weights, REPRESENTED), np.nan)
    return tidy({"loss": results.metric(model, sparsity, "test_loss") / optimum, "left": left}, seed=results.seeds)


def _trained(results, model, sparsity):
    """Weights, biases, loss weights and the linear optimum of a cell."""
    instance = results.first_instance(model, sparsity)
    W, b = (results.weights(model, sparsity, name) for name in ("W", "b"))
    return W, b, instance.loss_weights, linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)
