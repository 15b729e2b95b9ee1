"""What came of the claims, counted: the table and the sentences in front of each part of the document."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ..judge.signs import SIGNS
from ..judge.verdicts import Verdict
from ..store.markdown import Markdown

# How a sentence goes on after a number of claims: one, or several.
WORDS = {
    Verdict.REPRODUCED: ("is reproduced", "are reproduced"),
    Verdict.NOT_REPRODUCED: ("is not reproduced", "are not reproduced"),
    Verdict.UNDETERMINED: ("is undetermined", "are undetermined"),
    Verdict.NOT_APPLICABLE: ("has nothing to be measured on", "have nothing to be measured on"),
}


def counted(judgement: Mapping) -> dict:
    """The claims of an experiment that are evidence, counted by verdict, by what their layers say, and by mark."""
    claims = [claim for claim in judgement["claims"] if claim["kind"] == "evidence"]
    return {
        "claims": len(claims),
        "checks": len(judgement["claims"]) - len(claims),
        "verdicts": Counter(Verdict(claim["verdict"]) for claim in claims),
        "standings": Counter(claim["standing"] for claim in claims if claim["standing"] is not None),
        "indiscriminate": _reproduced(claims, lambda claim: claim["discriminates"] is False),
        "loose": _reproduced(claims, lambda claim: not claim["converged"]),
    }


def total(counts: Sequence[Mapping]) -> dict:
    """The counts of several experiments together."""
    return {
        key: sum((count[key] for count in counts), Counter() if isinstance(value, Counter) else 0)
        for key, value in counts[0].items()
    }


def answer(count: Mapping) -> Markdown:
    """The shortest answer: how many claims there are, and how many have which verdict, each with its sign."""
    shown = [
        f"[{SIGNS[verdict].glyph} {n} {verdict}]{{.verdict .{verdict.replace(' ', '-')}}}"
        for verdict in Verdict
        if (n := count["verdicts"][verdict])
    ]
    return Markdown(f"of {_claims(count['claims'])}, {_joined(shown)}.")


def sentences(count: Mapping) -> list[str]:
    """What is said of so many claims: their verdicts, the marks of those reproduced, and what the layers say."""
    shown = [f"{n} {WORDS[verdict][n > 1]}" for verdict in Verdict if (n := count["verdicts"][verdict])]
    said = [f"Of {_claims(count['claims'])}, {_joined(shown)} under the default reading."]
    if n := count["indiscriminate"]:
        it = "does not discriminate: untrained or permuted weights reproduce it too"
        them = "do not discriminate: untrained or permuted weights reproduce them too"
        said.append(f"Of those reproduced, {n} {them if n > 1 else it} (!).")
    if n := count["loose"]:
        said.append(f"Of those reproduced, {n} {'rest' if n > 1 else 'rests'} on models that have not converged (*).")
    if count["standings"]:
        shown = [f"{standing} ({n})" for standing, n in count["standings"].most_common()]
        number = _claims(sum(count["standings"].values()))
        said.append(f"Held against the source's settings and better ones, {number} stand so: {'; '.join(shown)}.")
    return said


def _reproduced(claims: Sequence[Mapping], marked) -> int:
    return sum(claim["verdict"] == Verdict.REPRODUCED and marked(claim) for claim in claims)


def _claims(number: int) -> str:
    return "1 claim" if number == 1 else f"{number} claims"


def _joined(phrases: Sequence[str]) -> str:
    return " and ".join([", ".join(phrases[:-1]), phrases[-1]] if len(phrases) > 1 else phrases)
