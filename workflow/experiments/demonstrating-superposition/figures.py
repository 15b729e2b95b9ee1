"""The source paper's figures of §2, the number of features in superposition, and the losses taken apart."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.patches import Patch
from superposition.draw.canvas import PALETTE, Drawing, band, figure, heatmap, panels, tidy
from superposition.measure.decomposition import empty_loss, linear_loss, one_feature_loss, sparse_loss
from superposition.measure.features import feature_norms, features_represented, gram_matrix, interference
from superposition.measure.geometry import NOT_REPRESENTED, feature_graph, feature_polytopes
from superposition.measure.theory import linear_optimum

SIZES = {"small": ("linear-small", "relu-small"), "large": ("linear-large", "relu-large")}
MOST_INTERFERENCE = 2.0  # of the colour scale: an antipodal pair has 1, a pentagon 1.5
# Yellow would not be seen on white.
CROWDED = ListedColormap(matplotlib.colormaps["viridis"](np.linspace(0.0, 0.9, 256)))
TERMS = (PALETTE[5], PALETTE[1], PALETTE[0])  # colours of a loss's three terms
FAINT = 1e-3  # least relative loss that is drawn on a logarithmic axis
STATES = {  # of a feature in the ReLU model, with its colour
    "not represented": "#e4e4e4",
    "a dimension of its own": PALETTE[0],
    "in an antipodal pair": PALETTE[4],
    "in a larger arrangement": PALETTE[3],
}


@figure("small")
def small(results):
    """WᵀW, biases and norms of the small models."""
    return _models(results, *SIZES["small"])


@figure("large")
def large(results):
    """WᵀW, biases and norms of the large models."""
    return _models(results, *SIZES["large"])


def _models(results, linear, relu):
    """A column for the linear model and one for each density of the ReLU model: WᵀW with b beside it, and norms."""
    cells = [(linear, results.sparsities[0]), *((relu, s) for s in results.sparsities)]
    chosen = [results.representative(*cell) for cell in cells]
    W, b = (
        [results.weights(*cell, name)[seed].astype(np.float64) for cell, seed in zip(cells, chosen, strict=True)]
        for name in ("W", "b")
    )
    grams = [gram_matrix(one, one) for one in W]
    limit = max(np.abs(array).max() for array in (*grams, *b))
    longest = 1.08 * max(feature_norms(one).max() for one in W)
    figure, axes = panels(2, 2 * len(cells), 1.35, gridspec_kw={"width_ratios": [9, 1] * len(cells)})
    tables, notes = [], []
    for column, (model, s) in enumerate(cells):
        matrix, bias, bars, empty = *axes[0, 2 * column : 2 * column + 2], *axes[1, 2 * column : 2 * column + 2]
        empty.set_axis_off()
        image = heatmap(matrix, grams[column], limit, aspect="auto")
        heatmap(bias, b[column][:, None], limit, aspect="auto")
        norms, crowding = _bars(bars, W[column], longest)
        for axis in (matrix, bias, bars):
            axis.set(xticks=[], yticks=[])
        bars.set_xticks([0, 1])
        matrix.set_title("linear" if model == linear else f"{density(s):g}", fontsize=8)
        seed = results.seeds[chosen[column]]
        tables += _table(model, s, seed, grams[column], b[column], norms, crowding)
        notes.append(
            f"{results.labels[model]} at density {density(s):g} (seed {seed}): {(norms >= 0.5).sum()} features of norm "
            f"0.5 or more, mean interference {crowding.mean():.2f}, biases {b[column].min():.3f} to "
            f"{b[column].max():.3f}"
        )
    axes[0, 0].set_ylabel("$W^{\\top} W$, and $b$")
    axes[1, 0].set_ylabel("$\\|W_i\\|$")
    figure.colorbar(image, ax=axes[0], aspect=12, pad=0.01)
    scale = ScalarMappable(Normalize(0, MOST_INTERFERENCE), CROWDED)
    figure.colorbar(scale, ax=axes[1], aspect=12, pad=0.01, extend="max", label="interference")
    figure.suptitle("density $1 - S$ of the ReLU model", fontsize=8.5)
    features, hidden = results.size(relu)
    return Drawing(
        figure,
        pd.concat(tables),
        f"{features} features in {hidden} dimensions: the linear model at density {density(cells[0][1]):g}, then the "
        "ReLU model at each density. Top: $W^\\top W$, and $b$ in the narrow column, on one colour scale. Bottom: the "
        r"length $\lVert W_i \rVert$ of each feature, the most important on top, coloured by interference "
        r"$\sum_{j \ne i} (\hat W_i \cdot W_j)^2$. One seed each, that of median held-out loss. "
        f"{'; '.join(notes)}.",
        f"A row of {len(cells)} heatmaps, {features} by {features}, and below each a bar for every feature. "
        f"{'; '.join(notes)}.",
    )


def density(sparsity):
    """1 − S, without the digits that subtraction leaves."""
    return round(1 - float(sparsity), 9)


def _bars(axis, W, longest):
    """A bar for the norm of each feature, the first on top; returns norms and interference."""
    norms, crowding = feature_norms(W), interference(W)
    axis.barh(
        np.arange(len(norms)),
        norms,
        height=1.0,
        color=CROWDED(np.clip(crowding / MOST_INTERFERENCE, 0, 1)),
        linewidth=0,
    )
    axis.set(ylim=(len(norms) - 0.5, -0.5), xlim=(0, longest))
    return norms, crowding


def _table(model, sparsity, seed, gram, bias, norms, crowding):
    """The rows of data.csv for one model."""
    numbers = np.arange(1, len(bias) + 1)
    where = {"model": model, "sparsity": sparsity, "seed": str(seed)}
    vectors = {"bias": bias, "norm": norms, "interference": crowding}
    rows = [tidy(values, "value", quantity=name, feature=numbers, **where) for name, values in vectors.items()]
    return [tidy(gram, "value", quantity="gram", feature=numbers, other=numbers, **where), *rows]


@figure("counts")
def counts(results):
    """Features represented and in superposition against the density, and which they are."""
    figure, axes = panels(2, len(SIZES), 2.35, sharex=True, sharey="row")
    positions, tables, notes = np.arange(len(results.sparsities)), [], []
    styles = [
        {"color": PALETTE[i], "linestyle": line} for i, line in zip((5, 0, 1, 4), (":", "-", "--", "-."), strict=True)
    ]
    for column, (size, models) in enumerate(SIZES.items()):
        features, hidden = results.size(models[1])
        for (label, number), style in zip(_numbers(results, *models).items(), styles, strict=True):
            band(axes[0, column], positions, number / hidden, label, style)
            tables.append(
                tidy(number, "features", size=size, part=label, seed=results.seeds, sparsity=results.sparsities)
            )
            told = ", ".join(f"{np.median(values):g}" for values in number.T)
            notes.append(f"{features} → {hidden}, {label}: {told}")
        axes[0, column].set_title(f"{features} features in {hidden} dimensions")
        axes[0, column].grid(True)
        usual = _usual_states(results, models[1])  # (feature, sparsity)
        colours = ListedColormap(list(STATES.values()))
        extent = (-0.5, len(positions) - 0.5, 1, 0)
        axes[1, column].imshow(usual, cmap=colours, vmin=0, vmax=len(STATES), aspect="auto", extent=extent)
        named = np.array(list(STATES))[usual]
        table = pd.DataFrame(named, columns=results.sparsities).rename_axis("feature").reset_index()
        table["feature"] += 1
        tables.append(table.melt("feature", var_name="sparsity", value_name="usual_state").assign(size=size))
        axes[1, column].set(xlabel="density $1 - S$", yticks=[])
        axes[1, column].set_xticks(positions, [f"{density(s):g}" for s in results.sparsities])
    axes[0, 0].set_ylabel("features per hidden dimension")
    axes[1, 0].set_ylabel("features by importance")
    lines, labels = axes[0, 0].get_legend_handles_labels()
    patches = [Patch(color=colour, label=state) for state, colour in STATES.items()]
    figure.legend(lines + patches, labels + list(STATES), loc="outside lower center", ncols=3)
    densities = ", ".join(f"{density(s):g}" for s in results.sparsities)
    return Drawing(
        figure,
        pd.concat(tables),
        "Top: features per hidden dimension against the density, median and range over "
        f"{len(results.seeds)} seeds; a feature is represented from norm 0.5 on, and in superposition where it is at "
        "no right angle to another that is. Bottom: what becomes of each feature of the ReLU model in most of the "
        f"seeds. Median numbers of features at densities {densities}: {'; '.join(notes)}.",
        f"Lines of feature counts, and maps of features by density in four colours. Median numbers of features at "
        f"densities {densities}: {'; '.join(notes)}.",
    )


def _numbers(results, linear, relu):
    """Numbers of features (seed, sparsity): represented in both models, and in superposition and in digons in "
    "ReLU's."""
    W = {model: [results.weights(model, s, "W") for s in results.sparsities] for model in (linear, relu)}
    return {
        "linear, represented": np.stack([features_represented(one) for one in W[linear]], axis=1),
        "ReLU, represented": np.stack([features_represented(one) for one in W[relu]], axis=1),
        "ReLU, in superposition": np.stack([feature_graph(one).any(axis=-1).sum(axis=-1) for one in W[relu]], axis=1),
        "ReLU, in antipodal pairs": np.stack(
            [(feature_polytopes(one) == "digon").sum(axis=-1) for one in W[relu]], axis=1
        ),
    }


def _usual_states(results, model):
    """The commonest state of each feature over seeds (feature, sparsity), an index into STATES."""
    columns = []
    for s in results.sparsities:
        names = feature_polytopes(results.weights(model, s, "W"))  # (seed, feature)
        states = np.select([names == NOT_REPRESENTED, names == "dedicated", names == "digon"], [0, 1, 2], 3)
        columns.append((states[..., None] == np.arange(len(STATES))).sum(axis=0).argmax(axis=-1))
    return np.stack(columns, axis=1)


@figure("linear-loss")
def linear_losses(results):
    """The loss without ReLU by its terms: of the linear model, and of the ReLU model's weights."""
    figure, axes = panels(2, len(SIZES), 2.0, sharex=True, sharey="row")
    labels = ("feature benefit missed", "interference", "mean error")
    tables, notes, biases = [], [], []
    for column, (size, models) in enumerate(SIZES.items()):
        features, hidden = results.size(models[0])
        for row, model in enumerate(models):
            terms = _over_densities(results, model, _linear_terms)  # (term, sparsity, seed), relative to the optimum
            _stack(axes[row, column], terms[:-1], labels) if row == 0 else _lines(axes[row, column], terms[:-1])
            axes[row, column].plot(terms[-1].mean(axis=-1), "kD", markersize=3.5, label="measured, held out")
            axes[row, column].axhline(1, color="#777777", linewidth=0.9, linestyle=":")
            names = [*labels, "measured" if row == 0 else "measured, with the ReLU"]
            where = {"size": size, "weights": model, "term": names}
            tables.append(tidy(terms, "relative", **where, sparsity=results.sparsities, seed=results.seeds))
            notes += [_told(f"{results.labels[model]}, {name}", part) for name, part in zip(names, terms, strict=True)]
        off = ", ".join(f"{100 * one:.2g} %" for one in _bias_error(results, models[0]))
        biases.append(f"{results.labels[models[0]]} {off}")
        axes[0, column].set_title(f"{features} features in {hidden} dimensions")
        _densities(axes[1, column], results.sparsities)
    axes[1, 0].set_yscale("log")
    axes[1, 0].set_ylim(bottom=FAINT)
    axes[0, 0].set_ylabel("linear model:\nloss / linear optimum")
    axes[1, 0].set_ylabel("weights of the ReLU model:\nloss / linear optimum")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return Drawing(
        figure,
        pd.concat(tables),
        "The loss of $W^\\top W x + b$ by its terms, computed from $W$ and $b$ and divided by the least loss of any "
        f"linear model (dotted), mean over {len(results.seeds)} seeds. Top: the linear model, with its measured "
        "held-out loss. Bottom: the weights of the ReLU model, were they read out without the ReLU, on a logarithmic "
        f"axis from {FAINT:g}; the measured loss is that with the ReLU. Dense to sparse, the bias of the linear model "
        f"is off from 0 or $(1 - S)/2$ by, relative to the latter: {'; '.join(biases)}.",
        "Stacked bars above, lines below, by density. Means relative to the linear optimum, dense to sparse: "
        f"{'; '.join(notes)}.",
    )


def _bias_error(results, model):
    """Root mean square over seeds and features of b minus its expected value, relative to a feature's mean."""
    features, hidden = results.size(model)
    relative = [results.weights(model, s, "b") / (density(s) / 2) for s in results.sparsities]
    return [np.sqrt(np.square(one - (np.arange(features) >= hidden)).mean()) for one in relative]


def _linear_terms(results, model, sparsity):
    """Benefit, interference, mean error and measured loss (term, seed), relative to the linear optimum."""
    W, b, weights, optimum = _trained(results, model, sparsity)
    parts = linear_loss(W, b, weights, np.full(len(W), float(sparsity)))
    measured = results.metric(model, sparsity, "test_loss")
    return np.stack([parts.benefit, parts.interference, parts.mean_error, measured]) / optimum


@figure("sparse-loss")
def sparse_losses(results):
    """The ReLU model's held-out loss by the number of active features."""
    figure, axes = panels(1, len(SIZES), 2.5, sharey=True)
    labels = ("no feature active, $L_0$", "one: feature benefit missed", "one: interference")
    plain = ("no feature active", "one active, benefit missed", "one active, interference", "two or more, probability")
    tables, notes = [], []
    for axis, (size, (_, model)) in zip(axes[0], SIZES.items(), strict=True):
        features, hidden = results.size(model)
        terms = _over_densities(results, model, _sparse_terms)  # (term, sparsity, seed)
        _stack(axis, terms[:-1], labels)
        axis.plot(terms[-1].mean(axis=-1), "k.--", linewidth=0.9, markersize=4, label="probability of two or more")
        axis.axhline(1, color="#777777", linewidth=0.9, linestyle=":")
        axis.set_title(f"{features} features in {hidden} dimensions")
        _densities(axis, results.sparsities)
        tables.append(tidy(terms, "share", size=size, term=plain, sparsity=results.sparsities, seed=results.seeds))
        notes += [_told(f"{results.labels[model]}, {name}", part) for name, part in zip(plain, terms, strict=True)]
    axes[0, 0].set_ylabel("share of the held-out loss")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return Drawing(
        figure,
        pd.concat(tables),
        "How much of the ReLU model's held-out loss comes from inputs with no active feature, $S^n L_0$, and with one, "
        "$(1 - S) S^{n-1} L_1$, the latter split into what it misses of the feature itself and what it lets other "
        f"outputs say; computed from $W$ and $b$, mean over {len(results.seeds)} seeds. The gap up to 1 (dotted) is "
        "the loss on inputs with two or more active features, whose probability the dashed line shows.",
        f"Stacked bars by density, and a line. Mean shares, dense to sparse: {'; '.join(notes)}.",
    )


def _sparse_terms(results, model, sparsity):
    """Shares of the held-out loss (term, seed) of L_0, benefit and interference of L_1; the probability left out."""
    W, b, weights, _ = _trained(results, model, sparsity)
    S, n = float(sparsity), W.shape[-1]
    one, measured = one_feature_loss(W, b, weights), results.metric(model, sparsity, "test_loss")
    none_active, one_active = S**n / measured, (1 - S) * S ** (n - 1) / measured
    left_out = sparse_loss(W, b, weights, np.full(len(W), S)).left_out
    return np.stack(
        [none_active * empty_loss(b, weights), one_active * one.benefit, one_active * one.interference, left_out]
    )


def _trained(results, model, sparsity):
    """Weights, biases, loss weights and the linear optimum of a cell."""
    instance = results.first_instance(model, sparsity)
    W, b = (results.weights(model, sparsity, name) for name in ("W", "b"))
    return W, b, instance.loss_weights, linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)


def _over_densities(results, model, terms):
    """The terms of every cell of a model (term, sparsity, seed)."""
    return np.stack([terms(results, model, s) for s in results.sparsities], axis=1)


def _stack(axis, terms, labels):
    """Stacked bars of the terms' means over seeds (term, sparsity, seed)."""
    bottom = np.zeros(terms.shape[1])
    for values, label, colour in zip(terms.mean(axis=-1), labels, TERMS, strict=True):
        axis.bar(np.arange(len(values)), values, bottom=bottom, width=0.7, color=colour, label=label)
        bottom += values


def _lines(axis, terms):
    """A line for each term's mean over seeds (term, sparsity, seed)."""
    for values, colour, marker in zip(terms.mean(axis=-1), TERMS, "os^", strict=True):
        axis.plot(values, color=colour, marker=marker, markersize=4)


def _densities(axis, sparsities):
    axis.set_xticks(np.arange(len(sparsities)), [f"{density(s):g}" for s in sparsities])
    axis.set_xlabel("density $1 - S$")


def _told(name, values):
    """A term's mean over seeds at each density, in words."""
    return f"{name}: {', '.join(f'{mean:.3g}' for mean in values.mean(axis=-1))}"
