"""Which features share dimensions, and the polytopes that they form ("Toy Models of Superposition", §4).

Directions that are orthogonal do not see each other, so the connected components of the graph of features that are not
orthogonal are the factors of a tegum product, the model's geometry: a triangular bipyramid is a triangle and a digon.
Dense features have no such geometry: what a linear model keeps is a subspace, in any basis of it (D* near 1).
"""

from collections import Counter

import numpy as np

from .features import REPRESENTED, feature_norms
from .polytopes import TOLERANCE, named, rank_of, several

# Features share dimensions from this |cosine| on. What holds a polytope together is larger: 0.309 (pentagon), 1/3
# (tetrahedron), 1/5 (5-simplex, the least); a square antiprism's 0.138 is one of its cosines, and the others keep it in
# one piece. What does not belong together is smaller in a model that settled: 0.04 at most between the factors of 120
# features in 12 dimensions (densities 0.2 to 0.64), which are the same for every threshold from 0.1 to 0.25.
EDGE = 0.15
NOT_REPRESENTED = "not represented"
NOTHING = "nothing represented"


def feature_graph(W: np.ndarray, threshold: float = EDGE, represented: float = REPRESENTED) -> np.ndarray:
    """|Ŵ_i · Ŵ_j| (..., feature, feature) where it is an edge, zero elsewhere and on the diagonal.

    An edge joins two features that are both represented and whose |cosine| is at least the threshold.

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of an edge.
        represented: norm from which a feature counts as represented.
    """
    directions = _directions(W, represented)
    cosines = np.abs(np.swapaxes(directions, -1, -2) @ directions)
    cosines[..., np.arange(W.shape[-1]), np.arange(W.shape[-1])] = 0.0
    return np.where(cosines >= threshold, cosines, 0.0)


def _directions(W: np.ndarray, represented: float) -> np.ndarray:
    """Ŵ (..., hidden, feature) in float64; zero where a feature is not represented."""
    W = W.astype(np.float64)
    norms = feature_norms(W)[..., None, :]
    return np.divide(W, norms, out=np.zeros_like(W), where=norms >= represented)


def components(W: np.ndarray, threshold: float = EDGE, represented: float = REPRESENTED) -> np.ndarray:
    """The component of each feature (..., feature): the index of its first feature; −1 where not represented.

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of an edge.
        represented: norm from which a feature counts as represented.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    features = W.shape[-1]
    graph = feature_graph(W, threshold, represented).reshape(-1, features, features)
    model, i, j = np.nonzero(graph)
    nodes = len(graph) * features  # of one graph that holds every model's, so that there is no loop over models
    edges = (np.ones(len(model)), (model * features + i, model * features + j))
    _, labels = connected_components(coo_array(edges, shape=(nodes, nodes)), directed=False)
    first = np.full(nodes, nodes)
    np.minimum.at(first, labels, np.arange(nodes))
    members = (first[labels] % features).reshape(*W.shape[:-2], features)
    return np.where(feature_norms(W.astype(np.float64)) >= represented, members, -1)


def feature_polytopes(
    W: np.ndarray, threshold: float = EDGE, represented: float = REPRESENTED, tolerance: float = TOLERANCE
) -> np.ndarray:
    """The name of the polytope that each feature belongs to, str (..., feature); NOT_REPRESENTED where none.

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of an edge.
        represented: norm from which a feature counts as represented.
        tolerance: largest difference of a cosine from the polytope's.
    """
    return _names(W, components(W, threshold, represented), tolerance)


def _names(W: np.ndarray, labels: np.ndarray, tolerance: float = TOLERANCE) -> np.ndarray:
    """The names (..., feature) for features' components: those of one size are named at once."""
    features = W.shape[-1]
    vectors = np.swapaxes(_directions(W, np.finfo(float).tiny), -1, -2).reshape(
        -1, W.shape[-2]
    )  # (model and feature, hidden)
    flat = labels.reshape(-1)
    names = np.full(flat.shape, NOT_REPRESENTED, dtype=object)
    represented = np.flatnonzero(flat >= 0)
    owner = represented // features * features + flat[represented]  # the first feature of each one's component
    order = represented[np.argsort(owner, kind="stable")]
    _, starts, sizes = np.unique(np.sort(owner), return_index=True, return_counts=True)
    for size in np.unique(sizes):
        members = order[starts[sizes == size][:, None] + np.arange(size)]  # (component, size)
        unit = vectors[members]
        names[members] = named(unit @ np.swapaxes(unit, -1, -2), tolerance)[:, None]
    return names.reshape(labels.shape)


def arrangement(W: np.ndarray, threshold: float = EDGE) -> str | np.ndarray:
    """A model's geometry in words, larger polytopes first: "pentagon", "digon + dedicated", "2 digons".

    Features that are not represented go unsaid; NOTHING where none is.

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of an edge.

    Returns:
        The words, or an array of them (...) where W is a stack of models.
    """
    labels = components(W, threshold)
    names = _names(W, labels).reshape(-1, W.shape[-1])
    firsts = (labels == np.arange(W.shape[-1])).reshape(names.shape)  # one feature a component
    words = np.empty(len(names), dtype=object)
    for i, (row, first) in enumerate(zip(names, firsts, strict=True)):
        number = Counter(row[first])
        words[i] = " + ".join(several(number[name], name) for name in sorted(number, key=rank_of)) or NOTHING
    return words.reshape(W.shape[:-2])[()]


def features_by_polytope(W: np.ndarray, threshold: float = EDGE) -> dict[str, np.ndarray]:
    """How many features (...) belong to each polytope, by name, larger polytopes first, NOT_REPRESENTED last.

    A name is there if any model of the stack has such a polytope; the counts of a model sum to its features.

    Args:
        W: weights (..., hidden, feature).
        threshold: least |cosine| of an edge.
    """
    names = feature_polytopes(W, threshold)
    kinds = set(names.reshape(-1))
    ordered = sorted(kinds - {NOT_REPRESENTED}, key=rank_of) + sorted(kinds & {NOT_REPRESENTED})
    return {name: (names == name).sum(axis=-1) for name in ordered}
