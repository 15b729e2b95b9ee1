"""The GPU's engine: all instances of a cell at once, each a few threads of a kernel (superposition.train.cuda)."""

import platform
from collections.abc import Sequence

import numpy as np

from ...data.instances import Instance
from ...store.errors import UserError
from ..cuda.compiled import usable
from ..cuda.launch import train as train_all
from ..progress import Progress
from .kernel_terms import arrays_of, job_of
from .stacking import stacked


def train(
    instances: Sequence[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> dict[str, np.ndarray]:
    """Train instances side by side on the GPU and return the arrays of a weights file (train.stage).

    Arguments are the fused engine's, and so are the arrays, bit for bit.

    Raises:
        DivergedError: a loss is not finite.
        UserError: Numba finds no GPU that it can use.
    """
    if not usable():
        raise UserError(
            f"engine cuda: Numba finds no usable GPU on {platform.node()}; see docs/gpu.md, or run with "
            "--config engine=fused"
        )
    jobs = [job_of(instance, rows) for instance in instances]
    results = train_all(jobs, lambda steps, loss: progress.advance(steps, f"loss {loss:.6f}"))
    trained = zip(results, jobs, strict=True)
    return stacked([arrays_of(index, result, job) for index, (result, job) in enumerate(trained)])
