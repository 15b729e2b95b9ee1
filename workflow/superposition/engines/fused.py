"""The fused engine: a compiled function runs each instance's whole training loop (superposition.fused)."""

from collections.abc import Sequence

import numpy as np

from ..architecture import BUILT_IN
from ..errors import DivergedError
from ..fused import ModelSpec, OptimiserSpec
from ..fused import train as train_one
from ..instances import Instance, initial_weights, record_steps
from ..progress import Progress
from .inputs import data_spec
from .stacking import stacked


def train(
    instances: Sequence[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> dict[str, np.ndarray]:
    """Train instances one after the other and return the arrays of a weights file (stages.train).

    Args:
        instances: the models to train, of a built-in architecture.
        rows: training sets (dataset, sample, feature), where some instance trains on a fixed set.
        progress: told of every instance's steps.
        experiment: unused; the torch engine finds an experiment's own modules by it.

    Raises:
        DivergedError: a loss is not finite.
    """
    results = []
    for index, instance in enumerate(instances):
        results.append(_train_instance(index, instance, rows))
        progress.advance(instance.training["steps"], f"loss {results[-1]['loss'][-1]:.6f}")
    return stacked(results)


def _train_instance(index: int, instance: Instance, rows: np.ndarray | None) -> dict[str, np.ndarray]:
    training = instance.training
    W, V = initial_weights(instance)
    recorded = record_steps(training["steps"], training["records"])
    kept = sorted(training["snapshots"])
    result = train_one(
        model_spec(instance),
        data_spec(instance, rows),
        OptimiserSpec(
            kind=training["optimizer"],
            lr=training["learning_rate"],
            beta1=training["beta1"],
            beta2=training["beta2"],
            eps=training["epsilon"],
            weight_decay=training["weight_decay"],
            decay=training["schedule"] == "linear",
        ),
        instance.batch,
        training["steps"],
        W,
        None if instance.tied else V,
        seed=instance.seed,
        key=instance.key,
        loss_steps=recorded,
        snapshot_steps=kept,
    )
    if result.diverged:
        raise DivergedError(index, result.diverged, float("nan"))
    arrays = _named("", result.encoder, result.decoder, result.bias)
    arrays |= {"loss": result.losses.astype(np.float32), "loss_step": recorded}
    if kept:
        arrays |= _named("snapshot_", *result.snapshots) | {"snapshot_step": np.array(kept, dtype=np.int64)}
    return arrays


def model_spec(instance: Instance) -> ModelSpec:
    """An instance's model in the kernel's terms."""
    architecture = BUILT_IN[instance.architecture]
    return ModelSpec(
        features=instance.features,
        hidden=instance.hidden,
        importance=instance.loss_weights,
        tied=instance.tied,
        bias=instance.bias,
        hidden_relu=architecture.hidden_relu,
        output_relu=architecture.output_relu,
        absolute_target=instance.target == "absolute",
        l1=instance.training["l1"],
    )


def _named(prefix: str, W: np.ndarray, V: np.ndarray | None, b: np.ndarray | None) -> dict[str, np.ndarray]:
    """Arrays by their names in a weights file; a missing bias is zero."""
    arrays = {f"{prefix}W": W, f"{prefix}b": np.zeros_like(W[..., 0, :]) if b is None else b}
    return arrays if V is None else arrays | {f"{prefix}V": V}
