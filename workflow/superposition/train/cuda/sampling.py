"""A strip of samples: drawn by the lanes of a model's first group, or gathered from fixed rows by all its threads.

The order of the draws and what they mean is `fused.data`'s. x (features, 64) is feature-major.
"""

import numpy as np

from .compiled import device, product
from .shape import STRIP, WIDTH
from .streams import draw, permute

_ZERO, _CLOSED, _UNIT = np.float32(0), np.float32(-1), np.float32(2.0**-24)


@device
def margin_of(drawn, threshold):
    """The draw's distance from its threshold, (r >> 1) − T as a signed integer, in float32."""
    return np.float32(np.int32(np.uint32((drawn >> np.uint32(1)) - threshold)))


@device
def draw_gates(s0, s1, s2, s3, shape, inputs, model, gates, lane):
    """Per set: the picked member where the set is open, −1 where it is shut; returns the generator's words."""
    for slot in range(shape.sets):
        drawn, s0, s1, s2, s3 = draw(s0, s1, s2, s3)
        margin = margin_of(drawn, inputs.set_thresholds[model, slot])
        drawn, s0, s1, s2, s3 = draw(s0, s1, s2, s3)
        fraction = product(np.float32(np.int32(drawn >> np.uint32(8))), _UNIT)
        pick = np.float32(np.int32(product(fraction, inputs.set_choices[model, slot])))
        gates[slot * WIDTH + lane] = _CLOSED if margin < _ZERO else pick
    return s0, s1, s2, s3


@device
def draw_strip(s0, s1, s2, s3, shape, inputs, model, x, gates, lane, count):
    """A lane's samples of a strip of `count`, zeros past them; returns the generator's words."""
    for start in range(0, STRIP, WIDTH):
        at = start + lane
        if start < count:  # a group of 16 samples is drawn whole
            s0, s1, s2, s3 = draw_gates(s0, s1, s2, s3, shape, inputs, model, gates, lane)
            for i in range(shape.features):
                drawn, s0, s1, s2, s3 = draw(s0, s1, s2, s3)
                margin = margin_of(drawn, inputs.thresholds[model, i])
                value = product(_ZERO if margin < _ZERO else margin, inputs.scales[model, i])
                if shape.signed and value > _ZERO and drawn & np.uint32(1):
                    value = -value
                if shape.sets > 0:
                    slot = inputs.slots[model, i]
                    if slot >= 0 and gates[slot * WIDTH + lane] != inputs.members[model, i]:
                        value = _ZERO
                x[i * STRIP + at] = value if at < count else _ZERO
        else:
            for i in range(shape.features):
                x[i * STRIP + at] = _ZERO
    return s0, s1, s2, s3


@device
def start_batch(state, model, batch, rows):
    """Shuffle the fixed rows when fewer than a batch are left of the epoch; a full batch keeps the rows' order."""
    if state.position[model] + batch > rows:
        if batch < rows:
            permute(state.shuffle, model, state.order, rows)
        state.position[model] = 0


@device
def gather_strip(shape, inputs, state, model, x, first, lane, group, groups, count):
    """The strip's samples, the rows state.order[model, first : first + count], zeros past them."""
    for start in range(group * WIDTH, STRIP, groups * WIDTH):
        at = start + lane
        if at < count:
            row = state.order[model, first + at]
            for i in range(shape.features):
                x[i * STRIP + at] = inputs.rows[inputs.dataset[model], row, i]
        else:
            for i in range(shape.features):
                x[i * STRIP + at] = _ZERO
