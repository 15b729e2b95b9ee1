"""Closed forms that trained models are compared with."""

import numpy as np

from ..data.sampling import Distribution
from ..train.optimum.linear import feature_variances


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
