"""What is news of the verdicts: chosen by one rule, each kind once before any twice."""

import pytest
from judgements import AXES, claim, judgement, part, reading
from superposition.judge.standing import MISSED
from superposition.report.findings import findings, source_reading


def refuted(name, mean=0.2, **more):
    parts = [part(mean=mean, verdict="not reproduced", converged=more.pop("converged", True))]
    return claim(name, readings=[reading(verdict="not reproduced", parts=parts)], **more)


def contested(name, reproduced, counted, mean=0.7):
    return claim(name, readings=[reading(parts=[part(mean=mean)])], reproduced=reproduced, counted=counted)


def missed(name):
    readings = [reading(verdict="not reproduced", parts=[part(mean=0.1, verdict="not reproduced")])]
    return claim(name, readings=readings, standing=MISSED, layers={"source": "not reproduced", "optimum": "reproduced"})


def chosen(*claims, **more):
    return [(found["claim"]["claim"], str(found["news"])) for found in findings([judgement(*claims, **more)])]


def test_one_of_each_kind_comes_first():
    claims = (contested("c", 1, 2), refuted("a"), refuted("b"), missed("m"))
    assert chosen(*claims) == [
        ("a", "not reproduced"), ("m", "true of the optimum, but missed by training"), ("c", "contested"),
    ]  # fmt: skip


def test_what_is_left_is_filled_in_the_kinds_order():
    assert [name for name, _ in chosen(contested("c", 1, 2), contested("d", 1, 3), refuted("a"), refuted("b"))] == [
        "a", "b", "c",
    ]  # fmt: skip


def test_the_effect_farthest_from_its_threshold_comes_first_but_converged_models_before_others():
    assert [name for name, _ in chosen(refuted("near", 0.3), refuted("loose", -9.0, converged=False), refuted("far", 0.1))] == [
        "far", "near", "loose",
    ]  # fmt: skip


def test_what_untrained_weights_reproduce_is_no_news():
    assert chosen(refuted("a", discriminates=False, reproduced=0, counted=2)) == []


def test_the_most_contested_is_reproduced_under_closest_to_half_of_its_readings_and_nearest_its_threshold():
    claims = (contested("far", 5, 10, mean=0.9), contested("third", 3, 9), contested("near", 5, 10, mean=0.65))
    assert [name for name, _ in chosen(*claims)] == ["near", "far", "third"]


@pytest.mark.parametrize("reproduced", [0, 4])
def test_what_every_reading_says_alike_is_not_contested(reproduced):
    assert chosen(contested("c", reproduced, 4)) == []


def test_checks_are_no_news():
    assert chosen(refuted("theorem", kind="check")) == []


def test_the_part_is_the_one_that_fails_most():
    parts = [
        part("0.1", 0.3, "not reproduced"),
        part("0.9", -2.0, "not reproduced"),
        part("0.5", None, "not applicable"),
    ]
    (found,) = findings([judgement(claim(readings=[reading(verdict="not reproduced", parts=parts)]))])
    assert found["part"]["part"] == "0.9"


def test_where_settings_have_layers_the_source_s_decide():
    choices = {"many": {"says": "many", "layer": "tuned"}, "few": {"says": "few", "layer": "source"}}
    axes = {"rows": AXES["rows"] | {"choices": choices}}
    few = reading("rows.few", "not reproduced", parts=[part(mean=0.1, verdict="not reproduced")])
    document = judgement(claim(readings=[reading(), few]), axes=axes)
    assert source_reading(document, document["claims"][0])["reading"] == "rows.few"
    (found,) = findings([document])
    assert found["news"] == "not reproduced"
