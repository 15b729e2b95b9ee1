"""Drawings of feature graphs, against polytopes whose coordinates are known."""

from math import sqrt

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from scipy.linalg import block_diag
from scipy.spatial.distance import pdist
from scipy.stats import ortho_group
from superposition.draw.graphs import WIDEST, draw_component, named_components, planar

DIGON = np.array([[1.0, -1.0]])
ANGLES = 2 * np.pi * np.arange(5) / 5
PENTAGON = np.array([np.cos(ANGLES), np.sin(ANGLES)])
TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).T / sqrt(3)


@pytest.mark.parametrize("polytope", [DIGON, PENTAGON], ids=["digon", "pentagon"])
@pytest.mark.parametrize("seed", range(3))
def test_what_lies_in_a_plane_is_drawn_as_it_is(polytope, seed):
    """The distances between the drawn features are those in six dimensions, whatever the rotation and the lengths."""
    padded = np.vstack([polytope, np.zeros((6 - len(polytope), polytope.shape[1]))])
    rotated = (
        ortho_group.rvs(6, random_state=seed) @ padded * np.random.default_rng(seed).uniform(0.7, 1.3, padded.shape[1])
    )
    assert pdist(planar(rotated).T) == pytest.approx(pdist(polytope.T), abs=1e-6)


def test_a_tetrahedron_is_drawn_as_a_square():
    """Of four points at equal distances the plane's least stress is a square: sides equal, diagonals longer by √2."""
    distances = np.sort(pdist(planar(TETRAHEDRON).T))
    assert distances[:4] == pytest.approx(distances[0], rel=1e-3)
    assert distances[4:] == pytest.approx(sqrt(2) * distances[0], rel=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_a_drawing_does_not_depend_on_how_the_model_is_rotated(seed):
    """The first feature is at the top, the second to its right."""
    rotation = ortho_group.rvs(2, random_state=seed)
    position = planar(rotation @ PENTAGON)
    assert position == pytest.approx(planar(PENTAGON), abs=1e-5)
    assert position[0, 0] == pytest.approx(0, abs=1e-6)
    assert position[1, 0] == pytest.approx(1)
    assert position[0, 1] > 0


def test_components_are_named_and_hold_the_features_that_they_were_made_of():
    """A pentagon, two digons and a feature of its own, shuffled, with one that is not represented."""
    W = block_diag(PENTAGON, DIGON, DIGON, [[1.0]])
    W = np.hstack([W, 0.1 * W[:, :1]])  # the last feature: norm 0.1
    order = np.random.default_rng(0).permutation(11)
    place = np.argsort(order)  # where each feature went
    found = named_components(W[:, order])
    assert [component.name for component in found] == ["pentagon", "digon", "digon", "dedicated"]
    expected = {frozenset(place[:5]), frozenset(place[5:7]), frozenset(place[7:9]), frozenset(place[9:10])}
    assert {frozenset(component.features) for component in found} == expected


def test_a_drawn_component_has_a_dot_a_feature_and_an_edge_where_two_are_not_orthogonal():
    """A pentagon's ten pairs have |cos 72°| and |cos 144°|, five each; edges are as wide as that."""
    figure, axis = plt.subplots()
    draw_component(axis, PENTAGON, np.full(5, 0.4), (3.0, 4.0), 0.5, 10.0)
    (edges,) = (mark for mark in axis.collections if isinstance(mark, LineCollection))
    (dots,) = (mark for mark in axis.collections if isinstance(mark, PathCollection))
    widths = WIDEST * np.repeat([np.cos(2 * np.pi / 5), -np.cos(4 * np.pi / 5)], 5)
    assert edges.get_linewidths() == pytest.approx(widths)
    assert np.linalg.norm(dots.get_offsets() - [3.0, 4.0], axis=1) == pytest.approx(0.5)
    plt.close(figure)


def test_a_single_feature_is_drawn_at_the_centre():
    """And has no edge."""
    figure, axis = plt.subplots()
    draw_component(axis, np.array([[0.0], [2.0]]), np.array([1.0]), (1.0, 2.0), 0.5, 10.0)
    (dots,) = (mark for mark in axis.collections if isinstance(mark, PathCollection))
    assert np.asarray(dots.get_offsets()) == pytest.approx(np.array([[1.0, 2.0]]))
    plt.close(figure)
