"""The sparse plan: products with a zero input or a zero output gradient are left out; as in `fused.sparse`.

A warp walks over the set bits of a feature's two words, one for each half of the strip, and its threads are the hidden
units. Warps share out halves of the strip where samples have nothing to do with each other, and features elsewhere.
"""

import numpy as np

from .compiled import device, fused, lowest_bit
from .shape import SPAN, STRIP

_HALF, _WARP = 32, 32


@device
def mark(values, rows, words, member, threads):
    """words[2 · row + half]: bit s says that values[row, 32 · half + s] is not zero (NaN is not zero)."""
    for index in range(member, 2 * rows, threads):
        word = np.uint32(0)
        for j in range(_HALF):
            s = (j + member) % _HALF  # threads look at different banks
            if values[index * _HALF + s] != np.float32(0):
                word = np.uint32(word | np.uint32(np.uint32(1) << np.uint32(s)))
        words[index] = word


@device
def encode(shape, x, words, params, hidden, member, threads):
    """hidden[k, s] = Σ_i x[i, s] W[i, k] over the non-zero x, before the activation."""
    for half in range(member // _WARP, 2, threads // _WARP):
        for k in range(member % _WARP, shape.hidden, _WARP):
            for s in range(half * _HALF, half * _HALF + _HALF):
                hidden[k * SPAN + s] = np.float32(0)
            for i in range(shape.features):
                word = words[2 * i + half]
                weight = params[i * shape.width + k]
                while word != 0:
                    s = half * _HALF + lowest_bit(word)
                    word = np.uint32(word & np.uint32(word - np.uint32(1)))
                    hidden[k * SPAN + s] = fused(x[i * STRIP + s], weight, hidden[k * SPAN + s])


@device
def add_slope(shape, start, count, error, words, params, slope, member, threads):
    """slope[k, s] += Σ_i error[i, s] params[start + i · width + k] over the non-zero errors of `count` features."""
    for half in range(member // _WARP, 2, threads // _WARP):
        for k in range(member % _WARP, shape.hidden, _WARP):
            for i in range(count):
                word = words[2 * i + half]
                weight = params[start + i * shape.width + k]
                while word != 0:
                    s = half * _HALF + lowest_bit(word)
                    word = np.uint32(word & np.uint32(word - np.uint32(1)))
                    slope[k * SPAN + s] = fused(error[i * STRIP + s], weight, slope[k * SPAN + s])


@device
def add_gradient(shape, start, count, values, words, hidden, gradient, member, threads):
    """gradient[start + i · width + k] += Σ_s values[i, s] hidden[k, s] over the non-zero values, s ascending."""
    for i in range(member // _WARP, count, threads // _WARP):
        for k in range(member % _WARP, shape.hidden, _WARP):
            total = gradient[start + i * shape.width + k]
            for half in range(2):
                word = words[2 * i + half]
                while word != 0:
                    s = half * _HALF + lowest_bit(word)
                    word = np.uint32(word & np.uint32(word - np.uint32(1)))
                    total = fused(values[i * STRIP + s], hidden[k * SPAN + s], total)
            gradient[start + i * shape.width + k] = total
