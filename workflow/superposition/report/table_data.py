"""What the page's tables of claims are sorted and filtered by: the claims' verdicts under every single choice."""

from collections.abc import Callable, Iterable, Mapping

from ..judge.distance import distance
from ..judge.shown import spoken_of
from ..judge.signs import SIGNS
from ..spec.readings import DEFAULT
from .numbers import interval


def table_data(judgements: Iterable[Mapping], name_of: Callable[[str, str], str]) -> dict:
    """What templates/tables.js reads.

    Args:
        judgements: claims.json of every experiment of the document.
        name_of: of an experiment's part, what it is called.

    Returns:
        The signs of the verdicts; by table, its readings and its claims, each with how far it lies from its threshold,
        the share of readings that reproduce it, and by reading its verdict and its parts.
    """
    return {
        "signs": {str(verdict): sign.glyph for verdict, sign in SIGNS.items()},
        "tables": {f"tbl-{known['experiment']}-claims": _table(known, name_of) for known in judgements},
    }


def _table(judgement: Mapping, name_of: Callable[[str, str], str]) -> dict:
    experiment, axes = judgement["experiment"], judgement["axes"]
    evidence = [claim for claim in judgement["claims"] if claim["kind"] == "evidence"]
    names = {reading["reading"]: reading for claim in evidence for reading in claim["readings"]}
    single = [name for name, reading in names.items() if name == DEFAULT or _departures(reading, axes) == 1]
    return {
        "readings": single,
        "claims": {
            f"{experiment}-claim-{claim['claim']}": {
                "distance": _distance(claim),
                "share": claim["reproduced"] / claim["counted"] if claim["counted"] else -1,
                "readings": {
                    reading["reading"]: _reading(claim, reading, lambda part: name_of(experiment, part))
                    for reading in claim["readings"]
                    if reading["reading"] in single
                },
            }
            for claim in evidence
        },
    }


def _reading(claim: Mapping, reading: Mapping, name_of: Callable[[str], str]) -> dict:
    parts = spoken_of(claim, reading)
    return {
        "verdict": reading["verdict"],
        "holds": reading["holds"],
        "of": reading["of"],
        "same": reading["same_as"],
        "parts": [[name_of(part["part"]), part["verdict"], str(interval(part))] for part in parts],
    }


def _departures(reading: Mapping, axes: Mapping) -> int:
    return sum(choice != axes[axis]["default"] for axis, choice in reading["choices"].items())


def _distance(claim: Mapping) -> float | None:
    """Of the part that lies farthest on the other side of the threshold; as JSON has no infinity, a large number."""
    placed = (distance(part, claim["direction"], claim["threshold"]) for part in spoken_of(claim, claim["readings"][0]))
    known = [x for x in placed if x is not None]
    return min(max(min(known), -1e9), 1e9) if known else None
