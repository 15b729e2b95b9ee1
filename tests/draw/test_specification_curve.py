"""A claim's specification curve: every reading once, those without an effect left out and counted, choices by name."""

import re

import matplotlib.pyplot as plt
import pytest
from conftest import ROOT
from judgements import AXES, claim, judgement, part, reading
from superposition.draw import specification_curve
from superposition.store.strict_yaml import read_yaml

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
    assert [axis.get_title() for axis in drawing.figure.axes[1:]] == ["ReLU", "S = 0.9"]
    assert {text.get_text() for text in drawing.figure.legends[0].texts} == {
        "✔ reproduced", "✘ not reproduced", "– not applicable", "threshold",
    }  # fmt: skip


def test_one_choice_is_named_beside_its_reading_and_several_are_a_matrix():
    assert texts(drawn(many(part(mean=0.4)), few(part()))) == ["rows: few", "✔", "default", "✔"]
    axes = AXES | {"more": AXES["rows"]}
    both = [
        known | {"choices": known["choices"] | {"more": more}}
        for known, more in ((many(part()), "many"), (few(part(mean=0.4)), "few"))
    ]
    matrix = drawn(*both, axes=axes)
    assert texts(matrix) == []
    assert [tick.get_text() for tick in matrix.figure.axes[0].get_xticklabels()] == [
        "rows: many", "rows: few", "more: many", "more: few",
    ]  # fmt: skip


def test_a_claim_about_the_mean_of_its_parts_shows_the_mean():
    parts = [part("0.1"), part("0.9"), part("mean")]
    assert list(drawn(many(*parts), few(*parts), quantifier="mean").data["part"]) == ["mean", "mean"]


def test_rows_stand_by_verdict_then_by_the_first_panel_the_claim_s_side_first():
    def order(direction):
        readings = [
            many(part(mean=0.3)),
            few(part(mean=0.9)),
            reading("c", verdict="not reproduced", parts=[part(mean=0.95)]),
            reading("d", parts=[part(mean=None, verdict="not applicable"), part("0.1")]),
        ]
        return list(dict.fromkeys(drawn(*readings, direction=direction).data["reading"]))

    assert order("above") == ["rows.few", "default", "d", "c"]
    assert order("below") == ["default", "rows.few", "d", "c"]


def test_a_claim_with_nothing_to_measure_under_any_reading_is_drawn_too():
    drawing = drawn(many(part("0.9", None, "not applicable"), verdict="not applicable"))
    assert "under each of 0 readings" in drawing.caption
    assert drawing.data.empty


def test_a_hollow_mark_is_explained_where_there_is_one():
    def named(converged):
        legend = drawn(many(part(converged=converged)), few(part())).figure.legends[0]
        return "hollow: not converged" in [text.get_text() for text in legend.texts]

    assert named(converged=False)
    assert not named(converged=True)


def test_the_threshold_is_seen_whatever_the_effects():
    drawing = drawn(many(part(mean=5.0)), few(part(mean=6.0)), threshold=0.5)
    low, high = drawing.figure.axes[1].get_xlim()
    assert low < 0.5 < high


def test_two_curves_stand_in_a_row():
    parts = [part(name) for name in ("0.1", "0.5", "0.9")]
    assert drawn(many(*parts), few(*parts)).figure.get_size_inches()[0] <= 6.75 / 2 + 0.05


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Σ ‖W_i‖ / m", "Σ ‖$W_{i}$‖ / m"),
        ("costs $5", r"costs \$5"),
        ("E(x\u0302_i − x_i)²", r"E($\hat{x}_{i}$ − $x_{i}$)²"),
        ("Σ_{j≠i} (Ŵ_i · W_j)²", r"$Σ_{j\neq i}$ ($Ŵ_{i}$ · $W_{j}$)²"),
    ],
)
def test_subscripts_are_set_as_such(text, title):
    assert specification_curve._wrapped(text) == title


def test_no_line_breaks_within_a_formula():
    formula = "1 − L(ReLU) / L(linear)"
    for words in range(5, 14):
        lines = specification_curve._wrapped("words " * words + formula).splitlines()
        assert any(formula in line for line in lines), lines


def test_no_effect_of_the_project_keeps_a_raw_underscore_or_a_line_that_ends_in_an_operator():
    files = sorted((ROOT / "workflow/experiments").glob("*/experiment.yaml"))
    effects = [claim["effect"] for file in files for claim in read_yaml(file)["claims"].values()]
    assert len(effects) > 50
    for effect in effects:
        text = specification_curve._wrapped(effect)
        assert "_" not in re.sub(r"\$[^$]*\$", "", text), text
        assert not re.search(r"[/·=−+<>≤≥(Σ]$|^[/·=−+<>≤≥)]", text, re.M), text
