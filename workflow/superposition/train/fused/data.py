"""Batches: sparse uniform features, correlated and anticorrelated sets, or minibatches of a fixed array.

Toy Models of Superposition §2 and §5. Lane l of the generator draws samples l, l+16, l+32, … of a batch. For each group
of 16 samples, first two draws for each set (open or shut; which member), then one draw for each feature, ascending.
Each step continues where the last one stopped, after ceil(batch / 16) groups.

One 32-bit draw r makes a feature: with k = (r >> 1) − T, T = round(S · 2³¹), the value is max(0, k) / (2³¹ − T). It is
zero with probability S (to 2⁻³¹) and otherwise uniform on [0, 1) with 2³¹ − T equally likely levels, rounded to
float32: two million of them at S = 0.999, where cutting r to 24 bits first would leave 17 thousand. Bit 0 of r, which
k does not use, is the sign of signed values. A member of a set has T = 0 and is kept where its set is open and, for an
anticorrelated set, where it is the member picked.
"""

from dataclasses import dataclass
from math import fsum

import numpy as np

from .compiled import compiled
from .lanes import WIDTH
from .memory import pointers
from .sampling import Draws, Source, fill_block, start_batch
from .streams import DATA, lane_states, permutation_state
from .tiles import STRIP

_LEVELS = 1 << 31


@dataclass(frozen=True)
class DataSpec:
    """What one instance trains on.

    Args:
        sparsity: probability S that a feature is zero (n,); equal within a set.
        signed: whether values are uniform on (−1, 1) instead of [0, 1).
        set_id: integers (n,): features with the same id ≥ 0 form a set; −1 or an id of one's own is independent.
        anticorrelated: a set is all zero with probability S, else exactly one random member is on; otherwise
            (correlated) its members are on or off together, with independent values.
        rows: fixed training samples (row, n); of the other fields only `sparsity` is then used, to choose the plan.
    """

    sparsity: np.ndarray
    signed: bool = False
    set_id: np.ndarray | None = None
    anticorrelated: bool = False
    rows: np.ndarray | None = None

    @property
    def density(self):
        """Mean probability 1 − S that a feature is on."""
        return 1 - fsum(self.sparsity) / len(self.sparsity)


def threshold(sparsity):
    """T = round(S · 2³¹) as uint32."""
    return np.rint(np.asarray(sparsity, np.float64) * _LEVELS).astype(np.uint32)


def _scale(thresholds):
    """The largest float32 that keeps the value below 1 for the largest k, so that [0, 1) stays half open."""
    top = np.maximum(_LEVELS - thresholds.astype(np.int64), 1).astype(np.float32)  # k rounds up to this at most
    scale = np.float32(1) / top
    while (high := scale * top >= 1).any():
        scale = np.where(high, np.nextafter(scale, np.float32(0)), scale)
    return scale


def compile_draws(spec):
    """`Draws` of a `DataSpec`; raises ValueError where a set's members disagree on S or S lies outside [0, 1]."""
    sparsity = np.array(spec.sparsity, np.float64)
    n = len(sparsity)
    if spec.rows is not None and (spec.rows.ndim != 2 or spec.rows.shape[1] != n):
        raise ValueError(f"rows has shape {spec.rows.shape}, expected (rows, {n})")
    if not ((sparsity >= 0) & (sparsity <= 1)).all():
        raise ValueError("sparsity lies outside [0, 1]")
    identity = np.full(n, -1) if spec.set_id is None else np.asarray(spec.set_id)
    sets = [np.flatnonzero(identity == name) for name in np.unique(identity[identity >= 0])]
    sets = [members for members in sets if len(members) > 1]
    slots, numbers, of_feature = np.full(n, -1), np.zeros(n, np.float32), sparsity.copy()
    for slot, members in enumerate(sets):
        if np.ptp(sparsity[members]) > 0:
            raise ValueError(f"features {members.tolist()} are one set but differ in sparsity")
        slots[members], of_feature[members] = slot, 0.0
        numbers[members] = np.arange(len(members)) if spec.anticorrelated else 0
    rows = np.zeros((0, n)) if spec.rows is None else spec.rows
    return Draws(
        features=n,
        sets=len(sets),
        thresholds=threshold(of_feature),
        scales=_scale(threshold(of_feature)),
        signed=bool(spec.signed),
        slots=slots.astype(np.int64),
        members=numbers,
        set_thresholds=threshold([sparsity[members[0]] for members in sets]),
        set_choices=np.array([len(members) if spec.anticorrelated else 1 for members in sets], np.float32),
        rows=np.ascontiguousarray(rows, np.float32).reshape(-1),
        row_count=len(rows),
    )


def open_source(spec, seed, key):
    """A `Source` at its first step, for the instance named by (seed, key)."""
    draws = compile_draws(spec)
    return Source(
        draws=draws,
        state=lane_states(seed, key, DATA),
        gates=np.empty(len(draws.set_choices) * WIDTH, np.float32),
        shuffle=permutation_state(seed, key),
        order=np.arange(draws.row_count),
        position=np.array([draws.row_count]),
    )


@compiled
def _take(source, steps, batch, block, out):
    flow, x, n = pointers(source), pointers((block,))[0], source.draws.features
    for step in range(steps):
        start_batch(flow, batch)
        for first in range(0, batch, STRIP):
            count = min(STRIP, batch - first)
            fill_block(x, STRIP, count, flow)
            for lane in range(count):
                for i in range(n):
                    out[step, first + lane, i] = block[i * STRIP + lane]


class BatchStream:
    """The batches that `train` sees for the same (spec, seed, key), step after step.

    >>> stream = BatchStream(spec, batch=1024, seed=0, key=(3,))
    >>> stream.take(10)  # (10, 1024, n) float32: steps 1 to 10; the next call goes on from there
    """

    def __init__(self, spec, batch, seed, key):
        self._source, self._batch = open_source(spec, seed, key), batch

    def take(self, steps):
        """The next `steps` batches, (steps, batch, n) float32."""
        n = self._source.draws.features
        out = np.empty((steps, self._batch, n), np.float32)
        _take(self._source, steps, self._batch, np.empty(n * STRIP, np.float32), out)
        return out
