"""From a stationary point that is no minimum onwards to one that is.

Newton's method sees the curvature on the side of a kink that it comes from. Where the loss is convex there but falls
along a line on the other side, it ends in a saddle: a feature with a dimension of its own has its bias at such a kink,
and the feature that is to share the dimension does not come in.
"""

import numpy as np

from ..fused.compiled import subroutine
from .curvature import least_curvature
from .expected_loss import evaluate
from .newton import descend

ESCAPES = 5
CONVEX = -1e-8  # a least curvature from here on is none that is negative, but for rounding
FARTHEST, NEAREST = 0.3, 1e-4  # of a step away from a saddle, which is divided by three until the loss falls


@subroutine
def settle(parameters, loss, norm, free, m, density, loss_weights):
    """Leave saddles along their least curvature, in place; loss, gradient norm and least curvature where that ends."""
    size = len(parameters)
    direction, trial = np.zeros(free), np.zeros(size)
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    curvature = least_curvature(parameters, m, density, loss_weights, direction)
    for _ in range(ESCAPES):
        if curvature >= CONVEX:
            break
        step, fallen = FARTHEST, loss
        while step > NEAREST and fallen >= loss:
            trial[:] = parameters
            trial[:free] += step * direction
            fallen = evaluate(trial, m, density, loss_weights, gradient, hessian)
            step /= 3.0
        if fallen >= loss:
            break
        parameters[:] = trial
        loss, norm = descend(parameters, free, m, density, loss_weights)
        curvature = least_curvature(parameters, m, density, loss_weights, direction)
    return loss, norm, curvature
