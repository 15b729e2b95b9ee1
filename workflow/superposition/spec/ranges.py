"""Values along an axis: given one by one, or as so many points of a range (part of experiment.yaml)."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from .validation import Frozen, unique

DIGITS = 6  # significant digits of a range's values: they stand in file names and tables


def _sparsity(text: str) -> str:
    digits = text.removeprefix("0.")
    if text != "0" and not (text.startswith("0.") and digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise ValueError('a decimal in [0, 1) in quotes, such as "0.9"')
    return text


Sparsity = Annotated[str, AfterValidator(_sparsity)]


class Range(Frozen):
    """Values from the first to the last, both included."""

    first: Annotated[float, Field(gt=0, le=1e9)] = Field(description="the first value")
    last: Annotated[float, Field(gt=0, le=1e9)] = Field(description="the last value, smaller or larger")
    points: Annotated[int, Field(ge=2, le=1000)] = Field(description="number of values")
    spacing: Literal["geometric", "linear"] = Field(
        default="geometric", description="whether neighbours have the same ratio or the same difference"
    )

    @property
    def values(self) -> tuple[float, ...]:
        """The values, to six significant digits."""
        steps = [i / (self.points - 1) for i in range(self.points)]
        if self.spacing == "linear":
            exact = [self.first + (self.last - self.first) * step for step in steps]
        else:
            exact = [self.first * math.exp(math.log(self.last / self.first) * step) for step in steps]
        return tuple(float(f"{value:.{DIGITS}g}") for value in exact)

    @model_validator(mode="after")
    def _apart(self):
        unique(self.values)
        return self


class Densities(Range):
    """Sparsities S by their densities 1 − S."""

    @property
    def sparsities(self) -> tuple[str, ...]:
        """The sparsities as decimals, to six digits after the point."""
        return tuple(f"{1 - density:.6f}".rstrip("0").rstrip(".") for density in self.values)

    @model_validator(mode="after")
    def _probabilities(self):
        if max(self.first, self.last) > 1:
            raise ValueError("densities of at most 1")
        if "1" in self.sparsities:
            raise ValueError("densities of at least 0.000001")
        unique(self.sparsities)
        return self


def stretches(sparsities: Sequence[str], length: int) -> dict[str, tuple[str, ...]]:
    """Neighbouring sparsities that share a data file and a cell, by the name that stands in their paths.

    A sparsity alone has its own name, several those of the first and the last: 0.9, or 0-0.411.
    """
    parts = [tuple(sparsities[start : start + length]) for start in range(0, len(sparsities), length)]
    return {"-".join(dict.fromkeys((part[0], part[-1]))): part for part in parts}


class Sweep(Frozen):
    """The values that a setting takes, each trained with every seed."""

    values: Annotated[tuple[Any, ...], Field(min_length=1)] | None = Field(
        default=None, description="the values one by one"
    )
    range: Range | None = Field(default=None, description="or a range of numbers")

    @model_validator(mode="after")
    def _one_of_both(self):
        if (self.values is None) == (self.range is None):
            raise ValueError("either values or range")
        unique(map(repr, self.spelled_out))
        return self

    @property
    def spelled_out(self) -> tuple:
        """Every value."""
        return self.range.values if self.values is None else self.values
