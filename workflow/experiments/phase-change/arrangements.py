"""How features are arranged: the graph of the cosines between represented ones, and a feature's place in it.

Two represented features are joined where |cos| > EDGE. A feature is one of KINDS:

- not represented: its norm is below the stated one;
- dedicated: joined to none, it has a dimension of its own;
- confused: along another, cos ≥ PARALLEL, as W_1 = W_2 = 1/√2 in one dimension;
- triangle: joined to two features that are joined too, all three cosines within TRIANGLE of −1/2, that of 120°;
- antipodal: against another, cos ≤ −PARALLEL;
- otherwise superposed: joined, but in none of these ways, as between a triangle and an antipodal pair.

The first that holds, in this order, counts. An absolute overlap Σ_j (Ŵ_i · W_j)² does not tell these apart: it is 1/2
for a triangle of unit vectors, half of an antipodal partner's, and falls with the square of norms, which are below one.
"""

import numpy as np
from superposition.measure.features import REPRESENTED, contracted, feature_norms

KINDS = (
    "not represented", "dedicated dimension", "same direction", "triangle", "antipodal pair", "otherwise superposed",
)  # fmt: skip
NOT_REPRESENTED, DEDICATED, CONFUSED, TRIANGLE_OF, ANTIPODAL, OTHERWISE = range(len(KINDS))
PHASE_OF_KIND = np.array([0, 1, 2, 2, 2, 2])  # index into phases.PHASES
EDGE = 0.25  # 14.5° off a right angle
PARALLEL = 0.9  # within 26° of one line
TRIANGLE = 0.25  # 104° to 139°


def cosines(W: np.ndarray, represented: float = REPRESENTED) -> np.ndarray:
    """Cosines (..., feature, feature) between features, zero with those that are not represented and on the diagonal.

    Args:
        W: weights (..., hidden, feature).
        represented: norm from which a feature counts as represented.
    """
    W = np.asarray(W, dtype=np.float64)
    norms = feature_norms(W)[..., None, :]
    directions = np.divide(W, norms, out=np.zeros_like(W), where=(norms >= represented) & (norms > 0.0))
    return contracted(directions, directions) * (1.0 - np.eye(W.shape[-1]))


def kinds(W: np.ndarray, represented: float = REPRESENTED) -> np.ndarray:
    """What became of every feature (..., feature), an index into KINDS. Arguments: `cosines`."""
    W = np.asarray(W, dtype=np.float64)
    between = cosines(W, represented)
    conditions = [
        feature_norms(W) < represented,
        ~(abs(between) > EDGE).any(axis=-1),
        (between >= PARALLEL).any(axis=-1),
        _in_triangle(between),
        (between <= -PARALLEL).any(axis=-1),
    ]
    return np.select(conditions, [NOT_REPRESENTED, DEDICATED, CONFUSED, TRIANGLE_OF, ANTIPODAL], OTHERWISE)


def _in_triangle(between: np.ndarray) -> np.ndarray:
    """Whether each feature (..., feature) is in a triangle: closed walks of three edges at about 120°."""
    edges = (abs(between + 0.5) <= TRIANGLE).astype(np.float64)
    return (edges * contracted(edges, edges)).sum(axis=-1) > 0.0


def extra_kind(W: np.ndarray, represented: float = REPRESENTED) -> np.ndarray:
    """What became of the extra feature, the last one (...). Arguments: `cosines`."""
    return kinds(W, represented)[..., -1]


def phase_by_geometry(W: np.ndarray, represented: float = REPRESENTED) -> np.ndarray:
    """Phase of the extra feature (...), an index into phases.PHASES, by its place among the others, not by an overlap.

    Arguments: `cosines`.
    """
    return PHASE_OF_KIND[extra_kind(W, represented)]


def paired(W: np.ndarray, first: int, second: int, represented: float = REPRESENTED) -> np.ndarray:
    """Whether two features (...), counted from 0, are an antipodal pair. Other arguments: `cosines`."""
    opposite = cosines(W, represented)[..., first, second] <= -PARALLEL
    found = kinds(W, represented)
    return opposite & (found[..., first] == ANTIPODAL) & (found[..., second] == ANTIPODAL)
