"""The polytopes whose vertices features settle at, and the name of a set of directions.

Sources: "Toy Models of Superposition", §4 (dedicated to square antiprism) and §5 (hexagon). The regular simplices go on
where the tetrahedron ends.
"""

from dataclasses import dataclass

import numpy as np

# Largest difference of a cosine from the reference's. Polytopes in models of 120 features in 12 dimensions that have
# settled are within 0.03 of it, and the references' own nearest cosines to one another, −1/4, −1/3 and −1/2 of the
# simplices, belong to different numbers of features.
TOLERANCE = 0.1
# A dimension counts from this eigenvalue of the unit Gram matrix on. Polytopes in the same models have 0.02 at most in
# a dimension that they should not use, and 1.3 at least in one that they do.
RANK = 0.1


@dataclass(frozen=True, eq=False)
class Polytope:
    """A polytope that features settle at, every vertex of which sees the others in the same way.

    Args:
        name: its name.
        plural: the name of several; None where a number before it would be confusing.
        shapes: unit vectors to its vertices (dimension, vertex), one or more; the first is a tight frame.
    """

    name: str
    plural: str | None
    shapes: tuple[np.ndarray, ...]

    @property
    def vertices(self) -> int:
        """Number of vertices, hence of features."""
        return self.shapes[0].shape[1]

    @property
    def dimension(self) -> int:
        """Number of hidden dimensions that it fills."""
        return self.shapes[0].shape[0]

    @property
    def dimensionality(self) -> float:
        """D_i of each vertex: dimension / vertices, since the frame is tight."""
        return self.dimension / self.vertices


def simplex(vertices: int) -> np.ndarray:
    """Unit vectors (vertices − 1, vertex) whose cosines are all −1/(vertices − 1): two make a digon."""
    centred = np.eye(vertices) - 1.0 / vertices
    eigenvalues, axes = np.linalg.eigh(centred)
    inside = axes[:, eigenvalues > 0.5].T
    return inside / np.linalg.norm(inside, axis=0)


def polygon(vertices: int) -> np.ndarray:
    """Unit vectors (2, vertex) at the corners of a regular polygon."""
    angles = 2.0 * np.pi * np.arange(vertices) / vertices
    return np.stack([np.cos(angles), np.sin(angles)])


def square_antiprism(height: float) -> np.ndarray:
    """Unit vectors (3, 8): a square at ± the height, the lower one turned by 45°.

    Its Gram matrix has the eigenvalue 8 height² once and 4 (1 − height²) twice: a tight frame where height² = 1/3.
    """
    angles = np.pi / 4.0 * np.array([0, 2, 4, 6, 1, 3, 5, 7])
    radius = np.sqrt(1.0 - height**2)
    return np.stack([radius * np.cos(angles), radius * np.sin(angles), height * np.repeat([1.0, -1.0], 4)])


# The antiprism as a tight frame has D = 3/8. The one whose smallest angle is largest has edges of one length, so
# height² = −height² + (1 − height²)/√2, and D = 0.3664. Trained models lie between them, hence a third shape there: all
# between the first and the last is within 0.07 of one of them.
_ANTIPRISMS = tuple(square_antiprism(np.sqrt(squared)) for squared in (1 / 3, 0.3, 1 / (1 + 2 * np.sqrt(2))))

# A simplex of more than six vertices has cosines below 1/5, too near to geometry.EDGE to be found.
POLYTOPES = (
    Polytope("dedicated", "dedicated", (np.ones((1, 1)),)),
    Polytope("digon", "digons", (simplex(2),)),
    Polytope("triangle", "triangles", (simplex(3),)),
    Polytope("tetrahedron", "tetrahedra", (simplex(4),)),
    Polytope("5-cell", None, (simplex(5),)),
    Polytope("5-simplex", None, (simplex(6),)),
    Polytope("pentagon", "pentagons", (polygon(5),)),
    Polytope("hexagon", "hexagons", (polygon(6),)),
    Polytope("square antiprism", "square antiprisms", _ANTIPRISMS),
)
BY_NAME = {polytope.name: polytope for polytope in POLYTOPES}


def polytope(directions: np.ndarray) -> str | np.ndarray:
    """The name of the polytope that features form: one of POLYTOPES, else "7 features in 3 dimensions".

    Args:
        directions: the features' vectors (..., hidden, feature); only their directions matter.

    Returns:
        The name, or an array of them (...).

    Raises:
        ValueError: a feature has no length, and so no direction.
    """
    lengths = np.linalg.norm(directions, axis=-2, keepdims=True)
    if (lengths == 0).any():
        raise ValueError("a feature of length zero has no direction")
    unit = directions.astype(np.float64) / lengths
    gram = np.swapaxes(unit, -1, -2) @ unit
    return named(gram.reshape(-1, *gram.shape[-2:])).reshape(gram.shape[:-2])[()]


def named(gram: np.ndarray, tolerance: float = TOLERANCE) -> np.ndarray:
    """The names (set,) of sets of equally many features, from their unit Gram matrices (set, feature, feature).

    A set is the reference up to relabelling where each of its rows, sorted, is the reference's (all vertices are alike,
    so that the rows need no order), within the tolerance a cosine, and the spectra agree within what that allows
    (Hoffman-Wielandt: ‖λ − λ'‖ ≤ ‖G − G'‖_F ≤ feature · tolerance). For these references no other set has such rows: a
    simplex is its one cosine, a polygon's nearest neighbours and an antiprism's steepest pairs form one cycle each.
    """
    features = gram.shape[-1]
    spectra = np.linalg.eigvalsh(gram)
    names = np.array([_unnamed(features, int(rank)) for rank in (spectra > RANK).sum(axis=-1)], dtype=object)
    rows = np.sort(gram, axis=-1)
    for candidate in POLYTOPES:
        for shape in candidate.shapes if candidate.vertices == features else ():
            reference = shape.T @ shape
            alike = np.abs(rows - np.sort(reference[0])).max(axis=(-1, -2)) <= tolerance
            alike &= np.linalg.norm(spectra - np.linalg.eigvalsh(reference), axis=-1) <= features * tolerance
            names[alike] = candidate.name
    return names


def _unnamed(features: int, dimension: int) -> str:
    return f"{features} features in {dimension} dimension{'' if dimension == 1 else 's'}"


def several(number: int, name: str) -> str:
    """A number of polytopes of one name in words: "digon", "2 digons", "2 × 5-cell"."""
    if number == 1:
        return name
    plural = BY_NAME[name].plural if name in BY_NAME else None
    return f"{number} {plural}" if plural else f"{number} × {name}"


def rank_of(name: str) -> tuple[int, int, str]:
    """The key that puts names in order: more features first, then more dimensions."""
    if name in BY_NAME:
        return -BY_NAME[name].vertices, -BY_NAME[name].dimension, name
    words = name.split()  # "7 features in 3 dimensions"
    return -int(words[0]), -int(words[3]), name
