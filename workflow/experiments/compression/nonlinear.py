"""The source paper's nonlinear compression: two features of [0, 1) in one number t = (⌊Zx⌋ + y) / Z."""

import numpy as np

STEPS, WIDTH = 3, 0.1  # Z, and ε: how wide a segment is that takes the place of a jump, of the interval [0, 1)
LINEAR = {"one of both": 1 / 12, "the average": 1 / 12}  # E Σ squared errors: Var y, and E (x − y)² / 2
GRID = 1200  # points of the quadrature, of each feature


def steps(u, number, width, ramp):
    """⌊Zu⌋ for u in [0, 1], each of its Z − 1 jumps replaced by a linear segment that is `width` wide.

    Args:
        u: any shape.
        number: Z.
        width: ε.
        ramp: centred on the jump, or before it.
    """
    shift = 0.5 if ramp == "centred" else 1.0
    jumps = np.arange(1, number) / number
    return sum(np.clip((u - jump) / width + shift, 0.0, 1.0) for jump in jumps)


def encode(x, y, number, width, ramp):
    """t of two features, in [0, 1]."""
    return (steps(x, number, width, ramp) + y) / number


def decode(t, number, width, ramp):
    """Answers to x, the middle of a step, and to y, where in the step t is."""
    step = steps(t, number, width, ramp)
    return (step + 0.5) / number, number * t - step


def expected_loss(number, width, ramp):
    """E (x − x')² + (y − y')² of two independent uniform features, by the midpoint rule on GRID² points."""
    middles = (np.arange(GRID) + 0.5) / GRID
    x, y = middles[:, None], middles[None, :]
    x_answer, y_answer = decode(encode(x, y, number, width, ramp), number, width, ramp)
    return float((np.square(x - x_answer) + np.square(y - y_answer)).mean())
