"""A claim's specification curve: every reading once, those without an effect left out and counted, choices by name."""

import matplotlib.pyplot as plt
import pytest
from judgements import AXES, claim, judgement, part, reading
from superposition.draw import specification_curve

MODELS = {"relu": {"label": "ReLU"}}


class Judged:
    """Stands in for Results: a judgement, and labels of models."""

    def __init__(self, *readings, axes=AXES, **more):
        self.described = {"models": MODELS}
        self._judgement = judgement(claim(readings=list(readings), **more), axes=axes)

    def claims(self):
        return self._judgement


def drawn(*readings, **more):
    drawing = specification_curve.draw(Judged(*readings, **more), "claim-spreads")
    drawing.figure.draw_without_rendering()
    plt.close(drawing.figure)
    return drawing


def texts(drawing):
    return [text.get_text() for axis in drawing.figure.axes for text in axis.texts]


def many(*parts, **more):
    return reading("default", parts=list(parts), **more)


def few(*parts, **more):
    return reading("rows.few", parts=list(parts), **more)


def test_a_reading_that_is_the_same_as_another_is_left_out_and_said():
    drawing = drawn(many(part()), few(part(), same_as="default"))
    assert list(drawing.data["reading"]) == ["default"]
    assert "Left out: 1 that read the same inputs as another." in drawing.caption


def test_readings_and_parts_with_nothing_to_measure():
    nothing = part("0.9", None, "not applicable")
    gone = reading("rows.few", verdict="not applicable", parts=[part("relu", None, "not applicable"), nothing])
    drawing = drawn(many(part("relu", 0.2, "not reproduced"), nothing), gone)
    assert list(drawing.data["mean"].isna()) == [False, True]
    assert "Left out: 1 under which there is nothing to measure." in drawing.caption
    assert "0.2 (0.1 to 0.3) for ReLU; nothing to measure for S = 0.9" in drawing.alt
    assert [axis.get_title("left") for axis in drawing.figure.axes[:2]] == ["ReLU", "S = 0.9"]
    assert {text.get_text() for text in drawing.figure.legends[0].texts} == {
        "not reproduced", "not applicable", "threshold",
    }  # fmt: skip


def test_one_choice_is_named_below_its_reading_and_several_are_a_matrix():
    assert texts(drawn(many(part(mean=0.6)), few(part()))) == ["rows: few", "default"]
    axes = AXES | {"more": AXES["rows"]}
    both = [
        known | {"choices": known["choices"] | {"more": more}}
        for known, more in ((many(part()), "many"), (few(part(mean=0.4)), "few"))
    ]
    matrix = drawn(*both, axes=axes)
    assert texts(matrix) == []
    assert [tick.get_text() for tick in matrix.figure.axes[-1].get_yticklabels()] == [
        "rows: many", "rows: few", "more: many", "more: few",
    ]  # fmt: skip


def test_a_claim_about_the_mean_of_its_parts_shows_the_mean():
    parts = [part("0.1"), part("0.9"), part("mean")]
    assert list(drawn(many(*parts), few(*parts), quantifier="mean").data["part"]) == ["mean", "mean"]


@pytest.mark.parametrize(("text", "title"), [("Σ ‖W_i‖ / m", "Σ ‖$W_{i}$‖ / m"), ("costs $5", r"costs \$5")])
def test_subscripts_are_set_as_such(text, title):
    assert specification_curve._title(text) == title
