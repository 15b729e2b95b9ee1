"""Expected loss of ReLU(WᵀWx + b) over sparse features, with gradient and Hessian, exact but for rounding.

Features are independent: x_j is zero with probability 1 − p_j, else U[0, 1]. Output i sees only its row c = (WᵀW)_i of
the Gram matrix and its bias, and `quadrature` integrates its error. Here the derivatives by c become those by W.
"""

import numpy as np

from ..fused.compiled import compiled, subroutine
from .quadrature import output_error

MOST_FEATURES = 3


def expected_loss(W: np.ndarray, b: np.ndarray, sparsity: np.ndarray, loss_weights: np.ndarray) -> float:
    """Σ_i c_i E(ReLU(WᵀWx + b)_i − x_i)².

    Args:
        W: weights (hidden, feature), at most three features.
        b: biases (feature,), zero where the model has none.
        sparsity: probability that each feature is zero (feature,).
        loss_weights: factor c_i of each feature's squared error (feature,).
    """
    return derivatives(W, b, sparsity, loss_weights)[0]


def derivatives(
    W: np.ndarray, b: np.ndarray, sparsity: np.ndarray, loss_weights: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The expected loss, its gradient (parameter,) and its Hessian (parameter, parameter).

    Parameters are W row by row, then b. Where an output is never positive its part of both is zero.
    Arguments: `expected_loss`.

    Raises:
        ValueError: more than three features.
    """
    m, n = W.shape
    if n > MOST_FEATURES:
        raise ValueError(f"the integral is over at most {MOST_FEATURES} features; found {n}")
    parameters = np.concatenate([np.ravel(W), np.ravel(b)]).astype(np.float64)
    density = 1.0 - np.asarray(sparsity, dtype=np.float64)
    return _derivatives(parameters, m, density, np.asarray(loss_weights, dtype=np.float64))


@compiled
def _derivatives(parameters, m, density, loss_weights):
    size = len(parameters)
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    loss = evaluate(parameters, m, density, loss_weights, gradient, hessian)
    return loss, gradient, hessian


@subroutine
def evaluate(parameters, m, density, loss_weights, gradient, hessian):
    """The expected loss; fills gradient (parameter,) and hessian (parameter, parameter)."""
    n = len(density)
    c, slope, curve = np.zeros(n), np.zeros(n + 1), np.zeros((n + 1, n + 1))
    moved = np.zeros((n + 1, len(parameters)))  # derivative of (c, b_i) by each parameter
    gradient[:] = 0.0
    hessian[:] = 0.0
    loss = 0.0
    for i in range(n):
        for j in range(n):
            c[j] = 0.0
            for k in range(m):
                c[j] += parameters[k * n + i] * parameters[k * n + j]
        slope[:] = 0.0
        curve[:] = 0.0
        loss += loss_weights[i] * output_error(i, c, parameters[m * n + i], density, slope, curve)
        moved[:] = 0.0
        moved[n, m * n + i] = 1.0
        for j in range(n):
            for k in range(m):
                moved[j, k * n + i] += parameters[k * n + j]
                moved[j, k * n + j] += parameters[k * n + i]
        _chain(i, m, loss_weights[i], slope, curve, moved, gradient, hessian)
    return loss


@subroutine
def _chain(i, m, factor, slope, curve, moved, gradient, hessian):
    """Add an output's derivatives by (c, b_i), times its factor, as derivatives by the parameters."""
    n, size = len(slope) - 1, len(gradient)
    for p in range(size):
        for j in range(n + 1):
            gradient[p] += factor * slope[j] * moved[j, p]
    for q in range(size):
        for j in range(n + 1):
            along = 0.0
            for k in range(n + 1):
                along += curve[j, k] * moved[k, q]
            if along != 0.0:
                for p in range(size):
                    hessian[p, q] += factor * moved[j, p] * along
    for j in range(n):  # c_j is itself quadratic in W
        for k in range(m):
            hessian[k * n + i, k * n + j] += factor * slope[j]
            hessian[k * n + j, k * n + i] += factor * slope[j]
