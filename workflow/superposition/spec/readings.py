"""Readings: one choice on every axis that the text leaves open, and what that means for models and training."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from .claims import Axis

DEFAULT = "default"


@dataclass(frozen=True)
class Reading:
    """One way to read the text.

    Args:
        name: the choices that differ from the default, as axis.choice joined by +; "default" where none does.
        choices: the choice on every axis.
        models: models read in place of others.
        variant: the variant whose instances are read.
        options: values that claims read.
    """

    name: str
    choices: dict[str, str]
    models: dict[str, str]
    variant: str
    options: dict[str, str | float]


def readings(axes: Mapping[str, Axis], design: str, base: str) -> list[Reading]:
    """The readings of a design, the default one first.

    Args:
        axes: the open questions.
        design: "one-at-a-time", the default and each other choice alone; or "product", every possible combination.
        base: the variant of the default reading.
    """
    return [_reading(axes, choices, base) for choices in _designed(axes, design)]


def _designed(axes: Mapping[str, Axis], design: str) -> Iterator[dict[str, str]]:
    default = {name: axis.default for name, axis in axes.items()}
    yield default
    if design == "one-at-a-time":
        for name, axis in axes.items():
            yield from ({**default, name: choice} for choice in axis.choices if choice != axis.default)
        return
    for combination in product(*(axis.choices for axis in axes.values())):
        choices = dict(zip(axes, combination, strict=True))
        if choices != default and _possible(axes, choices):
            yield choices


def _possible(axes: Mapping[str, Axis], choices: dict[str, str]) -> bool:
    """Whether no choice excludes another."""
    return not any(
        choices[other] in excluded
        for name, choice in choices.items()
        for other, excluded in axes[name].choices[choice].excludes.items()
    )


def _reading(axes: Mapping[str, Axis], choices: dict[str, str], base: str) -> Reading:
    chosen = {name: axes[name].choices[choice] for name, choice in choices.items()}
    models: dict[str, str] = {}
    options: dict[str, str | float] = {}
    for choice in chosen.values():
        models |= choice.models
        options |= choice.options
    departs = {name: choice for name, choice in choices.items() if choice != axes[name].default}
    trained = {name: choice for name, choice in departs.items() if chosen[name].change}
    return Reading(
        name=_joined(departs) or DEFAULT,
        choices=choices,
        models=models,
        variant=_joined(trained) or base,
        options=options,
    )


def _joined(choices: Mapping[str, str]) -> str:
    return "+".join(f"{axis}.{choice}" for axis, choice in choices.items())


def reading_variants(axes: Mapping[str, Axis], design: str, base: str) -> dict[str, list[dict]]:
    """The variants that the readings train beside the base: name → changes, one for each choice that makes one."""
    variants = {}
    for reading in readings(axes, design, base):
        changes = [axes[name].choices[choice].change for name, choice in reading.choices.items()]
        if reading.variant != base:
            variants[reading.variant] = [change for change in changes if change]
    return variants
