"""How long a curve of D* stays at a level, compared with smooth curves that go past it.

Positions are log 1/(1 − S), zero at S = 0, where D* is 1 for any model that keeps a subspace: a plateau at 1 has to
show by what lies beyond. Curves are of log D*, read between the trained sparsities along straight lines.
"""

import numpy as np
from superposition.measure.plateaus import plateaus, straight_width

UPPER, LOWER = 3 / 4, 1 / 3  # of D*: as far, as factors, above 1/2 as below it
BELOW_ONE = 3 / 4  # of D*: it has left 1 for good


def crossing(curve, positions, level):
    """Where a curve of log D* (point,) first is at or below a level of D*; NaN where it never is."""
    below = curve <= np.log(level)
    if not below.any():
        return np.nan
    i = int(below.argmax())
    if i == 0:
        return float(positions[0])
    share = (curve[i - 1] - np.log(level)) / (curve[i - 1] - curve[i])
    return float(positions[i - 1] + share * (positions[i] - positions[i - 1]))


def stay_at_one(curve, positions, tolerance):
    """Width of the stretch from S = 0 where D* ≥ 1 − tolerance, relative to that of a cubic that leaves 1 smoothly.

    The cubic, log D* = −c (log 1/(1 − S))³, reaches D* = 3/4 where the curve does, and has neither slope nor curvature
    at S = 0; a curve with either stays at 1 for less long. Zero for a curve that does not start at 1, NaN for one that
    never falls to 3/4.
    """
    if abs(np.expm1(curve[0])) > tolerance:
        return 0.0
    cubic = np.cbrt(np.log(1.0 - tolerance) / np.log(BELOW_ONE))
    return crossing(curve, positions, 1.0 - tolerance) / crossing(curve, positions, BELOW_ONE) / cubic


def stay_at_half(curve, positions, tolerance):
    """Share of the way from D* = 3/4 to 1/3 within a factor 1 + tolerance of 1/2, relative to a straight line's.

    NaN for a curve that does not go all the way.
    """
    ends = [crossing(curve, positions, level) for level in (UPPER, (1 + tolerance) / 2, 1 / (1 + tolerance) / 2, LOWER)]
    straight = 2.0 * np.log1p(tolerance) / np.log(UPPER / LOWER)
    whole = ends[3] - ends[0]
    return (ends[2] - ends[1]) / whole / straight if whole > 0 else np.nan


def widest_level(curve, positions, tolerance, longer):
    """D* of the widest plateau that does not begin at S = 0, found without being told a level; zero without one.

    Args:
        curve: log D* (point,).
        positions: log 1/(1 − S) (point,).
        tolerance: as `stay_at_half`.
        longer: how many times as wide as a straight line's between the curve's ends it has to be.
    """
    beyond = positions > 0
    found = plateaus(curve[beyond], positions[beyond], tolerance, 1)
    least = longer * straight_width(curve[beyond], positions[beyond], tolerance)
    return float(np.exp(found[0].level)) if found and found[0].width >= least else 0.0


def longest_majority(shares, positions):
    """Extent of the longest stretch where a share (point,) is above one half, along straight lines between points."""
    longest, start = 0.0, positions[0] if shares[0] > 0.5 else None
    for i in range(1, len(shares)):
        before, after = shares[i - 1], shares[i]
        if (before > 0.5) != (after > 0.5):
            between = positions[i - 1] + (0.5 - before) / (after - before) * (positions[i] - positions[i - 1])
            longest = longest if start is None else max(longest, between - start)
            start = between if after > 0.5 else None
    return longest if start is None else max(longest, positions[-1] - start)
