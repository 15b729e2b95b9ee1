"""Plots of a bare W show its numbers, where they are asked to, and leave the session's settings alone."""

import os
import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from superposition import UserError, plots

ANGLES = 2 * np.pi * np.arange(5) / 5
PENTAGON = np.stack([np.cos(ANGLES), np.sin(ANGLES)])


def colours_of(axis):
    """What a map shows, (row, column, rgb) or values (row, column)."""
    return axis.collections[0].get_array()


def test_a_gram_matrix_is_shown_whole_on_a_symmetric_scale():
    axis = plots.gram(2 * PENTAGON)
    assert np.allclose(colours_of(axis), 4 * PENTAGON.T @ PENTAGON)
    assert axis.collections[0].get_clim() == pytest.approx((-4, 4))
    top, bottom = axis.get_ylim()[::-1]
    assert top < bottom  # the first feature on top


def test_bars_are_as_long_as_the_norms():
    axis = plots.norms(PENTAGON * [1, 0.5, 1, 1, 2])
    assert np.allclose([bar.get_width() for bar in axis.patches], [1, 0.5, 1, 1, 2])
    assert np.allclose([bar.get_y() + bar.get_height() / 2 for bar in axis.patches], [1, 2, 3, 4, 5])


def test_arrows_end_at_the_columns():
    axis = plots.arrows(PENTAGON * [1, 1, 1, 1, 0.2], values=[5, 4, 3, 2, 1], label="importance")
    (quiver,) = [mark for mark in axis.collections if hasattr(mark, "U")]
    assert np.allclose([quiver.U, quiver.V], PENTAGON[:, :4])
    assert quiver.get_array().tolist() == [5, 4, 3, 2]
    assert [text.get_text() for text in axis.texts] == ["1", "2", "3", "4"]


def test_a_graph_has_a_dot_for_each_represented_feature_and_names_its_components():
    axis = plots.graph(np.array([[1.0, -1, 0, 0.1], [0, 0, 1, 0]]))
    dots = [mark.get_offsets() for mark in axis.collections if isinstance(mark, PathCollection)]
    assert sorted(map(len, dots)) == [1, 2]
    assert {text.get_text() for text in axis.texts} == {"digon", "dedicated"}
    assert plots.graph(np.zeros((2, 3))).texts[0].get_text() == "nothing\nrepresented"


def test_a_phase_diagram_has_the_density_of_its_rows_and_the_importance_of_its_columns():
    none, pair = [[1.0, 0.0], [0.0, 0.0]], [[1.0, -1.0], [0.0, 0.0]]
    alone = [[1.0, 0.0], [0.0, 1.0]]
    W = np.array([[none, alone, alone], [none, pair, alone]])  # (density, importance, hidden, feature)
    axis = plots.phase_diagram(W, importance=[0.1, 1, 10], density=[1, 0.1])
    grey, blue, orange = (to_rgb(colour) for colour in plots.PHASES.values())
    assert np.allclose(colours_of(axis), [[grey, blue, blue], [grey, orange, blue]])
    assert axis.get_xlim()[0] < 0.1 < 10 < axis.get_xlim()[1]
    assert axis.get_ylim()[0] > 1 > 0.1 > axis.get_ylim()[1]  # dense at the bottom
    with pytest.raises(UserError, match=r"W: found the shape \(2, 3, 2, 2\)"):
        plots.phase_diagram(W, importance=[0.1, 1], density=[1, 0.1])


@pytest.mark.parametrize("plot", [plots.gram, plots.norms, plots.arrows, plots.graph])
def test_a_plot_goes_where_it_is_asked_to_and_changes_no_setting(plot):
    before = dict(matplotlib.rcParams)
    figure, axes = plt.subplots(1, 2)
    assert plot(PENTAGON, ax=axes[1]) is axes[1]
    assert plot(PENTAGON).figure is not figure
    assert dict(matplotlib.rcParams) == before
    with pytest.raises(UserError, match="allowed: "):
        plot(np.ones((3, 2, 5)))


def test_arrows_need_a_plane():
    with pytest.raises(UserError, match="W: found 3 hidden dimensions; allowed: 2"):
        plots.arrows(np.eye(3))


def test_a_notebook_keeps_its_way_to_show_figures():
    program = (
        "import matplotlib; from superposition import plots\nplots.gram([[1.0, -1.0]]); print(matplotlib.get_backend())"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow"), "MPLBACKEND": "svg"}
    shown = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "svg"
