"""Levels that values stick to: those that theory names, and those that a curve shows by itself."""

from bisect import insort
from dataclasses import dataclass

import numpy as np

# D_i of the tetrahedron, triangle, digon, pentagon and square antiprism, and of a feature that is not represented
# ("Toy Models of Superposition", §4).
FRACTIONS = (3 / 4, 2 / 3, 1 / 2, 2 / 5, 3 / 8, 0.0)


@dataclass(frozen=True)
class Plateau:
    """A stretch of a curve where it stays near one level.

    Args:
        level: the median of the values there.
        first: position of its first point.
        last: position of its last point.
    """

    level: float
    first: float
    last: float

    @property
    def width(self) -> float:
        """Its extent in position; up to a grid spacing at each end may be missing."""
        return self.last - self.first


def plateaus(values: np.ndarray, positions: np.ndarray, tolerance: float, count: int) -> list[Plateau]:
    """The widest flat stretches of a curve, widest first, found without being told any level.

    A stretch is a run of two or more consecutive points that all lie within ± tolerance of the run's median. The median
    keeps a level where most points have it: where a slope follows, half the tolerance's run of it is counted in, not
    all. The widest run is taken, then the widest that shares no point with those taken, and so on; of equally wide ones
    the one with the smaller largest deviation, then the first.

    Any curve has runs: compare the widths with `straight_width`, what a straight line with the same total fall shows.

    Args:
        values: the curve (point,), such as D*.
        positions: where its points lie (point,), ascending, such as log 1/(1 − S).
        tolerance: half the band that a stretch may fill.
        count: how many to return at most; fewer where the curve has fewer.

    Raises:
        ValueError: the shapes differ, the positions do not ascend, or a number is not finite.
    """
    values, positions = _curve(values, positions)
    # In hundredths of the finest spacing: a grid's rounding must not decide between runs of equally many points.
    unit = np.diff(positions).min(initial=1.0) / 100.0
    runs = sorted(
        (round((positions[i] - positions[j]) / unit), off, i, j) for i, j, off in _flat_runs(values, tolerance)
    )
    taken: list[tuple[int, int]] = []
    for _, _, i, j in runs:
        if len(taken) == count:
            break
        if all(j < start or end < i for start, end in taken):
            taken.append((i, j))
    return [Plateau(float(np.median(values[i : j + 1])), float(positions[i]), float(positions[j])) for i, j in taken]


def straight_width(values: np.ndarray, positions: np.ndarray, tolerance: float) -> float:
    """Width of the run that `plateaus` would find on a straight line between the curve's extremes.

    A line that falls by Δ over an extent X stays within ± tolerance of a level over 2 · tolerance · X/Δ, at most X. A
    plateau several times as wide is one. A curve that falls exponentially or in some other bent way has wider runs than
    its line where it is flattest, so that a single factor of two says little.

    Raises:
        ValueError: as `plateaus`.
    """
    values, positions = _curve(values, positions)
    extent, fall = float(np.ptp(positions)), float(np.ptp(values))
    return extent if fall <= 2.0 * tolerance else 2.0 * tolerance * extent / fall


def _curve(values: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both in float64, checked."""
    values, positions = np.asarray(values, dtype=np.float64), np.asarray(positions, dtype=np.float64)
    if values.ndim != 1 or values.shape != positions.shape or len(values) == 0:
        raise ValueError(f"a curve needs as many values as positions; found {values.shape} and {positions.shape}")
    if not (np.isfinite(values).all() and np.isfinite(positions).all()):
        raise ValueError("a value or position of the curve is not finite")
    if (np.diff(positions) <= 0).any():
        raise ValueError("the curve's positions do not ascend")
    return values, positions


def _flat_runs(values: np.ndarray, tolerance: float) -> list[tuple[int, int, float]]:
    """Every run (first, last, largest deviation) of two or more points within ± tolerance of its median."""
    rounding = 1e-9 * tolerance  # so that a value at the edge does not depend on its last bit
    runs = []
    for i in range(len(values)):
        ordered: list[float] = []  # the run's values, ascending
        for j in range(i, len(values)):
            insort(ordered, float(values[j]))
            if ordered[-1] - ordered[0] > 2.0 * tolerance + rounding:
                break  # the spread only grows with further points
            middle = (ordered[(j - i) // 2] + ordered[(j - i + 1) // 2]) / 2.0
            off = max(ordered[-1] - middle, middle - ordered[0])
            if j > i and off <= tolerance + rounding:
                runs.append((i, j, off))
    return runs
