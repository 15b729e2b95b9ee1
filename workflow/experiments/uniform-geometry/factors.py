"""The components of a model's feature graph one by one: do they interfere, how are their features arranged?"""

from dataclasses import dataclass

import numpy as np
from superposition.measure.features import contracted
from superposition.measure.geometry import components
from superposition.measure.polytopes import RANK

# Least Coulomb energy Σ 1/|u_i − u_j| of k charges on the unit sphere of three dimensions (the Thomson problem), to six
# digits: triangle, tetrahedron, triangular bipyramid, square antiprism. On a circle the regular polygon is best.
SPHERE = {3: 1.732051, 4: 3.674235, 5: 6.474691, 8: 19.675288}
SIZES = (3, 4, 5, 8)  # features of the paper's polytopes but the digon: two in one dimension are antipodal anyway


@dataclass(frozen=True)
class Component:
    """A connected component of a feature graph.

    Args:
        vectors: its features' weights (hidden, feature).
        dimensions: how many dimensions they span.
    """

    vectors: np.ndarray
    dimensions: int

    @property
    def features(self) -> int:
        """Number of its features."""
        return self.vectors.shape[1]


def components_of(W, represented):
    """The components of one model's weights (hidden, feature)."""
    labels = components(W, represented=represented)
    for first in np.unique(labels[labels >= 0]):
        vectors = W[:, labels == first]
        unit = vectors / np.linalg.norm(vectors, axis=0)
        yield Component(vectors, int((np.linalg.eigvalsh(contracted(unit, unit)) > RANK).sum()))


def energy_excess(component):
    """Coulomb energy of its unit vectors relative to the least of so many charges in so many dimensions, minus 1.

    None where it has another number of features than SIZES, or not two or three dimensions.
    """
    k, d = component.features, component.dimensions
    if k not in SIZES or d not in (2, 3):
        return None
    unit = component.vectors / np.linalg.norm(component.vectors, axis=0)
    squared = np.maximum(2.0 - 2.0 * contracted(unit, unit)[np.triu_indices(k, 1)], 1e-12)
    least = SPHERE[k] if d == 3 else k / 4 * (1 / np.sin(np.pi * np.arange(1, k) / k)).sum()
    return float((1.0 / np.sqrt(squared)).sum() / least - 1.0)


def dense_direction(component):
    """|cosine| between the one direction that a component does not represent and (1, 1, ..., 1).

    That of the k features' activities which its weights, k − 1 dimensions of them, map to zero; None where more or
    fewer directions are lost.
    """
    k = component.features
    if component.dimensions != k - 1:
        return None
    _, directions = np.linalg.eigh(contracted(component.vectors, component.vectors))
    return float(np.abs(directions[:, 0].sum()) / np.sqrt(k))


def interference_from_outside(W, represented):
    """Share of the represented features' interference Σ_{j≠i} (Ŵ_i · W_j)² that other components' features make.

    NaN for a model with fewer than two components of two features or more, which have nothing to be apart from.
    """
    labels = components(W, represented=represented)
    firsts, sizes = np.unique(labels[labels >= 0], return_counts=True)
    if (sizes > 1).sum() < 2:
        return np.nan
    own = np.isin(labels, firsts[sizes > 1])  # features that share dimensions at all
    vectors = W[:, labels >= 0]
    directions = W[:, own] / np.linalg.norm(W[:, own], axis=0)
    along = np.square(contracted(directions, vectors))  # (feature of a component, represented feature)
    same = labels[own][:, None] == labels[labels >= 0]
    itself = np.flatnonzero(own)[:, None] == np.flatnonzero(labels >= 0)
    return float(along[~same].sum() / along[~itself].sum())
