"""The weights of least expected loss: descents from many starts, the best of them, and its certificate."""

from dataclasses import dataclass

import numpy as np

from ..fused.compiled import compiled
from .newton import descend
from .settle import settle
from .starts import starts

AGREE = 1e-9  # starts whose loss is at most this much above the best have reached it
TIE = 1e-12  # of equally good solutions, such as one and its mirror image, the first start's is taken


@dataclass(frozen=True)
class Optimum:
    """The best weights found.

    Args:
        W: float64 (hidden, feature).
        b: float64 (feature,), zero where the model has none.
        loss: the expected loss.
        gradient_norm: Euclidean norm of its gradient by all parameters that the model has.
        least_curvature: its smallest second derivative along a unit vector, rotations of the hidden layer left out
            (curvature.least_curvature); zero where an output is never positive or counts for nothing.
        starts_agreeing: share of the starts whose loss is within AGREE of it.
    """

    W: np.ndarray
    b: np.ndarray
    loss: float
    gradient_norm: float
    least_curvature: float
    starts_agreeing: float


def optimum(
    hidden: int, bias: bool, sparsity: np.ndarray, loss_weights: np.ndarray, points: np.ndarray | None = None
) -> Optimum:
    """The least expected loss of ReLU(WᵀWx + b).

    Args:
        hidden: size of the hidden layer, 1 or 2.
        bias: whether the model has one.
        sparsity: probability that each feature is zero (feature,), at most three features.
        loss_weights: factor of each feature's squared error (feature,).
        points: where descents start (start, parameter), W row by row and then b; `starts.starts` where not given.
    """
    density = 1.0 - np.asarray(sparsity, dtype=np.float64)
    points = starts(hidden, density) if points is None else points.copy()
    free = points.shape[1] if bias else points.shape[1] - len(density)
    points[:, free:] = 0.0
    factors = np.asarray(loss_weights, dtype=np.float64)
    chosen, losses, norm, curvature = _minimise(points, free, hidden, density, factors)
    parameters = points[chosen]
    return Optimum(
        W=parameters[: -len(density)].reshape(hidden, -1),
        b=parameters[-len(density) :],
        loss=float(losses[chosen]),
        gradient_norm=float(norm),
        least_curvature=float(curvature),
        starts_agreeing=float((losses <= losses.min() + AGREE).mean()),
    )


@compiled
def _minimise(points, free, m, density, loss_weights):
    """Settle every row of points, in place: the best row, all losses, its gradient norm and least curvature."""
    count = len(points)
    reached, losses, norms, curvatures = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    for k in range(count):
        reached[k], norms[k] = descend(points[k], free, m, density, loss_weights)
        same = 0
        while abs(reached[same] - reached[k]) > TIE:
            same += 1
        if same < k:  # one solution, or its image: it settles alike
            points[k], losses[k], norms[k], curvatures[k] = points[same], losses[same], norms[same], curvatures[same]
        else:
            losses[k], norms[k], curvatures[k] = settle(points[k], reached[k], norms[k], free, m, density, loss_weights)
    best = losses.min()
    chosen = 0
    while losses[chosen] > best + TIE:
        chosen += 1
    return chosen, losses, norms[chosen], curvatures[chosen]
