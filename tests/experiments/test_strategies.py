"""What becomes of features, told by the angles between them, on arrangements that are known."""

import numpy as np
import pytest
from superposition.store.plugins import experiment_module

strategies = experiment_module("phase-change", "strategies")
IGNORED, ALONE, PAIR, TRIANGLE, SAME, OTHERWISE = range(6)


def turned(W, angle=0.7):
    """The same model in another basis of its two hidden dimensions."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return turn @ np.asarray(W, dtype=float)


@pytest.mark.parametrize(
    ("W", "kinds"),
    [
        ([[1, 0, 0], [0, 1, 0]], [ALONE, ALONE, IGNORED]),
        ([[1, 0, 0], [0, 1, -0.6]], [ALONE, PAIR, PAIR]),
        ([[0.9, -0.45, -0.45], [0, 0.78, -0.78]], [TRIANGLE] * 3),
        ([[1, 0.6, 0], [0, 0, 1]], [SAME, SAME, ALONE]),
        ([[1, 0.8, 0], [0, 0.6, 1]], [SAME] * 3),  # cosines 0.8 and 0.6
        ([[1, 0.3, 0], [0, -0.954, 1]], [SAME, SAME, PAIR]),  # cosines 0.3 and −0.95: along one and against another
        ([[1, -1, 0], [0, 0, 0]], [PAIR, PAIR, IGNORED]),
        ([[0.6, -0.3, 0], [0, 0.52, 0]], [OTHERWISE, OTHERWISE, IGNORED]),  # two corners of a triangle
    ],
)
def test_three_features_in_two_dimensions(W, kinds):
    assert strategies.kinds(turned(W)).tolist() == kinds


def test_an_antipodal_pair_is_found_by_its_members():
    W = turned([[1, 0, 0], [0, 0.9, -0.7]])
    assert not strategies.paired(W, 0, 1)
    assert strategies.paired(W, 1, 2)
    two_pairs = np.array([[1.0, -1.0, 0, 0], [0, 0, 1.0, -1.0]])
    assert strategies.paired(two_pairs, 0, 1)
    assert not strategies.paired(two_pairs, 1, 2)


def test_every_way_of_sharing_a_dimension_is_superposition():
    assert strategies.phase(np.arange(6)).tolist() == [0, 1, 2, 2, 2, 2]


def test_all_leading_axes_are_models():
    W = np.stack([turned([[1, 0, 0], [0, 1, -0.6]]), turned([[0.9, -0.45, -0.45], [0, 0.78, -0.78]])])
    assert strategies.kinds(W[None]).tolist() == [[[ALONE, PAIR, PAIR], [TRIANGLE] * 3]]
