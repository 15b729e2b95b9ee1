"""Readings of a specification: one at a time or every combination, without those that exclude one another."""

from superposition.spec.claims import Axis
from superposition.spec.readings import reading_variants, readings


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
