"""Drawings of features as arrows in the plane: one orientation for every rotation and reflection of a model."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from superposition.draw.arrows import arrows, upright
from superposition.measure.polytopes import polygon

PENTAGON = polygon(5) * np.array([1.0, 1.1, 1.2, 1.1, 1.0])


def turned(W, angle, mirrored):
    """W rotated, and mirrored at the horizontal axis before."""
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return rotation @ (np.diag([1.0, -1.0 if mirrored else 1.0]) @ W)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("angle", [0.0, 0.4, 2.0, 3.5, 6.0])
def test_every_rotation_and_reflection_of_a_model_is_turned_into_the_same(angle, mirrored):
    W = turned(PENTAGON, angle, mirrored)
    canonical = upright(W)
    assert np.allclose(canonical, upright(PENTAGON))
    assert np.allclose(canonical.T @ canonical, W.T @ W)  # so that the model is the same


def test_the_first_feature_points_up_and_the_second_to_the_right():
    canonical = upright(turned(np.diag([0.9, 1.1]), 2.5, True))
    assert np.allclose(canonical, [[0.0, 1.1], [0.9, 0.0]])


def test_an_antipode_says_nothing_of_left_and_right():
    """Features 1 and 2 are one line, so that the third decides; the fourth is not represented and decides nothing."""
    W = np.array([[0.0, 0.0, -1.0, 0.2], [1.0, -1.0, 0.0, 0.0]])
    assert np.allclose(upright(W)[:, 2], [1.0, 0.0])


def test_features_that_are_not_represented_decide_nothing():
    assert np.array_equal(upright(np.full((2, 3), 0.1)), np.full((2, 3), 0.1))
    assert np.allclose(upright(np.array([[0.1, 1.0], [0.0, 0.0]]))[:, 1], [0.0, 1.0])


def test_three_dimensions_are_no_plane():
    with pytest.raises(ValueError, match="two dimensions; found 3"):
        upright(np.eye(3))


def test_arrows_end_at_the_weights_and_carry_their_features_numbers():
    W = np.array([[1.0, 0.0, 0.1], [0.0, 1.0, 0.0]])
    figure, axis = plt.subplots()
    drawn = arrows(axis, W, np.array([1.0, 0.9, 0.8]), (0.8, 1.0), 1.5)
    assert np.allclose([drawn.U, drawn.V], W[:, :2])
    assert [text.get_text() for text in axis.texts] == ["1", "2"]
    assert np.allclose(axis.collections[0].get_offsets(), W[:, 2:].T)  # the third is a dot
    plt.close(figure)
