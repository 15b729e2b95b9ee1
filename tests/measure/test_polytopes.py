"""A set of vectors is recognised as the polytope that it is, however it is rotated, relabelled and scaled."""

from math import sqrt

import numpy as np
import pytest
from known_polytopes import DIGON, PENTAGON, TETRAHEDRON, TIGHT_ANTIPRISM, TRIANGLE, antiprism, disguised
from superposition.measure.features import dimensionality
from superposition.measure.polytopes import BY_NAME, POLYTOPES, polytope, square_antiprism

SHAPES = {
    "dedicated": np.array([[1.0]]),
    "digon": DIGON,
    "triangle": TRIANGLE,
    "tetrahedron": TETRAHEDRON,
    "pentagon": PENTAGON,
    "square antiprism": TIGHT_ANTIPRISM,
}


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
