"""The instance axis: every (sparsity, variant, point of the sweep, seed) of a cell, each with its own settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from zlib import crc32

import numpy as np

from .sampling import Distribution, distribution
from .streams import Purpose, stream

# Where an instance's weights come from. A judged model has variants named by the last three beside those that are
# trained: weights of which it is known whether a claim should hold of them (train.controls).
TRAINED = "trained"
UNTRAINED, PERMUTED, PLANTED = MADE = ("untrained", "permuted", "planted")
CONTINUED = "continued"  # the variant that is trained for several times the first one's steps


@dataclass(frozen=True)
class Instance:
    """One model: everything its weights depend on."""

    sparsity: str
    variant: str
    like: str  # the variant whose streams it shares: its own, but for the made and the continued ones
    origin: str  # trained, or one of MADE
    point: tuple  # the value of each swept setting
    seed: int
    dataset: int  # index on the data set axis of the cell's data file
    architecture: str
    features: int
    hidden: int
    tied: bool
    bias: bool
    initialisation: str
    stacked: int
    key: tuple[int, ...]  # of its streams, beside the seed
    distribution: Distribution
    source: str
    target: str
    train_samples: int | None
    importance: tuple[float, ...]
    training: dict

    @property
    def steps(self) -> int:
        """Updates of its weights: none where they are made or computed."""
        trained = self.origin == TRAINED and self.training["method"] == "descent"
        return self.training["steps"] if trained else 0

    @property
    def batch(self) -> int:
        """Samples per update."""
        return self.train_samples if self.training["batch"] == "full" else self.training["batch"]

    @property
    def loss_weights(self) -> np.ndarray:
        """Factor of each feature's squared error in the loss: importance, over n where the loss is the mean."""
        weights = np.array(self.importance)
        return weights / self.features if self.training["reduction"] == "mean" else weights


def expand(settings: dict) -> list[Instance]:
    """The instances of a cell: by sparsity, variant, point and seed, the last fastest, from its training settings.

    Points run through every combination of the swept settings' values, the last setting fastest.
    """
    features, seeds = settings["features"], settings["seeds"]
    return [
        Instance(
            sparsity=sparsity,
            variant=name,
            like=variant.get("like", name),
            origin=variant.get("origin", TRAINED),
            point=tuple(point.values()),
            seed=seed,
            dataset=place * len(seeds) + index,
            architecture=settings["architecture"],
            features=features,
            hidden=settings["hidden"],
            key=() if settings["streams"] == "paired" else (_own_key(sparsity, variant.get("like", name), point),),
            distribution=distribution(variant["data"], float(sparsity), features),
            importance=importance,
            **{key: variant["data"][key] for key in ("source", "target", "train_samples")},
            **variant["model"],
            training=variant["training"],
        )
        for place, sparsity in enumerate(settings["sparsities"])
        for name, base in settings["variants"].items()
        for point in points(settings["sweep"])
        for variant in (_changed(base, point),)
        for importance in (tuple(importance_vector(variant["importance"], features)),)
        for index, seed in enumerate(seeds)
    ]


def points(sweep: dict[str, list]) -> Iterator[dict]:
    """Every combination of the swept settings' values, by dotted key; one without any where nothing is swept."""
    return (dict(zip(sweep, values, strict=True)) for values in product(*sweep.values()))


def _changed(variant: dict, point: dict) -> dict:
    """A variant's settings at a point of the sweep."""
    for key, value in point.items():
        variant = _replaced(variant, key.split("."), value)
    return variant


def _replaced(settings: dict, steps: list[str], value) -> dict:
    first, *rest = steps
    return {**settings, first: _replaced(settings[first], rest, value) if rest else value}


def _own_key(sparsity: str, variant: str, point: dict) -> int:
    """What sets apart the streams of a sparsity, variant and point."""
    return crc32(" ".join([sparsity, variant, *(f"{key}={value}" for key, value in point.items())]).encode())


def importance_vector(curve: dict, features: int) -> np.ndarray:
    """Importance of each feature, float64 (feature,), from a curve's settings (settings.Importance)."""
    match curve["curve"]:
        case "linear":
            return np.linspace(curve["first"], curve["last"], features)
        case "geometric":
            return np.multiply.accumulate(np.r_[1.0, np.full(features - 1, curve["ratio"])])
        case "constant":
            return np.full(features, curve["value"], dtype=np.float64)
        case "explicit":
            return np.array(curve["values"], dtype=np.float64)
        case "extra":
            return np.r_[np.full(features - 1, curve["value"], dtype=np.float64), curve["last"]]
    raise ValueError(f"unknown importance curve {curve['curve']!r}")


def initial_weights(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Initial encoder W and decoder V, each float32 (hidden, feature); V is W where weights are tied.

    Normal with standard deviation sqrt(1/n) as in the article; sqrt(2/(n + m)) (Glorot and Bengio 2010); or what that
    rule gives on the published notebook's tensor (instance, feature, hidden) of k models, whose fan-in is n·m and whose
    fan-out k·m: sqrt(2/(m (n + k))).
    """
    n, m, k = instance.features, instance.hidden, instance.stacked
    variance = {"inverse-sqrt-features": 1 / n, "xavier-normal": 2 / (n + m), "xavier-stacked": 2 / (m * (n + k))}
    deviation = np.sqrt(variance[instance.initialisation])
    generator = stream(instance.seed, Purpose.INITIAL_WEIGHTS, *instance.key)
    W = (deviation * generator.standard_normal((m, n))).astype(np.float32)
    V = W if instance.tied else (deviation * generator.standard_normal((m, n))).astype(np.float32)
    return W, V


def record_steps(steps: int, records: int) -> np.ndarray:
    """Steps (1-based, int64) at which the loss is recorded: dense at the start, ending with the last step.

    Half of them are spaced geometrically and half evenly, so that both the first drop and the tail are seen.
    """
    geometric = np.geomspace(1, steps, records // 2)
    even = np.linspace(0, steps, records - records // 2 + 1)[1:]
    return np.unique(np.maximum(np.r_[geometric, even].round().astype(np.int64), 1))
