"""What of the verdicts is news: three claims for the first screen, chosen by a rule from the judgements alone."""

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from ..judge.distance import distance
from ..judge.shown import spoken_of
from ..judge.standing import MISSED
from ..judge.verdicts import Verdict
from ..spec.claims import Layer

MOST = 3


class News(StrEnum):
    """Why a claim is news, as the page says it; the first is chosen first."""

    REFUTED = "not reproduced"
    MISSED = "true of the optimum, but missed by training"
    CONTESTED = "contested"


RULE = (
    "The first of each kind, then more of them in this order: not reproduced under the source's own settings, where "
    "untrained weights do not reproduce it, converged models first, then the effect farthest from the threshold; true "
    "of the optimum, but missed by training; contested, which is reproduced under closest to half of its readings."
)


def findings(judgements: Iterable[Mapping]) -> list[dict]:
    """At most three claims, by RULE: one of each kind of news, then what is left of the kinds in their order.

    Args:
        judgements: claims.json of the experiments of a part (judge.record.Judgement).

    Returns:
        Of each its experiment, claim, news, reading (the source's), and part, the one that the news is about.
    """
    known = [
        found
        for judgement in judgements
        for claim in judgement["claims"]
        if claim["kind"] == "evidence" and (found := _found(judgement, claim))
    ]
    kinds = [sorted((found for found in known if found["news"] is news), key=_order) for news in News]
    first = [kind[0] for kind in kinds if kind]
    rest = [found for kind in kinds for found in kind[1:]]
    chosen = [*first, *rest][:MOST]
    return sorted(chosen, key=lambda found: list(News).index(found["news"]))


def source_reading(judgement: Mapping, claim: Mapping) -> dict:
    """The reading of the source's own settings: that of the layer, where an axis has one, else the default."""
    default = claim["readings"][0]
    for axis, asked in judgement["axes"].items():
        for choice, means in asked["choices"].items():
            if means["layer"] == Layer.SOURCE:
                wanted = {**default["choices"], axis: choice}
                return next((known for known in claim["readings"] if known["choices"] == wanted), default)
    return default


def _found(judgement: Mapping, claim: Mapping) -> dict | None:
    """A claim with why it is news; None where it is none."""
    reading = source_reading(judgement, claim)
    if (news := _news(claim, reading)) is None:
        return None
    measured = [part for part in spoken_of(claim, reading) if part["mean"] is not None]
    placed = [(distance(part, claim["direction"], claim["threshold"]), part) for part in measured]
    nearest = news is News.CONTESTED
    x, part = min(placed, key=lambda pair: abs(pair[0]) if nearest else pair[0], default=(math.inf, None))
    found = {"experiment": judgement["experiment"], "claim": claim, "news": news, "reading": reading, "part": part}
    return found | {"distance": x}


def _news(claim: Mapping, reading: Mapping) -> News | None:
    if claim["standing"] == MISSED:
        return News.MISSED
    if reading["verdict"] == Verdict.NOT_REPRODUCED and claim["discriminates"] is not False:
        return News.REFUTED
    return News.CONTESTED if 0 < claim["reproduced"] < claim["counted"] else None


def _order(found: Mapping) -> Sequence:
    """The greater news first: converged, then far from the threshold; contested, then near to it."""
    claim = found["claim"]
    if found["news"] is News.CONTESTED:
        return abs(claim["reproduced"] / claim["counted"] - 0.5), abs(found["distance"])
    return not found["reading"]["converged"], found["distance"]
