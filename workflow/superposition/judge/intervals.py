"""From effects, one per seed, to means and intervals: for each kind of effect the interval that fits it.

docs/judging.md says why these, and `python benchmarks/intervals.py` prints how often they err.
"""

import math
from dataclasses import dataclass

import numpy as np

from ..spec.claims import Scale

# Significant ones of an effect: linear algebra, exp and log differ in the last of sixteen between processors.
DIGITS = 9
LARGEST = 700.0  # logarithm of a ratio that is still a number
FINER = 12  # of an interval's ends and a distribution's quantiles, for the same reason

# What the report calls each interval.
INTERVALS = {
    Scale.DIFFERENCE: "Student's t over seeds",
    Scale.SHARE: "Gaffke's bounds for a mean between 0 and 1",
    Scale.MEDIAN: "exact interval of the median, by the seeds' order",
    Scale.BINARY: "exact binomial (Clopper–Pearson)",
    Scale.RATIO: "Student's t of logarithms over seeds",
    Scale.POOLED: "jackknife over halves of the seeds, Student's t",
}


@dataclass(frozen=True)
class Estimate:
    """An effect's mean over seeds and its interval; of a ratio the geometric mean, of a median scale the median."""

    mean: float
    low: float
    high: float


def rounded(values: np.ndarray) -> np.ndarray:
    """Effects to the digits that every processor agrees on (seed,), float64."""
    return np.array([_to(DIGITS, value) for value in np.asarray(values, dtype=np.float64)])


def estimate(values: np.ndarray, scale: Scale, level: float = 0.95) -> Estimate:
    """Mean and interval of an effect; each end alone errs with probability (1 − level)/2, and intervals are nested.

    Where all seeds agree, a binary effect and a share still have an interval. A difference, a ratio and a pooled
    statistic have none: real numbers with noise never agree, so that agreement says that there is no noise, as of an
    exact optimum. A count that may reach its ceiling is to be given as a share.

    Args:
        values: the effect of every seed (seed,), at least two, finite; in the range of its scale.
        scale: what kind of number it is.
        level: the interval's confidence, between 0 and 1.

    Raises:
        ValueError: fewer than two values, one that is not finite or not in its scale's range, or no such level.
    """
    values = _checked(values, Scale(scale))
    if not 0 < level < 1:
        raise ValueError(f"a level of confidence is between 0 and 1; found {level}")
    error = (1 - level) / 2
    mean, low, high = _METHODS[Scale(scale)](values, error)
    return Estimate(_to(FINER, mean), _to(FINER, low), _to(FINER, high))


def _checked(values: np.ndarray, scale: Scale) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"an interval needs the effects of at least two seeds; found shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"an effect is not finite: {values.tolist()}")
    fits, range_ = {
        Scale.BINARY: (np.isin(values, (0.0, 1.0)), "0 or 1"),
        Scale.SHARE: ((values >= 0) & (values <= 1), "from 0 to 1"),
        Scale.RATIO: (values > 0, "above 0"),
    }.get(scale, (np.True_, ""))
    if not fits.all():
        raise ValueError(f"a {scale} is {range_}; found {values[~fits].tolist()}")
    return values


def _student(values: np.ndarray, error: float) -> tuple[float, float, float]:
    """Student's t interval (Biometrika 6, 1908)."""
    from scipy.special import stdtrit  # its quantile; scipy.stats takes half a second to import

    seeds = len(values)
    mean = math.fsum(values) / seeds
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0]), float(values[0])
    deviation = math.sqrt(math.fsum((values - mean) ** 2) / (seeds - 1))
    half = _to(FINER, stdtrit(seeds - 1, 1 - error)) * deviation / math.sqrt(seeds)
    return mean, mean - half, mean + half


def _student_of_logs(values: np.ndarray, error: float) -> tuple[float, float, float]:
    """The same of logarithms, and back: a factor and its inverse are as likely."""
    ends = _student(np.array([math.log(value) for value in values]), error)
    mean, low, high = (math.exp(min(max(end, -LARGEST), LARGEST)) for end in ends)
    return mean, low, high


def _binomial(values: np.ndarray, error: float) -> tuple[float, float, float]:
    """Clopper and Pearson's interval (Biometrika 26, 1934), by quantiles of the beta distribution."""
    from scipy.special import betaincinv

    seeds, ones = len(values), int(values.sum())
    low = float(betaincinv(ones, seeds - ones + 1, error)) if ones else 0.0
    high = 1.0 - float(betaincinv(seeds - ones, ones + 1, error)) if ones < seeds else 1.0
    return ones / seeds, low, high


def _median(values: np.ndarray, error: float) -> tuple[float, float, float]:
    """The median's interval, whatever the distribution (Thompson, Annals of Mathematical Statistics 7, 1936).

    At most j − 1 of n seeds lie below the median with the probability that a fair coin has: the j-th value is a lower
    bound where that is no more than the error. Without such a value there is no bound.
    """
    seeds, ordered = len(values), np.sort(values)
    below = np.cumsum([math.comb(seeds, k) for k in range(seeds)]) / 2**seeds  # (k,): at most k seeds
    rank = int((below <= error).sum())  # j
    ends = (float(ordered[rank - 1]), float(ordered[-rank])) if rank else (-math.inf, math.inf)
    return float(np.median(values)), *ends


def _bounded(values: np.ndarray, error: float) -> tuple[float, float, float]:
    """Gaffke's bounds for the mean of what lies between 0 and 1, whatever its distribution."""
    mean = math.fsum(values) / len(values)
    return mean, _lower(values, error), 1.0 - _lower(1.0 - values, error)


def _lower(values: np.ndarray, error: float) -> float:
    """Lower bound of the mean of what is not negative, from values (seed,).

    The error's quantile of Σ D_i x_(i), x_(0) = 0 and D uniform over the n + 1 weights that add up to one (Gaffke 2005;
    Learned-Miller and Thomas, arXiv:1905.06208). Of zeros and ones it is Clopper and Pearson's, of n equal values x
    it is x · error^(1/n).
    """
    knots = [0.0, *sorted(values.tolist())]
    low, high = 0.0, knots[-1]
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        if _mixture_below(middle, knots) < error:
            low = middle
        else:
            high = middle
    return low


def _mixture_below(point: float, knots: list[float]) -> float:
    """Probability that a mixture of knots, ascending, with weights uniform over the simplex, is at most the point.

    By Hermite and Genocchi's formula it is a divided difference of a truncated power, here by its recurrence: of knots
    i to j, the probability is a weighted mean of those without i and without j, as with B-splines (de Boor 1972).
    Nothing is subtracted that could cancel.
    """
    below = [knot for knot in reversed(knots) if knot <= point]
    chances = [1.0] * len(below)  # of knots i to j, at first with none above the point
    for above in knots[len(below) :]:
        chance = 0.0  # of knots that are all above it
        for i, knot in enumerate(below):
            chance = ((above - point) * chance + (point - knot) * chances[i]) / (above - knot)
            chances[i] = chance
    return chances[-1]


def _to(digits: int, value: float) -> float:
    return float(f"{value:.{digits}g}")


_METHODS = {
    Scale.DIFFERENCE: _student,
    Scale.SHARE: _bounded,
    Scale.MEDIAN: _median,
    Scale.BINARY: _binomial,
    Scale.RATIO: _student_of_logs,
    Scale.POOLED: _student,
}
