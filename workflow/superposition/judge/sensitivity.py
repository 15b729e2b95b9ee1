"""Which open question decides a claim."""

from collections.abc import Mapping, Sequence

import numpy as np

from .record import Influence, JudgedReading


def influences(judged: Sequence[JudgedReading], default: Mapping[str, str]) -> tuple[Influence, ...]:
    """The main effect of every axis on a claim, the most decisive first.

    Readings are matched: each with another choice on the axis is compared with the reading of the default choice that
    agrees with it on all other axes. So the measure is the same for one-at-a-time designs and for full products.

    Args:
        judged: the claim under its readings.
        default: the default choice of every axis.
    """
    by_choices = {frozenset(reading.choices.items()): reading for reading in judged}
    measured = []
    for axis, choice in default.items():
        flips, shifts = [], {}
        for reading in judged:
            if reading.choices[axis] == choice:
                continue
            twin = by_choices.get(frozenset({**reading.choices, axis: choice}.items()))
            if twin is not None:
                flips.append(reading.verdict is not twin.verdict)
                shifts.setdefault(reading.choices[axis], []).append(_mean_effect(reading) - _mean_effect(twin))
        shift = max((abs(float(np.mean(changes))) for changes in shifts.values()), default=0.0)
        measured.append(Influence(axis=axis, flips=float(np.mean(flips)) if flips else 0.0, shift=shift))
    return tuple(sorted(measured, key=lambda influence: (-influence.flips, -influence.shift)))


def _mean_effect(reading: JudgedReading) -> float:
    return float(np.mean([part.mean for part in reading.parts]))
