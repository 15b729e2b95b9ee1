"""What an experiment is: the schema of experiment.yaml. The field descriptions are its documentation.

Print them with `python -m superposition schema`.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from .questions import Axis, Claim, Convergence, Name
from .validation import Frozen

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
# Bounds keep a slip of the keyboard from asking for more than any machine has; sizes.py bounds them together.
Size = Annotated[int, Field(gt=0, le=10_000)]
Samples = Annotated[int, Field(gt=0, le=10_000_000)]
Steps = Annotated[int, Field(gt=0, le=100_000_000)]


def _sparsity(text: str) -> str:
    digits = text.removeprefix("0.")
    if text != "0" and not (text.startswith("0.") and digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise ValueError('a decimal in [0, 1) in quotes, such as "0.9"')
    return text


Sparsity = Annotated[str, AfterValidator(_sparsity)]


def _unique(values: Iterable, key=lambda value: value) -> None:
    seen: dict = {}
    for value in values:
        if key(value) in seen:
            raise ValueError(f"each value once; {value!r} repeats {seen[key(value)]!r}")
        seen[key(value)] = value


class LinearImportance(Frozen):
    """Importance that falls in equal steps from the first feature to the last."""

    curve: Literal["linear"]
    first: NonNegative = Field(description="importance of the first feature")
    last: NonNegative = Field(description="importance of the last feature")


class GeometricImportance(Frozen):
    """Importance ratioⁱ of feature i = 0, 1, ..."""

    curve: Literal["geometric"]
    ratio: Positive = Field(description="importance of a feature relative to the one before it")


class ConstantImportance(Frozen):
    """The same importance for every feature."""

    curve: Literal["constant"]
    value: Positive = Field(default=1.0, description="importance of every feature")


class ExplicitImportance(Frozen):
    """Importance feature by feature."""

    curve: Literal["explicit"]
    values: tuple[NonNegative, ...] = Field(description="importance of each feature, as many as there are features")


Importance = Annotated[
    LinearImportance | GeometricImportance | ConstantImportance | ExplicitImportance,
    Field(discriminator="curve"),
]


class Sets(Frozen):
    """Features that are on or off together ("Toy Models of Superposition", §5)."""

    kind: Literal["correlated", "anticorrelated"] = Field(
        description="correlated: a set's members are on or off together, their values independent; anticorrelated: all "
        "are zero with probability S, else exactly one random member is on"
    )
    members: tuple[Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=2)], ...] = Field(
        min_length=1,
        description="the sets, each a list of feature numbers, counted from 1; other features are independent",
    )

    @field_validator("members")
    @classmethod
    def _disjoint(cls, sets):
        _unique([member for members in sets for member in members])
        return sets


class Data(Frozen):
    """What the models are trained and tested on."""

    values: Literal["unit", "signed"] = Field(
        default="unit", description="an active feature's distribution: unit is U[0, 1], signed is U[-1, 1]"
    )
    relative_density: tuple[Positive, ...] | None = Field(
        default=None,
        description="factor of each feature's density 1 − S, as many as there are features; all 1 by default",
    )
    sets: Sets | None = Field(default=None, description="features that are on or off together; none by default")
    target: Literal["identity", "absolute"] = Field(
        default="identity", description="what is to be reconstructed: x, or |x| (§9 of the source paper)"
    )
    source: Literal["fixed", "fresh"] = Field(
        description="fixed: minibatches of one training set per seed; fresh: new samples at every step"
    )
    train_samples: Samples | None = Field(
        default=None, description="rows of the training set; needed when the source is fixed"
    )
    test_samples: Samples = Field(description="rows of the held-out test set")

    @model_validator(mode="after")
    def _fixed_needs_rows(self):
        if self.source == "fixed" and self.train_samples is None:
            raise ValueError("train_samples, a positive number of rows, where source is fixed")
        return self

    @property
    def distribution(self) -> dict:
        """What determines a sample's distribution besides the sparsity."""
        return self.model_dump(mode="json", include={"values", "relative_density", "sets"})


class Model(Frozen):
    """One autoencoder: features → hidden → features."""

    architecture: Name = Field(description="a registered module: what the model computes")
    label: str = Field(pattern=r"^[^$\n]+$", max_length=40, description="the model's name in figures and text")
    shown: bool = Field(default=True, description="whether figures show the model; claims may read it in any case")
    hidden: Size = Field(description="size of the hidden layer")
    tied: bool = Field(default=True, description="whether the decoder is the encoder's transpose")
    bias: bool = Field(default=True, description="whether the reconstruction adds a trained bias")
    initialisation: Literal["inverse-sqrt-features", "xavier-normal"] = Field(
        default="inverse-sqrt-features",
        description="standard deviation of the normal initial weights: sqrt(1/features), or "
        "sqrt(2/(features + hidden)) as in Glorot and Bengio (2010)",
    )


class Training(Frozen):
    """How a model is trained."""

    optimizer: Literal["adam", "adamw", "sgd"] = Field(description="update rule, as defined by torch.optim")
    learning_rate: Positive = Field(description="step size")
    schedule: Literal["constant", "linear"] = Field(
        default="constant", description="learning rate over the steps: constant, or falling linearly to zero"
    )
    beta1: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.9, description="Adam's first-moment decay")
    beta2: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.999, description="Adam's second-moment decay")
    epsilon: Positive = Field(default=1.0e-8, description="Adam's term that keeps the denominator from zero")
    weight_decay: NonNegative = Field(default=0.0, description="AdamW's decoupled weight decay")
    l1: NonNegative = Field(default=0.0, description="weight of the hidden layer's L1 norm in the loss, Σ|h|")
    steps: Steps = Field(description="number of updates")
    batch: Annotated[int, Field(gt=0, le=1_000_000)] | Literal["full"] = Field(
        description="samples per update; full takes the whole training set each time. Each epoch over a fixed "
        "set is a new permutation cut into batches; rows that fill no batch sit that epoch out"
    )
    reduction: Literal["mean", "sum"] = Field(
        default="mean",
        description="whether the loss is the mean or the sum over features (always the mean over samples)",
    )
    records: Size = Field(default=100, description="points of the loss history")
    snapshots: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        default=(), description="steps at which the weights are kept; 0 is the initial state"
    )

    @model_validator(mode="after")
    def _consistent(self):
        _unique(self.snapshots)
        if any(step > self.steps for step in self.snapshots):
            raise ValueError(f"snapshots at steps from 0 to {self.steps} (steps)")
        if self.weight_decay and self.optimizer != "adamw":
            raise ValueError("weight_decay with optimizer adamw only")
        return self


class Figure(Frozen):
    """One figure; a function of the same name in the experiment's figures.py draws it."""

    reads: tuple[Literal["data", "weights", "matrices", "metrics"], ...] = Field(
        min_length=1, description="the products that the figure is drawn from"
    )


class Experiment(Frozen):
    """One experiment, as experiment.yaml states it."""

    title: str = Field(min_length=1, description="the experiment's heading in the report")
    features: Size = Field(description="number of features, n")
    importance: Importance = Field(description="weight of each feature in the loss")
    sparsities: tuple[Sparsity, ...] = Field(
        min_length=1, description="probabilities that a feature is zero, as quoted decimals: they name files"
    )
    controls: dict[Sparsity, tuple[Name, ...]] = Field(
        default={}, description="further sparsities, each with the models that are trained there: judged, not shown"
    )
    seeds: tuple[Annotated[int, Field(ge=0, lt=2**31)], ...] = Field(
        min_length=1, description="one data set and one initialisation per seed"
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
    presets: dict[Literal["smoke", "standard", "full"], dict[str, Any]] = Field(
        default={}, description="changes of any key above, by size of run; standard is the file as it stands"
    )
    figures: dict[Name, Figure] = Field(default={}, description="the figures, in the report's order")
    axes: dict[Name, Axis] = Field(default={}, description="what the source leaves open: each choice is a reading")
    design: Literal["one-at-a-time", "product"] = Field(
        default="one-at-a-time", description="readings: the default and each other choice alone, or every combination"
    )
    claims: dict[Name, Claim] = Field(default={}, description="the source's claims, in the report's order")
    convergence: Convergence = Field(default=Convergence(), description="when a cell counts as converged")

    @field_validator("seeds")
    @classmethod
    def _distinct_seeds(cls, values):
        _unique(values)
        return values

    @field_validator("variants")
    @classmethod
    def _some_variant(cls, values):
        if not values:
            raise ValueError("at least one variant, such as 'default: {}'")
        return values

    @model_validator(mode="after")
    def _names_agree(self):
        _unique((*self.sparsities, *self.controls), key=Decimal)
        for sparsity, models in self.controls.items():
            if unknown := [model for model in models if model not in self.models]:
                raise ValueError(f"controls.{sparsity} among {', '.join(self.models)}; found {unknown[0]!r}")
        for axis, choices in ((name, axis.choices.items()) for name, axis in self.axes.items()):
            for choice, means in choices:
                for model in (*means.models, *means.models.values()):
                    if model not in self.models:
                        raise ValueError(f"axes.{axis}.choices.{choice}.models among {', '.join(self.models)}")
                for other, excluded in means.excludes.items():
                    if other not in self.axes or set(excluded) - set(self.axes[other].choices):
                        raise ValueError(f"axes.{axis}.choices.{choice}.excludes among the axes and their choices")
        for name, claim in self.claims.items():
            if claim.figure not in self.figures:
                raise ValueError(f"claims.{name}.figure among {', '.join(self.figures)}")
        if self.claims and len(self.seeds) < 2:
            raise ValueError("at least two seeds where there are claims, since a verdict rests on an interval")
        return self

    @model_validator(mode="after")
    def _sizes_agree(self):
        if isinstance(self.importance, ExplicitImportance) and len(self.importance.values) != self.features:
            raise ValueError(f"importance.values with {self.features} numbers (features)")
        batch, rows = self.training.batch, self.data.train_samples
        if self.data.source == "fixed" and batch != "full" and batch > rows:
            raise ValueError(f"training.batch of at most data.train_samples ({rows}), or full")
        if self.data.source == "fresh" and batch == "full":
            raise ValueError("training.batch as a number, since fresh data has no full set")
        self._check_features()
        return self

    def _check_features(self) -> None:
        """Every feature that data names exists, and has a probability of being on."""
        n, density = self.features, self.data.relative_density
        if density is not None and len(density) != n:
            raise ValueError(f"data.relative_density with {n} numbers (features)")
        if density is not None and max(density) * (1 - min(map(float, (*self.sparsities, *self.controls)))) > 1:
            raise ValueError("data.relative_density of at most 1/(1 − S) at the smallest sparsity S")
        for members in self.data.sets.members if self.data.sets else ():
            if max(members) > n:
                raise ValueError(f"data.sets.members from 1 to {n} (features)")
            if density is not None and len({density[member - 1] for member in members}) > 1:
                raise ValueError("data.relative_density equal within each set")
