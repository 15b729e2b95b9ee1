"""Exact losses of tied weights on sparse features, split into what a feature gains and what others cost it.

Features are independent, zero with probability S and else U[0, 1]; the loss is Σ_i c_i E(x_i − x'_i)². Source: "Toy
Models of Superposition", §2, "mathematical understanding". Leading axes of W (..., hidden, feature), b (..., feature),
the loss weights c (feature,) or (..., feature) and S (...) are models. All is float64; the intermediate arrays have the
shape of WᵀW, (..., feature, feature).
"""

from dataclasses import dataclass

import numpy as np

from ..data.sampling import Distribution
from ..train.optimum.linear import feature_variances
from .features import gram_matrix


@dataclass(frozen=True)
class LinearLoss:
    """Loss (...) of the linear model by its parts, each (...).

    Args:
        benefit: Var · Σ_i c_i (1 − ‖W_i‖²)²; smaller the better each feature is represented.
        interference: Var · Σ_{i≠j} c_j (W_j · W_i)².
        mean_error: Σ_i c_i (E[x'_i] − E[x_i])².
    """

    benefit: np.ndarray
    interference: np.ndarray
    mean_error: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """The loss."""
        return self.benefit + self.interference + self.mean_error


def linear_loss(W: np.ndarray, b: np.ndarray, loss_weights: np.ndarray, sparsity: np.ndarray | float) -> LinearLoss:
    """The loss of WᵀWx + b.

    The error of output j is (1 − ‖W_j‖²)x_j − Σ_{i≠j} (W_j · W_i)x_i − b_j: the variances of independent terms add, and
    the mean error's square comes on top. Var = (1 − S)/3 − ((1 − S)/2)².
    """
    S, c = np.asarray(sparsity, dtype=np.float64), np.asarray(loss_weights, dtype=np.float64)
    variance = feature_variances(Distribution(tuple(S.reshape(-1)))).reshape(S.shape)
    gram = _gram(W)
    own, others = _parts(np.square(np.eye(W.shape[-1]) - gram))
    mean = (1.0 - S)[..., None] / 2.0
    off = gram.sum(axis=-1) * mean + b - mean
    return LinearLoss(variance * (c * own).sum(-1), variance * (c * others).sum(-1), (c * np.square(off)).sum(-1))


def empty_loss(b: np.ndarray, loss_weights: np.ndarray) -> np.ndarray:
    """L_0 = Σ_j c_j ReLU(b_j)² (...): the loss of ReLU(WᵀWx + b) where no feature is active."""
    return (loss_weights * np.square(np.maximum(np.asarray(b, dtype=np.float64), 0.0))).sum(axis=-1)


@dataclass(frozen=True)
class OneFeatureLoss:
    """L_1 (...), the loss of ReLU(WᵀWx + b) where one feature is active, summed over which, by its parts, each (...).

    Args:
        benefit: Σ_i c_i ∫ (x − ReLU(‖W_i‖² x + b_i))² dx.
        interference: Σ_{i≠j} c_j ∫ ReLU(W_j · W_i x + b_j)² dx.
    """

    benefit: np.ndarray
    interference: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """L_1."""
        return self.benefit + self.interference


def one_feature_loss(W: np.ndarray, b: np.ndarray, loss_weights: np.ndarray) -> OneFeatureLoss:
    """L_1 of ReLU(WᵀWx + b), the integrals over U[0, 1] in closed form.

    A ReLU of a line is on over one stretch of [0, 1]; there each integrand is the square of a line with values p and q
    at the ends, whose integral is (length/3)(p² + pq + q²).
    """
    c, b = np.asarray(loss_weights, dtype=np.float64), np.asarray(b, dtype=np.float64)
    gram = _gram(W)
    _, others = _parts(one_feature_responses(W, b))
    own = _own_error(np.diagonal(gram, axis1=-2, axis2=-1), b)
    return OneFeatureLoss((c * own).sum(axis=-1), (c * others).sum(axis=-1))


def one_feature_responses(W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """∫ ReLU(W_j · W_i x + b_j)² dx over [0, 1] (..., j, i): output j's square where feature i alone is active."""
    return _response(_gram(W), np.asarray(b, dtype=np.float64)[..., :, None])


@dataclass(frozen=True)
class SparseLoss:
    """The loss (...) of ReLU(WᵀWx + b) on inputs with at most one active feature.

    Args:
        loss: S^n L_0 + (1 − S) S^(n−1) L_1: what those inputs contribute to the whole loss, hence a lower bound of it.
        left_out: probability of an input with two or more active features.
    """

    loss: np.ndarray
    left_out: np.ndarray


def sparse_loss(W: np.ndarray, b: np.ndarray, loss_weights: np.ndarray, sparsity: np.ndarray | float) -> SparseLoss:
    """The first two terms of L = Σ_k (1 − S)^k S^(n−k) L_k, exactly."""
    S, n = np.asarray(sparsity, dtype=np.float64), W.shape[-1]
    chance_of_none, chance_of_one = S**n, (1.0 - S) * S ** (n - 1)
    loss = chance_of_none * empty_loss(b, loss_weights) + chance_of_one * one_feature_loss(W, b, loss_weights).total
    return SparseLoss(loss, 1.0 - chance_of_none - n * chance_of_one)


def _gram(W: np.ndarray) -> np.ndarray:
    W = np.asarray(W, dtype=np.float64)
    return gram_matrix(W, W)


def _parts(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The diagonal (..., feature) of a matrix of output by input, and the sum over the other inputs."""
    diagonal = np.diagonal(matrix, axis1=-2, axis2=-1)
    away = matrix * (1.0 - np.eye(matrix.shape[-1]))  # not the sum less the diagonal, which would cancel
    return diagonal, away.sum(axis=-1)


def _active(slope: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the stretch of [0, 1] where slope · x + offset > 0; equal ends where it nowhere is."""
    slope, offset = np.broadcast_arrays(slope, offset)
    with np.errstate(over="ignore"):  # a crossing beyond the largest number is beyond [0, 1] too
        crossing = np.divide(-offset, slope, out=np.zeros(slope.shape), where=slope != 0)
    crossing = np.clip(crossing, 0.0, 1.0)
    low = np.where(slope > 0, crossing, 0.0)
    high = np.where(slope > 0, 1.0, np.where(slope < 0, crossing, (offset > 0).astype(np.float64)))
    return low, high


def _response(slope: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """∫ ReLU(slope · x + offset)² dx over [0, 1]."""
    low, high = _active(slope, offset)
    return _square_of_line(high - low, slope * low + offset, slope * high + offset)


def _own_error(slope: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """∫ (x − ReLU(slope · x + offset))² dx over [0, 1]."""
    low, high = _active(slope, offset)
    on = _square_of_line(high - low, (1.0 - slope) * low - offset, (1.0 - slope) * high - offset)
    return on + (1.0 - high**3 + low**3) / 3.0


def _square_of_line(length: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Integral of the square of a line that goes from p to q over a length."""
    return length * (p**2 + p * q + q**2) / 3.0
