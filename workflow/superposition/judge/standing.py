"""What a claim's verdicts under the authors' settings, under better training and at the optimum say together."""

from collections.abc import Mapping

from ..spec.claims import Layer
from .verdicts import Verdict

HOLDS = "it holds"
BETTER_TRAINING = "it holds only with training better than the source's"
MISSED = "it is true of the optimum, but training misses it"
FALSE = "the claim is false"
NEITHER = "it holds under no training that was tried; of the optimum nothing is known"
OPEN = "it stays open"
NOTHING = "there is nothing to measure"


def standing(verdicts: Mapping[Layer, Verdict]) -> str:
    """One of the sentences of this module.

    A claim that holds under the source's own settings holds. If it does not, it matters where it does: under tuned
    training, or only for the weights that minimise the expected loss. It is false where it is refuted of these, too;
    where they are not known, training alone does not make it false.

    Args:
        verdicts: by layer, as many as the experiment has; the source's among them.
    """
    told = {layer: verdict for layer, verdict in verdicts.items() if verdict is not Verdict.NOT_APPLICABLE}
    if not told:
        return NOTHING
    if told.get(Layer.SOURCE) is Verdict.REPRODUCED:
        return HOLDS
    if Layer.SOURCE not in told or told[Layer.SOURCE] is Verdict.UNDETERMINED:
        return OPEN
    if told.get(Layer.TUNED) is Verdict.REPRODUCED:
        return BETTER_TRAINING
    if told.get(Layer.OPTIMUM) is Verdict.REPRODUCED:
        return MISSED
    if not all(verdict is Verdict.NOT_REPRODUCED for verdict in told.values()):
        return OPEN
    return FALSE if Layer.OPTIMUM in told else NEITHER
