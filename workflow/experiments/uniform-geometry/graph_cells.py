"""Feature graphs beside and below each other, each with its components in words above it: nothing is left out."""

from collections import Counter
from itertools import pairwise
from textwrap import fill

import numpy as np
from superposition.draw.graphs import draw_component, named_components
from superposition.measure.geometry import NOT_REPRESENTED
from superposition.measure.polytopes import BY_NAME, several

from .levels import SWEPT, densest_first, trained_at
from .sparsity_axis import inverse_densities, swept

GRAPHS = (1.5, 1.6, 1.74, 3.0, 4.1, 4.8)  # 1/(1 − S) of the models whose graphs are drawn, or the nearest trained
CELL, GUTTER = 3.1, 0.35  # inches: the width of a graph's cell, between two
TITLE, LINE = 0.17, 0.125  # inches: the height of a title, of a line of words below it
LETTERS = 62  # of a line of words
APART, BETWEEN_KINDS, BELOW = 0.08, 0.14, 0.22  # inches: between components, more between kinds, below a cell


def graphs(results):
    """The sparsities of the graphs, and of each its representative seed's weights, components and table."""
    trained = trained_at(results, SWEPT)
    positions = np.log(inverse_densities(trained))
    nearest = {trained[np.abs(positions - np.log(wanted)).argmin()] for wanted in GRAPHS}
    table = swept(results, "matrices", "dimensionality", models=[SWEPT]).drop(columns="model")
    for sparsity in densest_first(nearest):
        place = results.representative(SWEPT, sparsity)
        W = results.weights(SWEPT, sparsity, "W")[place]
        components = named_components(W)
        rows = table[(table["sparsity"] == sparsity) & (table["seed"] == results.seeds[place])]
        member = {feature: (number, c.name) for number, c in enumerate(components, 1) for feature in c.features}
        number, polytope = zip(*(member.get(i, (0, NOT_REPRESENTED)) for i in range(len(rows))), strict=True)
        yield W, components, rows.assign(component=number, polytope=polytope)


def words_of(components, absent):
    """A model's components in words, in the order in which they are drawn, and how many features have none."""
    number = Counter(component.name for component in components)
    kinds = [
        several(count, name) if count > 1 and name in BY_NAME else f"{count} {'× ' * (name not in BY_NAME)}{name}"
        for name, count in number.items()
    ]
    return f"{', '.join(kinds) or 'no component'}; {absent} {'feature' if absent == 1 else 'features'} not represented"


def draw_cell(axis, corner, title, words, W, colours, components):
    """Draw a model's components line by line below a corner, in inches; returns the height from which all is free."""
    left, y = corner
    axis.text(left, y, title, va="top", fontsize=8, fontweight="bold")
    told = fill(words, LETTERS)
    axis.text(left, y - TITLE, told, va="top", fontsize=6.5, linespacing=1.3)
    y -= TITLE + LINE * (1 + told.count("\n")) + APART
    for line in lines_of(components):
        radius = max(radius_of(component) for component, _ in line)
        for component, x in line:
            members = list(component.features)
            size = np.clip(90 / len(members), 5, 20)
            centre = (left + x, y - radius)
            draw_component(axis, W[:, members], colours[members], centre, radius_of(component), size)
        y -= 2 * radius + APART
    return y - BELOW


def lines_of(components):
    """The components with the places of their centres from the left, in as many lines as they need."""
    lines, end = [], np.inf
    for before, component in pairwise([None, *components]):
        gap = APART if before is None or before.name == component.name else BETWEEN_KINDS
        if end + gap + width_of(component) > CELL:
            lines.append([])
            end = gap = 0.0
        lines[-1].append((component, end + gap + width_of(component) / 2))
        end += gap + width_of(component)
    return lines


def radius_of(component):
    """Radius of a component's drawing: that of many features is larger."""
    features = len(component.features)
    return 0.06 if features == 1 else 0.25 if features <= 10 else 0.42


def width_of(component):
    """Width of a component's place: digons stand upright."""
    return 2 * radius_of(component) if len(component.features) > 2 else 0.13
