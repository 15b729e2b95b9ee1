"""What is measured on a trained model's matrices. All act on leading axes at once.

For untied weights the features' directions are the encoder's columns, and the Gram matrix is VᵀW, the linear map from
input to reconstruction; for tied weights it is WᵀW.
"""

import numpy as np

REPRESENTED = 0.5  # a feature counts as represented from this norm on: half of a perfectly represented one's


def gram_matrix(W: np.ndarray, V: np.ndarray) -> np.ndarray:
    """VᵀW (..., feature, feature) of encoder and decoder (..., hidden, feature): output i from input j."""
    return contracted(V, W)


def contracted(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Σ_k A_ki B_kj (..., i, j) of arrays (..., k, i) and (..., k, j): AᵀB, k ascending.

    A matrix product of BLAS (`@`) orders its sums by the processor; products and sums element by element round alike
    on all.
    """
    total = A[..., 0, :, None] * B[..., 0, None, :]
    for k in range(1, A.shape[-2]):
        total += A[..., k, :, None] * B[..., k, None, :]
    return total


def feature_norms(W: np.ndarray) -> np.ndarray:
    """‖W_i‖ (..., feature): how strongly each feature is represented ("Toy Models of Superposition", §2)."""
    return np.sqrt(np.square(W).sum(axis=-2))


def interference(W: np.ndarray) -> np.ndarray:
    """Σ_{j≠i} (Ŵ_i · W_j)² (..., feature), Ŵ_i = W_i/‖W_i‖: how far other features point along feature i.

    Source: "Toy Models of Superposition", §2, the colour of the norm bars. Zero where ‖W_i‖ is.
    """
    return _projections(W) - np.square(feature_norms(W))


def dimensionality(W: np.ndarray) -> np.ndarray:
    """D_i = ‖W_i‖² / Σ_j (Ŵ_i · W_j)² (..., feature): the share of a dimension that a feature has.

    Source: "Toy Models of Superposition", §4. One for a feature alone in its dimension, 1/2 in an antipodal pair,
    2/5 in a pentagon; zero where ‖W_i‖ is.
    """
    squared = np.square(feature_norms(W))
    total = _projections(W)
    return np.divide(squared, total, out=np.zeros_like(squared), where=total > 0)


def _projections(W: np.ndarray) -> np.ndarray:
    """Σ_j (Ŵ_i · W_j)², the sum over all j, in float64; zero where ‖W_i‖ is."""
    W = W.astype(np.float64)
    norms = feature_norms(W)
    directions = np.divide(W, norms[..., None, :], out=np.zeros_like(W), where=norms[..., None, :] > 0)
    return np.square(contracted(directions, W)).sum(axis=-1)


def features_represented(W: np.ndarray) -> np.ndarray:
    """Number of features (...) whose norm is at least REPRESENTED."""
    return (feature_norms(W) >= REPRESENTED).sum(axis=-1)


def features_per_dimension(W: np.ndarray) -> np.ndarray:
    """Σ_i min(‖W_i‖², 1) / m (...): features represented per hidden dimension, 1 where each has a dimension of its own.

    The source paper counts features by ‖W‖_F² (§4, D* = m/‖W‖_F²); here none counts more than once, since models with
    ReLU scale some above length one. The linear model's optimum has exactly 1, in whichever basis it lies.
    """
    return np.minimum(np.square(feature_norms(W)), 1.0).sum(axis=-1) / W.shape[-2]


def off_diagonal(matrix: np.ndarray) -> np.ndarray:
    """Frobenius norm (...) of a square matrix without its diagonal."""
    diagonal = np.square(np.diagonal(matrix, axis1=-2, axis2=-1)).sum(axis=-1)
    return np.sqrt(np.maximum(np.square(matrix).sum(axis=(-2, -1)) - diagonal, 0.0))


def loss_slope(loss: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Relative fall of the training loss over the last tenth of the steps (instance,): 0 when it has levelled off.

    The mean over the steps from 80 % to 90 % of the training minus that from 90 % on, over the latter; negative where
    the loss rises. Zero where the history has no record in one of them, as that of a model that was not trained.

    Args:
        loss: mean loss since the record before (instance, record).
        steps: the last step of each record, ascending, 0 past an instance's last record.
    """
    slopes = np.zeros(len(loss))
    for i, (values, ends) in enumerate(zip(loss, steps, strict=True)):
        values, ends = values[ends > 0].astype(np.float64), ends[ends > 0]
        weights = np.diff(ends, prepend=0)  # steps that each record stands for
        share = ends / ends.max(initial=1)
        late, last = (share > 0.8) & (share <= 0.9), share > 0.9
        if late.any() and last.any():
            end = np.average(values[last], weights=weights[last])
            slopes[i] = (np.average(values[late], weights=weights[late]) - end) / end
    return slopes
