"""Feature graphs below each other, each a row of its components, those of one kind together with their name below."""

from itertools import groupby

import numpy as np
from superposition.draw.graphs import draw_component
from superposition.measure.polytopes import BY_NAME, several

ROW, GAP = 5.9, 0.1  # inches: the length of a row, between two kinds
TITLE, LINE = 0.19, 0.12  # inches: above the components, a line of a name below them


def draw_row(axis, top, title, W, colours, components):
    """Draw a model's components in a row below a height, in inches; returns the height from which the next is free.

    What does not fit the row is left out, and its names and the title say how much.
    """
    groups = [list(group) for _, group in groupby(components, key=lambda component: component.name)]
    drawn = fitting(groups)
    radius = max((radius_of(group[0]) for group in drawn if group), default=0.1)
    x, y, lines = 0.0, top - TITLE - radius, 0
    for whole, group in zip(groups, drawn, strict=True):
        if not group:
            continue
        step, width = spacing(group), group_width(group)
        for place, component in enumerate(group):
            members = list(component.features)
            centre = (x + width / 2 + (place + 0.5 - len(group) / 2) * step, y)
            size = np.clip(90 / len(members), 5, 20)
            draw_component(axis, W[:, members], colours[members], centre, radius_of(component), size)
        words = words_of(whole[0].name, len(whole), len(group))
        axis.text(x + width / 2, y - radius - 0.06, words, ha="center", va="top", fontsize=6.5)
        x, lines = x + width + GAP, max(lines, 1 + words.count("\n"))
    if not components:
        axis.text(0, y, "no feature is represented", va="center", fontsize=8)
    missing = len(components) - sum(map(len, drawn))
    left_out = f", {missing} component{'s' * (missing > 1)} not drawn" if missing else ""
    axis.text(0, top, title + left_out, va="top", fontsize=8)
    return y - radius - 0.2 - lines * LINE


def fitting(groups):
    """As many components of each kind as fit a row: the largest kind loses some, then the smallest components go."""
    drawn = [list(group) for group in groups]
    while sum(group_width(group) + GAP for group in drawn if group) > ROW + GAP:
        longest = max(drawn, key=len)
        least = min(filter(None, drawn), key=lambda group: len(group[0].features))
        (longest if len(longest) > 1 else least).pop()
    return drawn


def radius_of(component):
    """Radius of a component's drawing: that of many features is larger."""
    features = len(component.features)
    return 0.06 if features == 1 else 0.25 if features <= 10 else 0.45


def spacing(group):
    """Width of the place of each component of a kind: digons stand side by side."""
    return 2 * radius_of(group[0]) + 0.08 if len(group[0].features) > 2 else 0.21


def group_width(group):
    """Width of the place of components of one kind, their name below them included."""
    return max(spacing(group) * len(group), 0.62 if group[0].name in BY_NAME else 0.85)


def words_of(name, number, drawn):
    """The number and name of a kind of component, over two lines where it is long, and how many are drawn."""
    part = f"{drawn} of " if drawn < number else ""
    if name in BY_NAME:
        return part + (several(number, name) if number > 1 else f"1 {name}").replace("square ", "square\n")
    return f"{part}{number} × {name}".replace(" in ", "\nin ")
