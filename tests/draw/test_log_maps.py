"""Maps over two settings on logarithmic axes: cells lie around their points, and colours mix as the legend says."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from superposition.draw.log_maps import category_map, log_edges, mixed

RED, GREEN, BLUE = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def test_edges_of_a_geometric_range_lie_half_a_step_from_its_points():
    assert log_edges(np.array([1.0, 0.1, 0.01])) == pytest.approx(10.0 ** np.array([0.5, -0.5, -1.5, -2.5]))


def test_a_map_runs_from_the_first_value_to_the_last():
    _, axis = plt.subplots()
    mesh = category_map(axis, np.array([1.0, 0.1]), np.array([1.0, 2.0, 4.0]), np.array([[0, 1]] * 3), ("red", "blue"))
    left, right = axis.get_xlim()
    assert left > 1 > 0.1 > right
    assert mesh.to_rgba([0, 1])[:, :3].tolist() == [[1, 0, 0], [0, 0, 1]]
    plt.close()


def test_colours_are_pure_at_the_corners_and_mixed_between():
    strength, sharing = np.array([0.0, 1.0, 1.0, 1.0, 0.5]), np.array([0.7, 0.0, 1.0, 0.5, 0.0])
    expected = [RED, GREEN, BLUE, (0, 0.5, 0.5), (0.5, 0.5, 0)]
    assert mixed(strength, sharing, (RED, GREEN, BLUE)) == pytest.approx(np.array(expected))


def test_values_beyond_one_count_as_one():
    assert mixed(np.array(1.4), np.array(-0.2), (RED, GREEN, BLUE)) == pytest.approx(np.array(GREEN))
