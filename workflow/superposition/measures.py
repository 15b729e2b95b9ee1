"""What is measured on a trained model's matrices. All act on leading axes at once.

For untied weights the features' directions are the encoder's columns, and the Gram matrix is VᵀW, the linear map from
input to reconstruction; for tied weights it is WᵀW.
"""

import numpy as np

REPRESENTED = 0.5  # a feature counts as represented from this norm on: half of a perfectly represented one's


def gram_matrix(W: np.ndarray, V: np.ndarray) -> np.ndarray:
    """VᵀW (..., feature, feature) of encoder and decoder (..., hidden, feature): output i from input j."""
    return np.swapaxes(V, -1, -2) @ W


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
    return np.square(np.swapaxes(directions, -1, -2) @ W).sum(axis=-1)


def features_represented(W: np.ndarray) -> np.ndarray:
    """Number of features (...) whose norm is at least REPRESENTED."""
    return (feature_norms(W) >= REPRESENTED).sum(axis=-1)
