"""No text states an outcome of its own: when a verdict flips, the sentence that names its claim changes.

Every configured experiment's text.md is rendered with made-up verdicts and numbers in place of its results.
"""

import re

import pandas as pd
import pytest
import yaml
from conftest import ROOT
from judgements import claim, judgement, part, reading
from superposition.measure.results import Results
from superposition.pipeline.plan import load_plan
from superposition.report.outcomes import Outcomes
from superposition.report.stage import environment
from superposition.report.vocabulary import Section
from superposition.spec.readings import readings
from superposition.store.markdown import Markdown
from superposition.store.project import folder

CONFIGURED = [
    experiment
    for part in yaml.safe_load((ROOT / "config/config.yaml").read_text())["parts"].values()
    for experiment in part["experiments"]
]
VERDICTS = ("reproduced", "not reproduced", "undetermined")
# What a text says of an outcome. What a component "holds" is none; that a claim "holds" at a sparsity is.
SOURCE = "(?:the )?(?:paper|article|source|theory|authors?|notebook)"
SAYS = "(?:says?|shows?|states?|claims?|finds?|found|reports?|predicts?|expects?|describes?)"
OUTCOME = re.compile(
    r"\b(?:reproduces|reproduced|(?:does|do|did) not (?:reproduce|hold)|holds(?= *[,.;:)]|\s+(?:for|in|at|only|where|under|too)\b)"
    r"|fails?(?= *[,.;:)]|\s+(?:to|for|in|at|where|under|too)\b)|failed"
    r"|confirm(?:s|ed)?|refute[sd]?|contradict(?:s|ed)?|(?:dis)?agree(?:s|d)?"
    rf"|as {SOURCE} {SAYS}|(?:un)?like {SOURCE} {SAYS}|as (?:predicted|expected|claimed))\b",
    re.IGNORECASE,
)


class AnyPart(Outcomes):
    """Verdicts on every claim of an experiment, all the same but for some; notes whose are asked for."""

    def __init__(self, spec, verdict, flipped):
        names = [known.name for known in readings(spec.axes, spec.design, "")]
        super().__init__(
            judgement(*(self._claim(name, flipped.get(name, verdict), names) for name in spec.claims))
            if spec.claims
            else None
        )
        self.asked = set()

    @staticmethod
    def _claim(name, verdict, names):
        layered = {"layers": {"source": verdict}, "standing": f"it is {verdict}"}
        return claim(name, readings=[reading(known, verdict) for known in names], **layered)

    def standing(self, claim):
        self.asked.add(claim)
        return super().standing(claim)

    def _reading(self, claim, reading):
        self.asked.add(claim)
        return super()._reading(claim, reading)

    def _part(self, claim, name, reading):
        return part(name, verdict=super()._reading(claim, reading)["verdict"])  # a number follows the results by itself


class Numbers(Section):
    """An experiment without results: every number is the same."""

    def __init__(self, results, outcomes, figures, value):
        super().__init__(results, outcomes, figures, ())
        self._value = value

    def figure(self, name):
        return Markdown(f"![]({name})")

    def optimum(self, model, sparsity):
        return self._value

    def _column(self, model, sparsity, column):
        return pd.Series([self._value] * 2)


def rendered(plan, experiment, text, verdict, value=0.5, flipped=None):
    """The text under made-up verdicts and numbers, and the claims that it names."""
    spec = plan.experiments[experiment]
    outcomes = AnyPart(spec, verdict, flipped or {})
    results = Results(experiment, plan.described(experiment), (), lambda path: path)
    section = Numbers(results, outcomes, list(spec.figures), value)
    return environment().from_string(text).render(section.names()), outcomes.asked


def unmoved(plan, experiment, text):
    """The claims that a text names and that no sentence follows."""
    base, asked = rendered(plan, experiment, text, "reproduced")
    return [
        f"{name}: {verdict}"
        for name in sorted(asked)
        for verdict in VERDICTS[1:]
        if rendered(plan, experiment, text, "reproduced", flipped={name: verdict})[0] == base
    ]


def fixed(plan, experiment, text):
    """The paragraphs that tell an outcome and stay the same whatever the verdicts and the numbers."""
    versions = [
        set(paragraphs(rendered(plan, experiment, text, verdict, value)[0]))
        for verdict, value in zip(VERDICTS, (0.5, 0.25, 0.75), strict=True)
    ]
    return [paragraph for paragraph in set.intersection(*versions) if OUTCOME.search(paragraph)]


def paragraphs(text):
    """A text's paragraphs, each on one line; headings say what a section is about, not what came of it."""
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if not block.lstrip().startswith("#")]


@pytest.fixture(scope="module")
def plan():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield load_plan({"preset": "smoke"})


@pytest.mark.parametrize("experiment", CONFIGURED)
def test_every_sentence_follows_the_verdict_that_it_names(plan, experiment):
    text = (folder(experiment) / "text.md").read_text(encoding="utf-8")
    stuck = unmoved(plan, experiment, text)
    assert not stuck, f"{experiment}/text.md reads the same when a verdict flips: {'; '.join(stuck)}"


@pytest.mark.parametrize("experiment", CONFIGURED)
def test_no_paragraph_tells_an_outcome_of_its_own(plan, experiment):
    text = (folder(experiment) / "text.md").read_text(encoding="utf-8")
    told = [f"“{OUTCOME.search(paragraph)[0]}” in: {paragraph}" for paragraph in fixed(plan, experiment, text)]
    assert not told, (
        f"{experiment}/text.md tells an outcome that no verdict and no number decides; take it from "
        "{{ says(…) }}, {{ verdict(…) }} or a number, or say it in other words:\n" + "\n".join(told)
    )


CLAIM = "relu-spreads"
GOOD = f'It {{{{ says("{CLAIM}", reproduced="holds.", refuted="does not hold.", otherwise="stays open.") }}}}'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD, []),
        (f'{{{{ effect("{CLAIM}", "0.9") }}}}', []),
        (f'{{% if verdict("{CLAIM}") %}}yes{{% endif %}}', [f"{CLAIM}: not reproduced", f"{CLAIM}: undetermined"]),
        (
            f'{{{{ "yes" if verdict("{CLAIM}") == "reproduced" else "no" }}}} {{{{ standing("{CLAIM}") }}}}',
            [],
        ),
        (f'{{{{ "no" if verdict("{CLAIM}") == "not reproduced" else "yes" }}}}', [f"{CLAIM}: undetermined"]),
    ],
)
def test_a_sentence_that_does_not_follow_is_found(plan, text, found):
    assert unmoved(plan, "article", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD, 0),
        ("The claim holds at every sparsity.", 1),
        ("As the paper\npredicts, pentagons form.", 1),
        ("Training fails to find it, and theory disagrees.\n\nIt is confirmed.", 2),
        ('The loss agrees: {{ number(median("relu", "0.9", "test_loss")) }}.', 0),
        ("A component holds two features.\n\n## Where it agrees\n\nAdam with a rate of 0.001.", 0),
    ],
)
def test_an_outcome_without_a_verdict_is_found(plan, text, found):
    assert len(fixed(plan, "article", text)) == found
