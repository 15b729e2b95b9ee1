"""Drawings of feature graphs: a component in the plane, its features coloured, its edges as wide as they are strong."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ..measure.geometry import EDGE, components, feature_graph
from ..measure.polytopes import polytope, rank_of

SWEEPS = 300  # of stress majorisation; the drawings of up to a hundred features have settled well before
WIDEST = 2.2  # points, of an edge with |cosine| one


@dataclass(frozen=True)
class Component:
    """A connected component of a model's feature graph.

    Args:
        name: its polytope (polytopes.polytope).
        features: its members' indices, ascending.
    """

    name: str
    features: tuple[int, ...]


def named_components(W: np.ndarray, threshold: float = EDGE) -> list[Component]:
    """The components of one model's feature graph, larger polytopes first, those of one name in features' order.

    Args:
        W: weights (hidden, feature).
        threshold: least |cosine| of an edge.
    """
    labels = components(W, threshold)
    members = [np.flatnonzero(labels == first) for first in np.unique(labels[labels >= 0])]
    parts = [Component(polytope(W[:, features]), tuple(features.tolist())) for features in members]
    return sorted(parts, key=lambda component: rank_of(component.name))


def planar(directions: np.ndarray) -> np.ndarray:
    """Positions (2, feature) in the plane whose distances are as near as can be to those between unit directions.

    Stress majorisation (Gansner, Koren and North 2004) from the projection on the two main axes: a digon and a regular
    polygon come out as they are, a tetrahedron as a square. The first feature is at the top, and the first that is not
    on its vertical is to the right, so that nothing depends on how the directions are rotated.

    Args:
        directions: the features' vectors (hidden, feature), none of them zero; only their directions matter.
    """
    unit = (directions / np.linalg.norm(directions, axis=0)).astype(np.float64)
    features = unit.shape[1]
    if features == 1:
        return np.zeros((2, 1))
    apart = np.linalg.norm(unit[:, :, None] - unit[:, None, :], axis=0)  # (feature, feature)
    position = _start(unit)
    for _ in range(SWEEPS):
        drawn = np.linalg.norm(position[:, :, None] - position[:, None, :], axis=0)
        ratio = np.divide(apart, drawn, out=np.zeros_like(apart), where=drawn > 1e-12)
        # The minimiser of the quadratic that lies above the stress and touches it here (Guttman transform).
        position = (position * ratio.sum(axis=1) - position @ ratio) / features
    return _upright(position - position.mean(axis=1, keepdims=True))


def _start(unit: np.ndarray) -> np.ndarray:
    """Positions (2, feature) on the two main axes, a little off, so that none lie on one another."""
    centred = unit - unit.mean(axis=1, keepdims=True)
    _, scale, axes = np.linalg.svd(centred, full_matrices=False)
    start = np.zeros((2, unit.shape[1]))
    start[: min(2, len(scale))] = scale[:2, None] * axes[:2]
    return start + 0.01 * np.random.default_rng(0).normal(size=start.shape)


def _upright(position: np.ndarray) -> np.ndarray:
    """Rotated and mirrored: the first feature at the top, the first beside its vertical to the right."""
    x, y = position[:, 0]
    radius = np.hypot(x, y)
    if radius < 1e-9:
        return position
    position = np.array([[y, -x], [x, y]]) / radius @ position
    beside = np.flatnonzero(np.abs(position[0]) > 1e-6 * radius)
    return position * np.array([[np.sign(position[0, beside[0]]) if len(beside) else 1.0], [1.0]])


def draw_component(
    axis: Axes, W: np.ndarray, colours: np.ndarray, centre: tuple[float, float], radius: float, size: float
) -> None:
    """Draw some features as dots, and edges where they are not orthogonal, as wide as their |cosine|.

    Args:
        axis: where, in its data coordinates; its aspect should be equal.
        W: weights (hidden, feature) of the component's features.
        colours: of the dots (feature, ...), as matplotlib takes them.
        centre: of the drawing.
        radius: of the circle that the dots' centres lie in; a single feature lies at the centre.
        size: area of a dot, in points squared.
    """
    position = planar(W)
    extent = np.hypot(*position).max()
    position = position * (radius / extent if extent > 0 else 1.0) + np.array(centre)[:, None]
    strength = np.triu(feature_graph(W))
    i, j = np.nonzero(strength)
    order = np.argsort(strength[i, j], kind="stable")  # the strong on top
    i, j = i[order], j[order]
    segments = np.stack([position[:, i].T, position[:, j].T], axis=1)  # (edge, end, 2)
    widths = WIDEST * strength[i, j]
    axis.add_collection(LineCollection(segments, colors="#8a8a8a", linewidths=widths, zorder=1))
    axis.scatter(*position, s=size, c=colours, linewidths=0.4, edgecolors="#333333", zorder=2)
