"""How far an effect lies from what a claim asks, on one scale for claims of every kind."""

import math
from collections.abc import Mapping


def distance(part: Mapping, direction: str, threshold: float) -> float | None:
    """An effect's way past its threshold, in half-widths of its interval; positive on the claim's side.

    Half of an interval that is not symmetric is the half that faces the threshold. So a part is reproduced exactly
    where this is above 1, not reproduced where it is below −1, and undetermined between (verdicts.verdict). Of a claim
    that an effect lies within bounds it is the distance from the bound that is nearer to being crossed.

    Args:
        part: mean, low and high of a part of claims.json (record.Part).
        direction: above, below or within.
        threshold: the claim's.

    Returns:
        None where there is nothing to measure; infinite where the interval has no width; 0 where it has no ends.
    """
    mean, low, high = (part[key] for key in ("mean", "low", "high"))
    if mean is None:
        return None
    if low is None:
        return 0.0
    if direction == "above":
        return _past(mean, low, high, threshold)
    from_above = -_past(mean, low, high, threshold)
    return from_above if direction == "below" else min(from_above, _past(mean, low, high, -threshold))


def _past(mean: float, low: float, high: float, bound: float) -> float:
    """How far above a bound an effect lies, in the half of its interval that faces it."""
    gap = mean - bound
    half = mean - low if gap > 0 else high - mean
    if gap == 0:
        return 0.0
    return gap / half if half > 0 else math.copysign(math.inf, gap)
