"""Intervals cover the true effect as often as they say, and a claim without an effect is seldom called reproduced."""

from functools import cache

import numpy as np
import pytest
from superposition.judge.verdicts import Verdict, combined, estimate, verdict

SEEDS, DRAWS = 10, 4000

# Shapes that effects over seeds have, each with its mean: differences, shares, ratios, and two kinds of optimum.
SHAPES = {
    "normal": (lambda g, size: g.normal(0.1, 0.02, size), 0.1),
    "share": (lambda g, size: g.beta(4, 2, size), 2 / 3),
    "ratio": (lambda g, size: g.lognormal(0, 0.25, size), float(np.exp(0.25**2 / 2))),
    "two kinds of optimum": (lambda g, size: g.normal(0, 1, size) + 3 * (g.random(size) < 0.2), 0.6),
    "count of five": (lambda g, size: g.binomial(5, 0.6, size).astype(float), 3.0),
}


@cache
def estimates(shape):
    draw, mean = SHAPES[shape]
    return [estimate(values) for values in draw(np.random.default_rng(20), (DRAWS, SEEDS))], mean


@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_cover_the_truth_in_92_to_98_percent(shape):
    found, mean = estimates(shape)
    coverage = np.mean([effect.low <= mean <= effect.high for effect in found])
    assert 0.92 <= coverage <= 0.98


@pytest.mark.parametrize("direction", ["above", "below", "within"])
@pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"two kinds of optimum"}))
def test_no_effect_is_called_reproduced_in_at_most_5_percent(shape, direction):
    # The true effect lies exactly at the threshold: the claim is not true, and nothing is harder to tell from it.
    found, mean = estimates(shape)
    false = np.mean([verdict(effect, direction, mean) is Verdict.REPRODUCED for effect in found])
    assert false <= 0.05


def test_where_one_seed_in_five_finds_another_optimum_no_effect_is_reproduced_in_5_to_6_percent():
    # The one shape at hand that exceeds 5 %, and only towards its long tail: Student's t takes effects as symmetric.
    found, mean = estimates("two kinds of optimum")
    false = {
        direction: np.mean([verdict(effect, direction, mean) is Verdict.REPRODUCED for effect in found])
        for direction in ("above", "below")
    }
    assert false["above"] <= 0.05
    assert 0.05 < false["below"] <= 0.06


def test_a_claim_about_three_sparsities_is_no_more_often_reproduced_by_chance():
    found, mean = estimates("normal")
    parts = [verdict(effect, "above", mean) for effect in found]
    whole = [combined(list(three)) for three in zip(parts[0::3], parts[1::3], parts[2::3], strict=False)]
    assert np.mean([word is Verdict.REPRODUCED for word in whole]) <= 0.05


def test_a_large_effect_is_found():
    found, mean = estimates("normal")
    assert np.mean([verdict(effect, "above", mean - 0.05) is Verdict.REPRODUCED for effect in found]) > 0.99
