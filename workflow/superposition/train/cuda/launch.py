"""Train many models on the device: the entry to the kernel."""

import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager

import numpy as np
from numba import cuda

from ..fused.job import Job
from ..fused.model import unpack
from ..fused.training import Result
from .compiled import SIMULATED
from .jobs import Compiled, Kind, compile_job, launches
from .kernel import kernel_of
from .shape import BLOCK_BYTES, Layout, layout_of
from .transfer import inputs_of, log_of, state_of, to_device, to_host

MEMORY = 2e9  # bytes of device memory that the models of a launch may take
PATIENCE = 0.5  # seconds that a launch of some steps should take: so often is progress told, and an interrupt seen


def train(
    jobs: Sequence[Job],
    advance: Callable[[int, float], None] = lambda steps, loss: None,
    groups: int | None = None,
    chunk: int | None = None,
    budget: int = BLOCK_BYTES,
) -> list[Result]:
    """Train models on the device: the same bits as `fused.training.train` gives, whatever else is in `jobs`.

    Args:
        jobs: what to train.
        advance: told of steps done, summed over models, and of the mean of the last recorded losses.
        groups: 16 threads each that train a model; chosen from its shape unless given. Changes no bit.
        chunk: steps of a launch; as many as take `PATIENCE` unless given. Changes no bit.
        budget: bytes of shared memory that a block may take; what does not fit lies in global memory. Changes no bit.

    Raises:
        ValueError: as `fused.training.train`.
    """
    compiled = [compile_job(job) for job in jobs]
    results: list[Result | None] = [None] * len(jobs)

    def layout(kind: Kind) -> Layout:
        return layout_of(kind.shape, groups, budget)

    def room(kind: Kind) -> int:
        kept = 4 * (layout(kind).scratch + (3 + len(kind.snapshot_steps)) * kind.shape.size) + 8 * kind.rows
        return max(2, int(MEMORY / (kept + 4096)))

    for indices in launches(compiled, room):
        kind = compiled[indices[0]].kind
        trained = _train_alike([compiled[i] for i in indices], layout(kind), advance, chunk)
        for index, result in zip(indices, trained, strict=True):
            results[index] = result
    return results


def _train_alike(compiled: list[Compiled], layout: Layout, advance, chunk) -> list[Result]:
    """Train jobs of one kind."""
    count, kind, model = len(compiled), compiled[0].kind, compiled[0].model
    blocks = -(-count // layout.slots)
    padded = compiled + [compiled[-1]] * (blocks * layout.slots - count)  # every block is full
    state = state_of(padded, layout)
    log = to_device(log_of(padded, state.params))
    inputs, state = to_device(inputs_of(padded)), to_device(state)
    kernel = kernel_of(kind.shape, layout)[blocks, layout.slots * layout.threads, 0, layout.bytes]
    done, steps = 0, chunk or 1
    with _as_on_a_device():
        while done < kind.steps:
            last = min(done + steps, kind.steps)
            started = time.perf_counter()
            kernel(inputs, state, log, kind.batch, kind.rows, done + 1, last, kind.steps)
            cuda.synchronize()
            if chunk is None and time.perf_counter() - started < PATIENCE / 2:
                steps *= 2
            advance(count * (last - done), _last_loss(to_host(log.losses)[:count]))
            done = last
    losses, diverged = to_host(log.losses), to_host(state.diverged)
    trained = unpack(model, to_host(state.params))
    kept = unpack(model, to_host(log.snapshots))
    return [
        Result(
            *(part if part is None else part[i] for part in trained),
            losses[i],
            tuple(part if part is None else part[i] for part in kept),
            int(diverged[i]),
        )
        for i in range(count)
    ]


def _last_loss(losses: np.ndarray) -> float:
    """Mean over models of the last loss recorded."""
    known = losses[:, ~np.isnan(losses).all(0)]
    return float(known[:, -1].mean()) if known.shape[1] else float("nan")


@contextmanager
def _as_on_a_device():
    """NumPy's scalars, with which the simulator computes, warn of what integers and floats do on a device."""
    if not SIMULATED:
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield
