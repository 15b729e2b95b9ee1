"""How the figure of feature graphs lays a model's components out, and what it says of them."""

from itertools import pairwise

import numpy as np
import pytest
from superposition.draw.graphs import Component, named_components
from superposition.measure.polytopes import polygon
from superposition.store.plugins import experiment_module


@pytest.fixture(scope="module")
def cells():
    return experiment_module("uniform-geometry", "graph_cells")


def digons(number, first=0):
    return [Component("digon", (first + 2 * i, first + 2 * i + 1)) for i in range(number)]


@pytest.mark.parametrize("number", [1, 7, 40, 200])
def test_every_component_is_drawn_once_in_its_order_and_within_the_cell(cells, number):
    components = [Component("14 features in 5 dimensions", tuple(range(14))), *digons(number, 14)]
    placed = [entry for line in cells.lines_of(components) for entry in line]
    assert [component for component, _ in placed] == components
    for component, x in placed:
        assert x - cells.width_of(component) / 2 >= 0
        assert x + cells.width_of(component) / 2 <= cells.CELL + 1e-9


def test_components_of_a_line_do_not_touch(cells):
    components = [Component("pentagon", tuple(range(5))), *digons(30, 5), Component("dedicated", (65,))]
    for line in cells.lines_of(components):
        for (one, x), (other, y) in pairwise(line):
            assert y - x - (cells.width_of(one) + cells.width_of(other)) / 2 >= 0.05


def test_a_model_without_components_has_no_line(cells):
    assert cells.lines_of([]) == []
    assert cells.words_of([], 3) == "no component; 3 features not represented"


def test_one_is_singular_and_several_are_plural(cells):
    """A triangle, two digons and a feature of its own, and one that is not represented."""
    W = np.zeros((5, 9))
    W[:2, :3] = polygon(3)
    W[2, 3:5] = W[3, 5:7] = 1, -1
    W[4, 7] = 1
    absent = 1
    told = cells.words_of(named_components(W), absent)
    assert told == "1 triangle, 2 digons, 1 dedicated; 1 feature not represented"


def test_components_without_a_name_are_counted(cells):
    """Their names have numbers themselves."""
    nameless = [Component("6 features in 3 dimensions", tuple(range(6 * i, 6 * i + 6))) for i in range(2)]
    assert cells.words_of(nameless, 0) == "2 × 6 features in 3 dimensions; 0 features not represented"
    assert cells.words_of(nameless[:1], 2) == "1 × 6 features in 3 dimensions; 2 features not represented"
