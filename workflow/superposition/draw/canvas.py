"""Building blocks of figures: what a figure function is and returns, the style sheet, and common marks."""

from dataclasses import dataclass

import matplotlib
import pandas as pd
from cycler import cycler

matplotlib.use("Agg")  # files only, no display
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..store.plugins import Registry

WIDTH = 6.75  # inches: a page's text width

# Okabe and Ito's palette: told apart by colour-blind readers and in grey. Models take its colours in order.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINESTYLES = ("-", "--", "-.", ":")
DIVERGING = "RdBu_r"
REFERENCE = {"color": "#777777", "linewidth": 0.9, "linestyle": ":", "zorder": 0}  # a line that values are held against

STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#444444",
    "axes.labelcolor": "#222222",
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 9,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.title_fontsize": 8,
    "lines.linewidth": 1.4,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "white",
    "patch.force_edgecolor": True,
    "savefig.dpi": 300,
    "svg.fonttype": "path",
    "svg.hashsalt": "superposition",
    "pdf.fonttype": 42,
    "text.color": "#262626",
    **{
        f"{axis}tick.{name}": value
        for axis in "xy"
        for name, value in {
            "color": "#262626",
            "labelsize": 8,
            "major.size": 6,
            "major.width": 1.25,
            "minor.size": 4,
            "minor.width": 1,
        }.items()
    },
}


@dataclass(frozen=True)
class Drawing:
    """What a figure function returns.

    Args:
        figure: the matplotlib figure.
        data: the tidy table behind it, one row per mark.
        caption: Markdown; what is seen, with its numbers.
        alt: plain text that stands for the picture.
    """

    figure: Figure
    data: pd.DataFrame
    caption: str
    alt: str


figure = Registry()  # functions of experiments' figures.py: Results → Drawing


def panels(rows: int, columns: int, height: float, **options) -> tuple[Figure, np.ndarray]:
    """A grid of axes at full width, the rows `height` inches each; always a 2-d array of axes."""
    plt.rcdefaults()
    plt.rcParams.update(STYLE)
    return plt.subplots(rows, columns, figsize=(WIDTH, rows * height), squeeze=False, **options)


def model_styles(models: list[str]) -> dict[str, dict]:
    """Colour and line style of each model, in order."""
    return {
        name: {"color": PALETTE[i % len(PALETTE)], "linestyle": LINESTYLES[i % len(LINESTYLES)]}
        for i, name in enumerate(models)
    }


def band(axis: Axes, x: np.ndarray, values: np.ndarray, label: str, style: dict) -> None:
    """Median over seeds as a line, their range as a band.

    Args:
        axis: where.
        x: positions (point,).
        values: (seed, point).
        label: of the line.
        style: colour and line style.
    """
    axis.plot(x, np.median(values, axis=0), label=label, **style)
    axis.fill_between(x, values.min(axis=0), values.max(axis=0), color=style["color"], alpha=0.22, linewidth=0)


def heatmap(axis: Axes, matrix: np.ndarray, limit: float, **options):
    """A square matrix on a scale from −limit to limit, white at zero; returns the image, for a colour bar."""
    image = axis.imshow(matrix, cmap=DIVERGING, vmin=-limit, vmax=limit, interpolation="nearest", **options)
    axis.spines[["top", "right"]].set_visible(True)
    return image


def tidy(values: np.ndarray, name: str, **axes) -> pd.DataFrame:
    """A table with one row per element of an array.

    Args:
        values: any shape.
        name: of the column of values.
        axes: for each axis of the array in order, its column's name and labels; then constants for every row.
    """
    labels = {key: value for key, value in axes.items() if not isinstance(value, str)}
    constants = {key: value for key, value in axes.items() if isinstance(value, str)}
    index = pd.MultiIndex.from_product(list(labels.values()), names=list(labels))
    table = pd.Series(np.asarray(values, dtype=np.float64).ravel(), index=index, name=name).reset_index()
    return table.assign(**constants)[[*constants, *labels, name]]
