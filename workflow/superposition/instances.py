"""The instance axis: every (variant, seed) of a cell, each with its own settings."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from .importance import importance_vector
from .sampling import Distribution, distribution
from .streams import Purpose, stream


@dataclass(frozen=True)
class Instance:
    """One model to train: everything its result depends on."""

    variant: str
    seed: int
    dataset: int  # index on the data set axis of the cell's data file
    architecture: str
    features: int
    hidden: int
    tied: bool
    bias: bool
    initialisation: str
    key: tuple[int, ...]  # of its streams, beside the seed
    distribution: Distribution
    source: str
    target: str
    train_samples: int | None
    importance: tuple[float, ...]
    training: dict

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
    """The instances of a cell, variant by variant and seed by seed, from its training settings."""
    return [
        Instance(
            variant=name,
            seed=seed,
            dataset=dataset,
            architecture=settings["architecture"],
            features=settings["features"],
            hidden=settings["hidden"],
            key=() if settings["streams"] == "paired" else (crc32(f"{settings['sparsity']} {name}".encode()),),
            distribution=distribution(variant["distribution"], float(settings["sparsity"]), settings["features"]),
            importance=tuple(importance_vector(variant["importance"], settings["features"])),
            **{
                key: variant[key]
                for key in ("tied", "bias", "initialisation", "source", "target", "train_samples", "training")
            },
        )
        for name, variant in settings["variants"].items()
        for dataset, seed in enumerate(settings["seeds"])
    ]


def initial_weights(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Initial encoder W and decoder V, each float32 (hidden, feature); V is W where weights are tied.

    Normal with standard deviation sqrt(1/n) as in the article, or sqrt(2/(n + m)) (Glorot and Bengio 2010).
    """
    n, m = instance.features, instance.hidden
    deviation = np.sqrt(1 / n if instance.initialisation == "inverse-sqrt-features" else 2 / (n + m))
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
