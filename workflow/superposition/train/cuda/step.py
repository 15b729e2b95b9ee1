"""One strip and one step, as phases that each thread runs for its own share.

Only this module waits for threads: `wait` stands wherever a phase reads what others wrote.
"""

import numpy as np

from . import sparse
from .activation import activate, activation_slope, penalised
from .compiled import device, wait
from .dense import add_outer, decode, encode, output_error, slope_at_hidden
from .optimiser import ALIVE, end_step, halved, lane_loss, update
from .sampling import draw_strip, gather_strip, start_batch
from .shape import STRIP, WIDTH


@device
def _decode_chunk(shape, layout, inputs, work, me, first, rows, count):
    """The loss's gradient at the reconstruction of features first, first+1, …, in the rows of `work.error`."""
    for row in range(me.group, rows, layout.groups):
        i, at = first + row, row * STRIP
        decode(shape, i, work.hidden, work.params, work.error, at, me.lane)
        scale, bias_sum = inputs.slopes[me.model, i], me.lane * layout.stride + shape.bias_at + i - layout.sums_from
        output_error(
            shape, i, work.x, work.params, scale, work.error, at, work.sums, bias_sum, work.squares, me.lane, count
        )


@device
def _add_outer(shape, layout, work, me, start, left, right):
    """Add left (n, 64) times right (m, SPAN) to the lane sums of the matrix whose parameters begin at `start`."""
    for i in range(me.group, shape.features, layout.groups):
        at = me.lane * layout.stride + start + i * shape.width
        add_outer(work.sums, at, left, i * STRIP + me.lane, right, shape.hidden, me.lane)


@device
def _dense_backward(shape, layout, inputs, work, me, count):
    """From `work.hidden` to the lane sums of every parameter's gradient and the gradient at h."""
    _decode_chunk(shape, layout, inputs, work, me, 0, shape.features, count)
    _add_outer(shape, layout, work, me, shape.decoder_at, work.error, work.hidden)  # each thread its own errors
    wait()
    slope_at_hidden(shape, work.error, work.params, work.slope, me.lane, me.group, layout.groups)


@device
def _sparse_backward(shape, layout, inputs, work, me, count):
    """The same, but V's gradient is added to `work.gradient`, without products of zeros."""
    marks = work.words[2 * shape.features :]
    for index in range(me.member, shape.hidden * STRIP, layout.threads):
        work.slope[index // STRIP * (STRIP + 1) + index % STRIP] = np.float32(0)
    for first in range(0, shape.features, shape.chunk):
        rows = min(shape.chunk, shape.features - first)
        _decode_chunk(shape, layout, inputs, work, me, first, rows, count)
        wait()
        sparse.mark(work.error, rows, marks, me.member, layout.threads)
        wait()
        start = shape.decoder_at + first * shape.width
        sparse.add_slope(shape, start, rows, work.error, marks, work.params, work.slope, me.member, layout.threads)
        sparse.add_gradient(
            shape, start, rows, work.error, marks, work.hidden, work.gradient, me.member, layout.threads
        )
        wait()


@device
def add_strip(shape, layout, inputs, work, me, count, penalty):
    """Add the strip in `work.x` to the step's sums; returns `penalty` with the lane's Σ|h|."""
    penalised_here = shape.hidden_relu or inputs.l1[me.model] != 0
    if shape.sparse:
        sparse.mark(work.x, shape.features, work.words, me.member, layout.threads)
        wait()
        sparse.encode(shape, work.x, work.words, work.params, work.hidden, me.member, layout.threads)
    else:
        encode(shape, work.x, work.params, work.hidden, me.lane, me.group, layout.groups)
    wait()
    activate(shape, work.hidden, me.member, layout.threads)
    wait()
    if penalised_here and me.group == 0:
        penalty = penalised(shape, work.hidden, me.lane, penalty)
    if shape.sparse:
        _sparse_backward(shape, layout, inputs, work, me, count)
    else:
        _dense_backward(shape, layout, inputs, work, me, count)
    wait()
    if penalised_here:
        activation_slope(shape, work.hidden, work.slope, inputs.l1_slope[me.model], me.member, layout.threads)
    wait()
    if shape.sparse:
        sparse.add_gradient(
            shape, 0, shape.features, work.x, work.words, work.slope, work.gradient, me.member, layout.threads
        )
    else:
        _add_outer(shape, layout, work, me, 0, work.x, work.slope)
    wait()
    return penalty


@device
def clear_sums(shape, layout, work, me):
    """Zero what a step adds up."""
    for at in range(me.member, WIDTH * layout.stride, layout.threads):
        work.sums[at] = np.float32(0)
    for at in range(me.member, WIDTH * shape.features, layout.threads):
        work.squares[at] = np.float32(0)
    if shape.sparse:
        for at in range(me.member, shape.size, layout.threads):
            work.gradient[at] = np.float32(0)


@device
def add_batch(shape, layout, inputs, state, work, me, batch, rows, s0, s1, s2, s3):
    """Draw or gather a batch and add it up, strip after strip; returns the lane's Σ|h| and the generator's words."""
    penalty = np.float32(0)
    if shape.fixed and me.member == 0:
        start_batch(state, me.model, batch, rows)
    wait()
    for start in range(0, batch, STRIP):
        count = min(STRIP, batch - start)
        if shape.fixed:
            first = state.position[me.model] + start
            gather_strip(shape, inputs, state, me.model, work.x, first, me.lane, me.group, layout.groups, count)
        elif me.group == 0:
            s0, s1, s2, s3 = draw_strip(s0, s1, s2, s3, shape, inputs, me.model, work.x, work.gates, me.lane, count)
        wait()
        penalty = add_strip(shape, layout, inputs, work, me, count, penalty)
    if shape.fixed and me.member == 0:
        state.position[me.model] += batch
    return penalty, s0, s1, s2, s3


@device
def finish_step(shape, layout, inputs, state, log, work, me, batch, penalty, step, steps):
    """The loss, the log, and the update of every parameter."""
    if me.group == 0:
        work.lanes[me.lane] = lane_loss(shape, inputs, me.model, work.squares, penalty, me.lane)
    wait()
    if me.member == 0:
        loss = np.float64(halved(work.lanes, 0, 1)) / batch
        end_step(shape, inputs, state, log, me.model, loss, step, steps, work.numbers)
    wait()
    if work.numbers[ALIVE] == np.float32(1):
        for at in range(me.member, shape.size, layout.threads):
            if at >= layout.sums_from:
                gradient = halved(work.sums, at - layout.sums_from, layout.stride)
                if at >= shape.bias_at and not shape.bias:
                    gradient = np.float32(0)
            else:
                gradient = work.gradient[at]
            update(shape, inputs, me.model, work.numbers, work.params, at, gradient, work.first, work.second)
        for index in range(log.snapshot_steps.shape[0]):
            if log.snapshot_steps[index] == step:
                for at in range(me.member, shape.size, layout.threads):
                    log.snapshots[me.model, index, at] = work.params[at]
    wait()
