"""From an effect's interval to the verdict on one part of a claim."""

from enum import StrEnum

from .intervals import Estimate

ALPHA = 0.025  # error of one side: a verdict is that of a two-sided interval of 95 %


class Verdict(StrEnum):
    """What the numbers say of a claim."""

    REPRODUCED = "reproduced"
    NOT_REPRODUCED = "not reproduced"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not applicable"


def verdict(effect: Estimate, direction: str, threshold: float) -> Verdict:
    """The verdict on one part of a claim: whether the whole interval lies where the claim says.

    Args:
        effect: mean and interval.
        direction: "above" or "below" the threshold, or "within" ± the threshold of zero.
        threshold: the claim's threshold.
    """
    if direction == "within":
        inside = -threshold < effect.low and effect.high < threshold
        outside = effect.high < -threshold or effect.low > threshold
    elif direction == "above":
        inside, outside = effect.low > threshold, effect.high < threshold
    else:
        inside, outside = effect.high < threshold, effect.low > threshold
    if inside:
        return Verdict.REPRODUCED
    return Verdict.NOT_REPRODUCED if outside else Verdict.UNDETERMINED
