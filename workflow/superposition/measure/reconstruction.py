"""How well a built-in model reconstructs samples, compiled: every sum in a fixed order, so the same on every processor.

The innermost loops run over samples, each with sums of its own: the compiler may take as many at once as the processor
can, and no bit changes.
"""

import numpy as np

from ..spec.architectures import Architecture
from ..train.fused.compiled import compiled

BLOCK = 64  # samples at a time


def error_sums(architecture: Architecture, W, V, b, x, absolute: bool) -> tuple[np.ndarray, np.ndarray]:
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
    inputs = np.zeros((n, BLOCK), np.float32)
    h = np.zeros((m, BLOCK), np.float32)
    y = np.zeros(BLOCK, np.float32)
    total, square = np.zeros((n, BLOCK)), np.zeros((n, BLOCK))
    for start in range(0, len(x), BLOCK):
        size = min(BLOCK, len(x) - start)
        for i in range(n):
            for s in range(size):
                inputs[i, s] = x[start + s, i]
        h[:] = zero
        for k in range(m):
            for i in range(n):
                for s in range(size):
                    h[k, s] += W[k, i] * inputs[i, s]
            if hidden_relu:
                for s in range(size):
                    h[k, s] = max(h[k, s], zero)
        for j in range(n):
            y[:] = zero
            for k in range(m):
                for s in range(size):
                    y[s] += V[k, j] * h[k, s]
            for s in range(size):
                output = y[s] + b[j]
                if output_relu:
                    output = max(output, zero)
                target = abs(inputs[j, s]) if absolute else inputs[j, s]
                difference = np.float64(output - target)
                total[j, s] += difference
                square[j, s] += difference * difference
    sums, squares = np.zeros(n), np.zeros(n)
    for j in range(n):
        for s in range(BLOCK):
            sums[j] += total[j, s]
            squares[j] += square[j, s]
    return sums, squares
