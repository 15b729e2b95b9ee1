"""How well a built-in model reconstructs samples, compiled: every sum in a fixed order, so the same on every processor.

Both products are the training engine's `contract`. The innermost loops run over samples, each with sums of its own: the
compiler may take as many at once as the processor can, and no bit changes.
"""

import numpy as np

from ..spec.architectures import Architecture
from ..train.fused.compiled import compiled
from ..train.fused.dense import contract
from ..train.fused.memory import pointers
from ..train.fused.tiles import STRIP

_ONE = np.int64(1)  # a typed constant: Numba compiles a function anew for each literal it is called with


def error_sums(
    architecture: Architecture, W: np.ndarray, V: np.ndarray, b: np.ndarray, x: np.ndarray, absolute: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Sums over samples of x̂ − t and of its square, x̂ = act(act(x Wᵀ) V + b), t the target, x or |x|.

    Args:
        architecture: which activations apply.
        W: encoder (hidden, feature).
        V: decoder (hidden, feature); W itself where weights are tied.
        b: bias (feature,).
        x: samples (sample, feature).
        absolute: whether the target is |x|.

    Returns:
        Both float64 (feature,), of reconstructions in float32.
    """
    arrays = (np.ascontiguousarray(array, dtype=np.float32) for array in (W, V, b, x))
    sums, squares = _error_sums(architecture.hidden_relu, architecture.output_relu, absolute, *arrays)
    return sums, squares


@compiled
def _error_sums(hidden_relu, output_relu, absolute, W, V, b, x):
    (m, n), zero = W.shape, np.float32(0)
    # What is multiplied is read through pointers, and these arrays are read again below, which keeps them alive.
    inputs, h, y = np.zeros((n, STRIP), np.float32), np.zeros((m, STRIP), np.float32), np.zeros((n, STRIP), np.float32)
    at_inputs, at_h, at_y, at_W, at_V = pointers((inputs, h, y, W, V))
    samples = _ONE * STRIP
    total, square = np.zeros((n, STRIP)), np.zeros((n, STRIP))
    for start in range(0, len(x), STRIP):
        size = min(STRIP, len(x) - start)
        for i in range(n):
            for s in range(size):
                inputs[i, s] = x[start + s, i]
        contract(at_inputs, n, at_W, _ONE - 1, n, _ONE, m, at_h, samples, samples)
        if hidden_relu:
            for k in range(m):
                for s in range(STRIP):
                    h[k, s] = max(h[k, s], zero)
        contract(at_h, m, at_V, _ONE - 1, _ONE, n, n, at_y, samples, samples)
        for j in range(n):
            for s in range(size):
                output = y[j, s] + b[j]
                if output_relu:
                    output = max(output, zero)
                target = abs(inputs[j, s]) if absolute else inputs[j, s]
                difference = np.float64(output - target)
                total[j, s] += difference
                square[j, s] += difference * difference
    sums, squares = np.zeros(n), np.zeros(n)
    for j in range(n):
        for s in range(STRIP):
            sums[j] += total[j, s]
            squares[j] += square[j, s]
    return sums, squares
