"""What to train, and which models may share a launch."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..fused.data import compile_draws
from ..fused.job import Job
from ..fused.model import Model, compile_model
from ..fused.optimiser import Optimiser, compile_optimiser
from ..fused.sampling import Draws
from .shape import Shape, shape_of


class Kind(NamedTuple):
    """What models of one launch have in common."""

    shape: Shape
    batch: int
    rows: int
    steps: int
    loss_steps: tuple[int, ...]
    snapshot_steps: tuple[int, ...]


class Compiled(NamedTuple):
    """A job as the kernel reads it."""

    job: Job
    model: Model
    draws: Draws
    optimiser: Optimiser
    kind: Kind


def compile_job(job: Job) -> Compiled:
    """A job in the terms of the fused engine's kernel.

    Raises:
        ValueError: as `fused.training.train`.
    """
    fixed = job.data.rows is not None
    rows = len(job.data.rows) if fixed else 0
    if fixed and job.batch > rows:
        raise ValueError(f"batch {job.batch} is larger than the {rows} fixed samples")
    model = compile_model(job.model, job.batch, job.data.density)
    draws = compile_draws(replace(job.data, rows=None))
    optimiser = compile_optimiser(job.optimiser)
    shape = shape_of(model, draws, optimiser.kind, fixed)
    logged = tuple(map(int, job.loss_steps)), tuple(map(int, job.snapshot_steps))
    return Compiled(job, model, draws, optimiser, Kind(shape, job.batch, rows, job.steps, *logged))


def launches(jobs: Sequence[Compiled], room: Callable[[Kind], int]) -> list[list[int]]:
    """Indices of the jobs of each launch: of one kind, and at most as many as there is `room` for."""
    kinds: dict[Kind, list[int]] = {}
    for index, job in enumerate(jobs):
        kinds.setdefault(job.kind, []).append(index)
    return [
        indices[start : start + most]
        for kind, indices in kinds.items()
        for most in (room(kind),)
        for start in range(0, len(indices), most)
    ]
