"""What models do with their features: from the directions of those that they represent.

Every two represented features whose directions are neither the same nor at right angles share a dimension. The graph of
such pairs tells the strategies apart, however long the vectors are: trained models rescale, so that an antipodal
partner's or a triangle's overlap is no measure of how it is arranged.
"""

import numpy as np
from superposition.measure.features import REPRESENTED, contracted, feature_norms

KINDS = ("not represented", "dedicated dimension", "antipodal pair", "triangle", "same direction", "otherwise shared")
PHASES = ("not represented", "dedicated dimension", "in superposition")
# Cosines are 0 at right angles, −1/2 in a triangle, −1 in an antipodal pair: the cuts lie half way between.
SHARED, ANTIPODAL = 0.25, -0.75


def kinds(W: np.ndarray, represented: float = REPRESENTED) -> np.ndarray:
    """What every feature is, an index into KINDS (..., feature).

    Args:
        W: weights (..., hidden, feature).
        represented: norm from which a feature counts.
    """
    W = W.astype(np.float64)
    norms = feature_norms(W)
    counts = (norms >= represented) & (norms > 0)
    directions = np.divide(W, norms[..., None, :], out=np.zeros_like(W), where=counts[..., None, :])
    cosines = contracted(directions, directions)  # (..., feature, feature)
    n = W.shape[-1]
    others = ~np.eye(n, dtype=bool)
    partners = ((np.abs(cosines) > SHARED) & others).sum(axis=-1)  # (..., feature)
    along = ((cosines > SHARED) & others).any(axis=-1)
    opposite = ((cosines < ANTIPODAL) & others).any(axis=-1)
    at_an_angle = ((cosines < -SHARED) & (cosines >= ANTIPODAL) & others).sum(axis=-1)
    in_triangle = (at_an_angle == 2) & (partners == 2)
    triangle = in_triangle.sum(axis=-1, keepdims=True) == 3
    chosen = [~counts, partners == 0, along, opposite & (partners == 1), in_triangle & triangle]
    return np.select(chosen, [0, 1, 4, 2, 3], default=5)


def phase(kind: np.ndarray) -> np.ndarray:
    """Index into PHASES of an index into KINDS (...): every way of sharing a dimension is superposition."""
    return np.minimum(kind, 2)


def paired(W: np.ndarray, first: int, second: int, represented: float = REPRESENTED) -> np.ndarray:
    """Whether two features (..., counted from 0) are an antipodal pair. Other arguments: `kinds`."""
    found = kinds(W, represented)
    opposite = (W[..., first].astype(np.float64) * W[..., second]).sum(axis=-1) < 0
    return (found[..., first] == 2) & (found[..., second] == 2) & opposite
