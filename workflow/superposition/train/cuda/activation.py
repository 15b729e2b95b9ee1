"""The hidden layer's activation, its L1 penalty, and their gradient; as in `fused.gradient`."""

import numpy as np

from .compiled import device
from .shape import SPAN, STRIP, WIDTH

_ZERO = np.float32(0)


@device
def activate(shape, hidden, member, threads):
    """Apply act_h to hidden (m, SPAN) in place; the thread's share of it."""
    if shape.hidden_relu:
        for index in range(member, shape.hidden * STRIP, threads):
            at = index // STRIP * SPAN + index % STRIP
            value = hidden[at]
            hidden[at] = _ZERO if value < _ZERO else value


@device
def penalised(shape, hidden, lane, penalty):
    """`penalty` + Σ|h| of a lane: of its samples, or under the sparse plan of the hidden units k = lane mod 16."""
    if shape.sparse:
        for k in range(lane, shape.hidden, WIDTH):
            for sample in range(STRIP):
                penalty = penalty + abs(hidden[k * SPAN + sample])
    else:
        for sample in range(lane, STRIP, WIDTH):
            for k in range(shape.hidden):
                penalty = penalty + abs(hidden[k * SPAN + sample])
    return penalty


@device
def activation_slope(shape, hidden, slope, step, member, threads):
    """Add the L1 term's gradient, `step` where h > 0, to `slope` and multiply by act_h's derivative, in place."""
    for index in range(member, shape.hidden * STRIP, threads):
        at = index // STRIP * SPAN + index % STRIP
        value, gradient = hidden[at], slope[at]
        gradient = gradient + (_ZERO if value <= _ZERO else step)
        gradient = gradient - (_ZERO if _ZERO - value <= _ZERO else step)
        if shape.hidden_relu and value <= _ZERO:
            gradient = _ZERO
        slope[at] = gradient
