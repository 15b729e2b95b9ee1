"""From effects, one per seed, to means and intervals."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..spec.claims import Scale

DIGITS = (
    9  # significant ones of an effect: linear algebra, exp and log differ in the last of sixteen between processors
)


@dataclass(frozen=True)
class Estimate:
    """An effect's mean over seeds and its interval."""

    mean: float
    low: float
    high: float


def rounded(values: np.ndarray) -> np.ndarray:
    """Effects to the digits that every processor agrees on (seed,), float64."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in np.asarray(values, dtype=np.float64)])


def estimate(values: np.ndarray, scale: Scale, level: float = 0.95) -> Estimate:
    """Mean and interval of an effect.

    Args:
        values: the effect of every seed (seed,), at least two, finite.
        scale: what kind of number it is.
        level: the interval's confidence.

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
    quantile = stdtrit(len(values) - 1, (1 + level) / 2)
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
