"""Norms, interference and dimensionality of features, against configurations whose values follow by hand."""

import numpy as np
import pytest
from superposition.measure.features import (
    contracted,
    dimensionality,
    feature_norms,
    features_represented,
    gram_matrix,
    interference,
)


def polygon(corners):
    """Unit vectors at the corners of a regular polygon (hidden = 2, feature)."""
    angles = 2 * np.pi * np.arange(corners) / corners
    return np.stack([np.cos(angles), np.sin(angles)])


def test_an_orthogonal_basis_has_no_interference_and_a_dimension_a_feature():
    W = np.eye(3)
    assert np.allclose(dimensionality(W), 1)
    assert np.allclose(interference(W), 0)
    assert np.allclose(gram_matrix(W, W), np.eye(3))


def test_an_antipodal_pair_shares_one_dimension():
    W = np.array([[1.0, -1.0]])
    assert np.allclose(dimensionality(W), 1 / 2)
    assert np.allclose(interference(W), 1)
    assert np.allclose(gram_matrix(W, W), [[1, -1], [-1, 1]])


def test_a_pentagon_gives_each_feature_two_fifths():
    W = polygon(5)
    assert np.allclose(dimensionality(W), 2 / 5)
    # Σ_j cos²(2πj/5) = 5/2, of which the feature itself is 1.
    assert np.allclose(interference(W), 3 / 2)


@pytest.mark.parametrize(("corners", "expected"), [(3, 2 / 3), (4, 1 / 2), (6, 1 / 3)])
def test_polygons_share_two_dimensions_equally(corners, expected):
    assert np.allclose(dimensionality(polygon(corners)), expected)


def test_length_scales_as_the_definitions_say():
    # Ŵ_i does not feel the length; D_i = 4/(4 + 4) and interference = 4 for two antipodal vectors of length 2.
    W = np.array([[2.0, -2.0]])
    assert np.allclose(dimensionality(W), 1 / 2)
    assert np.allclose(interference(W), 4)
    assert np.allclose(feature_norms(W), 2)


def test_an_unrepresented_feature_has_no_dimension_and_no_interference():
    W = np.array([[1.0, 0.0], [0.0, 0.0]])
    assert dimensionality(W).tolist() == [1, 0]
    assert interference(W).tolist() == [0, 0]


def test_leading_axes_are_independent():
    W = np.random.default_rng(0).normal(size=(4, 3, 7))
    assert np.allclose(dimensionality(W)[2], dimensionality(W[2]))
    assert np.allclose(interference(W)[1], interference(W[1]))


def test_features_are_counted_from_half_the_length_on():
    W = np.diag([1.0, 0.5, 0.49, 0.0])
    assert features_represented(W) == 2


def test_the_gram_matrix_of_untied_weights_is_the_map_from_input_to_output():
    generator = np.random.default_rng(1)
    W, V, x = generator.normal(size=(2, 5)), generator.normal(size=(2, 5)), generator.normal(size=5)
    assert np.allclose(gram_matrix(W, V) @ x, V.T @ (W @ x))


def test_the_product_in_a_fixed_order_is_the_matrix_product_on_leading_axes():
    generator = np.random.default_rng(2)
    A, B = generator.normal(size=(4, 3, 5)), generator.normal(size=(4, 3, 6))
    assert np.allclose(contracted(A, B), np.swapaxes(A, 1, 2) @ B)
