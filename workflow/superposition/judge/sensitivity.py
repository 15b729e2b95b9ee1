"""Which open question decides a claim."""

from collections.abc import Mapping, Sequence

import numpy as np

from .record import Influence, JudgedReading


def influences(judged: Sequence[JudgedReading], default: Mapping[str, str]) -> tuple[Influence, ...]:
    """The main effect of every axis that can reach a claim, the most decisive first.

    Readings are matched: each with another choice on the axis is compared with the reading of the default choice that
    agrees with it on all other axes. So the measure is the same for one-at-a-time designs and for full products. An
    axis none of whose choices changes anything that the claim reads is left out.

    Args:
        judged: the claim under its readings.
        default: the default choice of every axis.
    """
    by_choices = {frozenset(reading.choices.items()): reading for reading in judged}
    measured = []
    for axis, choice in default.items():
        flips, shifts = [], {}
        for reading in judged:
            twin = by_choices.get(frozenset({**reading.choices, axis: choice}.items()))
            if reading.choices[axis] == choice or twin is None or _is_same(reading, twin):
                continue
            flips.append(reading.verdict is not twin.verdict)
            effects = [_mean_effect(known) for known in (reading, twin)]
            if None not in effects:
                shifts.setdefault(reading.choices[axis], []).append(effects[0] - effects[1])
        if flips:
            shift = max((abs(float(np.mean(changes))) for changes in shifts.values()), default=0.0)
            measured.append(Influence(axis=axis, flips=float(np.mean(flips)), shift=shift))
    return tuple(sorted(measured, key=lambda influence: (-influence.flips, -influence.shift)))


def _is_same(reading: JudgedReading, twin: JudgedReading) -> bool:
    """Whether a claim reads the same under both."""
    return (reading.same_as or reading.reading) == (twin.same_as or twin.reading)


def _mean_effect(reading: JudgedReading) -> float | None:
    """Mean over the parts that have an effect; None where none has."""
    means = [part.mean for part in reading.parts if part.mean is not None]
    return float(np.mean(means)) if means else None
