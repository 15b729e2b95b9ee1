"""What becomes of features by the graph of their cosines, and the triangle's loss."""

import numpy as np
import pytest
from superposition.measure.features import interference
from superposition.store.plugins import experiment_module
from superposition.train.optimum.minimise import optimum

arrangements = experiment_module("phase-change", "arrangements")
phases = experiment_module("phase-change", "phases")

NONE, DEDICATED, CONFUSED, TRIANGLE, ANTIPODAL, OTHERWISE = range(6)
HALF = 1 / np.sqrt(2)
HEIGHT = np.sqrt(3) / 2
IDEAL = np.array([[1, -0.5, -0.5], [0, HEIGHT, -HEIGHT]])


@pytest.mark.parametrize(
    ("W", "expected"),
    [
        ([[1, 0]], [DEDICATED, NONE]),
        ([[1, -1]], [ANTIPODAL, ANTIPODAL]),
        ([[HALF, HALF]], [CONFUSED, CONFUSED]),
        ([[1, 0, 0], [0, 1, 0]], [DEDICATED, DEDICATED, NONE]),
        ([[1, 0, 0], [0, 1, -1]], [DEDICATED, ANTIPODAL, ANTIPODAL]),
        ([[1, HALF, 0], [0, 0, 1]], [CONFUSED, CONFUSED, DEDICATED]),
        (IDEAL, [TRIANGLE] * 3),
        (0.7 * IDEAL, [TRIANGLE] * 3),
        ([[1, 0.5, 0], [0, HEIGHT, 0]], [OTHERWISE, OTHERWISE, NONE]),
        ([[1, -0.8, 0], [0, 0.6, 0]], [OTHERWISE, OTHERWISE, NONE]),
        ([[1, 0.1, 0], [0, 0.995, 0]], [DEDICATED, DEDICATED, NONE]),
    ],
    ids=str,
)
def test_each_arrangement_is_told_by_its_cosines(W, expected):
    assert arrangements.kinds(np.array(W, dtype=float)).tolist() == expected
    assert arrangements.extra_kind(np.array(W, dtype=float)) == expected[-1]


def test_turning_the_hidden_layer_changes_no_arrangement():
    turned = np.array([[0.6, -0.8], [0.8, 0.6]]) @ IDEAL
    assert arrangements.kinds(turned).tolist() == [TRIANGLE] * 3


def test_a_triangle_may_be_deformed_up_to_its_tolerance():
    angles = np.radians([[0, 110, 235], [0, 100, 230]])
    W = np.stack([np.cos(angles), np.sin(angles)], axis=-2)
    assert arrangements.kinds(W).tolist() == [[TRIANGLE] * 3, [OTHERWISE] * 3]


def test_the_norm_from_which_a_feature_counts_is_a_choice():
    W = np.array([[1.0, -0.3]])
    assert arrangements.extra_kind(W) == NONE
    assert arrangements.extra_kind(W, represented=0.25) == ANTIPODAL
    assert arrangements.kinds(W, represented=0.25).tolist() == [ANTIPODAL, ANTIPODAL]
    assert arrangements.kinds(np.zeros((2, 3)), represented=0).tolist() == [DEDICATED] * 3  # no direction, no partner


def test_the_triangle_is_in_superposition_by_its_geometry_but_not_by_its_overlap():
    W = optimum(2, True, [0.35] * 3, [1.0] * 3).W
    assert arrangements.phase_by_geometry(W) == 2
    assert interference(W)[-1] == pytest.approx(0.40, abs=0.05)  # the audit: .35 to .44


def test_many_models_are_told_at_once():
    W = np.array([[[1.0, -1.0]], [[1.0, 0.0]], [[0.0, 1.0]]])
    assert arrangements.phase_by_geometry(W).tolist() == [2, 0, 1]
    assert set(arrangements.PHASE_OF_KIND) == set(range(len(phases.PHASES)))
    assert len(arrangements.KINDS) == len(arrangements.PHASE_OF_KIND)


@pytest.mark.parametrize(("density", "loss"), [(0.65, 0.0991), (0.571, 0.0901), (0.75, 0.1034)])
def test_at_equal_importance_the_optimum_of_three_is_a_triangle_below_every_closed_form(density, loss):
    found = optimum(2, True, [1 - density] * 3, [1.0] * 3)
    assert found.loss == pytest.approx(loss, abs=5e-5)
    assert found.loss < phases.solution_losses(density, 1.0, 3).min() - 0.005
    assert arrangements.kinds(found.W).tolist() == [TRIANGLE] * 3


def test_an_antipodal_pair_is_found_by_its_members():
    W = np.array([[1, 0, 0], [0, 0.9, -0.7]])
    assert not arrangements.paired(W, 0, 1)
    assert arrangements.paired(W, 1, 2)
    two_pairs = np.array([[1.0, -1.0, 0, 0], [0, 0, 1.0, -1.0]])
    assert arrangements.paired(two_pairs, 0, 1)
    assert not arrangements.paired(two_pairs, 1, 2)
