"""Measures of a bare `W`: arrays in, arrays and tables out.

`W` is a model's weights (hidden, feature), or those of many models along leading axes (..., hidden, feature), as
arrays, lists or torch tensors. A feature i is the column W_i. What is returned has the same leading axes.

Example:
    >>> import numpy as np
    >>> from superposition import measures
    >>> pair = np.array([[1.0, -1.0]])  # two features in one dimension, an antipodal pair
    >>> measures.dimensionality(pair)
    array([0.5, 0.5])
    >>> measures.geometry(pair)
    'digon'
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .measure import features as _features
from .measure import geometry as _geometry
from .measure.features import REPRESENTED
from .measure.geometry import EDGE
from .store.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "capacity",
    "components",
    "dimensionality",
    "feature_graph",
    "features_per_dimension",
    "features_represented",
    "geometry",
    "gram",
    "interference",
    "norms",
    "off_diagonal",
    "polytopes",
    "table",
]


def gram(W: ArrayLike, V: ArrayLike | None = None) -> np.ndarray:
    """VᵀW (..., feature, feature): how strongly output i answers input j, before bias and nonlinearity.

    Args:
        W: encoder (..., hidden, feature).
        V: decoder (..., hidden, feature); W itself by default, as with tied weights.
    """
    W = weights(W)
    return _features.gram_matrix(W, W if V is None else weights(V))


def norms(W: ArrayLike) -> np.ndarray:
    """‖W_i‖ (..., feature): how strongly each feature is represented, 1 where perfectly.

    Args:
        W: weights (..., hidden, feature).
    """
    return _features.feature_norms(weights(W))


def features_represented(W: ArrayLike, threshold: float = REPRESENTED) -> np.ndarray:
    """Number of features (...) whose norm is at least the threshold.

    Args:
        W: weights (..., hidden, feature).
        threshold: a norm.
    """
    return (norms(W) >= threshold).sum(axis=-1)


def features_per_dimension(W: ArrayLike) -> np.ndarray:
    """Σ_i min(‖W_i‖², 1) / m (...): 1 where each feature has a dimension of its own, above it in superposition.

    Args:
        W: weights (..., hidden, feature), hidden = m.
    """
    return _features.features_per_dimension(weights(W))


def interference(W: ArrayLike) -> np.ndarray:
    """Σ_{j≠i} (Ŵ_i · W_j)² (..., feature): how far other features point along feature i; 0 without superposition.

    Source: "Toy Models of Superposition", §2. An antipodal pair has 1, a pentagon 1.5.

    Args:
        W: weights (..., hidden, feature).
    """
    return _features.interference(weights(W))


def dimensionality(W: ArrayLike) -> np.ndarray:
    """D_i = ‖W_i‖² / Σ_j (Ŵ_i · W_j)² (..., feature): the share of a dimension that feature i has.

    Source: "Toy Models of Superposition", §4. 1 for a feature alone in its dimension, 1/2 in an antipodal pair, 2/5 in
    a pentagon, 0 where a feature has no length.

    Args:
        W: weights (..., hidden, feature).
    """
    return _features.dimensionality(weights(W))


def capacity(W: ArrayLike) -> np.ndarray:
    """Σ_i D_i (...): the dimensions that features use, at most the hidden ones.

    Args:
        W: weights (..., hidden, feature).
    """
    return dimensionality(W).sum(axis=-1)


def off_diagonal(matrix: ArrayLike) -> np.ndarray:
    """Frobenius norm (...) of a square matrix without its diagonal: of `gram(W)`, all interference together.

    Args:
        matrix: (..., feature, feature).
    """
    return _features.off_diagonal(weights(matrix))


def feature_graph(W: ArrayLike, threshold: float = EDGE, represented: float = REPRESENTED) -> np.ndarray:
    """|Ŵ_i · Ŵ_j| (..., feature, feature) where features share dimensions, zero elsewhere and on the diagonal.

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of two features that share dimensions.
        represented: norm from which a feature counts as represented.
    """
    return _geometry.feature_graph(weights(W), threshold, represented)


def components(W: ArrayLike, threshold: float = EDGE, represented: float = REPRESENTED) -> np.ndarray:
    """The component of the feature graph that each feature is in (..., feature), named by its first feature's index.

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of two features that share dimensions.
        represented: norm from which a feature counts as represented; others have −1.
    """
    return _geometry.components(weights(W), threshold, represented)


def polytopes(W: ArrayLike, threshold: float = EDGE, represented: float = REPRESENTED) -> np.ndarray:
    """The polytope that each feature's component is (..., feature), such as "pentagon", or "not represented".

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of two features that share dimensions.
        represented: norm from which a feature counts as represented.
    """
    return _geometry.feature_polytopes(weights(W), threshold, represented)


def geometry(W: ArrayLike, threshold: float = EDGE) -> str | np.ndarray:
    """A model's geometry in words, such as "2 digons + dedicated"; of many models an array (...).

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of two features that share dimensions.
    """
    return _geometry.arrangement(weights(W), threshold)


def table(W: ArrayLike, **columns: ArrayLike) -> "pd.DataFrame":
    """A row for each feature of one model: norm, dimensionality, interference, component and polytope.

    `feature` and `component` count from 1, as figures do; `component` is 0 where a feature is not represented.

    Args:
        W: weights (hidden, feature).
        columns: further ones (feature,), by name, such as importance or bias=b.
    """
    import pandas as pd

    W = weights(W, axes=2)
    further = {name: _array(values) for name, values in columns.items()}
    for name, values in further.items():
        if values.shape != W.shape[1:]:
            raise UserError(f"{name}: found the shape {values.shape}; allowed: ({W.shape[1]},), a number a feature")
    measured = {
        "norm": norms(W),
        "dimensionality": dimensionality(W),
        "interference": interference(W),
        "component": components(W) + 1,
        "polytope": polytopes(W),
    }
    return pd.DataFrame({"feature": np.arange(1, W.shape[1] + 1), **further, **measured})


def weights(W: ArrayLike, axes: int | None = None) -> np.ndarray:
    """Weights as an array.

    Args:
        W: weights (..., hidden, feature), an array, lists or a torch tensor.
        axes: how many axes there must be; two or more by default.

    Raises:
        UserError: they have other axes, or are no numbers.
    """
    array = _array(W)
    if array.ndim < 2 or axes not in (None, array.ndim) or 0 in array.shape[-2:]:
        allowed = "(hidden, feature)" if axes == 2 else "(hidden, feature), or (..., hidden, feature)"
        raise UserError(f"W: found the shape {array.shape}; allowed: {allowed}")
    return array


def _array(values: Any) -> np.ndarray:
    array = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    if array.dtype.kind not in "fiu":
        raise UserError(f"W: found an array of {array.dtype}; allowed: numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)
