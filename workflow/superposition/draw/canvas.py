"""Building blocks of figures: what a figure function is and returns, the style sheet, and common marks."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from cycler import cycler
from matplotlib.figure import Figure

from ..store.plugins import Registry

WIDTH = 6.75  # inches: a page's text width

# Okabe and Ito's palette: told apart by colour-blind readers and in grey. Models take its colours in order.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DIVERGING = "RdBu_r"
REFERENCE = {"color": "#777777", "linewidth": 0.9, "linestyle": ":", "zorder": 0}  # a line that values are held against

INK, FRAME = "#222222", "#444444"
# The one style sheet: of plain axes (`panels`), and on top of seaborn's theme of its grids (`grids.set_theme`).
STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": FRAME,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 9,
    "figure.constrained_layout.use": True,
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
    "pdf.fonttype": 42,
    "savefig.dpi": 300,
    "svg.fonttype": "path",
    "svg.hashsalt": "superposition",
    "text.color": INK,
    **{
        f"{axis}tick.{name}": value
        for axis in "xy"
        for name, value in {
            "color": FRAME, "labelcolor": INK, "labelsize": 8,
            "major.size": 3.5, "major.width": 0.7, "minor.size": 2, "minor.width": 0.5,
        }.items()
    },
}  # fmt: skip


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
