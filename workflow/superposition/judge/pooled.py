"""From a statistic that pools the seeds to values, one per seed, that an interval can be made of."""

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from random import Random

import numpy as np

HALVES = 252  # all halves of ten seeds; of more seeds as many are drawn


def pooled_values(statistic: Callable[[np.ndarray], float], seeds: int) -> np.ndarray:
    """Values (seed,) of a statistic that pools the seeds: Student's t on them is its jackknife interval.

    Their mean is the statistic of all seeds: what is claimed of the best of ten models is not claimed of ever more,
    which Tukey's pseudo-values extrapolate to. Their variance over n is that of the jackknife that deletes half of the
    seeds (Shao and Wu, Annals of Statistics 17, 1989), which also fits statistics that jump, such as a best, a median
    or a share of decisions; deleting one seed at a time does not. A seed lies above the mean as far as the halves
    with it lie above those without it. The values of a mean over seeds are the seeds' own (ten seeds or fewer).

    Args:
        statistic: takes the indices of the seeds to use (seed,), ascending, returns a number. It is called 253 times.
        seeds: how many there are, at least two.
    """
    halves = _halves(seeds)
    whole = float(statistic(np.arange(seeds)))
    found = [float(statistic(np.array(half))) for half in halves]
    mean = math.fsum(found) / len(found)
    kept = seeds // 2
    variance = math.fsum((value - mean) ** 2 for value in found) / len(found) * kept / (seeds - kept)  # of whole
    if variance == 0:
        return np.full(seeds, whole)
    sides = [([], []) for _ in range(seeds)]  # of each seed the halves without it, and those with it
    for half, value in zip(halves, found, strict=True):
        for seed in range(seeds):
            sides[seed][seed in half].append(value)
    lead = np.array([math.fsum(inside) / len(inside) - math.fsum(out) / len(out) for out, inside in sides])
    lead -= lead.mean()
    if np.abs(lead).max() < 1e-9 * math.sqrt(variance):  # no seed matters alone; any order tells how much they vary
        lead = np.arange(seeds) - (seeds - 1) / 2
    return whole + lead * math.sqrt(variance * seeds / lead.var(ddof=1))


def _halves(seeds: int) -> Sequence[tuple[int, ...]]:
    """Sets of half of the seeds (rounded down): all, or as many as HALVES, drawn in complementary pairs."""
    kept = seeds // 2
    if math.comb(seeds, kept) <= HALVES:
        return list(combinations(range(seeds), kept))
    stream = Random(seeds)  # the same halves for every claim and on every machine
    drawn = [stream.sample(range(seeds), seeds) for _ in range(HALVES // 2)]
    return [tuple(sorted(part)) for order in drawn for part in (order[:kept], order[-kept:])]
