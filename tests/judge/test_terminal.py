"""The verdicts as a table for the terminal: claims first, checks apart, marks explained where they occur."""

from judgements import claim, judgement, part, reading
from superposition.judge.terminal import verdict_table

OPEN = reading(verdict="undetermined", parts=[part("0.1"), part("0.5", None, "not applicable")])


def test_a_claim_has_a_line_and_one_for_each_part():
    lines = verdict_table(judgement(claim(readings=[OPEN], standing="it stays open"))).splitlines()
    assert lines[0] == "toy: 1 claims, 2 seeds"
    assert "? undetermined" in lines[1]
    assert "every: 1 of 1" in lines[1]
    assert "0 of 1 readings  it stays open" in lines[1]
    assert lines[2].split() == ["0.1", "0.5000", "(0.4000", "to", "0.6000)", "above", "0.5", "✔"]
    assert lines[3].split() == ["0.5", "nothing", "to", "measure", "above", "0.5", "–"]
    assert len(lines) == 4


def test_checks_come_last():
    lines = verdict_table(judgement(claim("theorem", kind="check"), claim())).splitlines()
    assert lines[0] == "toy: 1 claims, 2 seeds"
    assert [line for line in lines if "theorem" in line] == [lines[-2]]
    assert lines[-3] == "toy: checks (1), which follow by construction"


def test_marks_are_explained_where_they_occur():
    text = verdict_table(judgement(claim(converged=False, discriminates=False)))
    assert "✔ reproduced * !" in text
    assert text.splitlines()[-2:] == [
        "* rests on cells that have not converged",
        "! does not discriminate: untrained or permuted weights reproduce the claim",
    ]
    assert "discriminate" not in verdict_table(judgement(claim(discriminates=True)))
