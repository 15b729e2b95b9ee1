"""The weights of the best models, the neurons they dedicate to features, and whether best models are alike."""

from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from superposition.draw.canvas import INK, PALETTE, Drawing, counted, figure, panels
from superposition.draw.grids import colour_bar, heatmap
from superposition.measure.ranking import best_of_blocks
from superposition.measure.tables import labelled, tidy

from .losses import BLOCK, MODEL, common_losses
from .neurons import LEAST, configuration, dedicated, holding, polysemantic

ALONE, SHARED, NEITHER = PALETTE[0], PALETTE[1], "#bbbbbb"  # dedicated and monosemantic; in superposition; held by none
PUBLISHED = {"0.3": 5, "0.65": 3, "0.85": 2, "0.88": 1, "0.94": 0, "0.96": 0}  # monosemantic neurons, as the paper says
TRAININGS = {None: "notebook", "training.tuned": "tuned"}
BEST = {"color": PALETTE[1], "linewidth": 0}  # the marks of blocks
LIMIT = 1.0  # of the weights' colours
KINDS = ("the most frequent", "the second", "the third", "found twice or more", "found once")
KIND_COLOURS = dict(zip(KINDS, (PALETTE[0], PALETTE[5], PALETTE[2], PALETTE[4], "#d9d9d9"), strict=True))


def density(sparsity):
    """1 − S, as it is written."""
    return f"{1 - float(sparsity):.4g}"


@figure("weights")
def weights(results):
    """W of the best of all models at each density, as a matrix and as a stack of bars for each neuron."""
    tables = [_best_model(results, s) for s in results.sparsities]
    table, number = pd.concat(tables, ignore_index=True), len(results.seeds)
    canvas, axes = panels(2, len(tables), 2.25, sharey="row", height_ratios=(1, 1.15))
    for place, (part, (matrix, bars)) in enumerate(zip(tables, axes.T, strict=True)):
        W = part.pivot(index="feature", columns="neuron", values="weight").to_numpy()
        heatmap(matrix, W, (-LIMIT, LIMIT), ticks=5)
        matrix.set(title=f"$1 - S$ = {density(part['sparsity'].iloc[0])}", xticks=[])
        _stack(bars, W, part)
        matrix.set_ylabel("" if place else "feature $i$")
        bars.set_ylabel("" if place else "weights $W_{ki}$, stacked")
    colour_bar(canvas, axes[0], "weight $W_{ki}$", (-LIMIT, LIMIT), shrink=0.9, aspect=14, extend="both")
    handles = [
        Patch(color=ALONE, label="feature with a neuron to itself"),
        Patch(color=SHARED, label="feature in superposition"),
        Patch(color=NEITHER, label="held by no neuron"),
        Line2D([], [], marker="o", linestyle="none", color=ALONE, label="dedicated neuron"),
        Line2D([], [], marker="o", linestyle="none", color=SHARED, label="polysemantic neuron"),
    ]
    canvas.legend(handles=handles, loc="outside lower center", ncols=3)
    told = "; ".join(_told(part) for part in tables)
    return Drawing(
        canvas,
        table,
        f"The model of lowest loss of {counted(number, 'seed')} at each density $1 - S$, on common samples. "
        "Above: $W$, one row a feature, the most important at the top, one column a neuron; colours end at ±1. Below: "
        "the same weights stacked for each neuron, one rectangle a feature, negative ones below the axis; the most "
        f"important next to the axis. A neuron holds a feature from a weight of {LEAST} on. Dedicated neurons come "
        "first, then in order of the most important feature that they hold. "
        f"{told[0].upper()}{told[1:]}.",
        f"Matrices and stacked bars of the best model's weights. {told}.",
    )


def _stack(axis, W, part):
    """Bars of each neuron's weights, features from the axis outwards, and under each neuron a dot of its kind."""
    of_feature = part.drop_duplicates("feature").set_index("feature")["feature is"]
    colours = [{"dedicated": ALONE, "in superposition": SHARED}.get(kind, NEITHER) for kind in of_feature]
    ends = {1: np.zeros(W.shape[1]), -1: np.zeros(W.shape[1])}
    places = np.arange(W.shape[1])
    for row, colour in zip(W, colours, strict=True):
        for sign, base in ends.items():
            height = np.where(np.sign(row) == sign, row, 0.0)
            axis.bar(places, height, bottom=base, width=0.8, color=colour, edgecolor="white", linewidth=0.4)
            base += height
    axis.axhline(0, color=INK, linewidth=0.6)
    axis.set(xticks=[])
    axis.set_xlabel("neuron $k$", labelpad=9)  # below the dots
    kinds = part.drop_duplicates("neuron")["neuron is"]
    tones = [{"dedicated": ALONE, "polysemantic": SHARED}.get(kind, NEITHER) for kind in kinds]
    axis.scatter(
        places, np.full(len(places), -0.04), c=tones, s=14, transform=axis.get_xaxis_transform(), clip_on=False
    )


def _best_model(results, sparsity):
    """The weights of the best of all models, its neurons in order, as a table."""
    W, losses = results.weights(MODEL, sparsity, "W"), _losses(results, sparsity)
    best = int(losses.argmin())
    W = W[best].astype(np.float64)
    W = W[sorted(range(len(W)), key=lambda k: _rank(W[k]))]
    held = holding(W[None])
    own, several, some = dedicated(held)[0], polysemantic(held)[0], held[0].any(axis=0)
    feature = np.where(own, "dedicated", np.where(some, "in superposition", "held by none"))
    neuron = np.where(several, "polysemantic", np.where((held[0] & own).any(axis=1), "dedicated", "neither"))
    shape = W.shape
    columns = {
        "weight": W,
        "neuron is": np.broadcast_to(neuron[:, None], shape),
        "feature is": np.broadcast_to(feature, shape),
    }
    axes = {"neuron": np.arange(1, shape[0] + 1), "feature": np.arange(1, shape[1] + 1)}
    return labelled(tidy(columns, **axes), sparsity=sparsity, seed=results.seeds[best], loss=losses[best])


def _rank(row):
    """A neuron's place: those of fewest features first, then by the first feature that it holds."""
    features = np.flatnonzero(row >= LEAST)
    return (len(features) > 1, *features.tolist()) if len(features) else (True, len(row))


def _told(part):
    """What a caption says of one density's model."""
    neurons = part.drop_duplicates("neuron")["neuron is"].value_counts()
    features = part.drop_duplicates("feature")["feature is"].value_counts()
    return (
        f"at {density(part['sparsity'].iloc[0])} (seed {part['seed'].iloc[0]}, loss {part['loss'].iloc[0]:.5f}) "
        f"{neurons.get('dedicated', 0)} dedicated and {neurons.get('polysemantic', 0)} polysemantic neurons, "
        f"{features.get('in superposition', 0)} features in superposition"
    )


@figure("monosemantic")
def monosemantic(results):
    """The number of dedicated neurons of each block's best model by density, and what the paper says."""
    table = pd.concat([_counts(results, s, variant) for s in results.sparsities for variant in TRAININGS])
    canvas, (axes,) = panels(1, len(TRAININGS), 2.6, sharey=True)
    places = {s: place for place, s in enumerate(results.sparsities)}
    halo = [withStroke(linewidth=2.5, foreground="white")]
    beside = {"xytext": (9, 4), "textcoords": "offset points", "fontsize": 7.5, "path_effects": halo}
    for axis, (training, part) in zip(axes, table.groupby("training", sort=False), strict=True):
        typical = part.groupby("sparsity")["mean of all models"].first()
        axis.plot(list(places.values()), [typical[s] for s in places], color="#777777", linestyle=":", zorder=1)
        axis.plot(
            list(places.values()), [PUBLISHED[s] for s in places], marker="D", markersize=11, linestyle="none",
            markerfacecolor="none", markeredgecolor=INK, markeredgewidth=0.9,
        )  # fmt: skip
        for (s, value), group in part.groupby(["sparsity", "dedicated"]):
            axis.scatter(places[s], value, s=9 * len(group), zorder=3, **BEST)
            axis.annotate(f"{len(group)}", (places[s], value), **beside)
        axis.set(
            title=f"training: {training}", xlabel="density $1 - S$", ylim=(-0.5, 5.6), xlim=(-0.5, len(places) - 0.3),
            xticks=list(places.values()), xticklabels=[density(s) for s in places],
        )  # fmt: skip
        axis.grid(True, axis="y")
    axes[0].set_ylabel("dedicated neurons, of 5")
    handles = [
        Line2D(
            [], [], marker="D", markersize=8, linestyle="none", color=INK, markerfacecolor="none", label="the paper"
        ),
        Line2D([], [], marker="o", linestyle="none", color=BEST["color"], label="best of a block"),
        Line2D([], [], linestyle=":", color="#777777", label="mean of all models"),
    ]
    canvas.legend(handles=handles, loc="outside lower center", ncols=3)
    blocks = table.groupby(["training", "sparsity"]).size().iloc[0]
    means = table.groupby(["training", "sparsity"], sort=False)["dedicated"].mean()
    told = "; ".join(
        f"{training} training: " + ", ".join(f"{means[training, s]:.1f} at {density(s)}" for s in results.sparsities)
        for training in TRAININGS.values()
    )
    return Drawing(
        canvas,
        table,
        f"Neurons that hold one feature, which no other neuron holds (from a weight of {LEAST} on), by density. "
        f"Each mark is the best models of {counted(blocks, 'block')} of {len(results.seeds) // blocks} seeds that "
        "have so many; its area and the number beside it say how many they are. Diamonds: the paper. Dotted: mean over "
        f"all {len(results.seeds)} models. Mean over blocks: {told}.",
        f"Marks fall from left to right. Mean over blocks: {told}.",
    )


def _counts(results, sparsity, variant):
    """The number of dedicated neurons of each block's best model, and the mean over all models."""
    number = dedicated(holding(results.weights(MODEL, sparsity, "W", variant))).sum(axis=1)
    best = best_of_blocks(_losses(results, sparsity, variant), BLOCK)
    table = tidy({"dedicated": number[best]}, block=np.arange(1, len(best) + 1))
    constants = {"training": TRAININGS[variant], "sparsity": sparsity, "mean of all models": number.mean()}
    return labelled(table, **constants)


@figure("agreement")
def agreement(results):
    """Which configuration each block's best model has, and how far its loss lies above the best of all."""
    table = pd.concat([_alike(results, s, variant) for s in results.sparsities for variant in TRAININGS])
    canvas, axes = panels(2, len(TRAININGS), 1.75, sharex="row", sharey="row")
    rows = {s: row for row, s in enumerate(results.sparsities)}
    for (above, below), (training, part) in zip(axes.T, table.groupby("training", sort=False), strict=True):
        tones = [KIND_COLOURS[kind] for kind in part["configuration"]]
        above.scatter(part["place"], part["sparsity"].map(rows), c=tones, s=70, marker="s", linewidth=0)
        above.set(title=f"training: {training}", xlabel="blocks, by loss", yticks=list(rows.values()))
        above.set(yticklabels=[density(s) for s in rows], ylim=(len(rows) - 0.5, -0.5))
        below.scatter(part["excess"], part["sparsity"].map(rows), c=tones, s=26, edgecolor=INK, linewidth=0.3)
        below.set(xlabel="loss above the best of both trainings", yticks=list(rows.values()))
        below.set(yticklabels=[density(s) for s in rows], ylim=(len(rows) - 0.5, -0.5))
        below.xaxis.set_major_formatter("{x:.0%}")
        below.grid(True, axis="x")
    blocks = int(table["place"].max())
    axes[0, 0].set(ylabel="density $1 - S$", xticks=np.arange(1, blocks + 1), xlim=(0.4, blocks + 0.6))
    axes[1, 0].set(ylabel="density $1 - S$")
    handles = [Patch(color=colour, label=kind) for kind, colour in KIND_COLOURS.items()]
    canvas.legend(handles=handles, loc="outside lower center", ncols=5, title="configuration, at its density")
    most = table[table["configuration"] == KINDS[0]].groupby(["training", "sparsity"]).size()
    told = "; ".join(
        f"{training} training: "
        + ", ".join(f"{most.get((training, s), 0)} at {density(s)}" for s in results.sparsities)
        for training in TRAININGS.values()
    )
    return Drawing(
        canvas,
        table,
        f"The best models of {counted(blocks, 'block')} at each density. Above: their configurations, which features "
        f"which neurons hold (from a weight of {LEAST} on) whatever the neurons' order; of a row, blue, light blue and "
        "green stand for one configuration each, ranked by how many blocks of both trainings have them. Below: how far "
        f"their loss lies above the lowest of all at that density. Of the blocks have the most frequent one: {told}.",
        f"Squares in rows, coloured by configuration, and losses. Blocks with the most frequent one: {told}.",
    )


def _alike(results, sparsity, variant):
    """Each block's best model: its configuration's rank at this density over both trainings, and its excess of loss."""
    found = {v: _bests(results, sparsity, v) for v in TRAININGS}
    number = Counter(name for names, _ in found.values() for name in names)
    ranked = sorted(number, key=lambda name: (-number[name], name))
    kinds = {
        name: KINDS[4] if number[name] == 1 else KINDS[min(place, 3)] for place, name in enumerate(ranked)
    }  # fmt: skip
    names, losses = found[variant]
    least = min(losses.min() for _, losses in found.values())
    order = np.argsort(losses, kind="stable")
    columns = {"configuration": np.array([kinds[names[i]] for i in order]), "loss": losses[order],
               "excess": losses[order] / least - 1}  # fmt: skip
    table = tidy(columns, place=np.arange(1, len(order) + 1))
    return labelled(table, training=TRAININGS[variant], sparsity=sparsity)


def _bests(results, sparsity, variant):
    """The configurations and the losses of the blocks' best models."""
    losses = _losses(results, sparsity, variant)
    best = best_of_blocks(losses, BLOCK)
    return configuration(holding(results.weights(MODEL, sparsity, "W", variant)[best])), losses[best]


def _losses(results, sparsity, variant=None):
    """Loss of every model (seed,), on the held-out sets of all seeds."""
    W, b = (results.weights(MODEL, sparsity, name, variant) for name in ("W", "b"))
    return common_losses(results.data(sparsity), W, b, results.importance)
