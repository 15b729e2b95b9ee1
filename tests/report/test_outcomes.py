"""What a text may say of a claim is what the judgement says; a name that there is not is one line that says what there is."""

import pytest
from judgements import claim, judgement, part, reading
from superposition.report.numbers import interval
from superposition.report.outcomes import Outcomes
from superposition.store.errors import UserError
from superposition.store.markdown import Markdown, escape

PARTS = [part("0.1", 0.25, "not reproduced"), part("0.9", 0.75), part("0.5", None, "not applicable")]
JUDGED = judgement(
    claim("packs", readings=[reading(parts=PARTS, verdict="undetermined"), reading("rows.few")]),
    claim("layered", layers={"source": "reproduced"}, standing="it holds"),
)
NAMES = Outcomes(JUDGED).names()


def test_a_verdict_and_a_tally_are_those_of_the_reading():
    assert [NAMES["verdict"]("packs", *of) for of in ((), ("rows.few",))] == ["undetermined", "reproduced"]
    assert [NAMES["tally"]("packs", *of) for of in ((), ("rows.few",))] == ["1 of 2", "1 of 1"]


def test_an_effect_has_its_interval_or_nothing_to_measure():
    assert NAMES["effect"]("packs", "0.1") == "0.25 (0.15 to 0.35)"
    assert NAMES["effect"]("packs", "0.5") == "nothing to measure"
    assert interval(part(mean=-0.5)) == "−0.50 (−0.60 to −0.40)"


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [("reproduced", "Yes, $x$."), ("not reproduced", "No."), ("undetermined", "Open."), ("not applicable", "Open.")],
)
def test_a_sentence_follows_its_verdict(verdict, sentence):
    parts = [part(mean=None if verdict == "not applicable" else 0.5, verdict=verdict)]
    names = Outcomes(judgement(claim(readings=[reading(verdict=verdict, parts=parts)]))).names()
    said = names["says"]("spreads", reproduced="Yes, $x$.", refuted="No.", otherwise="Open.")
    assert escape(said) == sentence  # the text's own Markdown


def test_what_comes_from_the_record_is_no_markdown():
    assert not isinstance(NAMES["verdict"]("packs"), Markdown)
    assert NAMES["standing"]("layered") == "it holds"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: NAMES["verdict"]("nothing"), "unknown claim 'nothing'; allowed: packs, layered"),
        (lambda: NAMES["tally"]("packs", "x"), "unknown reading of claim packs 'x'; allowed: default, rows.few"),
        (lambda: NAMES["effect"]("packs", "x"), "unknown part of claim packs 'x'; allowed: 0.1, 0.9, 0.5"),
        (lambda: NAMES["standing"]("packs"), "unknown claim with layers 'packs'; allowed: layered"),
        (lambda: Outcomes(None).verdict("packs"), "unknown claim 'packs'; allowed: none"),
    ],
)
def test_an_unknown_name_is_one_line(call, message):
    with pytest.raises(UserError) as failure:
        call()
    assert str(failure.value) == message
