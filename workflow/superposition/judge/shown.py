"""What of a judgement is shown, wherever: the parts that a claim speaks of, by their names, and every reading once."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from .judging import MEAN

MEAN_NAME = "mean of the parts"


def part_name(part: str, models: Mapping[str, Mapping]) -> str:
    """What a part is called: a model by its label, a sparsity as S = 0.9, anything else by its own name.

    Args:
        part: its name in claims.json.
        models: the experiment's, by name, each with its label.
    """
    if part in models:
        return models[part]["label"]
    if part == MEAN:
        return MEAN_NAME
    try:
        return f"S = {part}" if 0 <= Decimal(part) <= 1 else part
    except InvalidOperation:
        return part


def spoken_of(claim: Mapping, reading: Mapping) -> list[dict]:
    """The parts that a claim speaks of under a reading: all, or their mean alone where it speaks of that."""
    parts = list(reading["parts"])
    return parts[-1:] if claim["quantifier"] == "mean" and parts[-1]["part"] == MEAN else parts


def distinct(claim: Mapping) -> list[dict]:
    """The readings under which the claim reads something of its own, the default one first."""
    return [reading for reading in claim["readings"] if reading["same_as"] is None]


def extent(claim: Mapping) -> tuple[float, float] | None:
    """The smallest and the largest effect of the parts under any reading; None where there is nothing to measure."""
    parts = [part for reading in distinct(claim) for part in spoken_of(claim, reading)]
    means = [part["mean"] for part in parts if part["mean"] is not None]
    return (min(means), max(means)) if means else None


def departures(judgement: Mapping, reading: Mapping) -> dict[str, str]:
    """The choices of a reading that are not the default ones, by the open question."""
    asked = judgement["axes"]
    return {axis: choice for axis, choice in reading["choices"].items() if choice != asked[axis]["default"]}


def one_at_a_time(judgement: Mapping, readings: Iterable[Mapping]) -> bool:
    """Whether each reading differs from the default by one choice at most."""
    return all(len(departures(judgement, reading)) <= 1 for reading in readings)
