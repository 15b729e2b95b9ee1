"""Polytopes and components, against explicit coordinates rotated, relabelled and multiplied."""

from math import sqrt

import numpy as np
import pytest
from scipy.linalg import block_diag
from scipy.stats import ortho_group
from superposition.measure.features import dimensionality
from superposition.measure.geometry import (
    EDGE,
    arrangement,
    components,
    feature_graph,
    feature_polytopes,
    features_by_polytope,
)
from superposition.measure.polytopes import BY_NAME, POLYTOPES, polytope, square_antiprism

GOLDEN = (1 + sqrt(5)) / 2
# Coordinates from textbooks rather than from the library; columns are vertices.
TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).T / sqrt(3)
TRIANGLE = np.array([[1, 0], [-1 / 2, sqrt(3) / 2], [-1 / 2, -sqrt(3) / 2]]).T
PENTAGON = np.array([[1, 0], *[[(GOLDEN - 1) / 2, s] for s in (0.9510565163, -0.9510565163)], *[[-GOLDEN / 2, s] for s in (0.5877852523, -0.5877852523)]]).T  # fmt: skip
OCTAHEDRON = np.hstack([np.eye(3), -np.eye(3)])
DIGON = np.array([[1.0, -1.0]])
BIPYRAMID = block_diag(TRIANGLE, DIGON)  # five features in three dimensions


def antiprism(squared_height):
    """Two squares, the lower turned by 45°, written out corner by corner."""
    h, r = sqrt(squared_height), sqrt(1 - squared_height)
    d = r / sqrt(2)
    return np.array(
        [[r, 0, h], [-r, 0, h], [0, r, h], [0, -r, h], [d, d, -h], [-d, d, -h], [d, -d, -h], [-d, -d, -h]]
    ).T


TIGHT_ANTIPRISM = antiprism(1 / 3)
SHAPES = {
    "dedicated": np.array([[1.0]]),
    "digon": DIGON,
    "triangle": TRIANGLE,
    "tetrahedron": TETRAHEDRON,
    "pentagon": PENTAGON,
    "square antiprism": TIGHT_ANTIPRISM,
}


def disguised(W, hidden, seed, noise=0.0):
    """The same vectors in more dimensions, rotated, relabelled, of unequal lengths, and a little off."""
    generator = np.random.default_rng(seed)
    padded = np.vstack([W, np.zeros((hidden - len(W), W.shape[1]))])
    rotated = ortho_group.rvs(hidden, random_state=generator) @ padded if hidden > 1 else padded
    rotated = rotated + noise * generator.normal(size=rotated.shape)
    return rotated[:, generator.permutation(W.shape[1])] * generator.uniform(0.7, 1.3, W.shape[1])


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", SHAPES)
def test_a_polytope_is_known_however_it_is_turned_and_labelled(name, seed, noise):
    assert polytope(disguised(SHAPES[name], 6, seed, noise)) == name


@pytest.mark.parametrize(("name", "share"), [("dedicated", 1), ("tetrahedron", 3 / 4), ("triangle", 2 / 3), ("digon", 1 / 2), ("pentagon", 2 / 5), ("square antiprism", 3 / 8), ("5-cell", 4 / 5), ("hexagon", 1 / 3)])  # fmt: skip
def test_the_paper_s_fractions_are_the_polytopes_dimensionalities(name, share):
    assert BY_NAME[name].dimensionality == pytest.approx(share)
    assert dimensionality(BY_NAME[name].shapes[0]) == pytest.approx(share)


@pytest.mark.parametrize("known", POLYTOPES, ids=lambda known: known.name)
def test_references_are_unit_vectors_that_fill_their_dimension(known):
    for shape in known.shapes:
        assert shape.shape == (known.dimension, known.vertices)
        assert np.linalg.norm(shape, axis=0) == pytest.approx(1)
        assert np.linalg.matrix_rank(shape) == known.dimension
        assert np.isclose(np.sort(shape.T @ shape, axis=1), np.sort(shape[:, 0] @ shape)).all()  # all vertices alike
        assert polytope(shape) == known.name


def test_a_simplex_has_one_cosine():
    for vertices, name in [(5, "5-cell"), (6, "5-simplex")]:
        gram = np.full((vertices, vertices), -1 / (vertices - 1)) + np.eye(vertices) * vertices / (vertices - 1)
        values, axes = np.linalg.eigh(gram)
        assert polytope((axes * np.sqrt(np.maximum(values, 0))).T) == name


@pytest.mark.parametrize(("squared_height", "share"), [(1 / 3, 0.375), (0.3137, 0.3743), (0.2612, 0.3664)])
def test_the_antiprism_is_known_as_a_tight_frame_as_points_of_least_energy_and_as_points_far_apart(
    squared_height, share
):
    # Eight electrons on a sphere settle at height² = 0.3137 (Thomson's problem), eight caps at 0.2612 (Tammes').
    W = antiprism(squared_height)
    assert polytope(disguised(W, 3, 0, noise=0.01)) == "square antiprism"
    assert dimensionality(W) == pytest.approx(share, abs=1e-4)


def test_every_antiprism_between_the_two_is_one_and_a_cube_is_not():
    for squared_height in np.linspace(0.2612, 1 / 3, 20):
        assert polytope(square_antiprism(sqrt(squared_height))) == "square antiprism"
    cube = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]).T / sqrt(3)
    assert polytope(cube) == "8 features in 3 dimensions"


def test_the_widest_antiprism_has_edges_of_one_length():
    gram = np.sort(BY_NAME["square antiprism"].shapes[-1].T @ BY_NAME["square antiprism"].shapes[-1], axis=1)
    assert gram[:, 3:7] == pytest.approx(gram[0, 3])


def test_what_has_no_name_is_counted_by_features_and_rank():
    generator = np.random.default_rng(0)
    assert polytope(np.array([[1.0, 1.0]])) == "2 features in 1 dimension"  # one direction, not a digon
    assert polytope(disguised(generator.normal(size=(3, 7)), 5, 1)) == "7 features in 3 dimensions"
    assert polytope(np.array([[1.0, 0.5], [0.0, 0.8]])) == "2 features in 2 dimensions"
    assert polytope(TETRAHEDRON[:, :3]) == "3 features in 3 dimensions"  # three corners are no triangle: cosine −1/3
    assert polytope(np.array([[1, -0.5, 0.1], [0, 0.9, -1]])) == "3 features in 2 dimensions"


def test_a_feature_without_length_has_no_polytope():
    with pytest.raises(ValueError, match="length zero"):
        polytope(np.array([[1.0, 0.0]]))


def test_polytopes_of_a_stack_are_named_at_once():
    stack = np.stack([[TETRAHEDRON, np.random.default_rng(3).normal(size=(3, 4))]])  # (1, 2, hidden, feature)
    assert polytope(stack).tolist() == [["tetrahedron", "4 features in 3 dimensions"]]


PRODUCTS = [
    (BIPYRAMID, "triangle + digon"),
    (OCTAHEDRON, "3 digons"),
    (np.eye(2), "2 dedicated"),
    (block_diag(DIGON, np.eye(1)), "digon + dedicated"),
    (block_diag(DIGON, DIGON), "2 digons"),
    (PENTAGON, "pentagon"),
    (block_diag(PENTAGON, TETRAHEDRON, TIGHT_ANTIPRISM, TETRAHEDRON), "square antiprism + pentagon + 2 tetrahedra"),
    (block_diag(TIGHT_ANTIPRISM, TRIANGLE, TRIANGLE, np.eye(1)), "square antiprism + 2 triangles + dedicated"),
    (np.zeros((2, 5)), "nothing represented"),
]


@pytest.mark.parametrize(("W", "words"), PRODUCTS, ids=[words for _, words in PRODUCTS])
@pytest.mark.parametrize("seed", range(3))
def test_a_tegum_product_comes_apart_into_its_factors(W, words, seed):
    assert arrangement(disguised(W, len(W), seed, noise=0.003 if W.any() else 0.0)) == words


def test_a_cosine_holds_features_together_from_the_threshold_on():
    for cosine, words in [(EDGE - 0.01, "2 dedicated"), (EDGE + 0.01, "2 features in 2 dimensions")]:
        W = np.array([[1, cosine], [0, sqrt(1 - cosine**2)]])
        assert arrangement(W) == words
        assert arrangement(W, threshold=cosine - 0.001) == "2 features in 2 dimensions"


def test_features_that_are_not_represented_join_nothing():
    # A weak feature halfway between two orthogonal ones would join them.
    W = np.array([[1.0, 0.0, 0.3], [0.0, 1.0, 0.3]])
    assert arrangement(W) == "2 dedicated"
    assert components(W).tolist() == [0, 1, -1]
    assert feature_polytopes(W).tolist() == ["dedicated", "dedicated", "not represented"]
    assert not feature_graph(W).any()


def test_the_graph_holds_the_absolute_cosines_of_its_edges():
    W = np.array([[2.0, -0.6, 0.0], [0.0, 0.8, 0.7]])
    assert feature_graph(W) == pytest.approx(np.array([[0, 0.6, 0], [0.6, 0, 0.8], [0, 0.8, 0]]))


def test_a_component_is_named_by_its_first_feature():
    W = np.zeros((3, 6))
    W[:, [5, 1]], W[:, [0, 3, 4]] = [[0, 0], [0, 0], [1, -1]], np.vstack([TRIANGLE, np.zeros(3)])
    assert components(W).tolist() == [0, 1, -1, 0, 0, 1]


def test_a_stack_of_models_is_as_its_models_one_by_one():
    generator = np.random.default_rng(5)
    W = generator.normal(size=(2, 30, 4, 7)) * generator.random((2, 30, 1, 7))
    assert arrangement(W).shape == (2, 30)
    assert arrangement(W)[1, 3] == arrangement(W[1, 3])
    assert len(set(arrangement(W).ravel())) > 10
    for i in range(30):
        assert (components(W)[1, i] == components(W[1, i])).all()
        assert (feature_polytopes(W)[1, i] == feature_polytopes(W[1, i])).all()


def test_components_are_those_that_a_search_finds():
    generator = np.random.default_rng(6)
    for _ in range(20):
        W = generator.normal(size=(6, 8)) * (generator.random((6, 8)) < 0.25)
        reach = (feature_graph(W) > 0) | np.eye(8, dtype=bool)
        for _ in range(8):
            reach = reach @ reach
        expected = [
            int(np.flatnonzero(row)[0]) if np.linalg.norm(W[:, i]) >= 0.5 else -1 for i, row in enumerate(reach)
        ]
        assert components(W).tolist() == expected


def test_every_feature_of_a_stack_is_counted_once():
    models = np.stack([np.hstack([BIPYRAMID, np.zeros((3, 1))]), OCTAHEDRON])
    assert {name: counts.tolist() for name, counts in features_by_polytope(models).items()} == {
        "triangle": [3, 0],
        "digon": [2, 6],
        "not represented": [1, 0],
    }
    assert list(features_by_polytope(models)) == ["triangle", "digon", "not represented"]
    assert features_by_polytope(PENTAGON) == {"pentagon": 5}


def test_float32_weights_are_taken_as_they_are():
    assert arrangement(PENTAGON.astype(np.float32)) == "pentagon"
    assert feature_graph(PENTAGON.astype(np.float32)).dtype == np.float64
