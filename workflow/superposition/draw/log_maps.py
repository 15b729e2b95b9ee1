"""Marks of maps over two settings on logarithmic axes, such as phase diagrams."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch


def log_edges(centres: np.ndarray) -> np.ndarray:
    """Edges (point + 1,) of the cells around the points of a geometric range, half a step beyond either end."""
    logs = np.log(centres)
    middles = (logs[:-1] + logs[1:]) / 2
    return np.exp(np.r_[2 * logs[0] - middles[0], middles, 2 * logs[-1] - middles[-1]])


def category_map(axis: Axes, x: np.ndarray, y: np.ndarray, categories: np.ndarray, colours: tuple[str, ...]):
    """A map of categories; the axes run from the first value to the last, also where that is the smaller one.

    Args:
        axis: where.
        x: positions of the columns, a geometric range.
        y: positions of the rows, a geometric range.
        categories: index into colours (row, column).
        colours: of the categories.
    """
    palette = ListedColormap(colours)
    return _map(axis, x, y, categories, cmap=palette, vmin=-0.5, vmax=len(colours) - 0.5)


def colour_map(axis: Axes, x: np.ndarray, y: np.ndarray, colours: np.ndarray):
    """A map of colours (row, column, rgb); arguments as in `category_map`."""
    return _map(axis, x, y, colours)


def _map(axis: Axes, x: np.ndarray, y: np.ndarray, values: np.ndarray, **options):
    edges = log_edges(x), log_edges(y)
    mesh = axis.pcolormesh(*edges, values, rasterized=True, **options)
    axis.set(xscale="log", yscale="log", xlim=edges[0][[0, -1]], ylim=edges[1][[0, -1]])
    axis.spines[["top", "right"]].set_visible(True)
    axis.minorticks_off()
    return mesh


def swatches(figure: Figure, colours: dict[str, str], **options) -> None:
    """A legend of colours below the panels: label → colour."""
    handles = [Patch(facecolor=colour, edgecolor="#444444", linewidth=0.4) for colour in colours.values()]
    figure.legend(handles, list(colours), loc="outside lower center", **{"ncols": len(colours), **options})


def mixed(strength: np.ndarray, sharing: np.ndarray, colours: tuple[str, str, str]) -> np.ndarray:
    """Colours (..., rgb) of two numbers from 0 to 1, values beyond them cut off.

    Args:
        strength: (...): at 0 the first colour, whatever the sharing.
        sharing: (...): at full strength, from the second colour at 0 to the third at 1.
        colours: of nothing, of full strength alone, and of full strength shared.
    """
    nothing, alone, shared = (np.array(to_rgb(colour)) for colour in colours)
    strength, sharing = (np.clip(part, 0.0, 1.0)[..., None] for part in (strength, sharing))
    return (1 - strength) * nothing + strength * ((1 - sharing) * alone + sharing * shared)
