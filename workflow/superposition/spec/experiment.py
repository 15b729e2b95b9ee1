"""What an experiment is: the schema of experiment.yaml. The field descriptions are its documentation.

Print them with `python -m superposition schema`.
"""

from collections.abc import Mapping
from decimal import Decimal
from math import prod
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from .claims import Amendment, Axis, Claim, Convergence, check_amendments
from .ranges import Densities, Sparsity, Sweep, stretches
from .settings import Data, ExplicitImportance, Importance, Model, Size, Training
from .validation import Frozen, Name, WrongError, unique

LARGEST_SWEEP = 10_000  # points
MOST_SEEDS = 10_000
LONGEST_TITLE = 80  # characters: a line of a list
RESERVED = ("continued", "untrained", "permuted", "planted")  # variants that judging adds (data.instances)


def _counted(value: Any) -> Any:
    """A number of seeds as the seeds from 0 on; a first one and how many as those."""
    if isinstance(value, Mapping) and set(value) == {"first", "count"}:
        first, count = value["first"], value["count"]
        if type(first) is int and type(count) is int and 0 < count <= MOST_SEEDS:
            return tuple(range(first, first + count))
    if type(value) is int and not 0 < value <= MOST_SEEDS:
        raise ValueError(f"1 to {MOST_SEEDS} seeds")
    return tuple(range(value)) if type(value) is int else value


Seeds = Annotated[
    tuple[Annotated[int, Field(ge=0, lt=2**31)], ...],
    Field(min_length=1, max_length=MOST_SEEDS),
    BeforeValidator(_counted),
]


class Figure(Frozen):
    """One figure; a function of the same name in the experiment's figures.py draws it."""

    title: str = Field(
        min_length=1,
        max_length=LONGEST_TITLE,
        description=f"what it shows, whatever comes out, in plain text of at most {LONGEST_TITLE} characters: lists "
        "name the figure by it, and its caption begins with it",
    )
    reads: tuple[Literal["data", "weights", "matrices", "metrics"], ...] = Field(
        min_length=1, description="the products that the figure is drawn from"
    )
    controls: bool = Field(
        default=False, description="whether it is drawn from the controls' sparsities and models that are not shown too"
    )


class Quotes(Frozen):
    """Where the claims' quotes were read."""

    taken_from: str = Field(
        min_length=1, description="the text, as the page names it, such as: the paper's first version, arXiv 2209.10652"
    )
    altered: bool = Field(
        default=False,
        description="whether its words are not the author's, as those of a reprint that a machine reworded or of a "
        "translation: such quotes are set apart, and the page says so above its first table",
    )


class Experiment(Frozen):
    """One experiment, as experiment.yaml states it."""

    title: str = Field(min_length=1, description="the experiment's heading in the report")
    features: Size = Field(description="number of features, n")
    importance: Importance = Field(description="weight of each feature in the loss")
    sparsities: tuple[Sparsity, ...] = Field(
        default=(), description="probabilities that a feature is zero, as quoted decimals: they name files"
    )
    densities: Densities | None = Field(
        default=None,
        description="in place of sparsities: a range of densities 1 − S, such as {first: 1, last: 0.01, points: 40}",
    )
    sparsities_per_job: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1,
        description="neighbouring sparsities that share a data file and a cell, and so are computed by one job; more "
        "than 1 where a job takes less time than its start, and finer than this nothing is recomputed",
    )
    controls: dict[Sparsity, tuple[Name, ...]] = Field(
        default={}, description="further sparsities, each with the models that are trained there: judged, not shown"
    )
    seeds: Seeds = Field(
        description="one data set and one initialisation per seed; a list, how many (50 means 0 to 49), or "
        "{first: 100, count: 50} (100 to 149)"
    )
    streams: Literal["paired", "own"] = Field(
        default="paired",
        description="paired: a seed's fresh samples, batch order and initial weights are the same at every sparsity "
        "and in every variant, so that differences between them are paired; own: each sparsity and variant has its own",
    )
    data: Data = Field(description="what the models are trained and tested on")
    models: dict[Name, Model] = Field(min_length=1, description="the models by name")
    training: Training = Field(description="how every model is trained")
    variants: dict[Name, dict[str, Any]] = Field(
        default={"default": {}},
        description="named changes of importance, data, training or a model's tied, bias and initialisation; each is "
        "trained with every seed, and the first is the one that figures show",
    )
    sweep: dict[str, Sweep] = Field(
        default={},
        description="settings that take many values, by dotted key below importance, data or training, such as "
        "importance.last: {range: {first: 0.1, last: 10, points: 40}}; every combination is trained under every "
        "variant with every seed",
    )
    presets: dict[Literal["smoke", "standard", "full"], dict[str, Any]] = Field(
        default={},
        description="changes of any key but claims and amendments, by size of run; standard is the file as it stands",
    )
    figures: dict[Name, Figure] = Field(default={}, description="the figures, in the report's order")
    axes: dict[Name, Axis] = Field(default={}, description="what the source leaves open: each choice is a reading")
    design: Literal["one-at-a-time", "product"] = Field(
        default="one-at-a-time", description="readings: the default and each other choice alone, or every combination"
    )
    claims: dict[Name, Claim] = Field(default={}, description="the source's claims, in the report's order")
    curves: tuple[Name, ...] = Field(
        default=(),
        description="the claims whose specification curve is drawn: those whose verdict depends on the reading; of the "
        "others the report has a table of the readings",
    )
    quotes: Quotes | None = Field(default=None, description="where the claims' quotes were read; said beside them")
    amendments: tuple[Amendment, ...] = Field(
        default=(), description="what was changed after an effect had been seen, in the order in which it was"
    )
    convergence: Convergence = Field(default=Convergence(), description="when a cell counts as converged")

    @model_validator(mode="before")
    @classmethod
    def _densities_are_sparsities(cls, document):
        """Spell a range of densities out, where it is one; where it is not, the field's own error says why."""
        if not isinstance(document, Mapping) or not isinstance(document.get("densities"), Mapping):
            return document
        if document.get("sparsities"):
            raise ValueError("either sparsities or densities")
        try:
            return {**document, "sparsities": Densities.model_validate(document["densities"]).sparsities}
        except ValidationError:
            return document

    @field_validator("seeds")
    @classmethod
    def _distinct_seeds(cls, values):
        unique(values)
        return values

    @field_validator("presets")
    @classmethod
    def _same_claims(cls, values):
        for name, changes in values.items():
            if kept := {"claims", "amendments"} & set(changes):
                raise ValueError(f"presets.{name} without {min(kept)}: a claim's test is the same in every preset")
        return values

    @field_validator("variants")
    @classmethod
    def _some_variant(cls, values):
        if not values:
            raise ValueError("at least one variant, such as 'default: {}'")
        if taken := [name for name in values if name in RESERVED]:
            raise ValueError(f"names of variants other than {', '.join(RESERVED)}; found {taken[0]!r}")
        return values

    @model_validator(mode="after")
    def _names_agree(self):
        if not self.sparsities:
            raise WrongError("sparsities", (), "at least one, or densities")
        unique((*self.sparsities, *self.controls), key=Decimal)
        if (size := prod(len(sweep.spelled_out) for sweep in self.sweep.values())) > LARGEST_SWEEP:
            raise ValueError(f"sweep of at most {LARGEST_SWEEP} points; found {size}")
        for sparsity, models in self.controls.items():
            if unknown := [model for model in models if model not in self.models]:
                raise WrongError(f"controls.{sparsity}", unknown[0], ", ".join(self.models))
        for axis, choices in ((name, axis.choices.items()) for name, axis in self.axes.items()):
            for choice, means in choices:
                for model in (*means.models, *means.models.values()):
                    if model not in self.models:
                        raise WrongError(f"axes.{axis}.choices.{choice}.models", model, ", ".join(self.models))
                for other, excluded in means.excludes.items():
                    if other not in self.axes or set(excluded) - set(self.axes[other].choices):
                        known = ", ".join(f"{name}: {list(asked.choices)}" for name, asked in self.axes.items())
                        raise WrongError(f"axes.{axis}.choices.{choice}.excludes", {other: excluded}, known)
        for name, claim in self.claims.items():
            if claim.figure not in self.figures:
                raise WrongError(f"claims.{name}.figure", claim.figure, ", ".join(self.figures) or "a key of figures")
        if unknown := [name for name in self.curves if name not in self.claims]:
            raise WrongError("curves", unknown[0], ", ".join(self.claims) or "none, as there are no claims")
        unique(self.curves)
        check_amendments(self.amendments, self.claims)
        if len([name for name, axis in self.axes.items() if axis.layers]) > 1:
            raise ValueError("choices with a layer in one axis only")
        if self.claims and len(self.seeds) < 2:
            raise ValueError("at least two seeds where there are claims, since a verdict rests on an interval")
        return self

    @model_validator(mode="after")
    def _sizes_agree(self):
        for name, model in self.models.items():
            key, n = (f"models.{name}.importance" if model.importance else "importance"), self.size(name)
            importance = model.importance or self.importance
            if isinstance(importance, ExplicitImportance) and len(importance.values) != n:
                raise ValueError(f"{key}.values with {n} numbers, the features of model {name}")
        batch, rows = self.training.batch, self.data.train_samples
        if self.data.source == "fixed" and batch != "full" and batch > rows:
            raise WrongError("training.batch", batch, f"at most data.train_samples ({rows}), or full")
        if self.data.source == "fresh" and batch == "full":
            raise WrongError("training.batch", batch, "a number, since fresh data has no full set")
        self._check_features()
        return self

    @property
    def stretches(self) -> dict[str, tuple[str, ...]]:
        """The sparsities that share files, by the name of their stretch; every control has its own."""
        return stretches(self.sparsities, self.sparsities_per_job) | stretches(tuple(self.controls), 1)

    def size(self, model: str) -> int:
        """A model's number of features."""
        return self.models[model].features or self.features

    @property
    def most_features(self) -> int:
        """The features of the model that has most: as many as a data set has."""
        return max(map(self.size, self.models))

    def _check_features(self) -> None:
        """Every feature that data names exists in every model, and has a probability of being on."""
        n, density = self.most_features, self.data.relative_density
        if density is not None and len(density) != n:
            raise ValueError(f"data.relative_density with {n} numbers (features)")
        if density is not None and max(density) * (1 - min(map(float, (*self.sparsities, *self.controls)))) > 1:
            raise ValueError("data.relative_density of at most 1/(1 − S) at the smallest sparsity S")
        for members in self.data.sets.members if self.data.sets else ():
            if max(members) > (least := min(map(self.size, self.models))):
                raise ValueError(f"data.sets.members from 1 to {least} (features)")
            if density is not None and len({density[member - 1] for member in members}) > 1:
                raise ValueError("data.relative_density equal within each set")
