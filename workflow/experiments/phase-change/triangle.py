"""The triangle, which the paper's closed forms for three features in two dimensions leave out (§3), computed.

At equal importance its vectors are at 120° and of one length; elsewhere it is deformed. No closed form is known to us.
"""

import numpy as np
from superposition.train.optimum.minimise import optimum

from .arrangements import TRIANGLE_OF, kinds

LENGTH, BIAS = 0.9, 0.2  # where the descent starts
DIRECTIONS = np.array([[1.0, -0.5, -0.5], [0.0, np.sqrt(0.75), -np.sqrt(0.75)]])


def triangle_loss(density: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Least expected loss (...) of a triangle, to rounding; NaN where the descent from one ends in another arrangement.

    Args:
        density: probability that a feature is not zero (...).
        relative: importance of the extra feature, the others' being one (...).
    """
    return np.vectorize(_loss, otypes=[float])(density, relative)


def _loss(density: float, relative: float) -> float:
    start = np.concatenate([LENGTH * DIRECTIONS.ravel(), np.full(3, BIAS)])
    found = optimum(2, True, np.full(3, 1.0 - density), np.array([1.0, 1.0, relative]), start[None])
    return found.loss if (kinds(found.W) == TRIANGLE_OF).all() else float("nan")
