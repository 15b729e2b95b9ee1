"""Loss and gradient of one step: block after block of samples, forward and backward, by either plan.

A lane adds up its samples in ascending order, whatever the length of a block, and lanes are added up once a step.
"""

import numpy as np

from . import sparse
from .compiled import inlined, subroutine
from .dense import add_outer, contract
from .fma import multiply_add
from .lanes import WIDTH, absolute, lower_half, maximum, spread, total, where_above
from .memory import load, spread_at, store, totals, transpose
from .sampling import fill_block, start_batch
from .tiles import STRIP, clear, round_up

_ONE = np.int64(1)  # a typed constant: numba compiles a function anew for each literal it is called with


@subroutine
def _activate(hidden, rows, span, lanes, model, penalty):
    """Apply act_h to hidden (rows, span) in place, `lanes` of each row; returns `penalty` + Σ|h| as lanes.

    Where the last vector of a row is half of the row's and half of the next one's, only its own half is added up; the
    next row's beginning is activated already, and to do so again changes nothing.
    """
    zero = spread(np.float32(0))
    if model.hidden_relu or model.l1 != 0:
        for start in range(0, lanes, WIDTH):
            whole = start + WIDTH <= lanes
            for at in range(start, start + rows * span, span):
                value = load(hidden, at)
                if model.hidden_relu:
                    value = maximum(value, zero)
                    store(hidden, at, value)
                penalty = penalty + absolute(value if whole else lower_half(value))
    return penalty


@subroutine
def _activation_slope(hidden, slope, rows, span, lanes, model):
    """Add the L1 term's gradient to `slope` and multiply by act_h's derivative, in place; shapes as in `_activate`."""
    if model.hidden_relu or model.l1 != 0:
        step, zero = spread(model.l1_slope), spread(np.float32(0))
        for row in range(rows):
            for at in range(row * span, row * span + lanes, WIDTH):
                value, gradient = load(hidden, at), load(slope, at)
                gradient = gradient + where_above(value, zero, step) - where_above(zero - value, zero, step)
                if model.hidden_relu:
                    gradient = where_above(value, zero, gradient)
                store(slope, at, gradient)


@inlined
def _row_error(i, row, model, work, lanes, whole):
    """`_decode` for one feature, whose reconstruction, before bias and activation, is a row of `work.error`."""
    # act_o is max(·, floor), with no floor when it is none: no branch in the loop.
    floor = spread(np.float32(0) if model.output_relu else -np.float32(np.inf))
    bias, slope = spread_at(work.params, model.bias_at + i), spread_at(work.slopes, i)
    sums = (model.bias_at + i) * WIDTH
    bias_slope, squares = load(work.lane_gradient, sums), load(work.squares, i * WIDTH)
    for start in range(0, lanes, WIDTH):
        target = load(work.x, i * model.span + start)
        if model.absolute_target:
            target = absolute(target)
        output = maximum(load(work.error, row * model.span + start) + bias, floor)
        error = output - target
        if not whole:
            error = error * load(work.keep, start)
        squares = multiply_add(error, error, squares)
        gradient = where_above(output, floor, slope * error)
        store(work.error, row * model.span + start, gradient)
        bias_slope = bias_slope + gradient
    store(work.lane_gradient, sums, bias_slope)
    store(work.squares, i * WIDTH, squares)


@subroutine
def _decode(first, count, model, work, lanes, whole):
    """For features first, first+1, …: from `work.hidden` to the loss's gradient at x̂, in `work.error`.

    Adds to the partial sums of the squared errors and of b's gradient.
    """
    start = model.decoder_at + first * model.width
    contract(work.hidden, model.hidden, work.params, start, model.width, _ONE, count, work.error, model.span, lanes)
    for row in range(count):
        _row_error(first + row, row, model, work, lanes, whole)


@subroutine
def _dense_block(model, work, lanes, whole, penalty):
    """Add the block in `work.x` to the partial sums; returns `penalty` with the block's Σ|h| (lanes)."""
    n, m, span, sums = model.features, model.hidden, model.span, work.lane_gradient
    contract(work.x, n, work.params, _ONE - 1, _ONE, m, m, work.hidden, span, lanes)
    penalty = _activate(work.hidden, m, span, lanes, model, penalty)
    _decode(_ONE - 1, n, model, work, lanes, whole)
    contract(work.error, n, work.params, model.decoder_at, _ONE, m, m, work.hidden_slope, span, lanes)
    _activation_slope(work.hidden, work.hidden_slope, m, span, lanes, model)
    decoder, encoder = (work.error, work.hidden), (work.x, work.hidden_slope)
    if model.decoder_at == 0:
        add_outer(sums, _ONE - 1, m, *decoder, *encoder, True, n, m, span, lanes)
    else:
        add_outer(sums, model.decoder_at, m, *decoder, *decoder, False, n, m, span, lanes)
        add_outer(sums, _ONE - 1, m, *encoder, *encoder, False, n, m, span, lanes)
    return penalty


@subroutine
def _sparse_block(model, work, whole, penalty):
    """As `_dense_block` for one strip, but W's and V's gradients are added to `work.gradient` itself."""
    width, samples = model.width, _ONE * STRIP
    sparse.encode(model, work)
    penalty = _activate(work.hidden_rows, samples, width, width, model, penalty)
    for sample in range(0, STRIP, WIDTH):
        for column in range(0, width, WIDTH):
            transpose(work.hidden_rows, sample * width + column, width, work.hidden, column * STRIP + sample, STRIP)
    clear(work.slope_rows, 0, STRIP * width)
    for first in range(0, model.features, model.chunk):
        count = min(model.chunk, model.features - first)
        _decode(first, count, model, work, samples, whole)
        sparse.backward_decoder(first, count, model, work)
    _activation_slope(work.hidden_rows, work.slope_rows, _ONE, samples * width, samples * width, model)
    sparse.backward_encoder(model, work)
    return penalty


@subroutine
def _add_up_lanes(model, work):
    """The step's gradient from its partial sums: all parameters under the dense plan, the bias under the sparse one."""
    for at in range(model.bias_at if model.sparse else 0, model.size, WIDTH):
        store(work.gradient, at, totals(work.lane_gradient, at * WIDTH))
    if not model.bias:
        for at in range(model.bias_at, model.size):
            work.gradient[at] = 0


@subroutine
def _add_block(model, work, count, penalty):
    """Add a block of `count` samples to the sums; returns `penalty` with the block's Σ|h| (lanes)."""
    lanes = round_up(count, STRIP)
    if count < lanes:
        for sample in range(lanes):
            work.keep[sample] = 1 if sample < count else 0
    if model.sparse:
        return _sparse_block(model, work, count == lanes, penalty)
    return _dense_block(model, work, lanes, count == lanes, penalty)


@subroutine
def _loss(model, work, penalty):
    """Mean loss (float64) of a batch from its partial sums: features ascending, the penalty last, then the lanes."""
    loss = spread(np.float32(0))
    for i in range(model.features):
        loss = loss + spread_at(work.importance, i) * load(work.squares, i * WIDTH)
    return np.float64(total(loss + spread(model.l1) * penalty)) / model.batch


@subroutine
def step_gradient(model, source, work):
    """Draw the next batch, leave its gradient in `work.gradient`, return the mean loss (float64).

    source, work  with pointers for arrays
    """
    sums = model.bias_at * WIDTH if model.sparse else 0
    clear(work.lane_gradient, sums, model.size * WIDTH)
    clear(work.squares, 0, model.features * WIDTH)
    if model.sparse:
        clear(work.gradient, 0, model.size)
    start_batch(source, model.batch)
    penalty = spread(np.float32(0))
    for first in range(0, model.batch, model.span):
        count = min(model.span, model.batch - first)
        fill_block(work.x, model.span, count, source)
        penalty = _add_block(model, work, count, penalty)
    _add_up_lanes(model, work)
    return _loss(model, work, penalty)
