"""The source paper's introductory figure, and how often each arrangement of it comes out."""

import numpy as np
import pandas as pd
from superposition.draw.arrows import arrows, upright
from superposition.draw.canvas import PALETTE, Drawing, figure, panels, tidy
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.geometry import arrangement
from superposition.measure.ranking import losses_on
from superposition.store.markdown import escape

MODEL = "relu"
MARGIN = 1.28  # of the arrows' picture beyond the longest arrow: room for its number
LEAST_WIDTH = 0.1  # of the axis of losses, relative: models that differ by less look alike
MOST_KINDS = 6  # arrangements shown of each sparsity; the rarer ones are counted together


def common_losses(results, sparsity):
    """Loss of every seed's model (seed,), all on the held-out sets of all seeds."""
    W, b = (results.weights(MODEL, sparsity, name) for name in ("W", "b"))
    architecture = results.described["models"][MODEL]["architecture"]
    weights = results.first_instance(MODEL, sparsity).loss_weights
    return losses_on(results.data(sparsity), architecture, W, b, weights)


def kinds(W):
    """Each model's arrangement in words, with the features that are not embedded (model,)."""
    absent = feature_norms(W) < REPRESENTED
    return [
        words + (f", without {', '.join(map(str, np.flatnonzero(row) + 1))}" if row.any() else "")
        for words, row in zip(arrangement(W), absent, strict=True)
    ]


@figure("arrows")
def arrows_of_the_best(results):
    """The best model at each sparsity: its features as arrows in the plane."""
    sparsities, importance = results.sparsities, results.importance
    best = {s: int(common_losses(results, s).argmin()) for s in sparsities}
    weights = {s: upright(results.weights(MODEL, s, "W")[best[s]]) for s in sparsities}
    reach = MARGIN * max(1.0, *(np.hypot(*W).max() for W in weights.values()))
    figure, axes = panels(1, len(sparsities), 2.5)
    tables, notes = [], []
    for axis, s in zip(axes[0], sparsities, strict=True):
        W = weights[s]
        drawn = arrows(axis, W, importance, (importance.min(), importance.max()), reach)
        found = kinds(W[None])[0]
        axis.set_title(f"S = {s} (seed {results.seeds[best[s]]})")
        axis.text(0.5, -0.02, found, transform=axis.transAxes, ha="center", va="top", fontsize=8)
        table = tidy(W, "value", sparsity=s, axis=["x", "y"], feature=np.arange(1, results.features + 1))
        table = table.pivot(index=["sparsity", "feature"], columns="axis", values="value").reset_index()
        bias = results.weights(MODEL, s, "b")[best[s]].astype(np.float64)
        tables.append(table.assign(seed=results.seeds[best[s]], importance=importance, bias=bias))
        notes.append(f"at S = {s} {found}, norms {', '.join(f'{norm:.2f}' for norm in feature_norms(W))}")
    figure.colorbar(drawn, ax=axes, label="importance", shrink=0.75, aspect=18)
    told = "; ".join(notes)
    return Drawing(
        figure,
        pd.concat(tables),
        "The columns of $W$ as arrows, each feature's number at its tip, important features dark: the best of "
        f"{len(results.seeds)} seeds at each sparsity $S$, turned so that feature 1 points up. Dashed: the unit "
        f"circle. Features that are not embedded are dots near the centre. Norms of features 1 to {results.features}: "
        f"{told}.",
        f"Arrows from the origin in one plane for each sparsity. Best of {len(results.seeds)} seeds: {told}.",
    )


@figure("arrangements")
def arrangements(results):
    """How often each arrangement came out at each sparsity, and the losses of its models."""
    sparsities = results.sparsities
    tables = [_models(results, s) for s in sparsities]
    shown = [_shown(table) for table in tables]
    heights = [len(rows) + 0.9 for rows in shown]
    figure, axes = panels(
        len(sparsities),
        2,
        0.5 + 0.2 * sum(heights) / len(sparsities),
        sharey="row",
        gridspec_kw={"height_ratios": heights, "width_ratios": (1, 1.25)},
    )
    notes = []
    for row, (s, table, rows) in enumerate(zip(sparsities, tables, shown, strict=True)):
        total = len(table)
        for position, (label, part) in enumerate(rows.items()):
            _row(axes[row], position, part, total, table["loss"].min())
            notes.append(f"S = {s}, {label}: {len(part)} of {total}, median loss {part['loss'].median():.5f}")
        axes[row, 0].set(yticks=range(len(rows)), yticklabels=list(rows), xlim=(0, 1.25 * total))
        axes[row, 0].set_title(f"S = {s}")
        axes[row, 0].set_ylim(len(rows) - 0.4, -0.6)
        widest = max(table["loss"].max() / table["loss"].min() - 1, LEAST_WIDTH)
        axes[row, 1].set_xlim(-0.04 * widest, 1.04 * widest)
        axes[row, 1].grid(True, axis="x")
        axes[row, 1].tick_params(axis="y", length=0)
        axes[row, 1].set_title(f"best loss {table['loss'].min():.5f}")
    axes[-1, 0].set_xlabel("models")
    axes[-1, 1].set_xlabel("loss above the best model's")
    for axis in axes[:, 1]:
        axis.xaxis.set_major_formatter("{x:.0%}")
    told = "; ".join(notes)
    return Drawing(
        figure,
        pd.concat(tables),
        f"How often each arrangement came out among {len(results.seeds)} seeds at each sparsity $S$ (left), and how "
        "far the loss of its models lies above that of the best model (right): each model (dot) and their median "
        "(bar), all measured on the same samples. Arrangements are in the order of their median loss, lowest first; "
        f"“without” names the features that are not embedded. {escape(told)}.",
        f"Bars of counts and dots of losses, by arrangement. {told}.",
    )


def _models(results, sparsity):
    """Every seed's arrangement and loss."""
    found = kinds(results.weights(MODEL, sparsity, "W"))
    losses = common_losses(results, sparsity)
    return pd.DataFrame({"sparsity": sparsity, "seed": results.seeds, "arrangement": found, "loss": losses})


def _shown(table):
    """The models of each arrangement by its name, lowest median loss first; the rarest ones together, last."""
    groups = dict(list(table.groupby("arrangement")))
    by_number = sorted(groups, key=lambda name: (-len(groups[name]), name))
    kept, rare = by_number[:MOST_KINDS], by_number[MOST_KINDS:]
    ordered = {name: groups[name] for name in sorted(kept, key=lambda name: groups[name]["loss"].median())}
    if rare:
        ordered[f"{len(rare)} others"] = pd.concat([groups[name] for name in rare])
    return ordered


def _row(axes, position, part, total, best):
    """One arrangement's bar with its number, and its models' losses above the best."""
    axes[0].barh(position, len(part), height=0.62, color=PALETTE[0])
    axes[0].text(len(part) + 0.02 * total, position, f"{len(part)}", va="center", fontsize=8)
    excess = part["loss"].to_numpy() / best - 1
    spread = np.linspace(-0.25, 0.25, len(excess)) if len(excess) > 1 else np.zeros(1)
    axes[1].scatter(excess, position + spread, s=7, color=PALETTE[0], alpha=0.6, linewidth=0, rasterized=True)
    axes[1].vlines(np.median(excess), position - 0.36, position + 0.36, color=PALETTE[1], linewidth=1.6)
