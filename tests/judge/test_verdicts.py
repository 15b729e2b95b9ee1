"""Intervals of effects over seeds, and the verdicts that they give, on inputs whose answers follow by hand."""

import numpy as np
import pytest
from superposition.judge.verdicts import Estimate, Verdict, combined, estimate, pseudo_values, verdict


def test_the_interval_is_student_s_t():
    # Values 1, 2, 3, 4: mean 2.5, standard error sqrt(5/3)/2 = 0.645497, t(0.975, 3) = 3.182446 (tables).
    effect = estimate(np.array([1.0, 2.0, 3.0, 4.0]))
    half = 3.182446 * 0.645497
    assert (effect.mean, effect.low, effect.high) == pytest.approx((2.5, 2.5 - half, 2.5 + half), rel=1e-5)


def test_seeds_that_agree_leave_no_interval():
    assert estimate(np.full(5, 3.0)) == Estimate(3.0, 3.0, 3.0)


@pytest.mark.parametrize("values", [[1.0], [1.0, np.nan], [[1.0, 2.0]]])
def test_an_interval_needs_two_finite_values(values):
    with pytest.raises(ValueError, match=r"at least two seeds|not finite"):
        estimate(np.array(values))


@pytest.mark.parametrize(
    ("low", "high", "direction", "threshold", "expected"),
    [
        (0.2, 0.4, "above", 0.1, Verdict.REPRODUCED),
        (0.2, 0.4, "above", 0.3, Verdict.UNDETERMINED),
        (0.2, 0.4, "above", 0.5, Verdict.NOT_REPRODUCED),
        (0.2, 0.4, "below", 0.1, Verdict.NOT_REPRODUCED),
        (0.2, 0.4, "below", 0.3, Verdict.UNDETERMINED),
        (0.2, 0.4, "below", 0.5, Verdict.REPRODUCED),
        (-0.2, 0.2, "within", 0.3, Verdict.REPRODUCED),
        (-0.2, 0.4, "within", 0.3, Verdict.UNDETERMINED),
        (-0.6, -0.4, "within", 0.3, Verdict.NOT_REPRODUCED),
        (0.4, 0.6, "within", 0.3, Verdict.NOT_REPRODUCED),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(low, high, direction, threshold, expected):
    assert verdict(Estimate((low + high) / 2, low, high), direction, threshold) is expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["reproduced", "reproduced"], "reproduced"),
        (["reproduced", "not reproduced"], "partly"),
        (["reproduced", "undetermined"], "partly"),
        (["not reproduced", "not reproduced"], "not reproduced"),
        (["undetermined", "not reproduced"], "undetermined"),
        (["undetermined"], "undetermined"),
    ],
)
def test_parts_combine(parts, expected):
    assert combined([Verdict(part) for part in parts]) == expected


def test_pseudo_values_of_a_mean_are_the_values():
    values = np.array([3.0, 1.0, 4.0, 1.5])
    assert pseudo_values(lambda seeds: values[seeds].mean(), 4) == pytest.approx(values)


def test_pseudo_values_of_a_variance_have_the_unbiased_variance_as_their_mean():
    """The jackknife removes the bias of the variance that divides by n."""
    values = np.array([3.0, 1.0, 4.0, 1.5, 9.0])
    assert pseudo_values(lambda seeds: values[seeds].var(), 5).mean() == pytest.approx(values.var(ddof=1))
