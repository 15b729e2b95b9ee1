"""Plateaus of curves, against curves worked out by hand."""

from itertools import pairwise

import numpy as np
import pytest
from superposition.measure.plateaus import (
    Plateau,
    plateaus,
    straight_width,
)


def staircase(positions):
    """Falls from 1 to 0.5 between positions 1 and 1.5, from 0.5 to 0.2 between 3.5 and 4, and stays there till 4.7."""
    return np.interp(positions, [0, 1, 1.5, 3.5, 4, 4.7], [1, 1, 0.5, 0.5, 0.2, 0.2])


def test_plateaus_are_found_where_they_were_put():
    positions = np.linspace(0, 4.7, 95)
    found = plateaus(staircase(positions), positions, tolerance=0.02, count=3)
    assert [plateau.level for plateau in found] == pytest.approx([0.5, 1, 0.2])
    # The slopes fall by 1 and 0.6 a unit, so half the band is crossed in 0.02 and 0.033, less than the spacing.
    assert [plateau.width for plateau in found] == pytest.approx([2, 1, 0.7])
    assert (found[0].first, found[0].last) == pytest.approx((1.5, 3.5))
    assert found[1].first == 0
    assert found[2].last == 4.7


def test_plateaus_are_found_through_noise_and_share_no_point():
    positions = np.linspace(0, 4.7, 95)
    values = staircase(positions) + np.random.default_rng(1).uniform(-0.01, 0.01, 95)
    found = plateaus(values, positions, tolerance=0.03, count=10)
    assert [plateau.level for plateau in found[:3]] == pytest.approx([0.5, 1, 0.2], abs=0.01)
    ends = sorted((plateau.first, plateau.last) for plateau in found)
    assert all(before[1] < after[0] for before, after in pairwise(ends))
    widths = [round(plateau.width, 9) for plateau in found]
    assert widths == sorted(widths, reverse=True)
    assert plateaus(values, positions, tolerance=0.03, count=2) == found[:2]


def test_a_straight_line_has_runs_of_the_width_that_is_known():
    positions = np.linspace(0, 10, 1001)
    line = 1 - 0.05 * positions  # falls by 0.5 over 10
    expected = straight_width(line, positions, 0.02)
    assert expected == pytest.approx(2 * 0.02 / 0.05)
    for plateau in plateaus(line, positions, 0.02, 5):
        assert plateau.width == pytest.approx(expected, abs=0.0101)


def test_a_plateau_is_wider_than_the_line_s_run_and_not_by_the_slopes_beside_it():
    positions = np.linspace(0, 4, 401)
    values = np.interp(positions, [0, 1, 3, 4], [0.7, 0.5, 0.5, 0.3])  # the slopes fall by 0.2 a unit
    widest = plateaus(values, positions, 0.02, 1)[0]
    assert widest.level == pytest.approx(0.5)
    assert widest.width == pytest.approx(2 + 2 * 0.02 / 0.2, abs=0.011)
    assert straight_width(values, positions, 0.02) == pytest.approx(0.04 * 4 / 0.4)


def test_a_flat_curve_is_one_plateau():
    positions = np.array([0.0, 1.0, 5.0])
    assert plateaus(np.full(3, 0.5), positions, 0.01, 4) == [Plateau(0.5, 0.0, 5.0)]
    assert straight_width(np.full(3, 0.5), positions, 0.01) == 5


def test_widths_are_in_position_not_in_points():
    positions = np.array([0.0, 0.1, 0.2, 0.3, 10.0, 20.0])
    assert plateaus(np.array([1, 1, 1, 1, 0.5, 0.5]), positions, 0.01, 1) == [Plateau(0.5, 10.0, 20.0)]


def test_of_equally_wide_runs_the_flatter_comes_first():
    positions = np.arange(5.0)
    assert plateaus(np.array([1, 1.01, 0.5, 0.2, 0.2]), positions, 0.02, 2) == [
        Plateau(0.2, 3, 4),
        Plateau(1.005, 0, 1),
    ]


def test_a_steep_curve_has_no_plateau():
    assert plateaus(np.array([3.0, 2.0, 1.0]), np.arange(3.0), 0.1, 3) == []


@pytest.mark.parametrize(
    ("values", "positions", "says"),
    [
        ([1.0, 2.0], [0.0], "as many values"),
        ([], [], "as many values"),
        ([1.0, np.nan], [0.0, 1.0], "not finite"),
        ([1.0, 2.0], [1.0, 1.0], "do not ascend"),
    ],
)
def test_what_is_no_curve_is_refused(values, positions, says):
    with pytest.raises(ValueError, match=says):
        plateaus(np.array(values), np.array(positions), 0.1, 1)


def test_a_grid_s_rounding_does_not_decide_between_equally_wide_runs():
    """Densities are rounded to six digits, which makes a grid's spacings differ; the flatter run comes first."""
    density = np.round(0.05 ** (np.arange(20) / 19), 6)
    values = 0.7 ** np.arange(20)
    values[1], values[13] = values[0] * 0.999, values[12] * 0.95  # two runs of two points, the first flatter
    positions = -np.log(density)
    assert np.diff(positions)[12] > np.diff(positions)[0]  # by the rounding alone the second would be the wider
    first, second = plateaus(np.log(values), positions, 0.05, 2)
    assert first.first == positions[0]
    assert second.first == positions[12]
