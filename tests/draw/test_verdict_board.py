"""The verdict board: claims by verdict, parts as marks on one scale, and signs that need no colour."""

import hashlib
from types import SimpleNamespace

import matplotlib.pyplot as plt
from judgements import claim, judgement, part, reading
from superposition.draw import verdict_board
from superposition.draw.pictures import picture

MIXED = (
    claim("fails", "not reproduced", [reading(verdict="not reproduced", parts=[part(mean=0.2, verdict="not reproduced")])]),
    claim("far-beyond", readings=[reading(parts=[part(mean=9.0)])], threshold=0.5, discriminates=False),
    claim("nothing", readings=[reading(verdict="not applicable", parts=[part("0.9", None, "not applicable")])]),
    claim("theorem", kind="check"),
)  # fmt: skip


def drawn(*claims):
    return verdict_board.draw(SimpleNamespace(claims=lambda: judgement(*claims)), "verdict-board")


def texts(drawing):
    return [text.get_text() for text in drawing.figure.axes[0].texts]


def lines(drawing):
    return [
        (line.get_marker(), *map(float, line.get_xdata()))
        for line in drawing.figure.axes[0].lines
        if len(line.get_xdata()) == 1
    ]


def test_claims_stand_by_verdict_and_checks_do_not_stand_there():
    drawing = drawn(*MIXED)
    assert list(drawing.data["claim"]) == ["far-beyond", "fails", "nothing"]
    labels = [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()]
    assert labels == ["far beyond", "fails", "nothing"]
    plt.close(drawing.figure)


def test_a_row_ends_with_a_sign_the_verdict_s_word_and_its_mark():
    written = texts(drawn(*MIXED))
    assert {"✔ reproduced  !", "✘ not reproduced", "– not applicable"} <= set(written)
    assert written.count("–") == 1  # the part with nothing to measure


def test_a_part_beyond_the_scale_stands_at_its_end_with_an_arrow():
    marks = lines(drawn(*MIXED))
    assert ("o", float(verdict_board.LIMIT)) in marks
    assert [shape for shape, *_ in marks].count(">") == 1


def test_a_mark_is_hollow_where_the_part_has_not_converged():
    drawing = drawn(claim(readings=[reading(parts=[part(mean=0.8), part("0.5", 0.8, converged=False)])]))
    full, hollow = [line for line in drawing.figure.axes[0].lines if line.get_marker() == "o"][:2]
    assert full.get_markerfacecolor() == full.get_color()
    assert hollow.get_markerfacecolor() == "white"
    assert "hollow: not converged" in [text.get_text() for text in drawing.figure.legends[0].texts]


def test_the_legend_explains_the_marks_that_occur_and_no_other():
    def named(*claims):
        return {text.get_text() for text in drawn(*claims).figure.legends[0].texts}

    assert named(*MIXED) == {
        "part reproduced", "part not reproduced", "beyond the scale", "–  part with nothing to measure",
        "!  does not discriminate",
    }  # fmt: skip
    assert named(claim()) == {"part reproduced"}


def test_layers_are_columns_only_where_there_are_some():
    assert "source" not in texts(drawn(claim()))
    layered = drawn(
        claim(layers={"source": "reproduced", "optimum": "not reproduced"}, standing="it holds"), claim("b")
    )
    assert {"source", "optimum", "✔", "✘"} <= set(texts(layered))
    assert "tuned" not in texts(layered)
    assert layered.data["layer_optimum"][0] == "not reproduced"


def test_a_claim_about_the_mean_of_its_parts_has_one_mark():
    parts = [part("0.1"), part("0.9"), part("mean")]
    assert list(drawn(claim(quantifier="mean", readings=[reading(parts=parts)])).data["part"]) == ["mean"]


def test_nothing_but_claims_without_parts_is_drawn_too():
    nothing = drawn(claim(readings=[reading(verdict="not applicable", parts=[part("0.9", None, "not applicable")])]))
    nothing.figure.draw_without_rendering()
    assert nothing.data["distance"].isna().all()


def test_caption_and_alternative_text_say_the_counts():
    drawing = drawn(*MIXED)
    assert "1 reproduced, 1 not reproduced, 1 not applicable" in drawing.caption
    assert "far beyond: reproduced, does not discriminate" in drawing.alt


def test_the_picture_has_the_same_bytes_twice():
    def digest():
        drawing = drawn(*MIXED)
        drawing.figure.draw_without_rendering()
        return hashlib.sha256(picture(drawing.figure, "svg", {"Date": None})).hexdigest()

    assert digest() == digest()
    plt.close("all")
