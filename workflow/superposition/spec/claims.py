"""What an experiment asks: its claims, and the readings under which each is judged (part of experiment.yaml)."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from .validation import Frozen, Name


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
    options: dict[Name, Name] = Field(default={}, description="values that claims read, such as what is measured")


class Axis(Frozen):
    """A question that the text leaves open."""

    question: str = Field(min_length=1, description="what is open")
    default: Name = Field(description="the choice of the default reading")
    why: str = Field(min_length=1, description="why that is the default")
    choices: dict[Name, Choice] = Field(min_length=2, description="the answers by name")

    @model_validator(mode="after")
    def _default_is_a_choice(self):
        if self.default not in self.choices:
            raise ValueError(f"default among its choices: {', '.join(self.choices)}")
        default = self.choices[self.default]
        if default.models or default.change:
            raise ValueError("a default choice without models or change: it is the experiment as it stands")
        return self


class Claim(Frozen):
    """A statement of the source, and what would make it true."""

    quote: str = Field(min_length=1, max_length=400, description="the source's own words")
    statement: str = Field(min_length=1, description="what is claimed, in our words")
    effect: str = Field(min_length=1, description="what is measured, with its unit")
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
