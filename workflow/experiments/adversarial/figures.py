"""The source paper's figures of §7: vulnerability over density, beside and against features per dimension."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import FixedLocator, NullLocator
from superposition.draw.canvas import PALETTE, REFERENCE, Drawing, counted, figure, panels
from superposition.measure.tables import labelled, tidy

from .attacks import BUDGET, SAMPLES
from .curves import LINEAR, density, packed, rises, squared_budgets, vulnerabilities

TRAININGS = {None: "the notebook's training", "training.tuned": "tuned training"}
# By panel, what an attack is called and looks like; attacks for each input lie on each other.
PAPERS = ("the paper's attacks", {"color": PALETTE[0]})
ATTACKS = {
    "one attack for all inputs": {
        "model": PAPERS,
        "random": ("random directions", {"color": PALETTE[4]}),
    },
    "an attack for each input": {
        "gradient": ("gradient from the paper's", {"color": PALETTE[1], "linewidth": 3.5, "alpha": 0.7}),
        "sample": PAPERS,
        "blind": ("gradient from random starts", {"color": PALETTE[2], "linestyle": "--"}),
    },
}
TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1)
THREEFOLD = 3.0
MIDDLE = {"estimator": "median", "errorbar": ("pi", 80)}


@figure("vulnerability")
def vulnerability_over_density(results):
    """Vulnerability, and features per dimension, over density: of both trainings, and of the linear model."""
    table = pd.concat([_both(results, s, v) for v in TRAININGS for s in results.sparsities], ignore_index=True)
    linear = pd.concat([_linear(results, s) for s in results.sparsities], ignore_index=True)
    table = pd.concat([table, linear], ignore_index=True)
    canvas, axes = panels(1, 2, 2.9)
    labels = {"vulnerability": "(L′ − L) / (L′₀ − L₀)", "features": "‖W‖² / m"}
    for axis, (column, label) in zip(axes[0], labels.items(), strict=True):
        for name, colour in zip((*TRAININGS.values(), "linear model"), PALETTE, strict=False):
            part = table[table["model"] == name]
            sns.lineplot(part, x="density", y=column, ax=axis, color=colour, label=name, marker="o", markersize=4,
                         legend=False, **MIDDLE)  # fmt: skip
        axis.axhline(1, **REFERENCE)
        axis.set(ylabel=label)
        axis.set_ylim(bottom=0)
        _density_axis(axis)
    axes[0, 0].axhline(THREEFOLD, **REFERENCE)
    axes[0, 0].set_title("vulnerability")
    axes[0, 1].set_title("features per dimension")
    canvas.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    told = "; ".join(f"{name}, {_told(table[table['model'] == name])}" for name in TRAININGS.values())
    return Drawing(
        canvas,
        table,
        f"Left: by how much the worst of the paper's attacks, of {BUDGET} of the mean norm of the inputs, raises the "
        "loss of a model, relative to a projection (the squared norm of the attack); dotted: 1 and the paper's 3. "
        f"Right: $\\Vert W\\Vert^2/m$. Lines: median of {counted(len(results.seeds), 'seed')}; bands: the middle 80 %. "
        f"Medians of vulnerability and features per dimension by density $1 - S$: {told}.",
        f"Two panels over density. Medians of vulnerability and features per dimension: {told}.",
    )


@figure("tracking")
def vulnerability_against_features(results):
    """Vulnerability against features per dimension, a mark for each model."""
    table = pd.concat([_both(results, s, v) for v in TRAININGS for s in results.sparsities], ignore_index=True)
    canvas, axes = panels(1, 2, 3.0, sharex=True, sharey=True)
    densities = sorted(table["density"].unique(), reverse=True)
    colours = dict(zip(densities, sns.color_palette("viridis_r", len(densities)), strict=True))
    most = table["features"].max()
    line = np.array([min(1.0, table["features"].min()), most])
    for axis, name in zip(axes[0], TRAININGS.values(), strict=True):
        part = table[table["model"] == name]
        for p, group in part.groupby("density", sort=False):
            axis.plot(group["features"], group["vulnerability"], color=colours[p], linewidth=0, marker="o",
                      markersize=3.5, alpha=0.8, label=f"{p:g}")  # fmt: skip
        axis.plot(line, line, **REFERENCE)
        axis.set(title=name, xlabel="features per dimension ‖W‖² / m")
    axes[0, 0].set_ylabel("vulnerability (L′ − L) / (L′₀ − L₀)")
    canvas.legend(*axes[0, 0].get_legend_handles_labels(), title="density 1 − S", loc="outside lower center", ncols=8,
                  columnspacing=1, handletextpad=0)  # fmt: skip
    told = "; ".join(
        f"{name}, {table[table['model'] == name][['features', 'vulnerability']].corr().iloc[0, 1]:.2f}"
        for name in TRAININGS.values()
    )
    return Drawing(
        canvas,
        table,
        "Vulnerability against features per dimension, each model a mark, its colour the density it was trained and "
        f"attacked at. Dotted: equal. {counted(len(results.seeds), 'seed')}. Pearson's correlation over all "
        f"marks: {told}.",
        f"Two scatter plots. Correlation over all marks: {told}.",
    )


@figure("attacks")
def attacks_compared(results):
    """What attacks of the same norm do to the models of the first training, over density."""
    canvas, axes = panels(1, len(ATTACKS), 2.9)
    tables, told, handles = [], [], {}
    for axis, (title, attacks) in zip(axes[0], ATTACKS.items(), strict=True):
        for attack, (label, look) in attacks.items():
            table = pd.concat([_attacked(results, s, attack) for s in results.sparsities], ignore_index=True)
            sns.lineplot(table, x="density", y="rise", ax=axis, label=label, marker="o", markersize=4, legend=False,
                         **MIDDLE, **look)  # fmt: skip
            tables.append(table)
            medians = table.groupby("density")["rise"].median().sort_index(ascending=False)
            told.append(f"{title}, {label}, " + ", ".join(f"{p:g}: {value:.2f}" for p, value in medians.items()))
        axis.axhline(1, **REFERENCE)
        axis.set(title=title, ylabel="")
        axis.set_ylim(bottom=0)
        _density_axis(axis)
        handles |= {text: handle for handle, text in zip(*axis.get_legend_handles_labels(), strict=True)}
    axes[0, 0].set_ylabel("rise of the loss / budget²")
    canvas.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=2)
    table, told = pd.concat(tables, ignore_index=True), "; ".join(told)
    return Drawing(
        canvas,
        table,
        f"Rise of the loss of {SAMPLES} held-out inputs at most of each seed under attacks of one norm, relative to "
        "its square, which is a projection's (dotted), over the density of training and inputs; the panels' scales "
        "differ. Models of the notebook's training; lines: median of "
        f"{counted(len(results.seeds), 'seed')}; bands: the middle 80 %. Medians: {told}.",
        f"Two panels over density. {told}.",
    )


def _both(results, sparsity, variant):
    columns = {
        "vulnerability": vulnerabilities(results, sparsity, "model", variant=variant),
        "features": packed(results, sparsity, variant),
    }
    return labelled(tidy(columns, seed=results.seeds), model=TRAININGS[variant], density=density(sparsity))


def _linear(results, sparsity):
    W = results.weights(LINEAR, sparsity, "W").astype(np.float64)
    rise = rises(results, sparsity, "model", model=LINEAR) / squared_budgets(results, sparsity)
    columns = {"vulnerability": rise, "features": np.square(W).sum(axis=(1, 2)) / W.shape[1]}
    return labelled(tidy(columns, seed=results.seeds), model="linear model", density=density(sparsity))


def _attacked(results, sparsity, attack):
    rise = rises(results, sparsity, attack) / squared_budgets(results, sparsity)
    return labelled(tidy({"rise": rise}, seed=results.seeds), attack=attack, density=density(sparsity))


def _told(part):
    medians = part.groupby("density")[["vulnerability", "features"]].median().sort_index(ascending=False)
    return ", ".join(f"{p:g}: {row['vulnerability']:.2f} and {row['features']:.2f}" for p, row in medians.iterrows())


def _density_axis(axis):
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(TICKS))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter("{x:g}")
    axis.set_xlabel("density 1 − S")
