"""What the document says of claims: layers, marks, controls, amendments and readings, with every text as text."""

import re
from types import SimpleNamespace

import pytest
from judgements import cell, claim, judgement, part, reading
from superposition.report.convergence import convergence
from superposition.report.stage import environment
from superposition.report.summary import counted, sentences
from superposition.report.vocabulary import Section
from superposition.spec.experiment import Quotes
from superposition.store.markdown import Markdown

NASTY = "a | b <script> `c` $d$"
CONTROLS = [
    {"control": "untrained", "verdict": "reproduced", "parts": []},
    {"control": "permuted", "verdict": "not reproduced", "parts": []},
    {"control": "planted", "verdict": "not applicable", "parts": []},
]


class Names(Section):
    """The names of a document's part without results; no curve is drawn."""

    def __init__(self):
        self._figures = []

    def part(self, name):
        return name

    def table(self, name):
        return Markdown(f"[{name}]")

    ref = table


def shown(document, template, macro, quotes=None):
    """What a macro of a template makes of a judgement."""
    section = {
        "id": "toy", "title": "Toy", "judgement": document, "counts": counted(document), "names": Names(), "quotes": quotes,
        "convergence": convergence(document, lambda model: "default"),
    }  # fmt: skip
    arguments = '"toy", section' if template == "claims.md" else "section"
    source = f'{{% import "{template}" as it with context %}}{{{{ it.{macro}({arguments}) | markdown }}}}'
    return environment().from_string(source).render(section=section)


def overview(*claims, **more):
    return shown(judgement(*claims, **more), "overview.md", "claims")


def one_by_one(*claims, **more):
    return shown(judgement(*claims, **more), "claims.md", "section")


def rows(text, start):
    return [line for line in text.splitlines() if line.startswith(f"| {start}")]


def test_layers_have_columns_only_where_there_are_some():
    assert "Source" not in overview(claim())
    layered = overview(claim(layers={"source": "reproduced", "optimum": "not reproduced"}, standing="it holds"))
    assert "| Source | Optimum |" in layered
    assert "[✔]{.verdict .reproduced} | [✘]{.verdict .not-reproduced}" in layered
    assert "it holds" in layered


def test_a_verdict_says_for_how_many_parts_it_holds_and_carries_its_marks():
    parts = [part("0.1"), part("0.5", 0.1, "not reproduced", converged=False), part("0.9", None, "not applicable")]
    text = overview(claim(readings=[reading(verdict="undetermined", parts=parts)], discriminates=False))
    assert "[\\? undetermined \\* \\!]{.verdict .undetermined}, holds for 1 of 2" in text
    assert "0.9: nothing to measure" in text


def test_many_parts_are_a_range():
    parts = [part(f"p{i}", i / 10) for i in range(5)] + [part("p9", None, "not applicable")]
    assert "6 parts, from 0.00 to 0.400" in overview(claim(readings=[reading(parts=parts)]))


def test_a_claim_with_nothing_to_measure_says_so_once():
    parts = [part(name, None, "not applicable", converged=False) for name in ("0.1", "0.9")]
    text = overview(claim(readings=[reading(verdict="not applicable", parts=parts)]))
    assert "| [– not applicable]{.verdict .not-applicable} | nothing to measure |" in text


def test_checks_stand_apart_and_have_no_controls():
    text = overview(claim(), claim("theorem", kind="check", quote="unquoted"))
    before, after = text.split("| Check | Outcome |")
    assert "theorem" not in before
    assert "counted nowhere" in after
    assert "A check, which follows by construction: [✔" in one_by_one(claim("theorem", kind="check"))


def test_controls_are_a_table_with_marks():
    (row,) = rows(one_by_one(claim(controls=CONTROLS, discriminates=False, recovered=False)), "[spreads]")
    assert re.findall(r"[✔✘–] ([a-z ]+)\]", row) == ["reproduced", "reproduced", "not reproduced", "not applicable"]
    assert row.endswith("| \\!; not recovered |")


def test_amendments_are_said_or_that_there_are_none():
    assert "No change of a claim, a test or a training after an effect had been seen is on record" in " ".join(
        one_by_one(claim()).split()
    )
    amendment = {
        "claims": ["packs"], "what": NASTY, "why": "since", "before": "reproduced", "after": "judged anew",
        "commit": "4a699f2",
    }  # fmt: skip
    text = one_by_one(claim(), claim("packs"), amendments=[amendment, amendment | {"claims": ["packs", "spreads"]}])
    assert rows(text, "packs | a")
    assert rows(text, "all | a")
    assert "had been seen stands in [amendments]" in " ".join(text.split())
    assert "reproduced → judged anew | 4a699f2 |" in text
    assert "| a \\| b \\<script\\> \\`c\\` \\$d\\$ |" in text


def test_few_readings_are_a_table_and_those_that_are_the_same_are_named():
    default, same = reading(), reading("rows.few", same_as="default")
    assert "reads the same inputs under every reading" in one_by_one(claim(readings=[default, same]))
    text = one_by_one(claim(readings=[default, reading("rows.few", "not reproduced", converged=False)]))
    assert rows(text, "rows.few") == [
        "| rows.few | [✘ not reproduced \\*]{.verdict .not-reproduced} | 0.50 (0.40 to 0.60) |"
    ]
    assert "to be read with care: rows.few." in text


def test_seeds_without_a_value_are_counted():
    seen = part(values=[0.5, 0.5, None])
    assert "0.50 (0.40 to 0.60), on 2 of 3 seeds" in one_by_one(claim(readings=[reading(parts=[seen])]))


@pytest.mark.parametrize(
    ("cells", "continued", "says", "not_said"),
    [
        ([cell(moved=0.2)], 2, "Every cell of the default reading has converged", "only how"),
        ([cell(moved=0.2), cell("linear", moved=3.0, converged=False)], 2, "Converged: 1 of 2.", "Every cell"),
        ([cell()], None, "No cell was trained on", "Every cell"),
        (
            [cell(moved=0.2), cell("linear")],
            2,
            "Of all other cells only how the training ended is known: in 1 of 1",
            "Every cell",
        ),
    ],
)
def test_convergence_is_claimed_only_of_what_was_trained_on(cells, continued, says, not_said):
    text = " ".join(one_by_one(claim(), convergence=cells, continued=continued).split())
    assert says in text
    assert not_said not in text


def test_the_interval_is_named_by_its_scale():
    assert "Interval\\: jackknife" in one_by_one(claim(scale="pooled")).replace("Interval: ", "Interval\\: ")
    assert "Clopper" in one_by_one(claim(scale="binary"))


def test_every_text_of_the_record_is_text():
    document = judgement(
        claim(statement=NASTY, quote=NASTY, effect=NASTY, why=NASTY, reason=NASTY, verdict="undetermined")
    )
    text = shown(document, "overview.md", "claims") + shown(document, "claims.md", "section")
    assert "<script>" not in text
    assert "`c`" not in text
    assert sentences(counted(document))


def test_a_part_is_called_by_its_label_or_as_a_sparsity():
    names = Names()
    names._results = SimpleNamespace(described={"models": {"relu": {"label": "ReLU | *x*"}}})
    said = [Section.part(names, name) for name in ("relu", "0.9", "1", "mean", "2", "1-digon")]
    assert said == ["ReLU \\| \\*x\\*", "S&nbsp;=&nbsp;0.9", "S&nbsp;=&nbsp;1", "mean of the parts", "2", "1\\-digon"]


def test_quotes_that_a_reprint_altered_are_set_apart_and_said_to_be():
    altered = Quotes(taken_from=NASTY, altered=True)
    document = judgement(claim())
    text = shown(document, "overview.md", "claims", altered) + shown(document, "claims.md", "section", altered)
    assert text.count("[as reprinted: “as they say”]{.altered}") == 2
    assert "are not its author's words: they are taken from a \\| b \\<script\\>" in text.replace("\\'", "'")
    assert "<script>" not in text


def test_quotes_of_the_source_itself_are_quotes():
    document = judgement(claim())
    assert "reprinted" not in overview(claim()) + one_by_one(claim())
    plain = shown(document, "claims.md", "section", Quotes(taken_from="the paper"))
    assert "are taken from the paper." in plain
    assert "> “as they say”" in plain


def test_the_first_table_comes_after_the_word_about_altered_quotes():
    section = {
        "id": "toy",
        "title": "Toy",
        "judgement": judgement(claim()),
        "quotes": Quotes(taken_from="a reprint", altered=True),
    }
    part = {
        "sections": [section | {"counts": counted(section["judgement"]), "names": SimpleNamespace(board=lambda: "")}]
    }
    part |= {"title": "Part", "table": "", "sentences": ["One."], "findings": []}
    source = '{% import "overview.md" as it with context %}{{ it.verdicts(part) | markdown }}'
    text = environment().from_string(source).render(part=part)
    assert text.index("are not its author") < text.index("| Section |")
