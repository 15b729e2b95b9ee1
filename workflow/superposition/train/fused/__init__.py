"""The fused engine: one compiled function that runs a model's whole training loop. See `training.train`."""

from .data import BatchStream, DataSpec
from .model import ModelSpec
from .optimiser import OptimiserSpec
from .training import Result, loss_and_gradient, train

__all__ = [
    "BatchStream",
    "DataSpec",
    "ModelSpec",
    "OptimiserSpec",
    "Result",
    "loss_and_gradient",
    "train",
]
