"""What an experiment's text may say of its claims: only what the judgement says."""

from collections.abc import Mapping

from ..judge.verdicts import Verdict
from ..spec.readings import DEFAULT
from ..store.errors import check_known
from ..store.markdown import Markdown
from .numbers import interval


class Outcomes:
    """The verdicts on an experiment's claims, as its text names them.

    Args:
        judgement: claims.json (judge.record.Judgement); None where the experiment makes no claims.
    """

    def __init__(self, judgement: Mapping | None):
        self._claims = {claim["claim"]: claim for claim in judgement["claims"]} if judgement else {}

    def names(self) -> dict:
        """Everything that the text may use, by name."""
        return {name: getattr(self, name) for name in ("verdict", "tally", "effect", "standing", "says")}

    def verdict(self, claim: str, reading: str = DEFAULT) -> str:
        """The verdict's word: reproduced, not reproduced, undetermined or not applicable."""
        return str(self._reading(claim, reading)["verdict"])

    def tally(self, claim: str, reading: str = DEFAULT) -> str:
        """For how many of the parts that it applies to the claim holds: 2 of 3."""
        judged = self._reading(claim, reading)
        return f"{judged['holds']} of {judged['of']}"

    def effect(self, claim: str, part: str, reading: str = DEFAULT) -> Markdown:
        """A part's effect with its 95 % interval: 0.31 (0.28 to 0.34), or nothing to measure."""
        return interval(self._part(claim, part, reading))

    def standing(self, claim: str) -> str:
        """What the verdicts under the source's, tuned and optimal settings say together (judge.standing).

        Raises:
            UserError: the claim is not judged under such settings.
        """
        layered = [name for name, known in self._claims.items() if known["standing"] is not None]
        check_known("claim with layers", claim, layered)
        return self._claims[claim]["standing"]

    def says(self, claim: str, *, reproduced: str, refuted: str, otherwise: str, reading: str = DEFAULT) -> Markdown:
        """The sentence for the claim's verdict, Markdown as the text itself is.

        Args:
            claim: its name.
            reproduced: what is said where it is reproduced.
            refuted: where it is not reproduced.
            otherwise: where it is undetermined or not applicable.
            reading: under which it is judged.
        """
        sentences = {Verdict.REPRODUCED: reproduced, Verdict.NOT_REPRODUCED: refuted}
        return Markdown(sentences.get(self._reading(claim, reading)["verdict"], otherwise))

    def _reading(self, claim: str, reading: str) -> dict:
        check_known("claim", claim, self._claims)
        readings = {known["reading"]: known for known in self._claims[claim]["readings"]}
        check_known(f"reading of claim {claim}", reading, readings)
        return readings[reading]

    def _part(self, claim: str, part: str, reading: str) -> dict:
        parts = {known["part"]: known for known in self._reading(claim, reading)["parts"]}
        check_known(f"part of claim {claim}", part, parts)
        return parts[part]
