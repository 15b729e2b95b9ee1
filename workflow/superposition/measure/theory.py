"""Closed forms that trained models are compared with."""

import numpy as np

from ..data.sampling import Distribution


def feature_variances(source: Distribution) -> np.ndarray:
    """Variance of each feature (feature,) that is zero with probability S_i and else uniform.

    U[0, 1]: (1 − S)/3 − ((1 − S)/2)². U[−1, 1]: (1 − S)/3, since the mean is zero.
    """
    density = 1.0 - np.array(source.sparsity)
    return density / 3.0 - ((density / 2.0) ** 2 if source.values == "unit" else 0.0)


def linear_optimum(loss_weights: np.ndarray, hidden: int, source: Distribution) -> float:
    """Smallest loss of the linear model with bias: Σ c_i Var(x_i) over all but the `hidden` largest terms.

    With independent features the best linear autoencoder keeps some features whole and answers the mean for the
    others ("Toy Models of Superposition", §2).

    Args:
        loss_weights: factor c_i of each feature's squared error (feature,).
        hidden: size of the hidden layer.
        source: distribution of the features.

    Raises:
        ValueError: features come in sets, and so are not independent.
    """
    if source.sets:
        raise ValueError("the closed form holds for independent features")
    terms = np.sort(loss_weights * feature_variances(source))
    return float(terms[: max(len(terms) - hidden, 0)].sum())
