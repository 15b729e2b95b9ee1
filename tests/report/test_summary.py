"""The counts and sentences in front of a part of the document, and what is said of convergence."""

from judgements import cell, claim, judgement
from superposition.report.convergence import convergence
from superposition.report.summary import answer, counted, sentences, total

MIXED = judgement(
    claim("a", discriminates=False),
    claim("b", layers={"source": "reproduced"}, standing="it holds"),
    claim("c", "not reproduced", layers={"source": "not reproduced"}, standing="the claim is false"),
    claim("d", "undetermined", layers={"source": "undetermined"}, standing="it stays open", discriminates=False),
    claim("e", kind="check"),
)


def test_checks_are_in_no_tally():
    assert (counted(MIXED)["claims"], counted(MIXED)["checks"]) == (4, 1)
    assert counted(MIXED)["verdicts"] == {"reproduced": 2, "not reproduced": 1, "undetermined": 1}


def test_sentences_say_verdicts_marks_and_standings():
    assert sentences(counted(MIXED)) == [
        "Of 4 claims, 2 are reproduced, 1 is not reproduced and 1 is undetermined under the default reading.",
        "Of those reproduced, 1 does not discriminate: untrained or permuted weights reproduce it too (!).",
        "Held against the source's settings and better ones, 3 claims stand so: it holds (1); the claim is false (1); "
        "it stays open (1).",
    ]


def test_experiments_are_counted_together():
    both = total([counted(MIXED), counted(judgement(claim("f", "not applicable", converged=False)))])
    assert sentences(both)[0].endswith(
        "1 is undetermined and 1 has nothing to be measured on under the default reading."
    )
    assert both["claims"] == 5


def test_verdicts_on_what_has_not_converged_are_said():
    assert "Of those reproduced, 1 rests on models that have not converged (*)." in sentences(
        counted(judgement(claim(converged=False), claim("b", "not reproduced", converged=False)))
    )


def test_convergence_tells_what_was_trained_on_from_what_only_ended():
    cells = [
        cell(moved=0.5), cell("linear", moved=2.0, converged=False), cell(variant="rows.few", converged=False),
        cell(variant="continued", converged=False),
    ]  # fmt: skip
    found = convergence(judgement(claim(), convergence=cells, continued=2), lambda model: "default")
    assert found["default"] == found["continued"] == {"cells": 2, "converged": 1}
    assert found["ended"] == {"cells": 1, "converged": 0}
    assert [(line["model"], line["variant"], line["moved"]) for line in found["loose"]] == [
        ("linear", "default", 2.0), ("relu", "rows.few", None),
    ]  # fmt: skip


def test_the_answer_is_the_counts_each_with_its_sign_and_word():
    assert answer(counted(MIXED)) == (
        "of 4 claims, [✔ 2 reproduced]{.verdict .reproduced}, [✘ 1 not reproduced]{.verdict .not-reproduced} and "
        "[? 1 undetermined]{.verdict .undetermined}."
    )
