"""The fused engine: a compiled function runs each instance's whole training loop (superposition.train.fused)."""

from collections.abc import Sequence

import numpy as np

from ...data.instances import Instance
from ..fused.training import train as train_one
from ..progress import Progress
from .kernel_terms import arrays_of, job_of
from .stacking import stacked


def train(
    instances: Sequence[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> dict[str, np.ndarray]:
    """Train instances one after the other and return the arrays of a weights file (train.stage).

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
        job = job_of(instance, rows)
        results.append(arrays_of(index, train_one(job), job))
        progress.advance(instance.training["steps"], f"loss {results[-1]['loss'][-1]:.6f}")
    return stacked(results)
