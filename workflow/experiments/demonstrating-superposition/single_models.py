"""Single models, that of median loss at each density: WᵀW with the bias, and the length of each feature's vector."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from superposition.draw.canvas import panels
from superposition.draw.grids import colour_bar, heatmap
from superposition.measure.features import REPRESENTED, feature_norms, gram_matrix, interference
from superposition.measure.tables import labelled, tidy

from .cells import density
from .sizes import LINEAR, RELU

BESIDE = 4  # matrices in a row
# Yellow would not be seen on white.
CROWDED = ListedColormap(matplotlib.colormaps["viridis"](np.linspace(0.0, 0.9, 256)))


def shown_cells(results, size):
    """Architecture, model and sparsity of what is shown: the linear model once, and the ReLU model at every density."""
    relu = [("ReLU", RELU[size], s) for s in results.sparsities]
    return [("linear", LINEAR[size], results.sparsities[0]), *relu]


def features_of(results, architecture, model, sparsity):
    """The representative seed's WᵀW (feature, feature), and a table of its features: bias, norm, interference."""
    seed = results.representative(model, sparsity)
    W, b = (results.weights(model, sparsity, name)[seed].astype(np.float64) for name in ("W", "b"))
    numbers = np.arange(1, len(b) + 1)
    features = tidy({"bias": b, "norm": feature_norms(W), "interference": interference(W)}, feature=numbers)
    of = {"model": results.labels[model], "architecture": architecture, "sparsity": sparsity}
    return gram_matrix(W, W), labelled(features, **of, density=density(sparsity), seed=results.seeds[seed])


def told_features(tables):
    """What single models' features are like, in words."""
    return "; ".join(
        f"{part['model'].iloc[0]} at density {part['density'].iloc[0]} (seed {part['seed'].iloc[0]}): "
        f"{(part['norm'] >= REPRESENTED).sum()} features of norm {REPRESENTED:g} or more, mean interference "
        f"{part['interference'].mean():.2f}, biases {part['bias'].min():.3f} to {part['bias'].max():.3f}"
        for part in tables
    )


def last_represented(tables):
    """Up to which feature some model represents one, rounded up to a multiple of five; all features where none does."""
    shown = pd.concat(tables)
    represented = shown.loc[shown["norm"] >= REPRESENTED, "feature"]
    most = int(shown["feature"].max())
    return most if represented.empty else min(-(-int(represented.max()) // 5) * 5, most)


def ticks_of(features):
    """Every how many features an axis has a number."""
    return 5 if features <= 25 else 20


def matrices(results, size):
    """WᵀW of a size's models, and b in a strip beside each, up to the last feature that any of them represents.

    Returns:
        The figure, the table of entries, the tables of features, and how many features are drawn.
    """
    cells = shown_cells(results, size)
    grams, tables = zip(*(features_of(results, *cell) for cell in cells), strict=True)
    last = last_represented(tables)
    limit = max(max(np.abs(gram).max(), part["bias"].abs().max()) for gram, part in zip(grams, tables, strict=True))
    canvas, axes = panels(-(-len(cells) // BESIDE), 2 * BESIDE, 1.65, width_ratios=[1, 0.09] * BESIDE)
    axes = axes.reshape(-1, 2)  # (cell, WᵀW or b)
    for place, ((square, strip), gram, part) in enumerate(zip(axes, grams, tables, strict=False)):
        heatmap(square, gram[:last, :last], (-limit, limit), ticks=ticks_of(last))
        heatmap(strip, part[["bias"]][:last], (-limit, limit), ticks=0)
        strip.set_title("b", fontsize=8, style="italic")
        architecture, shown = part[["architecture", "density"]].iloc[0]
        square.set_title(f"{architecture}, density {shown}", fontsize=8)
        square.set(xlabel="feature", ylabel="feature")
        if place % BESIDE:
            square.set(yticklabels=[], ylabel="")
        if place + BESIDE < len(cells):
            square.set(xticklabels=[], xlabel="")
    for axis in axes[len(cells) :].flat:
        axis.set_axis_off()
    colour_bar(canvas, axes.ravel(), "$W^T W$, and $b$ beside it", (-limit, limit), aspect=30, shrink=0.8)
    numbers = np.arange(1, len(tables[0]) + 1)
    entries = [tidy({"gram": gram}, feature=numbers, other=numbers) for gram in grams]
    merged = [gram.merge(part, on="feature") for gram, part in zip(entries, tables, strict=True)]
    return canvas, pd.concat(merged, ignore_index=True), tables, last


def lengths_table(results):
    """The features of both sizes' models that are shown, as one table."""
    parts = []
    for size in RELU:
        number, hidden = results.size(RELU[size])
        of = {"size": f"{number} features in {hidden} dimensions"}
        parts += [labelled(features_of(results, *cell)[1], **of) for cell in shown_cells(results, size)]
    return pd.concat(parts, ignore_index=True)


def draw_lengths(table):
    """A bar for the length of every feature's vector, the most important on top; a row for each size.

    Returns:
        The figure.
    """
    sizes = list(table.groupby("size", sort=False))
    represented = table.loc[table["norm"] >= REPRESENTED, "interference"]
    most = max(1.0, represented.max()) if len(represented) else table["interference"].max()
    longest = 1.08 * table["norm"].max()
    rows = [list(part.groupby(["architecture", "density"], sort=False)) for _, part in sizes]
    canvas, axes = panels(len(sizes), len(rows[0]), 2.3, sharex=True, sharey="row")
    for beside, row, (size, _) in zip(axes, rows, sizes, strict=True):
        for axis, (_, part) in zip(beside, row, strict=True):
            # Seaborn's barplot takes a second a model for the colours.
            axis.barh(part["feature"], part["norm"], height=1, color=CROWDED(part["interference"] / most), linewidth=0)
        ticks = ticks_of(len(part))
        beside[0].set(ylim=(len(part) + 0.5, 0.5), yticks=[1, *range(ticks, len(part) + 1, ticks)])
        beside[0].set_ylabel(f"{size}\nfeature".replace(" in ", "\nin "))
    for axis, (name, _) in zip(axes[0], rows[0], strict=True):
        axis.set_title("\n".join(name), fontsize=8)
    axes[0, 0].set(xlim=(0, longest), xticks=[0, 1])
    canvas.supxlabel("length of the feature's vector, $\\|W_i\\|$", fontsize=8.5)
    canvas.suptitle("model and density $1 - S$, sparser to the right", fontsize=8.5)
    colour_bar(canvas, axes.ravel(), "interference", (0, most), CROWDED, extend="max", aspect=40)
    return canvas
