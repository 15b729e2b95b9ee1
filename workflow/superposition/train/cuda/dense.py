"""Products of a strip: what a lane computes for its four samples, row by row.

Rows are features or hidden units; a model's groups share them out. Sums run in the order of `fused.dense`.
"""

import numpy as np

from .compiled import device, fused, product
from .shape import SPAN, STRIP, WIDTH

_ZERO, _NO_FLOOR = np.float32(0), np.float32(-np.inf)


@device
def contracted(inputs, span, terms, weights, start, stride, lane):
    """Σ_j weights[start + j·stride] · inputs[j·span + sample], j ascending, for the lane's four samples."""
    a, b, c, d = _ZERO, _ZERO, _ZERO, _ZERO
    for j in range(terms):
        weight, at = weights[start + j * stride], j * span + lane
        a = fused(weight, inputs[at], a)
        b = fused(weight, inputs[at + WIDTH], b)
        c = fused(weight, inputs[at + 2 * WIDTH], c)
        d = fused(weight, inputs[at + 3 * WIDTH], d)
    return a, b, c, d


@device
def encode(shape, x, params, hidden, lane, group, groups):
    """hidden (m, SPAN) = W x before its activation; the group's hidden units."""
    for k in range(group, shape.hidden, groups):
        a, b, c, d = contracted(x, STRIP, shape.features, params, k, shape.width, lane)
        at = k * SPAN + lane
        hidden[at] = a
        hidden[at + WIDTH] = b
        hidden[at + 2 * WIDTH] = c
        hidden[at + 3 * WIDTH] = d


@device
def slope_at_hidden(shape, error, params, slope, lane, group, groups):
    """slope (m, SPAN) = V · error; the group's hidden units."""
    for k in range(group, shape.hidden, groups):
        a, b, c, d = contracted(error, STRIP, shape.features, params, shape.decoder_at + k, shape.width, lane)
        at = k * SPAN + lane
        slope[at] = a
        slope[at + WIDTH] = b
        slope[at + 2 * WIDTH] = c
        slope[at + 3 * WIDTH] = d


@device
def decode(shape, i, hidden, params, error, at, lane):
    """Reconstruct feature i of the lane's samples, without its bias, into error[at + sample]."""
    start = shape.decoder_at + i * shape.width
    a, b, c, d = contracted(hidden, SPAN, shape.hidden, params, start, 1, lane)
    error[at + lane] = a
    error[at + lane + WIDTH] = b
    error[at + lane + 2 * WIDTH] = c
    error[at + lane + 3 * WIDTH] = d


@device
def output_error(shape, i, x, params, scale, error, at, sums, bias_sum, squares, lane, count):
    """From feature i's reconstruction in error[at : at + 64] to the loss's gradient there, for the lane's samples.

    scale is 2 c_i / batch. Adds to the lane's sums of b_i's gradient, sums[bias_sum], and of squared errors.
    """
    floor = _ZERO if shape.output_relu else _NO_FLOOR
    bias = params[shape.bias_at + i]
    bias_slope, square = sums[bias_sum], squares[i * WIDTH + lane]
    for sample in range(lane, STRIP, WIDTH):
        target = x[i * STRIP + sample]
        if shape.absolute_target:
            target = abs(target)
        output = error[at + sample] + bias
        output = floor if output < floor else output
        difference = output - target
        if sample >= count:
            difference = product(difference, _ZERO)
        square = fused(difference, difference, square)
        gradient = _ZERO if output <= floor else product(scale, difference)
        error[at + sample] = gradient
        bias_slope = bias_slope + gradient
    sums[bias_sum] = bias_slope
    squares[i * WIDTH + lane] = square


@device
def add_outer(sums, start, left, at, right, columns, lane):
    """sums[start + k] += Σ left[at + sample] · right[k, sample] over the lane's four samples, for every column k.

    Each product goes straight into the sum; with a single column, the four are added up first.
    """
    a, b, c, d = left[at], left[at + WIDTH], left[at + 2 * WIDTH], left[at + 3 * WIDTH]
    for k in range(columns):
        row = k * SPAN + lane
        value = _ZERO if columns == 1 else sums[start + k]
        value = fused(a, right[row], value)
        value = fused(b, right[row + WIDTH], value)
        value = fused(c, right[row + 2 * WIDTH], value)
        value = fused(d, right[row + 3 * WIDTH], value)
        sums[start + k] = sums[start + k] + value if columns == 1 else value
