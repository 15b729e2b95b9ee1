"""From a claim's parts to the claim: of how many parts it speaks, and whether so many hold or fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..spec.claims import Quantifier
from .verdicts import ALPHA, Verdict

# Whether a part's interval lies where the claim says, and whether it lies where it does not, at a confidence level.
Test = Callable[[float], Verdict]


@dataclass(frozen=True)
class Count:
    """A claim's verdict, and of how many of the parts it speaks of it is reproduced at the level of one part alone.

    Args:
        verdict: on the claim.
        holds: parts that are reproduced.
        of: parts to which it applies.
    """

    verdict: Verdict
    holds: int
    of: int


def needed(quantifier: Quantifier, parts: int) -> int:
    """How many of so many parts have to hold: all, more than half, or one; what speaks of the mean has one part.

    Raises:
        ValueError: a claim about the mean has other parts than that.
    """
    if quantifier is Quantifier.MEAN and parts != 1:
        raise ValueError(f"a claim about the mean over its parts has one part, the mean; found {parts}")
    return {Quantifier.EVERY: parts, Quantifier.MOST: parts // 2 + 1}.get(quantifier, 1)


def decided(parts: Sequence[Test], quantifier: Quantifier) -> Count:
    """The verdict on a claim that at least u of its k parts hold.

    The partial conjunction test (Benjamini and Heller, Biometrics 64, 2008): reproduced where u parts are at level
    α/(k − u + 1); not reproduced, which says that at least k − u + 1 parts fail, where so many are refuted at level
    α/u. For *every* these are the intersection-union test (each part at α), and Holm's first step (some part at α/k);
    for *some* the two change places. Parts may depend on each other in any way.

    Args:
        parts: of each part to which the claim applies, its verdict at a level (the error of one side).
        quantifier: every, most or some; *mean* has one part, the mean.
    """
    k = len(parts)
    if not k:
        return Count(Verdict.NOT_APPLICABLE, 0, 0)
    u = needed(quantifier, k)
    holds = sum(part(ALPHA) is Verdict.REPRODUCED for part in parts)
    if sum(part(ALPHA / (k - u + 1)) is Verdict.REPRODUCED for part in parts) >= u:
        return Count(Verdict.REPRODUCED, holds, k)
    if sum(part(ALPHA / u) is Verdict.NOT_REPRODUCED for part in parts) >= k - u + 1:
        return Count(Verdict.NOT_REPRODUCED, holds, k)
    return Count(Verdict.UNDETERMINED, holds, k)
