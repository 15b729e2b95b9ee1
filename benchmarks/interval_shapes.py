"""Shapes that effects over seeds have, by scale: how to draw them, and the truth that an interval should hold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats
from superposition.spec.claims import Scale


@dataclass(frozen=True)
class Shape:
    """Effects of one shape.

    Args:
        draw: from a generator and a size (draw, seed), values of that size.
        truth: their mean; of ratios the geometric one, of medians the median.
        step: how far off, in power, the threshold is; a factor for ratios.
    """

    draw: Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
    truth: float
    step: float

    def threshold(self, scale: Scale, direction: str) -> float:
        """Of a claim that is true by one step."""
        sign = -1 if direction == "above" else 1
        return self.truth * self.step**sign if scale == Scale.RATIO else self.truth + sign * self.step


def _kinds(often: float, apart: float) -> Shape:
    """Normal effects, some of them of another optimum."""
    return Shape(
        lambda g, size: g.normal(0, 1, size) + apart * (g.random(size) < often),
        often * apart,
        float(np.sqrt(1 + often * (1 - often) * apart**2)),
    )


def _beta(mean: float, total: float = 10.0) -> Shape:
    return Shape(lambda g, size: g.beta(mean * total, (1 - mean) * total, size), mean, 0.25)


def _mostly(one, rare, rate: float, mean: float) -> Shape:
    """Shares of which a few seeds have others."""
    return Shape(lambda g, size: np.where(g.random(size) < rate, rare(g, size), one(g, size)), mean, 0.25)


def _binary(rate: float) -> Shape:
    return Shape(lambda g, size: (g.random(size) < rate).astype(float), rate, 0.25)


def _constant(value: float):
    return lambda g, size: np.full(size, value)


SHAPES = {
    Scale.DIFFERENCE: {
        "normal": Shape(lambda g, size: g.normal(0, 1, size), 0.0, 1.0),
        "uniform": Shape(lambda g, size: g.random(size), 0.5, 12**-0.5),
        "log-normal, sigma 0.25": Shape(lambda g, size: g.lognormal(0, 0.25, size), float(np.exp(0.25**2 / 2)), 0.26),
        "count, 0 to 5": Shape(lambda g, size: g.binomial(5, 0.6, size).astype(float), 3.0, 1.1),
        "heavy tails, t of 3": Shape(lambda g, size: g.standard_t(3, size), 0.0, 3**0.5),
        "mean of 1000 models, .95": Shape(lambda g, size: g.binomial(1000, 0.95, size) / 1000, 0.95, 0.007),
        "two kinds of optimum": _kinds(0.2, 3.0),
        "two kinds, even": _kinds(0.5, 3.0),
        "two kinds, far apart": _kinds(0.2, 10.0),
        "exponential": Shape(lambda g, size: g.exponential(1, size), 1.0, 1.0),
        "log-normal, sigma 1": Shape(lambda g, size: g.lognormal(0, 1, size), float(np.exp(0.5)), 2.16),
    },
    Scale.SHARE: {
        "uniform": _beta(0.5, 2.0),
        "beta, mean 2/3": _beta(2 / 3, 6.0),
        "beta, mean .1": _beta(0.1),
        "beta, mean .9": _beta(0.9),
        "beta, mean .95": _beta(0.95),
        "beta, mean .98": _beta(0.98),
        "1, one in five .5": _mostly(_constant(1.0), _constant(0.5), 0.2, 0.9),
        "1, one in ten .2": _mostly(_constant(1.0), _constant(0.2), 0.1, 0.92),
        "near 1, one in five low": _mostly(
            lambda g, size: g.beta(50, 1, size), lambda g, size: g.beta(2, 3, size), 0.2, 0.8 * 50 / 51 + 0.2 * 0.4
        ),
        "beta .9, one in 20 zero": _mostly(lambda g, size: g.beta(9, 1, size), _constant(0.0), 0.05, 0.95 * 0.9),
        "k of 20, .95": Shape(lambda g, size: g.binomial(20, 0.95, size) / 20, 0.95, 0.25),
        "k of 20, skewed": Shape(lambda g, size: g.binomial(20, g.beta(9.5, 0.5, size)) / 20, 0.95, 0.25),
    },
    Scale.MEDIAN: {
        "normal, median": Shape(lambda g, size: g.normal(0, 1, size), 0.0, 1.0),
        "exponential, median": Shape(lambda g, size: g.exponential(1, size), float(np.log(2)), 1.0),
        "log-normal, sigma 1, median": Shape(lambda g, size: g.lognormal(0, 1, size), 1.0, 2.16),
        "two kinds, far apart, median": Shape(
            lambda g, size: g.normal(0, 1, size) + 10.0 * (g.random(size) < 0.2), float(special.ndtri(0.625)), 1.0
        ),
        "beta, mean .95, median": Shape(
            lambda g, size: g.beta(9.5, 0.5, size), float(special.betaincinv(9.5, 0.5, 0.5)), 0.25
        ),
        "beta .9, one in 20 zero, median": Shape(
            lambda g, size: np.where(g.random(size) < 0.05, 0.0, g.beta(9, 1, size)), (0.45 / 0.95) ** (1 / 9), 0.25
        ),
    },
    Scale.BINARY: {f"rate {rate:g}": _binary(rate) for rate in (0.5, 0.8, 0.9, 0.95)},
    Scale.RATIO: {
        "log-normal, sigma 0.25": Shape(lambda g, size: g.lognormal(0, 0.25, size), 1.0, 1.25),
        "log-normal, sigma 1": Shape(lambda g, size: g.lognormal(0, 1, size), 1.0, 2.5),
        "gamma over gamma": Shape(
            lambda g, size: g.gamma(4, 1, size) / g.gamma(2, 1, size),
            float(np.exp(special.digamma(4) - special.digamma(2))),
            2.5,
        ),
    },
}

POINTS = 200  # of a grid
RIGHT = np.linspace(0.2, 0.98, POINTS)  # chance of one model to agree, by point
# Of how many models, k, at least so many have to agree for the rule to.
RULES = {
    "best model": lambda k: 1,
    "median model": lambda k: k // 2 + 1,
    "worst discarded": lambda k: k - 1,
}


@dataclass(frozen=True)
class Grid:
    """Models on a grid: the share of its points at which a rule over the models of all seeds agrees.

    Args:
        rule: one of RULES.
        alike: correlation over points of what is common to a seed's models.
    """

    rule: str
    alike: float
    step: float = 0.08

    def draw(self, generator: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
        """Which models agree (draw, seed, point), bool."""
        own = generator.normal(size=(*size, POINTS))
        common = generator.normal(size=(*size, 1))
        return np.sqrt(self.alike) * common + np.sqrt(1 - self.alike) * own < special.ndtri(RIGHT)

    def truth(self, seeds: int) -> float:
        """The expected share: models of one point are independent, so that each point is binomial."""
        return float(stats.binom.sf(RULES[self.rule](seeds) - 1, seeds, RIGHT).mean())

    def statistic(self, agree: np.ndarray) -> Callable[[np.ndarray], float]:
        """The share, as a function of the seeds to use, of models (seed, point)."""
        return lambda seeds: float((agree[seeds].sum(axis=0) >= RULES[self.rule](len(seeds))).mean())


GRIDS = {
    f"{rule}, {how}": Grid(rule, alike)
    for rule in RULES
    for how, alike in (("points independent", 0.0), ("seeds alike", 0.3))
}
