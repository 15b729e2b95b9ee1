"""Ranking trained models by their losses on the same samples, against the formula and the linear closed form."""

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.measure.ranking import best_of_blocks, losses_on
from superposition.measure.theory import linear_optimum


def test_the_loss_is_the_weighted_squared_error_of_each_model():
    random = np.random.default_rng(0)
    W, b, x = random.normal(size=(3, 2, 4)), random.normal(size=(3, 4)), random.random((2, 5, 4))
    c = np.array([1.0, 0.5, 0.25, 0.0])
    expected = [
        np.mean([np.sum(c * (row - np.maximum(W[k].T @ (W[k] @ row) + b[k], 0)) ** 2) for row in x.reshape(-1, 4)])
        for k in range(3)
    ]
    assert losses_on(x, "relu-output", W, b, c) == pytest.approx(expected, rel=1e-5)


def test_a_linear_model_that_keeps_the_top_features_has_the_optimum():
    source, c = Distribution((0.5,) * 4), np.array([1.0, 0.9, 0.8, 0.7])
    samples = draw(np.random.default_rng(1), 200_003, source)
    W, b = np.eye(2, 4)[None], np.array([[0.0, 0.0, 0.25, 0.25]])
    assert losses_on(samples, "linear", W, b, c) == pytest.approx([linear_optimum(c, 2, source)], rel=0.01)


def test_the_best_of_each_block_is_taken():
    losses = np.array([3.0, 1.0, 2.0, 5.0, 4.0, 6.0])
    assert best_of_blocks(losses, 3).tolist() == [1, 4]
    assert best_of_blocks(losses, 2).tolist() == [1, 2, 4]


def test_few_models_make_two_blocks():
    assert best_of_blocks(np.array([2.0, 1.0, 3.0, 4.0]), 10).tolist() == [1, 2]
    assert best_of_blocks(np.array([2.0, 1.0]), 10).tolist() == [0, 1]
