"""Measures of a bare W: known arrangements, whatever holds the numbers."""

import numpy as np
import pytest
import torch
from superposition import UserError, measures

ANGLES = 2 * np.pi * np.arange(5) / 5
PENTAGON = np.stack([np.cos(ANGLES), np.sin(ANGLES)])
PAIRS = np.array([[1.0, -1, 0, 0, 0], [0, 0, 1, -1, 0]])  # two antipodal pairs, and a feature of length zero

KNOWN = [  # function, of the pairs, of the pentagon
    (measures.gram, PAIRS.T @ PAIRS, PENTAGON.T @ PENTAGON),
    (measures.norms, [1, 1, 1, 1, 0], [1] * 5),
    (measures.interference, [1, 1, 1, 1, 0], [1.5] * 5),
    (measures.dimensionality, [0.5] * 4 + [0], [0.4] * 5),
    (measures.capacity, 2, 2),
    (measures.features_represented, 4, 5),
    (measures.features_per_dimension, 2, 2.5),
    (measures.components, [0, 0, 2, 2, -1], [0] * 5),
    (lambda W: measures.off_diagonal(measures.gram(W)), 2, np.sqrt(5 * 1.5)),
    (lambda W: (measures.feature_graph(W) > 0).sum(axis=(-2, -1)), 4, 20),
]


@pytest.mark.parametrize(
    "hold", [np.array, torch.tensor, lambda W: torch.tensor(W, requires_grad=True), np.ndarray.tolist]
)
@pytest.mark.parametrize(("measure", "of_pairs", "of_pentagon"), KNOWN)
def test_known_arrangements(measure, of_pairs, of_pentagon, hold):
    assert np.allclose(measure(hold(PAIRS)), of_pairs)
    assert np.allclose(measure(hold(PENTAGON)), of_pentagon)
    both = measure(np.stack([PAIRS, PENTAGON]))
    assert np.allclose(both[0], of_pairs)
    assert np.allclose(both[1], of_pentagon)


def test_geometry_is_named():
    assert measures.geometry(PENTAGON) == "pentagon"
    assert measures.geometry(np.stack([PAIRS, PENTAGON])).tolist() == ["2 digons", "pentagon"]
    assert measures.polytopes(PAIRS).tolist() == ["digon"] * 4 + ["not represented"]


def test_the_decoder_counts_in_the_gram_matrix():
    assert np.array_equal(measures.gram([[1, 2]], V=[[3, 4]]), [[3, 6], [4, 8]])


def test_a_threshold_decides_which_features_are_represented():
    W = [[0.3, 0.6, 0.9]]
    assert [int(measures.features_represented(W, threshold)) for threshold in (0.2, 0.5, 0.7, 1)] == [3, 2, 1, 0]


def test_a_table_has_a_row_for_each_feature():
    table = measures.table(PAIRS, importance=np.arange(5))
    assert table["feature"].tolist() == [1, 2, 3, 4, 5]
    assert table["importance"].tolist() == [0, 1, 2, 3, 4]
    assert table["component"].tolist() == [1, 1, 3, 3, 0]
    assert np.allclose(table["dimensionality"], [0.5] * 4 + [0])


@pytest.mark.parametrize("W", [[1.0, 2.0], 3.0, [["a", "b"]], np.zeros((0, 3)), np.zeros((2, 2), complex)])
def test_what_is_no_matrix_is_refused_in_one_line(W):
    with pytest.raises(UserError, match=r"^W: found .*; allowed: "):
        measures.norms(W)


def test_a_table_is_of_one_model_and_its_columns_of_its_features():
    with pytest.raises(UserError, match=r"W: found the shape \(3, 1, 2\); allowed: \(hidden, feature\)"):
        measures.table(np.ones((3, 1, 2)))
    with pytest.raises(UserError, match=r"bias: found the shape \(4,\)"):
        measures.table(PAIRS, bias=np.ones(4))
