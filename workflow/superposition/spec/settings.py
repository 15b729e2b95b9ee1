"""What is trained on what, and how: the parts of experiment.yaml that a variant may change."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from .validation import Frozen, Name, unique

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
# Bounds keep a slip of the keyboard from asking for more than any machine has; bounds.py bounds them together.
Size = Annotated[int, Field(gt=0, le=10_000)]
Samples = Annotated[int, Field(gt=0, le=10_000_000)]
Steps = Annotated[int, Field(gt=0, le=100_000_000)]


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


class ExtraImportance(Frozen):
    """The same importance for every feature but the last, the "extra" one ("Toy Models of Superposition", §3)."""

    curve: Literal["extra"]
    value: Positive = Field(default=1.0, description="importance of every feature but the last")
    last: Positive = Field(description="importance of the last feature")


Importance = Annotated[
    LinearImportance | GeometricImportance | ConstantImportance | ExplicitImportance | ExtraImportance,
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
        unique([member for members in sets for member in members])
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
        """What determines a sample's distribution besides the sparsity and the number of features."""
        return self.model_dump(mode="json", include={"values", "relative_density", "sets"})


class Model(Frozen):
    """One autoencoder: features → hidden → features."""

    architecture: Name = Field(description="a registered module: what the model computes")
    label: str = Field(pattern=r"^[^$\n]+$", max_length=40, description="the model's name in figures and text")
    shown: bool = Field(default=True, description="whether figures show the model; claims may read it in any case")
    hidden: Size = Field(description="size of the hidden layer")
    features: Size | None = Field(
        default=None, description="number of features, where it is not the experiment's; the first ones of its data"
    )
    importance: Importance | None = Field(
        default=None, description="weight of each feature in the loss, where it is not the experiment's"
    )
    tied: bool = Field(default=True, description="whether the decoder is the encoder's transpose")
    bias: bool = Field(default=True, description="whether the reconstruction adds a trained bias")
    initialisation: Literal["inverse-sqrt-features", "xavier-normal", "xavier-stacked"] = Field(
        default="inverse-sqrt-features",
        description="standard deviation of the normal initial weights: sqrt(1/features); sqrt(2/(features + hidden)), "
        "as in Glorot and Bengio (2010); or sqrt(2/(hidden (features + stacked))), what their rule gives on a tensor "
        "of `stacked` models, as in the source paper's notebook",
    )
    stacked: Size = Field(
        default=10, description="models side by side in the notebook's tensor, on which xavier-stacked depends"
    )


class Training(Frozen):
    """How a model comes by its weights."""

    method: Literal["descent", "optimum"] = Field(
        default="descent",
        description="descent: trained, step by step; optimum: the weights that minimise the expected loss, computed "
        "(docs/optimum.md says for which models), whatever the other keys say but reduction",
    )
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
        unique(self.snapshots)
        if any(step > self.steps for step in self.snapshots):
            raise ValueError(f"snapshots at steps from 0 to {self.steps} (steps)")
        if self.weight_decay and self.optimizer != "adamw":
            raise ValueError("weight_decay with optimizer adamw only")
        return self
