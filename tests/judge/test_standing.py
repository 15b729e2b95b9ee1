"""What verdicts under the source's settings, under tuned training and at the optimum say together."""

import pytest
from superposition.judge import standing
from superposition.spec.claims import Layer

YES, NO, OPEN, NOTHING = "reproduced", "not reproduced", "undetermined", "not applicable"


@pytest.mark.parametrize(
    ("source", "tuned", "optimum", "said"),
    [
        (YES, NO, NO, standing.HOLDS),
        (NO, YES, NO, standing.BETTER_TRAINING),
        (NO, YES, YES, standing.BETTER_TRAINING),
        (NO, NO, YES, standing.MISSED),
        (NO, OPEN, YES, standing.MISSED),
        (NO, NO, NO, standing.FALSE),
        (NO, NO, NOTHING, standing.NEITHER),
        (NO, OPEN, NO, standing.OPEN),
        (OPEN, YES, YES, standing.OPEN),
        (NOTHING, YES, YES, standing.OPEN),
        (NOTHING, NOTHING, NOTHING, standing.NOTHING),
    ],
)
def test_layers_together_say(source, tuned, optimum, said):
    from superposition.judge.verdicts import Verdict

    layers = {Layer.SOURCE: source, Layer.TUNED: tuned, Layer.OPTIMUM: optimum}
    assert standing.standing({layer: Verdict(word) for layer, word in layers.items()}) == said
