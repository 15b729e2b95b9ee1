"""Closed forms of the phase change ("Toy Models of Superposition", §3): two features in one dimension, three in two.

The models are ReLU(WᵀWx + b) with loss Σ_i I_i E(x_i − x'_i)². Each feature is U[0, 1] with probability s, the
density, and else zero, so that E[x_i] = s/2 and Var(x_i) = s/3 − s²/4. One feature, the extra, has importance r; the
others have one. Four solutions of unit vectors are compared, without negative bias or rescaling:

- A feature is ignored: W_i = 0, b_i = s/2. Its answer is its mean, its loss I_i Var(x_i); the others have a dimension
  each, b = 0, and no loss. Ignoring the first costs s/3 − s²/4, the extra r times that.
- Two features i and j are antipodal: W_i = −W_j, b = 0. The answers are ReLU(x_i − x_j) and ReLU(x_j − x_i), so that
  both are off by min(x_i, x_j). That is zero unless both are on, which has probability s², and then E[min²] =
  ∫ u² · 2(1 − u) du = 1/6. The loss is (I_i + I_j) s²/6: (1 + r)s²/6 with the extra, and s²/3 without it, where there
  are three features.

The least of them is the phase. Antipodal with the extra beats ignoring it where (1 + r)s/6 < r(1/3 − s/4), which is
s < 4r/(2 + 5r), and beats ignoring the first where (1 + r)s/6 < 1/3 − s/4, which is s < 4/(5 + 2r). They meet at r = 1,
s = 4/7. Antipodal without the extra beats ignoring the first where s/3 < 1/3 − s/4, which is s < 4/7, and beats
antipodal with it where r > 1. The losses cross at different slopes: the minimum has a kink, a first-order change.
"""

import numpy as np

SOLUTIONS = ("ignore first", "ignore extra", "antipodal with extra", "antipodal among the others")  # the last: n = 3
PHASES = ("not represented", "dedicated dimension", "in superposition")
PHASE_OF_SOLUTION = np.array([1, 0, 2, 1])  # what becomes of the extra feature: index into PHASES
TRIPLE_POINT = (1.0, 4.0 / 7.0)  # relative importance and density where the phases meet


def solution_losses(density: np.ndarray, relative: np.ndarray, features: int) -> np.ndarray:
    """Loss (solution, ...) of each of SOLUTIONS; the last of them only where there are three features.

    Args:
        density: probability s that a feature is not zero (...).
        relative: importance r of the extra feature, the others' being one (...).
        features: 2, in one hidden dimension, or 3, in two.

    Raises:
        ValueError: another number of features.
    """
    _check(features)
    s, r = np.broadcast_arrays(np.asarray(density, dtype=np.float64), np.asarray(relative, dtype=np.float64))
    variance = s / 3.0 - s**2 / 4.0
    losses = [variance, r * variance, (1.0 + r) * s**2 / 6.0, s**2 / 3.0]
    return np.stack(losses[: features + 1])


def loss_slopes(density: float, features: int) -> np.ndarray:
    """Derivative (solution,) of each solution's loss by the extra's importance, in which all are linear."""
    return np.diff(solution_losses(density, np.array([1.0, 2.0]), features), axis=1)[:, 0]


def best_solution(density: np.ndarray, relative: np.ndarray, features: int) -> np.ndarray:
    """Index into SOLUTIONS (...) of the least loss; the first of several equal ones. Arguments: `solution_losses`."""
    return solution_losses(density, relative, features).argmin(axis=0)


def extra_phase(density: np.ndarray, relative: np.ndarray, features: int) -> np.ndarray:
    """What becomes of the extra feature (...), an index into PHASES. Arguments: `solution_losses`."""
    return PHASE_OF_SOLUTION[best_solution(density, relative, features)]


def superposition_boundary(relative: np.ndarray, features: int) -> np.ndarray:
    """Density (...) below which the extra feature is in superposition; zero where it never is (three, r > 1).

    Above it the extra feature is not represented where r < 1, and has a dimension where r > 1; the line r = 1 above
    TRIPLE_POINT parts the two.

    Args:
        relative: importance of the extra feature (...).
        features: 2 or 3.

    Raises:
        ValueError: another number of features.
    """
    _check(features)
    r = np.asarray(relative, dtype=np.float64)
    return np.where(r <= 1.0, 4.0 * r / (2.0 + 5.0 * r), 4.0 / (5.0 + 2.0 * r) if features == 2 else 0.0)


def packing_boundary(relative: np.ndarray, features: int) -> np.ndarray:
    """Density (...) below which some features are antipodal: where the least loss has its kink.

    As `superposition_boundary`, but 4/7 for three features and r > 1, where the two others pair up.
    """
    r = np.asarray(relative, dtype=np.float64)
    return np.where((features == 3) & (r > 1.0), TRIPLE_POINT[1], superposition_boundary(r, features))


def _check(features: int) -> None:
    if features not in (2, 3):
        raise ValueError(f"closed forms hold for 2 features in one dimension and 3 in two; found {features}")


def off_boundary(phases: np.ndarray) -> np.ndarray:
    """Whether a grid's point (..., row, column) and all its neighbours, diagonal ones too, have one phase.

    A point on the grid's edge has only the neighbours that exist.
    """
    edges = [(0, 0)] * (phases.ndim - 2) + [(1, 1), (1, 1)]
    around = np.lib.stride_tricks.sliding_window_view(np.pad(phases, edges, mode="edge"), (3, 3), axis=(-2, -1))
    return (around == phases[..., None, None]).all(axis=(-2, -1))
