"""A launch's arrays on the host, and their way to the device and back."""

import numpy as np
from numba import cuda

from ..fused.model import pack
from ..fused.optimiser import ADAMW
from ..fused.streams import DATA, lane_states, permutation_state
from .arrays import Inputs, Log, State
from .compiled import SIMULATED


def inputs_of(compiled):
    """`Inputs` of the jobs of a launch, a list of `jobs.Compiled`."""
    rows, dataset = _row_sets([job.job.data.rows for job in compiled], compiled[0].kind.shape.features)
    draws, optimisers = [job.draws for job in compiled], [job.optimiser for job in compiled]
    sets = compiled[0].kind.shape.sets

    def stacked(arrays, dtype, length):
        return np.array([array[:length] for array in arrays], dtype).reshape(len(compiled), length)

    def column(values, dtype=np.float32):
        return np.array(list(values), dtype)

    n = compiled[0].kind.shape.features
    importance = [np.broadcast_to(np.asarray(job.job.model.importance, np.float64), (n,)) for job in compiled]
    return Inputs(
        thresholds=stacked([draw.thresholds for draw in draws], np.uint32, n),
        scales=stacked([draw.scales for draw in draws], np.float32, n),
        slots=stacked([draw.slots for draw in draws], np.int64, n),
        members=stacked([draw.members for draw in draws], np.float32, n),
        set_thresholds=stacked([draw.set_thresholds for draw in draws], np.uint32, sets),
        set_choices=stacked([draw.set_choices for draw in draws], np.float32, sets),
        rows=rows,
        dataset=dataset,
        importance=stacked(importance, np.float32, n),
        slopes=stacked([2 * c / job.kind.batch for c, job in zip(importance, compiled, strict=True)], np.float32, n),
        l1=column(job.model.l1 for job in compiled),
        l1_slope=column(job.model.l1_slope for job in compiled),
        rate=column((optimiser.lr for optimiser in optimisers), np.float64),
        falling=column((optimiser.decay for optimiser in optimisers), np.bool_),
        beta1=column((optimiser.beta1 for optimiser in optimisers), np.float64),
        beta2=column((optimiser.beta2 for optimiser in optimisers), np.float64),
        weight_decay=column((optimiser.weight_decay for optimiser in optimisers), np.float64),
        fresh1=column(1 - optimiser.beta1 for optimiser in optimisers),
        fresh2=column(1 - optimiser.beta2 for optimiser in optimisers),
        keep2=column(optimiser.beta2 for optimiser in optimisers),
        eps=column(optimiser.eps for optimiser in optimisers),
        coupled=column(0.0 if optimiser.kind == ADAMW else optimiser.weight_decay for optimiser in optimisers),
    )


def _row_sets(rows, features):
    """The distinct sets of fixed rows (set, row, feature), and which of them each job has."""
    numbers, distinct, dataset = {}, [], []
    for array in rows:
        key = None if array is None else (array.__array_interface__["data"][0], array.shape, array.strides)
        if key not in numbers:
            numbers[key] = len(distinct)
            distinct.append(np.zeros((1, features)) if array is None else array)
        dataset.append(numbers[key])
    return np.ascontiguousarray(np.stack(distinct), np.float32), np.array(dataset, np.int64)


def state_of(compiled, layout):
    """`State` before the first step."""
    count, kind = len(compiled), compiled[0].kind
    params = np.stack([pack(job.model, job.job.encoder, job.job.decoder, job.job.bias) for job in compiled])
    streams = [(job.job.seed, job.job.key) for job in compiled]
    return State(
        params=params,
        first=np.zeros_like(params),
        second=np.zeros_like(params),
        powers=np.ones((count, 2)),
        generator=np.stack([lane_states(seed, key, DATA) for seed, key in streams]),
        shuffle=np.concatenate([permutation_state(seed, key) for seed, key in streams]),
        order=np.tile(np.arange(max(kind.rows, 1)), (count, 1)),
        position=np.full(count, kind.rows),
        total=np.zeros(count),
        since=np.zeros(count, np.int64),
        records=np.zeros(count, np.int64),
        diverged=np.zeros(count, np.int64),
        scratch=np.zeros((count, max(layout.scratch, 1)), np.float32),
    )


def log_of(compiled, params):
    """`Log` before the first step; snapshot 0 is what the training starts from."""
    count, kind = len(compiled), compiled[0].kind
    snapshots = np.full((count, len(kind.snapshot_steps), params.shape[1]), np.nan, np.float32)
    if 0 in kind.snapshot_steps:
        snapshots[:, kind.snapshot_steps.index(0)] = params
    return Log(
        loss_steps=np.array(kind.loss_steps, np.int64),
        losses=np.full((count, len(kind.loss_steps)), np.nan),
        snapshot_steps=np.array(kind.snapshot_steps, np.int64),
        snapshots=snapshots,
    )


def to_device(record):
    """A named tuple with its arrays in the device's memory; the simulator's is the host's."""
    return record if SIMULATED else type(record)(*(cuda.to_device(array) for array in record))


def to_host(array):
    """An array as the kernel left it."""
    return array if SIMULATED else array.copy_to_host()
