"""The end of a step: the loss, what it means for the log, and the optimiser's update; as in `fused`."""

import math

import numpy as np

from ..fused.optimiser import ADAMW, SGD
from .compiled import device, product, product64
from .shape import WIDTH

_ZERO, _TINY = np.float32(0), np.finfo(np.float32).tiny
_SCALE, _ROOT, _SHRINK, ALIVE = 0, 1, 2, 3  # places of what `end_step` works out for every thread


@device
def halved(values, at, stride):
    """The sum of 16 values from `at` on, `stride` apart: j with j + 8, then + 4, + 2, + 1."""
    a = values[at] + values[at + 8 * stride]
    b = values[at + 1 * stride] + values[at + 9 * stride]
    c = values[at + 2 * stride] + values[at + 10 * stride]
    d = values[at + 3 * stride] + values[at + 11 * stride]
    e = values[at + 4 * stride] + values[at + 12 * stride]
    f = values[at + 5 * stride] + values[at + 13 * stride]
    g = values[at + 6 * stride] + values[at + 14 * stride]
    h = values[at + 7 * stride] + values[at + 15 * stride]
    return ((a + e) + (c + g)) + ((b + f) + (d + h))


@device
def lane_loss(shape, inputs, model, squares, penalty, lane):
    """A lane's part of the batch's loss: features ascending, the penalty last."""
    loss = _ZERO
    for i in range(shape.features):
        loss = loss + product(inputs.importance[model, i], squares[i * WIDTH + lane])
    return loss + product(inputs.l1[model], penalty)


@device
def end_step(shape, inputs, state, log, model, loss, step, steps, numbers):
    """Log the loss of a step, and work out in float64 what its update needs; done by one thread of a model."""
    if state.diverged[model] == 0 and not math.isfinite(loss):
        state.diverged[model] = step
    numbers[ALIVE] = np.float32(1 if state.diverged[model] == 0 else 0)
    if state.diverged[model] == 0:
        state.total[model] += loss
        state.since[model] += 1
        record = state.records[model]
        if record < log.loss_steps.shape[0] and log.loss_steps[record] == step:
            log.losses[model, record] = state.total[model] / state.since[model]
            state.records[model] = record + 1
            state.total[model] = 0.0
            state.since[model] = 0
    rate = inputs.rate[model]
    if inputs.falling[model]:
        rate = product64(rate, np.float64(1 - (step - 1) / steps))
    numbers[_SHRINK] = np.float32(1.0)
    if shape.kind == SGD:
        numbers[_SCALE] = np.float32(rate)
    else:
        power1 = product64(state.powers[model, 0], inputs.beta1[model])
        power2 = product64(state.powers[model, 1], inputs.beta2[model])
        state.powers[model, 0] = power1
        state.powers[model, 1] = power2
        numbers[_SCALE] = np.float32(rate / (1 - power1))
        numbers[_ROOT] = np.float32(math.sqrt(1 - power2))
        if shape.kind == ADAMW:
            numbers[_SHRINK] = np.float32(1 - product64(rate, inputs.weight_decay[model]))


@device
def normal(value):
    """The value, or zero where it is subnormal."""
    return _ZERO if abs(value) < _TINY else value


@device
def update(shape, inputs, model, numbers, params, at, slope, first, second):
    """Update parameter `at`, whose gradient is `slope`."""
    param, scale, coupled = params[at], numbers[_SCALE], inputs.coupled[model]
    slope = slope + product(coupled, param)
    if shape.kind == SGD:
        params[at] = param - product(scale, slope)
    else:
        mean, square = first[at], second[at]
        mean = normal(mean + product(inputs.fresh1[model], slope - mean))
        square = normal(product(square, inputs.keep2[model]) + product(inputs.fresh2[model], product(slope, slope)))
        first[at] = mean
        second[at] = square
        root = np.float32(math.sqrt(square)) / numbers[_ROOT]
        params[at] = product(param, numbers[_SHRINK]) - product(scale, mean / (root + inputs.eps[model]))
