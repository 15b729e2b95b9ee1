"""From an interval to a verdict on one part, on inputs whose answers follow by hand."""

import pytest
from superposition.judge.intervals import Estimate
from superposition.judge.verdicts import ALPHA, Verdict, verdict


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


@pytest.mark.parametrize("direction", ["above", "below"])
@pytest.mark.parametrize(("low", "high"), [(0.2, 0.4), (0.4, 0.6), (0.4, 0.4)])
def test_an_interval_that_only_reaches_the_threshold_decides_nothing(direction, low, high):
    assert verdict(Estimate((low + high) / 2, low, high), direction, 0.4) is Verdict.UNDETERMINED


def test_a_verdict_is_that_of_an_interval_of_95_percent():
    assert 1 - 2 * ALPHA == 0.95


def test_no_verdict_is_partly():
    assert {str(word) for word in Verdict} == {"reproduced", "not reproduced", "undetermined", "not applicable"}
