"""The scale of the verdict board says what the verdict says, whatever the direction and the shape of the interval."""

from itertools import product
from math import inf

import pytest
from superposition.judge.distance import distance
from superposition.judge.intervals import Estimate
from superposition.judge.verdicts import Verdict, verdict


def effect(low, mean, high):
    return {"low": low, "mean": mean, "high": high}


@pytest.mark.parametrize("direction", ["above", "below", "within"])
@pytest.mark.parametrize("threshold", [0.5, 0.05])
def test_beyond_one_half_width_a_part_holds_and_beyond_minus_one_it_fails(direction, threshold):
    for mean, left, right in product((-2.0, -0.6, -0.3, 0.0, 0.04, 0.2, 0.55, 0.7, 3.0), (0.02, 0.3, 1.1), (0.03, 0.4)):
        x = distance(effect(mean - left, mean, mean + right), direction, threshold)
        expected = Verdict.REPRODUCED if x > 1 else Verdict.NOT_REPRODUCED if x < -1 else Verdict.UNDETERMINED
        assert verdict(Estimate(mean, mean - left, mean + right), direction, threshold) is expected


def test_the_half_that_faces_the_threshold_is_the_unit():
    assert distance(effect(0.3, 0.7, 0.8), "above", 0.5) == pytest.approx(0.5)
    assert distance(effect(0.3, 0.7, 0.8), "below", 0.5) == pytest.approx(-0.5)
    assert distance(effect(0.1, 0.2, 0.6), "above", 0.5) == pytest.approx(-0.75)


def test_within_bounds_the_nearer_one_counts():
    assert distance(effect(0.2, 0.3, 0.4), "within", 0.5) == pytest.approx(2)
    assert distance(effect(-0.8, -0.7, -0.6), "within", 0.5) == pytest.approx(-2)


def test_no_width_no_ends_and_nothing_to_measure():
    assert distance(effect(1.0, 1.0, 1.0), "above", 0.5) == inf
    assert distance(effect(1.0, 1.0, 1.0), "below", 0.5) == -inf
    assert distance(effect(0.5, 0.5, 0.5), "above", 0.5) == 0
    assert distance(effect(None, 1.0, None), "above", 0.5) == 0
    assert distance(effect(None, None, None), "above", 0.5) is None
