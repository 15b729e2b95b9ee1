"""One model to train: what the fused engine and the GPU's are asked for."""

from dataclasses import dataclass

import numpy as np

from .data import DataSpec
from .model import ModelSpec
from .optimiser import OptimiserSpec


@dataclass(frozen=True)
class Job:
    """One model to train.

    Args:
        model: the model.
        data: what it trains on.
        optimiser: the update rule.
        batch: samples a step.
        steps: number of steps.
        encoder: initial W (m, n).
        decoder: initial V (m, n); None where it is tied.
        bias: initial b (n,); zeros where it is None.
        seed: names the job's streams of random numbers (`streams`).
        key: likewise, beside the seed.
        loss_steps: steps (1-based, ascending) at which the mean loss since the last record is kept.
        snapshot_steps: steps (ascending, 0 is before training) after which the parameters are kept.
    """

    model: ModelSpec
    data: DataSpec
    optimiser: OptimiserSpec
    batch: int
    steps: int
    encoder: np.ndarray
    decoder: np.ndarray | None = None
    bias: np.ndarray | None = None
    seed: int = 0
    key: tuple[int, ...] = ()
    loss_steps: tuple[int, ...] = ()
    snapshot_steps: tuple[int, ...] = ()
