"""Models come apart into components that are orthogonal to one another, each named by its polytope."""

from math import sqrt

import numpy as np
import pytest
from known_polytopes import BIPYRAMID, DIGON, OCTAHEDRON, PENTAGON, TETRAHEDRON, TIGHT_ANTIPRISM, TRIANGLE, disguised
from scipy.linalg import block_diag
from superposition.measure.geometry import (
    EDGE,
    arrangement,
    components,
    feature_graph,
    feature_polytopes,
    features_by_polytope,
)

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
