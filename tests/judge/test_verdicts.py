"""Intervals, verdicts, readings and influences, on inputs whose answers follow by hand."""

import numpy as np
import pytest
from superposition.judge.record import JudgedReading, Part
from superposition.judge.sensitivity import influences
from superposition.judge.verdicts import Estimate, Verdict, combined, estimate, verdict
from superposition.spec.claims import Axis
from superposition.spec.readings import reading_variants, readings


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


def axis(default, **choices):
    return Axis.model_validate(
        {"question": "?", "why": "!", "default": default, "choices": {k: {"says": k, **v} for k, v in choices.items()}}
    )


AXES = {
    "rows": axis("many", many={}, few={"change": {"data": {"train_samples": 10}}}),
    "model": axis("plain", plain={}, other={"models": {"linear": "linear-hidden-relu"}}),
    "bias": axis("b", b={"options": {"bias": "b"}}, error={"options": {"bias": "error"}}),
}


def test_one_at_a_time_is_the_default_and_each_other_choice_alone():
    chosen = readings(AXES, "one-at-a-time", "base")
    assert [reading.name for reading in chosen] == ["default", "rows.few", "model.other", "bias.error"]
    assert [reading.variant for reading in chosen] == ["base", "rows.few", "base", "base"]
    assert [reading.models for reading in chosen] == [{}, {}, {"linear": "linear-hidden-relu"}, {}]
    assert [reading.options["bias"] for reading in chosen] == ["b", "b", "b", "error"]


def test_the_product_holds_every_combination_and_trains_only_what_differs():
    chosen = readings(AXES, "product", "base")
    assert len({reading.name for reading in chosen}) == 8
    assert chosen[0].name == "default"
    assert reading_variants(AXES, "product", "base") == {"rows.few": [{"data": {"train_samples": 10}}]}


def test_a_product_leaves_out_what_cannot_be_combined():
    axes = {**AXES, "rows": axis("many", many={}, few={"excludes": {"model": ("other",)}})}
    names = {reading.name for reading in readings(axes, "product", "base")}
    assert len(names) == 6
    assert not any("rows.few" in name and "model.other" in name for name in names)


def judged(name, choices, mean, word):
    part = Part(part="all", values=(mean,), mean=mean, low=mean, high=mean, verdict=Verdict(word), converged=True)
    return JudgedReading(reading=name, choices=choices, parts=(part,), verdict=Verdict(word), converged=True)


def test_the_deciding_choice_is_the_one_that_flips_the_verdict():
    readings = [
        judged("default", {"rows": "many", "model": "plain"}, 1.0, "reproduced"),
        judged("rows.few", {"rows": "few", "model": "plain"}, 0.9, "reproduced"),
        judged("model.other", {"rows": "many", "model": "other"}, 0.4, "not reproduced"),
    ]
    first, second = influences(readings, {"rows": "many", "model": "plain"})
    assert (first.axis, first.flips, first.shift) == ("model", 1.0, pytest.approx(0.6))
    assert (second.axis, second.flips, second.shift) == ("rows", 0.0, pytest.approx(0.1))


def test_in_a_product_influence_averages_over_matched_readings():
    effects = {("many", "plain"): 1.0, ("few", "plain"): 3.0, ("many", "other"): 0.0, ("few", "other"): 4.0}
    readings = [
        judged(f"{rows}{model}", {"rows": rows, "model": model}, mean, "reproduced")
        for (rows, model), mean in effects.items()
    ]
    by_axis = {one.axis: one.shift for one in influences(readings, {"rows": "many", "model": "plain"})}
    assert by_axis == {"rows": pytest.approx(3.0), "model": pytest.approx(0.0)}
