"""Rules that take the seeds together: without the worst, of the best, and the median, against hand-computed values."""

import numpy as np
from superposition.measure.over_seeds import median, of_best, without_worst

VALUES = np.array([[1.0, 2.0, 6.0], [1.0, 2.0, 6.0]])
LOSSES = np.array([[0.1, 0.3, 0.2], [0.3, 0.2, 0.1]])  # the worst is the second, then the first


def test_the_worst_of_each_point_is_left_out_of_its_mean():
    assert without_worst(VALUES, LOSSES).tolist() == [3.5, 4.0]


def test_a_single_model_is_not_left_out():
    assert without_worst(VALUES[:, :1], LOSSES[:, :1]).tolist() == [1.0, 1.0]


def test_the_worst_does_not_count_even_if_its_value_is_not_finite():
    assert without_worst(np.array([1.0, np.nan]), np.array([1.0, 2.0])) == 1.0


def test_the_best_is_that_of_lowest_loss_and_the_median_ignores_losses():
    assert of_best(VALUES, LOSSES).tolist() == [1.0, 6.0]
    assert median(VALUES, LOSSES).tolist() == [2.0, 2.0]
