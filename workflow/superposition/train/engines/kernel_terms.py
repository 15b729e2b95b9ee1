"""An instance in the kernels' terms, and what they return as arrays of a weights file.

The reference engine takes its batches from here, too: all engines see the same samples.
"""

import numpy as np

from ...data.instances import Instance, initial_weights, record_steps
from ...spec.architectures import BUILT_IN
from ...store.errors import DivergedError
from ..fused.data import BatchStream, DataSpec
from ..fused.job import Job
from ..fused.model import ModelSpec
from ..fused.optimiser import OptimiserSpec
from ..fused.training import Result


def job_of(instance: Instance, rows: np.ndarray | None) -> Job:
    """What the kernels are asked for; rows (dataset, sample, feature) are the fixed sets of the cell's data."""
    training = instance.training
    W, V = initial_weights(instance)
    return Job(
        model=model_spec(instance),
        data=data_spec(instance, rows),
        optimiser=OptimiserSpec(
            kind=training["optimizer"],
            lr=training["learning_rate"],
            beta1=training["beta1"],
            beta2=training["beta2"],
            eps=training["epsilon"],
            weight_decay=training["weight_decay"],
            decay=training["schedule"] == "linear",
        ),
        batch=instance.batch,
        steps=training["steps"],
        encoder=W,
        decoder=None if instance.tied else V,
        seed=instance.seed,
        key=instance.key,
        loss_steps=tuple(record_steps(training["steps"], training["records"]).tolist()),
        snapshot_steps=tuple(sorted(training["snapshots"])),
    )


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


def data_spec(instance: Instance, rows: np.ndarray | None) -> DataSpec:
    """The source of an instance's samples.

    Args:
        instance: the instance.
        rows: training sets (dataset, sample, feature), used where the instance trains on a fixed set.
    """
    source = instance.distribution
    names = np.full(instance.features, -1)
    for name, members in enumerate(source.sets):
        names[list(members)] = name
    fixed = instance.source == "fixed"
    return DataSpec(
        sparsity=np.array(source.sparsity),
        signed=source.values == "signed",
        set_id=names,
        anticorrelated=source.anticorrelated,
        rows=rows[instance.dataset, : instance.train_samples, : instance.features] if fixed else None,
    )


def batch_stream(instance: Instance, rows: np.ndarray | None) -> BatchStream:
    """The batches of an instance's steps, one after the other; arguments as for `data_spec`."""
    return BatchStream(data_spec(instance, rows), instance.batch, instance.seed, instance.key)


def arrays_of(index: int, result: Result, job: Job) -> dict[str, np.ndarray]:
    """A trained instance's arrays by their names in a weights file.

    Raises:
        DivergedError: a loss was not finite; it names the instance by `index`.
    """
    if result.diverged:
        raise DivergedError(index, result.diverged, float("nan"))
    arrays = _named("", result.encoder, result.decoder, result.bias)
    arrays |= {"loss": result.losses.astype(np.float32), "loss_step": np.array(job.loss_steps, dtype=np.int64)}
    if job.snapshot_steps:
        arrays |= _named("snapshot_", *result.snapshots) | {
            "snapshot_step": np.array(job.snapshot_steps, dtype=np.int64)
        }
    return arrays


def _named(prefix: str, W: np.ndarray, V: np.ndarray | None, b: np.ndarray | None) -> dict[str, np.ndarray]:
    """Arrays by their names in a weights file; a missing bias is zero."""
    arrays = {f"{prefix}W": W, f"{prefix}b": np.zeros_like(W[..., 0, :]) if b is None else b}
    return arrays if V is None else arrays | {f"{prefix}V": V}
