"""What the kernel reads and writes: named tuples of arrays with a leading axis over models."""

from typing import NamedTuple

import numpy as np


class Inputs(NamedTuple):
    """What distinguishes the models of a launch; see `fused.sampling.Draws` and `fused.optimiser`."""

    thresholds: np.ndarray  # (models, n) uint32
    scales: np.ndarray  # (models, n) float32
    slots: np.ndarray  # (models, n) int64
    members: np.ndarray  # (models, n) float32
    set_thresholds: np.ndarray  # (models, sets) uint32
    set_choices: np.ndarray  # (models, sets) float32
    rows: np.ndarray  # (datasets, rows, n) float32
    dataset: np.ndarray  # (models,) int64
    importance: np.ndarray  # (models, n) float32
    slopes: np.ndarray  # (models, n) float32, 2 c_i / batch
    l1: np.ndarray  # (models,) float32
    l1_slope: np.ndarray  # (models,) float32
    rate: np.ndarray  # (models,) float64
    falling: np.ndarray  # (models,) bool
    beta1: np.ndarray  # (models,) float64
    beta2: np.ndarray  # (models,) float64
    weight_decay: np.ndarray  # (models,) float64
    fresh1: np.ndarray  # (models,) float32, 1 − beta1
    fresh2: np.ndarray  # (models,) float32, 1 − beta2
    keep2: np.ndarray  # (models,) float32, beta2
    eps: np.ndarray  # (models,) float32
    coupled: np.ndarray  # (models,) float32, the weight decay that is added to the gradient


class State(NamedTuple):
    """What a launch leaves for the next one."""

    params: np.ndarray  # (models, size) float32
    first: np.ndarray  # (models, size) float32
    second: np.ndarray  # (models, size) float32
    powers: np.ndarray  # (models, 2) float64, beta1^t and beta2^t
    generator: np.ndarray  # (models, 64) uint32, xoshiro128++ words × lanes
    shuffle: np.ndarray  # (models,) uint64, SplitMix64
    order: np.ndarray  # (models, rows) int64, this epoch's order
    position: np.ndarray  # (models,) int64, the next place in `order`
    total: np.ndarray  # (models,) float64, sum of the losses since the last record
    since: np.ndarray  # (models,) int64, how many
    records: np.ndarray  # (models,) int64, losses recorded
    diverged: np.ndarray  # (models,) int64, the first step whose loss was not finite, or 0
    scratch: np.ndarray  # (models, layout.scratch) float32, what does not fit in shared memory


class Log(NamedTuple):
    """Which steps to record, and the room for it."""

    loss_steps: np.ndarray  # (records,) int64
    losses: np.ndarray  # (models, records) float64
    snapshot_steps: np.ndarray  # (snapshots,) int64
    snapshots: np.ndarray  # (models, snapshots, size) float32


class Thread(NamedTuple):
    """Which thread of which model this is."""

    model: int
    lane: int
    group: int
    member: int  # its number among the model's threads


class Work(NamedTuple):
    """A model's arrays, in shared memory or in scratch."""

    words: np.ndarray  # uint32, which x are not zero, then which errors; sparse plan
    gates: np.ndarray  # (sets, 16)
    lanes: np.ndarray  # (16,)
    numbers: np.ndarray  # what one thread works out for all
    x: np.ndarray  # (features, 64)
    error: np.ndarray  # (chunk, 64)
    hidden: np.ndarray  # (width, SPAN)
    slope: np.ndarray  # (width, SPAN)
    sums: np.ndarray  # (16, stride)
    squares: np.ndarray  # (features, 16)
    params: np.ndarray  # (size,)
    first: np.ndarray  # (size,)
    second: np.ndarray  # (size,)
    gradient: np.ndarray  # (size,) W's and V's under the sparse plan; else the second moment
