"""How often a claim of several parts that is not true is called reproduced."""

import numpy as np
from superposition.judge.intervals import estimate
from superposition.judge.quantifiers import decided
from superposition.judge.verdicts import Verdict, verdict
from superposition.spec.claims import Quantifier, Scale


def called_reproduced(
    scale: Scale, shape, quantifier: Quantifier, direction: str, parts: int, holding: int, size: tuple[int, int]
) -> float:
    """Share of claims called reproduced of which some parts surely hold, and of the others the truth is the threshold.

    Args:
        scale: of the effects.
        shape: of the parts at the threshold, an interval_shapes.Shape.
        quantifier: every, most or some.
        direction: above or below.
        parts: number of parts.
        holding: how many of them hold.
        size: (claim, seed).
    """
    claims, seeds = size
    values = shape.draw(np.random.default_rng(parts), (claims * (parts - holding), seeds))

    def at_threshold(one):
        return lambda error: verdict(estimate(one, scale, 1 - 2 * error), direction, shape.truth)

    sure = [lambda error: Verdict.REPRODUCED] * holding
    count = sum(
        decided(sure + [at_threshold(one) for one in claim], quantifier).verdict is Verdict.REPRODUCED
        for claim in values.reshape(claims, parts - holding, seeds)
    )
    return count / claims
