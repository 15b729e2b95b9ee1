"""Which choice of a reading decides a verdict, on readings whose answers follow by hand."""

import pytest
from superposition.judge.record import JudgedReading, Part
from superposition.judge.sensitivity import influences
from superposition.judge.verdicts import Verdict


def judged(name, choices, mean, word, same_as=None):
    part = Part(part="all", values=(mean,), mean=mean, low=mean, high=mean, verdict=Verdict(word), converged=True)
    return JudgedReading(
        reading=name,
        choices=choices,
        same_as=same_as,
        parts=(part,),
        verdict=Verdict(word),
        holds=1,
        of=1,
        converged=True,
    )


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


def test_an_axis_that_reaches_nothing_the_claim_reads_is_left_out():
    readings = [
        judged("default", {"rows": "many", "model": "plain"}, 1.0, "reproduced"),
        judged("rows.few", {"rows": "few", "model": "plain"}, 1.0, "reproduced", same_as="default"),
        judged("model.other", {"rows": "many", "model": "other"}, 0.4, "not reproduced"),
    ]
    assert [known.axis for known in influences(readings, {"rows": "many", "model": "plain"})] == ["model"]


def test_where_a_choice_leaves_nothing_to_measure_there_is_a_flip_and_no_shift():
    empty = Part(
        part="all", values=(None,), mean=None, low=None, high=None, verdict=Verdict.NOT_APPLICABLE, converged=True
    )
    other = judged("model.other", {"model": "other"}, 0.4, "not applicable").model_copy(update={"parts": (empty,)})
    (only,) = influences([judged("default", {"model": "plain"}, 1.0, "reproduced"), other], {"model": "plain"})
    assert (only.flips, only.shift) == (1.0, 0.0)
