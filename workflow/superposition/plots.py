"""Plots of a bare `W`: each draws on the axes that it is given, or on new ones, and returns them.

`W` is one model's weights (hidden, feature), an array, lists or a torch tensor. A picture is kept by
`plots.gram(W).figure.savefig("gram.png")`.

Example:
    >>> import superposition
    >>> models = superposition.train(features=5, hidden=2, sparsity=0.9)
    >>> axes = superposition.plots.arrows(models.W[0])
    >>> axes.figure.savefig("arrows.png")
"""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, ListedColormap, Normalize
from numpy.typing import ArrayLike

from . import measures
from .draw.arrows import IMPORTANCE
from .draw.arrows import arrows as _draw_arrows
from .draw.canvas import PALETTE, STYLE
from .draw.graphs import Component, draw_component, named_components
from .draw.log_maps import colour_map, mixed, swatches
from .store.errors import UserError

__all__ = ["arrows", "gram", "graph", "norms", "phase_diagram"]

MARGIN = 1.3  # half the width of a picture of arrows, relative to the longest
MOST_INTERFERENCE = 2.0  # of the colour scale: an antipodal pair has 1, a pentagon 1.5
# Yellow would not be seen on white.
CROWDED = ListedColormap(matplotlib.colormaps["viridis"](np.linspace(0.0, 0.9, 256)))
PHASES = {"not represented": "#e2e2e2", "dedicated dimension": PALETTE[0], "in superposition": PALETTE[1]}
SQUARE = (3.6, 3.0)  # inches


def gram(W: ArrayLike, V: ArrayLike | None = None, ax: Axes | None = None, limit: float | None = None) -> Axes:
    """VᵀW as a heat map, which is WᵀW for tied weights: what output i (row) takes from input j (column).

    Args:
        W: encoder (hidden, feature).
        V: decoder (hidden, feature); W itself by default.
        ax: where; new axes by default.
        limit: of the colours, which go from −limit to limit; the largest entry by default.
    """
    from .draw.grids import colour_bar, heatmap  # seaborn takes a second to import

    matrix = measures.gram(measures.weights(W, axes=2), V)
    limit = limit or float(np.abs(matrix).max()) or 1.0
    with _on(ax, SQUARE) as ax:
        heatmap(ax, matrix, (-limit, limit), ticks=max(1, len(matrix) // 4), aspect="equal")
        ax.set(xlabel="input feature", ylabel="output feature")
        colour_bar(ax.figure, ax, "$W^T W$" if V is None else "$V^T W$", (-limit, limit))
    return ax


def norms(W: ArrayLike, ax: Axes | None = None) -> Axes:
    """A bar for the norm of each feature, the first on top, coloured by its interference, as in the source paper's §2.

    Args:
        W: weights (hidden, feature).
        ax: where; new axes by default.
    """
    W = measures.weights(W, axes=2)
    features = W.shape[1]
    with _on(ax, SQUARE) as ax:
        colours = CROWDED(measures.interference(W) / MOST_INTERFERENCE)
        ax.barh(np.arange(1, features + 1), measures.norms(W), height=0.9, color=colours, linewidth=0)
        ax.set(ylim=(features + 0.5, 0.5), ylabel="feature", xlabel=r"$\Vert W_i \Vert$")
        ax.yaxis.get_major_locator().set_params(integer=True)
        _colour_bar(ax, "interference", (0, MOST_INTERFERENCE), CROWDED, extend="max")
    return ax


def arrows(
    W: ArrayLike, values: ArrayLike | None = None, ax: Axes | None = None, label: str = "dimensionality"
) -> Axes:
    """The columns of a W with two hidden dimensions as arrows, each feature's number at its tip, in a unit circle.

    Features that are not represented are dots.

    Args:
        W: weights (2, feature).
        values: what colours the arrows (feature,), such as importance; dimensionality by default.
        ax: where; new axes by default.
        label: of the colour bar.

    Raises:
        UserError: W has other than two hidden dimensions.
    """
    W = measures.weights(W, axes=2)
    if len(W) != 2:
        raise UserError(f"W: found {len(W)} hidden dimensions; allowed: 2, those of the plane")
    values = measures.dimensionality(W) if values is None else np.broadcast_to(np.asarray(values, float), W.shape[1])
    low, high = float(min(values.min(), 0.0)), float(max(values.max(), 1.0))
    with _on(ax, SQUARE) as ax:
        _draw_arrows(ax, W, values, (low, high), MARGIN * max(1.0, float(measures.norms(W).max())))
        _colour_bar(ax, label, (low, high), IMPORTANCE)
    return ax


def graph(W: ArrayLike, ax: Axes | None = None) -> Axes:
    """The feature graph: a dot for each represented feature, an edge where two share dimensions, each part's polytope.

    Edges are as wide as the |cosine| of the features, dots coloured by dimensionality.

    Args:
        W: weights (hidden, feature).
        ax: where; new axes by default.
    """
    W = measures.weights(W, axes=2)
    parts = named_components(W)
    columns = max(1, int(np.ceil(np.sqrt(1.6 * len(parts)))))
    rows = max(1, -(-len(parts) // columns))
    inches = np.clip(0.6 + 0.05 * max((len(part.features) for part in parts), default=0), 0.9, 2.5)  # of a component
    with _on(ax, (inches * columns + 1.0, inches * rows + 0.2)) as ax:
        ax.set(xlim=(-0.5, columns - 0.5), ylim=(-rows + 0.3, 0.4), aspect="equal")
        ax.set_axis_off()
        for place, part in enumerate(parts):
            _component(ax, W, part, (place % columns, -(place // columns)))
        if not parts:
            ax.text((columns - 1) / 2, 0, "nothing\nrepresented", ha="center", va="center")
        _colour_bar(ax, "dimensionality", (0, 1), IMPORTANCE)
    return ax


def _component(ax: Axes, W: np.ndarray, part: Component, centre: tuple[float, float]) -> None:
    members = list(part.features)
    colours = IMPORTANCE(measures.dimensionality(W)[members])
    draw_component(ax, W[:, members], colours, centre, 0.3, float(np.clip(200 / len(members), 8, 30)))
    name = part.name.replace(" in ", "\nin ") if len(part.name) > 12 else part.name
    ax.text(centre[0], centre[1] - 0.4, name, ha="center", va="top", fontsize=6.5)


def phase_diagram(
    W: ArrayLike, importance: ArrayLike, density: ArrayLike, feature: int = -1, ax: Axes | None = None
) -> Axes:
    """What becomes of one feature at every density and importance, in the colours of the source paper's §3.

    Grey where it is not represented, blue where it has a dimension of its own, orange where it is in superposition.

    Args:
        W: weights of a model at each point (density, importance, hidden, feature).
        importance: the columns' importances (importance,), such as np.geomspace(0.1, 10, 20).
        density: the rows' densities 1 − S (density,), such as np.geomspace(1, 0.01, 20).
        feature: index of the feature; the last one by default.
        ax: where, without a legend; new axes with one by default.

    Raises:
        UserError: the shapes do not fit.
    """
    W, x, y = measures.weights(W), np.asarray(importance, float), np.asarray(density, float)
    if W.ndim != 4 or W.shape[:2] != (*y.shape, *x.shape) or min(W.shape[:2]) < 2:
        raise UserError(
            f"W: found the shape {W.shape}; allowed: (density, importance, hidden, feature), here "
            f"({', '.join(map(str, (*y.shape, *x.shape)))}, hidden, feature), at least two of each"
        )
    colours = mixed(measures.norms(W)[..., feature], measures.interference(W)[..., feature], tuple(PHASES.values()))
    is_new = ax is None
    with _on(ax, (4.8, 3.8)) as ax:
        colour_map(ax, x, y, colours)
        ax.set(xlabel="relative importance", ylabel="density $1 - S$")
        if is_new:
            swatches(ax.figure, PHASES)
    return ax


def _colour_bar(ax: Axes, label: str, limits: tuple[float, float], colours: Colormap, **options) -> None:
    ax.figure.colorbar(ScalarMappable(Normalize(*limits), colours), ax=ax, label=label, **options)


@contextmanager
def _on(ax: Axes | None, size: tuple[float, float]) -> Iterator[Axes]:
    """Axes to draw on in this project's style, which holds for nothing else that the session draws."""
    with plt.rc_context(STYLE):
        yield plt.subplots(figsize=size)[1] if ax is None else ax
