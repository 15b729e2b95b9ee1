"""The optimum of the linear model WᵀWx + b on independent features, in closed form ("Toy Models of Superposition", §2).

It keeps the m features of largest c_i Var(x_i) whole and answers the mean for the others. No map of rank m does better:
with A = diag(√c), the loss is E‖A(x − Mx − b)‖², b takes the mean out of it, and the best A M A⁻¹ projects onto the
leading eigenvectors of A Cov(x) A (Eckart and Young 1936), which is diagonal.
"""

import numpy as np

from ...data.sampling import Distribution


def feature_variances(source: Distribution) -> np.ndarray:
    """Variance of each feature (feature,) that is zero with probability S_i and else uniform.

    U[0, 1]: (1 − S)/3 − ((1 − S)/2)². U[−1, 1]: (1 − S)/3, since the mean is zero.
    """
    density = 1.0 - np.array(source.sparsity)
    return density / 3.0 - np.square(feature_means(source))


def feature_means(source: Distribution) -> np.ndarray:
    """Mean of each feature (feature,): (1 − S)/2 for U[0, 1] when active, zero for U[−1, 1]."""
    density = 1.0 - np.array(source.sparsity)
    return density / 2.0 if source.values == "unit" else np.zeros_like(density)


def linear_weights(loss_weights: np.ndarray, hidden: int, source: Distribution) -> tuple[np.ndarray, np.ndarray, float]:
    """Optimal W (hidden, feature) and b (feature,), float64, and their expected loss.

    Rows are unit vectors, in the order of features; of equally good features the first are kept.

    Args:
        loss_weights: factor c_i of each feature's squared error (feature,).
        hidden: size of the hidden layer, at most the number of features.
        source: distribution of the features, independent ones.
    """
    terms = loss_weights * feature_variances(source)
    order = np.argsort(-terms, kind="stable")
    kept, dropped = np.sort(order[:hidden]), np.sort(order[hidden:])
    b = feature_means(source)
    b[kept] = 0.0
    return np.eye(len(terms))[kept], b, float(terms[dropped].sum())


def linear_curvature(loss_weights: np.ndarray, hidden: int, source: Distribution) -> float:
    """Smallest second derivative by W at the optimum, b following W; rotations of the hidden layer left out.

    By W_kd, k kept and d dropped, it is 2 (c_k v_d + c_d v_k) − 4 c_d v_d, v the variances; by W_kk it is 8 c_k v_k,
    and along W_kl = W_lk of two kept features 4 (c_k v_l + c_l v_k). Other second derivatives are zero.
    """
    c, v = np.asarray(loss_weights, dtype=np.float64), feature_variances(source)
    order = np.argsort(-c * v, kind="stable")
    kept, dropped = order[:hidden], order[hidden:]
    cross = np.outer(c, v) + np.outer(v, c)
    found = [8.0 * c[kept] * v[kept], 2.0 * cross[np.ix_(kept, dropped)] - 4.0 * (c * v)[dropped]]
    upper = np.triu_indices(len(kept), 1)
    found.append(4.0 * cross[np.ix_(kept, kept)][upper])
    return float(min(part.min() for part in found if part.size))
