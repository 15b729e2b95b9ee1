"""From effects, one per seed, to intervals and verdicts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

CONFIDENCE = 0.95
DIGITS = (
    9  # significant ones of an effect: linear algebra, exp and log differ in the last of sixteen between processors
)


class Verdict(StrEnum):
    """What the numbers say of a claim."""

    REPRODUCED = "reproduced"
    PARTLY = "partly"
    NOT_REPRODUCED = "not reproduced"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Estimate:
    """An effect's mean over seeds and its 95 % interval."""

    mean: float
    low: float
    high: float


def rounded(values: np.ndarray) -> np.ndarray:
    """Effects to the digits that every processor agrees on (seed,), float64."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in np.asarray(values, dtype=np.float64)])


def estimate(values: np.ndarray) -> Estimate:
    """Mean and 95 % interval of an effect.

    Student's t on the per-seed values: at ten seeds its coverage is near 95 % where the percentile bootstrap's and the
    BCa bootstrap's fall short (benchmarks/intervals.py; tests/judge/test_calibration.py). Effects of two models that
    share a seed's data are differences or ratios within the seed, so the interval is paired.

    Args:
        values: the effect of every seed (seed,), at least two, finite.

    Raises:
        ValueError: fewer than two values, or one that is not finite.
    """
    from scipy.special import stdtrit  # Student's t quantile; scipy.stats takes half a second to import

    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"an interval needs the effects of at least two seeds; found shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"an effect is not finite: {values.tolist()}")
    mean = float(values.mean())
    if np.ptp(values) == 0:
        return Estimate(mean, mean, mean)  # every seed agrees: nothing to infer from their spread
    quantile = stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2)
    quantile = float(f"{quantile:.12g}")  # the C library's last digit depends on the processor
    half = quantile * values.std(ddof=1) / np.sqrt(len(values))
    return Estimate(mean, float(mean - half), float(mean + half))


def pseudo_values(statistic: Callable[[np.ndarray], float], seeds: int) -> np.ndarray:
    """Jackknife pseudo-values (seed,) of a statistic that pools the seeds: n·θ − (n − 1)·θ without seed i.

    Their mean is the jackknife estimate, and Student's t on them gives its interval (Tukey 1958; Miller 1974).

    Args:
        statistic: takes the indices of the seeds to use (seed,), returns a number.
        seeds: how many there are, at least two.
    """
    everyone = np.arange(seeds)
    whole = statistic(everyone)
    without = np.array([statistic(np.delete(everyone, i)) for i in everyone])
    return seeds * whole - (seeds - 1) * without


def verdict(effect: Estimate, direction: str, threshold: float) -> Verdict:
    """The verdict on one part of a claim: whether the whole interval lies where the claim says.

    Args:
        effect: mean and interval.
        direction: "above" or "below" the threshold, or "within" ± the threshold of zero.
        threshold: the claim's threshold.
    """
    if direction == "within":
        inside = -threshold < effect.low and effect.high < threshold
        outside = effect.high < -threshold or effect.low > threshold
    elif direction == "above":
        inside, outside = effect.low > threshold, effect.high < threshold
    else:
        inside, outside = effect.high < threshold, effect.low > threshold
    if inside:
        return Verdict.REPRODUCED
    return Verdict.NOT_REPRODUCED if outside else Verdict.UNDETERMINED


def combined(parts: list[Verdict]) -> Verdict:
    """The verdict on a claim from those on its parts (sparsities, models).

    Reproduced or not reproduced where all parts are; partly where some part is reproduced and another is not
    reproduced or undetermined; undetermined else.
    """
    verdicts = set(parts)
    if len(verdicts) == 1:
        return parts[0]
    return Verdict.PARTLY if Verdict.REPRODUCED in verdicts else Verdict.UNDETERMINED
