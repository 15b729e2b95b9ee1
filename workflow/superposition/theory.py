"""Closed forms that trained models are compared with."""

import numpy as np


def feature_variance(sparsity: float, values: str = "unit") -> float:
    """Variance of a feature that is zero with probability S and else uniform.

    U[0, 1]: (1 − S)/3 − ((1 − S)/2)². U[−1, 1]: (1 − S)/3, since the mean is zero.
    """
    density = 1.0 - sparsity
    return density / 3.0 - ((density / 2.0) ** 2 if values == "unit" else 0.0)


def linear_optimum(loss_weights: np.ndarray, hidden: int, sparsity: float, values: str = "unit") -> float:
    """Smallest loss of the linear model with bias, Σ c_i Var(x_i) over all but the `hidden` largest c_i.

    With independent features of equal variance the best linear autoencoder keeps the most important ones whole and
    answers the mean for the others ("Toy Models of Superposition", §2).

    Args:
        loss_weights: factor c_i of each feature's squared error (feature,).
        hidden: size of the hidden layer.
        sparsity: probability that a feature is zero.
        values: "unit" or "signed".
    """
    dropped = np.sort(loss_weights)[: max(len(loss_weights) - hidden, 0)]
    return float(dropped.sum() * feature_variance(sparsity, values))
