"""Features of two hidden dimensions as arrows in the plane: turned into one orientation, and drawn."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.patches import Circle

from ..measure.features import REPRESENTED, feature_norms

OFF_LINE = 0.1  # sine of the angle from which a feature counts as off another's line
# Important features dark; the palest fifth of the scale would not be seen on white.
IMPORTANCE = ListedColormap(matplotlib.colormaps["viridis_r"](np.linspace(0.2, 1.0, 256)))


def upright(W: np.ndarray) -> np.ndarray:
    """W turned and mirrored: the first represented feature points up, the next one off its line to the right.

    With tied weights and no ReLU on the hidden layer a model computes the same for every rotation and reflection of W,
    so pictures of two models can be compared only once that is settled.

    Args:
        W: weights (2, feature).

    Returns:
        The turned weights, float64 (2, feature); as they are where no feature is represented.

    Raises:
        ValueError: the weights have not two hidden dimensions.
    """
    if W.shape[0] != 2:
        raise ValueError(f"arrows lie in two dimensions; found {W.shape[0]}")
    W = W.astype(np.float64)
    norms = feature_norms(W)
    represented = np.flatnonzero(norms >= REPRESENTED)
    if len(represented) == 0:
        return W
    x, y = W[:, represented[0]] / norms[represented[0]]
    turned = np.array([[y, -x], [x, y]]) @ W
    sideways = turned[0, represented] / norms[represented]
    off = sideways[np.abs(sideways) > OFF_LINE]
    return turned * np.array([[-1.0 if len(off) and off[0] < 0 else 1.0], [1.0]])


def arrows(axis: Axes, W: np.ndarray, values: np.ndarray, limits: tuple[float, float], reach: float):
    """Draw a model's features as arrows from the origin, with their numbers, in a unit circle.

    Features that are not represented are dots, without a number, since they would hide one another.

    Args:
        axis: where.
        W: weights (2, feature).
        values: what colours each feature's arrow (feature,), such as its importance.
        limits: least and largest value of the colour scale.
        reach: half the width of the picture.

    Returns:
        The arrows, for a colour bar.
    """
    axis.add_patch(Circle((0, 0), 1, fill=False, edgecolor="#bbbbbb", linewidth=0.7, linestyle="--"))
    axis.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    seen = feature_norms(W) >= REPRESENTED
    scale = {"cmap": IMPORTANCE, "norm": Normalize(*limits)}
    axis.scatter(*W[:, ~seen], c=values[~seen], s=9, linewidth=0, zorder=3, **scale)
    x, y = W[:, seen]
    options = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.018, "zorder": 2}
    drawn = axis.quiver(np.zeros_like(x), np.zeros_like(y), x, y, values[seen], **options, **scale)
    for number in np.flatnonzero(seen):
        position = W[:, number] * (1 + 0.14 * reach / np.hypot(*W[:, number]))
        axis.text(*position, f"{number + 1}", ha="center", va="center", fontsize=8)
    return drawn
