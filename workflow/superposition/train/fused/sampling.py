"""Draw or gather a batch's samples, block after block, as compiled code; `data` describes the distributions."""

from typing import NamedTuple

import numpy as np

from .compiled import inlined, subroutine
from .lanes import WIDTH, positive, shift_right, spread, to_float, where_equal, where_negative, whole_part, with_sign
from .memory import load, spread_at, store, transpose_rows
from .streams import draw, load_state, permute, store_state
from .tiles import STRIP, round_up


class Draws(NamedTuple):
    """A `DataSpec` as the kernel reads it; T, the scale and the order of the draws are described in `data`."""

    features: int
    sets: int
    thresholds: np.ndarray  # (n,) uint32 T
    scales: np.ndarray  # (n,) float32 1 / (2³¹ − T)
    signed: bool
    slots: np.ndarray  # (n,) int64, the set's number or −1
    members: np.ndarray  # (n,) float32, the member's number in an anticorrelated set, else 0
    set_thresholds: np.ndarray  # (sets,) uint32 T
    set_choices: np.ndarray  # (sets,) float32, how many members to pick from; 1 when correlated
    rows: np.ndarray  # (rows · n,) float32, empty when data is drawn
    row_count: int


class Source(NamedTuple):
    """Where an instance's samples come from, with what changes as they are drawn."""

    draws: Draws
    state: np.ndarray  # (64,) uint32, xoshiro128++ words × lanes
    gates: np.ndarray  # (sets · 16,) float32, per lane the open member, or −1 when shut
    shuffle: np.ndarray  # (1,) uint64, SplitMix64
    order: np.ndarray  # (rows,) int64, this epoch's order
    position: np.ndarray  # (1,) int64, the next place in `order`


@inlined
def _draw_gates(words, draws, gates):
    """Per set and lane: the picked member where the set is open, −1 where it is shut."""
    for slot in range(draws.sets):
        bits, words = draw(words)
        margin = to_float(shift_right(bits, 1) - spread_at(draws.set_thresholds, slot))
        bits, words = draw(words)
        fraction = to_float(shift_right(bits, 8)) * spread(np.float32(2.0**-24))
        pick = whole_part(fraction * spread_at(draws.set_choices, slot))
        store(gates, slot * WIDTH, where_negative(margin, spread(np.float32(-1)), pick))
    return words


@inlined
def _draw_group(words, draws, gates, x, start, span):
    """Sixteen samples into x[feature · span + start + lane]."""
    words = _draw_gates(words, draws, gates)
    for i in range(draws.features):
        bits, words = draw(words)
        margin = positive(shift_right(bits, 1) - spread_at(draws.thresholds, i))
        value = to_float(margin) * spread_at(draws.scales, i)
        if draws.signed:
            value = with_sign(value, bits)
        if draws.slots[i] >= 0:
            value = where_equal(load(gates, draws.slots[i] * WIDTH), spread_at(draws.members, i), value)
        store(x, i * span + start, value)
    return words


@inlined
def _draw_block(x, span, count, draws, gates, state):
    words = load_state(state)
    for start in range(0, count, WIDTH):
        words = _draw_group(words, draws, gates, x, start, span)
    store_state(state, words)


@inlined
def _gather_block(x, span, count, source):
    n, first = source.draws.features, source.position[0]
    whole = count - count % WIDTH if n >= WIDTH else 0
    for lane in range(0, whole, WIDTH):
        for at in range(0, n, WIDTH):
            column = min(at, n - WIDTH)  # the last tile overlaps the one before, where n is no multiple of 16
            transpose_rows(source.draws.rows, source.order, first + lane, n, column, x, column * span + lane, span)
    for lane in range(whole, count):
        row = source.order[first + lane] * n
        for i in range(n):
            x[i * span + lane] = source.draws.rows[row + i]
    source.position[0] = first + count


@subroutine
def start_batch(source, batch):
    """Shuffle the fixed rows when fewer than a batch are left of the epoch; a full batch keeps the rows' order."""
    rows = source.draws.row_count
    if rows > 0 and source.position[0] + batch > rows:
        if batch < rows:
            permute(source.shuffle, source.order, rows)
        source.position[0] = 0


@subroutine
def fill_block(x, span, count, source):
    """The batch's next `count` ≤ `span` samples into x (n, span), zeros up to the end of the last strip of 64."""
    if source.draws.row_count > 0:
        _gather_block(x, span, count, source)
    else:
        _draw_block(x, span, count, source.draws, source.gates, source.state)
    if count % STRIP:
        for i in range(source.draws.features):
            for at in range(i * span + count, i * span + round_up(count, STRIP)):
                x[at] = 0
