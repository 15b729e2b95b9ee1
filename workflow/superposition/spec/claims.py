"""What an experiment asks: its claims, and the readings under which each is judged (part of experiment.yaml)."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from .validation import Frozen, Name, WrongError


class Scale(StrEnum):
    """What kind of number an effect is, and so how its interval is made (judge.intervals)."""

    DIFFERENCE = "difference"
    SHARE = "share"
    MEDIAN = "median"
    BINARY = "binary"
    RATIO = "ratio"
    POOLED = "pooled"


class Quantifier(StrEnum):
    """Of how many of its parts a claim speaks."""

    EVERY = "every"
    MOST = "most"
    SOME = "some"
    MEAN = "mean"


class Layer(StrEnum):
    """Whose weights a choice of settings gives: three questions to one claim."""

    SOURCE = "source"
    TUNED = "tuned"
    OPTIMUM = "optimum"


class Choice(Frozen):
    """One answer to a question that the text leaves open."""

    says: str = Field(min_length=1, description="the choice in words")
    models: dict[Name, Name] = Field(
        default={}, description="models that take the place of others: the claims' model → the model read instead"
    )
    change: dict[str, Any] = Field(
        default={}, description="changes of importance, data, training or models, as in a variant: trained separately"
    )
    excludes: dict[Name, tuple[Name, ...]] = Field(
        default={}, description="choices of other axes that it cannot be combined with: axis → choices"
    )
    options: dict[Name, Name | float] = Field(
        default={}, description="values that claims read, such as what is measured or from which norm on"
    )
    layer: Layer | None = Field(
        default=None,
        strict=False,
        description="source: the training is the authors' own; tuned: it is chosen for a low loss; optimum: the "
        "weights minimise the expected loss. With them a false claim is told from one that training misses",
    )


class Axis(Frozen):
    """A question that the text leaves open."""

    question: str = Field(min_length=1, description="what is open")
    default: Name = Field(description="the choice of the default reading")
    why: str = Field(min_length=1, description="why that is the default")
    choices: dict[Name, Choice] = Field(min_length=2, description="the answers by name")

    @model_validator(mode="after")
    def _default_is_a_choice(self):
        if self.default not in self.choices:
            raise WrongError("default", self.default, f"one of its choices: {', '.join(self.choices)}")
        default = self.choices[self.default]
        if default.models or default.change:
            raise ValueError("a default choice without models or change: it is the experiment as it stands")
        if self.layers and default.layer is None:
            raise ValueError("a layer of the default choice too, where another choice has one")
        return self

    @property
    def layers(self) -> dict[str, Layer]:
        """The choices that stand for a layer."""
        return {name: choice.layer for name, choice in self.choices.items() if choice.layer is not None}


class Claim(Frozen):
    """A statement of the source, and what would make it true."""

    quote: str = Field(min_length=1, max_length=400, description="the source's own words")
    statement: str = Field(min_length=1, description="what is claimed, in our words")
    kind: Literal["evidence", "check"] = Field(
        default="evidence",
        description="evidence: it could have come out otherwise; check: it follows by construction (a theorem, a test "
        "of the data), is shown apart and counts in no tally",
    )
    quantifier: Quantifier = Field(
        strict=False,  # YAML has its name
        description="whether the claim speaks of every part (sparsity, model), of most (more than half), of some (at "
        "least one), or of the mean over its parts",
    )
    effect: str = Field(min_length=1, description="what is measured, with its unit")
    scale: Scale = Field(
        default=Scale.DIFFERENCE,
        strict=False,
        description="kind of number: difference, any; share, from 0 to 1; median, any, of "
        "which the typical seed counts; binary, 0 or 1 a seed; ratio, above 0; "
        "pooled, pseudo-values of a statistic of all seeds",
    )
    direction: Literal["above", "below", "within"] = Field(
        description="above or below the threshold, or within ± the threshold of zero"
    )
    threshold: float = Field(description="the value that the effect's interval must clear")
    why: str = Field(min_length=1, description="why this threshold")
    figure: Name = Field(description="the figure that shows it")
    reason: str = Field(min_length=1, description="the likely reason where the claim does not hold")

    @model_validator(mode="after")
    def _band_is_positive(self):
        if self.direction == "within" and self.threshold <= 0:
            raise ValueError("a threshold above 0 where direction is within")
        return self


class Convergence(Frozen):
    """When a cell counts as converged."""

    slope: Annotated[float, Field(gt=0)] = Field(
        default=0.01, description="largest relative change of the training loss over the last tenth of the steps"
    )
    excess: Annotated[float, Field(gt=0)] = Field(
        default=0.02, description="largest excess of a linear model's held-out loss over its closed-form optimum"
    )
    share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0, description="share of a cell's models whose slope must not be larger: of thousands some always is"
    )
    continued: Annotated[int, Field(ge=2, le=10)] | None = Field(
        default=None,
        description="the first variant is trained on, for so many times its steps, and has converged where neither the "
        "held-out losses nor the claim's effect move by more than their intervals' half-widths",
    )


class Amendment(Frozen):
    """A change to a claim's test or training that was made after an effect of it had been seen."""

    claims: Literal["every"] | tuple[str, ...] = Field(
        description="the claims whose test or training changed; every, for all that there are"
    )
    removed: bool = Field(default=False, description="whether the claims that it names were taken out")
    what: str = Field(min_length=1, description="what was changed")
    why: str = Field(min_length=1, description="why")
    before: str = Field(min_length=1, description="the verdicts before")
    after: str = Field(min_length=1, description="the verdicts after")
    commit: str = Field(pattern="^[0-9a-f]{7,40}$", description="the commit that made the change")

    @field_validator("claims", mode="before")
    @classmethod
    def _every_or_names(cls, value):
        is_list = isinstance(value, tuple | list) and value and all(isinstance(name, str) for name in value)
        if value != "every" and not is_list:
            raise ValueError("every, or a list of claims by their names")
        return value

    @model_validator(mode="after")
    def _removed_are_named(self):
        if self.removed and self.claims == "every":
            raise ValueError("a list of claims, each by its name, where removed is true")
        return self

    def names(self, claim: str) -> bool:
        """Whether it speaks of a claim."""
        return self.claims == "every" or claim in self.claims


def check_amendments(amendments: Sequence[Amendment], claims: Collection[str]) -> None:
    """Check that every name in amendments is a claim's; or, where the last one to give it says so, a removed claim's.

    Raises:
        ValueError: a claim is named that is not there, or is there though it was removed.
    """
    lists = {i: amendment.claims for i, amendment in enumerate(amendments) if amendment.claims != "every"}
    last = {claim: i for i, names in lists.items() for claim in names}
    for claim, i in last.items():
        if claim not in claims and not amendments[i].removed:
            raise WrongError(f"amendments[{i}].claims", claim, "names of claims, or of others with removed: true")
        if claim in claims and amendments[i].removed:
            raise WrongError(
                f"amendments[{i}].removed", True, f"false, or a later one that names {claim!r}, which is there"
            )
