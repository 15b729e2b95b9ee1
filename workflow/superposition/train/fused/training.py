"""The whole training loop of one instance as one compiled function, and the plain NumPy entry to it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .compiled import compiled, subroutine
from .data import open_source
from .gradient import step_gradient
from .job import Job
from .memory import pointers
from .model import aligned, allocate, compile_model, pack, unpack
from .optimiser import Moments, compile_optimiser, update


class Log(NamedTuple):
    """Which steps to record, and the room for it."""

    loss_steps: np.ndarray  # (records,) int64, 1-based, ascending
    losses: np.ndarray  # (records,) float64
    snapshot_steps: np.ndarray  # (snapshots,) int64, ascending; 0 is the initial state
    snapshots: np.ndarray  # (snapshots, size) float32


@dataclass(frozen=True)
class Result:
    """A trained model.

    Args:
        encoder: W (m, n), float32.
        decoder: V (m, n); None where it is tied.
        bias: b (n,); None where there is none.
        losses: mean batch loss since the record before (record,), float64; NaN after a divergence.
        snapshots: (encoder, decoder, bias) as above, each with a leading axis over the snapshot steps; NaN likewise.
        diverged: the first step whose loss was not finite, 0 if there was none.
    """

    encoder: np.ndarray
    decoder: np.ndarray | None
    bias: np.ndarray | None
    losses: np.ndarray
    snapshots: tuple
    diverged: int


@subroutine
def _keep(log, index, params):
    for j in range(len(params)):
        log.snapshots[index, j] = params[j]


@compiled
def _run(model, optimiser, source, work, moments, steps, log):
    """Train `work.params` in place; returns the first step with a loss that is not finite, else 0."""
    records, snapshots, total, since = 0, 0, 0.0, 0
    flow, buffers, averages = pointers(source), pointers(work), pointers(moments)
    if len(log.snapshot_steps) > 0 and log.snapshot_steps[0] == 0:
        _keep(log, 0, work.params)
        snapshots = 1
    for step in range(1, steps + 1):
        loss = step_gradient(model, flow, buffers)
        if not np.isfinite(loss):
            return step
        total += loss
        since += 1
        if records < len(log.loss_steps) and log.loss_steps[records] == step:
            log.losses[records] = total / since
            records, total, since = records + 1, 0.0, 0
        lr = optimiser.lr * (1 - (step - 1) / steps) if optimiser.decay else optimiser.lr
        update(optimiser, lr, buffers.params, buffers.gradient, averages, model.size)
        if snapshots < len(log.snapshot_steps) and log.snapshot_steps[snapshots] == step:
            _keep(log, snapshots, work.params)
            snapshots += 1
    return 0


def _steps_array(steps, lowest, last, name):
    array = np.asarray(steps, np.int64).reshape(-1)
    if len(array) and (array[0] < lowest or array[-1] > last or (np.diff(array) <= 0).any()):
        raise ValueError(f"{name} must ascend within [{lowest}, {last}]")
    return array


def train(job: Job) -> Result:
    """Train one model.

    Raises:
        ValueError: the job asks for what there is not, such as a batch of more rows than are fixed.
    """
    rows = job.data.rows
    if rows is not None and job.batch > len(rows):
        raise ValueError(f"batch {job.batch} is larger than the {len(rows)} fixed samples")
    compact = compile_model(job.model, job.batch, job.data.density)
    params = pack(compact, job.encoder, job.decoder, job.bias)
    log = Log(
        loss_steps=(records := _steps_array(job.loss_steps, 1, job.steps, "loss_steps")),
        losses=np.full(len(records), np.nan),
        snapshot_steps=(kept := _steps_array(job.snapshot_steps, 0, job.steps, "snapshot_steps")),
        snapshots=np.full((len(kept), compact.size), np.nan, np.float32),
    )
    moments = Moments(aligned(compact.size), aligned(compact.size), np.ones(2))
    source, settings = open_source(job.data, job.seed, job.key), compile_optimiser(job.optimiser)
    diverged = _run(compact, settings, source, allocate(compact, job.model, params), moments, int(job.steps), log)
    return Result(*unpack(compact, params), log.losses, unpack(compact, log.snapshots), diverged)


@compiled
def _gradient(model, source, work):
    return step_gradient(model, pointers(source), pointers(work))


def loss_and_gradient(job: Job) -> tuple[float, tuple[np.ndarray, np.ndarray | None, np.ndarray | None]]:
    """Loss of a job's first batch and its gradients at W, V (None where tied) and b (None without), nothing trained."""
    compact = compile_model(job.model, job.batch, job.data.density)
    work = allocate(compact, job.model, pack(compact, job.encoder, job.decoder, job.bias))
    loss = _gradient(compact, open_source(job.data, job.seed, job.key), work)
    return loss, unpack(compact, work.gradient)
