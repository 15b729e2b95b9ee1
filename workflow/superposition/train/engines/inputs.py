"""What an instance trains on, in the fused engine's terms: both engines see the same batches."""

import numpy as np

from ...data.instances import Instance
from ..fused import BatchStream, DataSpec


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
