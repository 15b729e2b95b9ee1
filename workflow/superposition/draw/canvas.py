"""Building blocks of figures: what a figure function is and returns, the style sheet, and common marks."""

from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from cycler import cycler
from matplotlib.figure import Figure

from ..store.plugins import Registry

if TYPE_CHECKING:
    from ..measure.results import Results

WIDTH = 6.75  # inches: a page's text width

# Okabe and Ito's palette: told apart by colour-blind readers and in grey.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# Models of one architecture look alike in every figure of every experiment: linear blue, with a ReLU vermilion.
ARCHITECTURES = {
    "linear": PALETTE[0], "relu": PALETTE[1], "relu-output": PALETTE[1], "linear-hidden-relu": PALETTE[3],
}  # fmt: skip
MARKERS, DASHES = "osD^vP", ("", (4, 1.5), (1, 1), (3, 1, 1.5, 1), (5, 1, 1, 1), (2, 2))  # beside colour, by place
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
        caption: Markdown, which follows the figure's title (experiment.yaml); what is seen, with units, number of
            seeds or models, and the numbers.
        alt: plain text that stands for the picture.
    """

    figure: Figure
    data: pd.DataFrame
    caption: str
    alt: str


figure = Registry()  # functions of experiments' figures.py: Results → Drawing


def looks(results: "Results") -> dict:
    """How the shown models look, as options of seaborn's relplot, lineplot and scatterplot: colour, dashes, marker.

    A model has the colour of its architecture (ARCHITECTURES); of several of one architecture, or of an experiment's
    own, each further one has the next of PALETTE that is no architecture's. Its dashes and marker go by its place.

    Args:
        results: of the experiment; its tables call models by their labels.

    Returns:
        hue and style, both "model"; palette, dashes and markers by label.
    """
    architectures = {label: results.described["models"][name]["architecture"] for name, label in results.labels.items()}
    free = cycle(colour for colour in PALETTE if colour not in ARCHITECTURES.values())
    palette: dict[str, str] = {}
    for label, architecture in architectures.items():
        own = ARCHITECTURES.get(architecture)
        palette[label] = own if own and own not in palette.values() else next(free)
    places = {label: place % len(MARKERS) for place, label in enumerate(palette)}
    return {
        **{"hue": "model", "style": "model", "palette": palette},
        "dashes": {label: DASHES[place] for label, place in places.items()},
        "markers": {label: MARKERS[place] for label, place in places.items()},
    }


def counted(number: int, thing: str) -> str:
    """So many of something, for captions: 1 seed, 10 seeds."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def panels(rows: int, columns: int, height: float, **options) -> tuple[Figure, np.ndarray]:
    """A grid of axes at full width, the rows `height` inches each; always a 2-d array of axes."""
    plt.rcdefaults()
    plt.rcParams.update(STYLE)
    return plt.subplots(rows, columns, figsize=(WIDTH, rows * height), squeeze=False, **options)
