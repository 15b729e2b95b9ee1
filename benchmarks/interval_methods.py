"""Candidates for an interval of a mean, by scale. Each takes values (draw, seed) and gives bounds (draw,) at 95 %."""

import numpy as np
from interval_shapes import Grid
from scipy import stats
from superposition.judge.intervals import estimate
from superposition.judge.pooled import pooled_values
from superposition.spec.claims import Scale

ERROR = 0.025
RESAMPLES = 999
Bounds = tuple[np.ndarray, np.ndarray]


def judged(scale: Scale):
    """What the judge uses."""

    def bounds(values):
        found = [estimate(one, scale, 1 - 2 * ERROR) for one in values]
        return np.array([one.low for one in found]), np.array([one.high for one in found])

    return bounds


def student(values: np.ndarray) -> Bounds:
    """Student's t."""
    half = stats.t.ppf(1 - ERROR, values.shape[1] - 1) * stats.sem(values, axis=1)
    return values.mean(axis=1) - half, values.mean(axis=1) + half


def _skewness(values):
    return np.nan_to_num(stats.skew(values, axis=1))


def johnson(values: np.ndarray) -> Bounds:
    """Student's t moved by the skewness (Johnson, JASA 73, 1978)."""
    move = _skewness(values) * values.std(axis=1, ddof=1) / (6 * values.shape[1])
    return tuple(end + move for end in student(values))


def hall(values: np.ndarray) -> Bounds:
    """Student's t through a cubic that removes the skewness (Hall, JRSS B 54, 1992)."""
    seeds = values.shape[1]
    quantile = stats.t.ppf(1 - ERROR, seeds - 1)
    a = _skewness(values) / (3 * np.sqrt(seeds))
    a = np.where(np.abs(a) < 1e-9, 1e-9, a)

    def end(z):
        return values.mean(axis=1) - (np.cbrt(1 + 3 * a * (z - a / 2)) - 1) / a * stats.sem(values, axis=1)

    return end(quantile), end(-quantile)


def bca(values: np.ndarray) -> Bounds:
    """Bootstrap, bias-corrected and accelerated (Efron, JASA 82, 1987)."""
    parts = [
        stats.bootstrap(
            (chunk,), np.mean, axis=1, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(0)
        ).confidence_interval
        for chunk in np.array_split(values, 20)
    ]
    return tuple(np.concatenate([getattr(part, side) for part in parts]) for side in ("low", "high"))


def bootstrap_t(values: np.ndarray) -> Bounds:
    """Bootstrap of Student's t."""
    seeds = values.shape[1]
    chosen = np.random.default_rng(0).integers(0, seeds, (RESAMPLES, seeds))
    low, high = (end.copy() for end in (values.mean(axis=1), values.mean(axis=1)))
    for i, one in enumerate(values):
        again = one[chosen]  # (resample, seed)
        error = stats.sem(again, axis=1)
        t = (again.mean(axis=1) - one.mean())[error > 0] / error[error > 0]
        if t.size:
            below, above = np.quantile(t, (ERROR, 1 - ERROR))
            low[i], high[i] = one.mean() - above * stats.sem(one), one.mean() - below * stats.sem(one)
    return low, high


def _mirrored(lower):
    """Both bounds of a share from the lower one."""
    return lambda values: (lower(values), 1 - lower(1 - values))


def _anderson(values):
    """Mean of the largest distribution function in the exact one-sided band (Anderson 1969)."""
    seeds = values.shape[1]
    band = np.minimum(np.arange(seeds) / seeds + stats.ksone.ppf(1 - ERROR, seeds), 1)  # (seed,)
    gaps = np.diff(np.sort(values, axis=1), axis=1, prepend=0.0)
    return ((1 - band) * gaps).sum(axis=1)


def _betting(values):
    """The mean against which a predictable bet has won 1/error (Waudby-Smith and Ramdas, JRSS B 86, 2024)."""
    draws, seeds = values.shape
    rank = np.arange(1, seeds + 1)
    means = (0.5 + values.cumsum(axis=1)) / (rank + 1)
    spread = (0.25 + ((values - means) ** 2).cumsum(axis=1)) / (rank + 1)
    spread = np.concatenate([np.full((draws, 1), 0.25), spread[:, :-1]], axis=1)  # what is known before each value
    bet = np.sqrt(2 * np.log(1 / ERROR) / (seeds * spread))
    low, high = np.zeros(draws), np.ones(draws)
    for _ in range(40):
        middle = ((low + high) / 2)[:, None]
        won = np.log1p(np.minimum(bet, 0.75 / middle) * (values - middle)).cumsum(axis=1).max(axis=1)
        low, high = (np.where(won > -np.log(ERROR), a, b) for a, b in ((middle[:, 0], low), (high, middle[:, 0])))
    return low


def wilson(values: np.ndarray) -> Bounds:
    """Wilson's score interval of a rate (JASA 22, 1927)."""
    seeds, rate, z2 = values.shape[1], values.mean(axis=1), stats.norm.ppf(1 - ERROR) ** 2
    half = np.sqrt(z2 * (rate * (1 - rate) / seeds + z2 / (4 * seeds**2))) / (1 + z2 / seeds)
    middle = (rate + z2 / (2 * seeds)) / (1 + z2 / seeds)
    return middle - half, middle + half


METHODS = {
    Scale.DIFFERENCE: {
        "Student's t": judged(Scale.DIFFERENCE),
        "Johnson": johnson,
        "Hall": hall,
        "BCa": bca,
        "bootstrap t": bootstrap_t,
    },
    Scale.SHARE: {
        "Gaffke": judged(Scale.SHARE),
        "Student's t": student,
        "Anderson": _mirrored(_anderson),
        "betting": _mirrored(_betting),
    },
    Scale.MEDIAN: {"order of seeds": judged(Scale.MEDIAN)},
    Scale.BINARY: {"Clopper-Pearson": judged(Scale.BINARY), "Student's t": student, "Wilson": wilson},
    Scale.RATIO: {"t of logs": judged(Scale.RATIO)},  # of the ratios themselves: log-normal differences
}


def _left_out(grid: Grid, agree: np.ndarray, moved: bool) -> np.ndarray:
    """Tukey's pseudo-values (seed,), or the same moved so that their mean is the statistic of all seeds."""
    everyone = np.arange(len(agree))
    whole = grid.statistic(agree)(everyone)
    values = len(agree) * whole - (len(agree) - 1) * np.array(
        [grid.statistic(agree)(np.delete(everyone, i)) for i in everyone]
    )
    return values - values.mean() + whole if moved else values


POOLING = {
    "halves": lambda grid, agree: pooled_values(grid.statistic(agree), len(agree)),
    "pseudo-values, moved": lambda grid, agree: _left_out(grid, agree, True),
    "pseudo-values": lambda grid, agree: _left_out(grid, agree, False),
}
