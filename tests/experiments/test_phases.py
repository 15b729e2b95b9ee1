"""The closed forms of the phase change's losses and boundaries, against simulated models and numerical roots."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from superposition.store.plugins import experiment_module

arrangements = experiment_module("phase-change", "arrangements")
phases = experiment_module("phase-change", "phases")

FIRST, EXTRA, WITH_EXTRA, OTHERS = range(4)
UNREPRESENTED, DEDICATED, SUPERPOSED = range(3)
# W of each solution, by features; the extra feature is the last.
WEIGHTS = {
    2: [[[0, 1]], [[1, 0]], [[1, -1]]],
    3: [
        [[0, 1, 0], [0, 0, 1]],
        [[1, 0, 0], [0, 1, 0]],
        [[1, 0, 0], [0, 1, -1]],
        [[1, -1, 0], [0, 0, 1]],
    ],
}
CASES = [(features, solution) for features, solutions in WEIGHTS.items() for solution in range(len(solutions))]


def squared_errors(W, b, x, weights):
    """Σ_i I_i (x_i − x'_i)² of ReLU(WᵀWx + b) for every sample."""
    return (weights * np.square(x - np.maximum(x @ W.T @ W + b, 0))).sum(axis=1)


@pytest.mark.parametrize(("density", "relative"), [(0.9, 0.4), (0.3, 2.5), (0.05, 1.0)])
@pytest.mark.parametrize(("features", "solution"), CASES)
def test_losses_are_those_of_simulated_models(features, solution, density, relative):
    generator = np.random.default_rng(solution)
    W = np.array(WEIGHTS[features][solution], dtype=float)
    b = np.where(np.abs(W).sum(axis=0) == 0, density / 2, 0.0)  # an ignored feature answers its mean
    x = generator.random((400_000, features)) * (generator.random((400_000, features)) < density)
    losses = squared_errors(W, b, x, np.array([1.0] * (features - 1) + [relative]))
    expected = phases.solution_losses(density, relative, features)[solution]
    assert losses.mean() == pytest.approx(expected, abs=4 * losses.std() / np.sqrt(len(losses)))


def test_an_ignored_feature_answers_its_mean_since_no_other_bias_costs_less():
    density = 0.6
    for bias in (0.29, 0.31):
        cost = density * quad(lambda x, b: (x - b) ** 2, 0, 1, args=(bias,))[0] + (1 - density) * bias**2
        assert cost > phases.solution_losses(density, 1.0, 2)[FIRST]
    cost = density * quad(lambda x: (x - 0.3) ** 2, 0, 1)[0] + (1 - density) * 0.3**2
    assert cost == pytest.approx(phases.solution_losses(density, 1.0, 2)[FIRST])


def crossing(features, one, other, relative):
    """The density in (0, 1] at which two solutions cost the same."""
    difference = lambda s: np.subtract(*phases.solution_losses(s, relative, features)[[one, other]]) / s  # noqa: E731
    return brentq(difference, 1e-9, 1.0)


@pytest.mark.parametrize("features", [2, 3])
@pytest.mark.parametrize("relative", [0.1, 0.3, 0.9])
def test_below_a_boundary_an_unimportant_extra_feature_is_in_superposition(relative, features):
    boundary = crossing(features, WITH_EXTRA, EXTRA, relative)
    assert phases.superposition_boundary(relative, features) == pytest.approx(boundary)
    assert phases.packing_boundary(relative, features) == pytest.approx(boundary)
    assert phases.extra_phase(boundary - 1e-6, relative, features) == SUPERPOSED
    assert phases.extra_phase(boundary + 1e-6, relative, features) == UNREPRESENTED


@pytest.mark.parametrize("relative", [1.1, 3.0, 10.0])
def test_below_a_boundary_an_important_extra_feature_shares_the_only_dimension(relative):
    boundary = crossing(2, WITH_EXTRA, FIRST, relative)
    assert phases.superposition_boundary(relative, 2) == pytest.approx(boundary)
    assert phases.packing_boundary(relative, 2) == pytest.approx(boundary)
    assert phases.extra_phase(boundary - 1e-6, relative, 2) == SUPERPOSED
    assert phases.extra_phase(boundary + 1e-6, relative, 2) == DEDICATED


@pytest.mark.parametrize("relative", [1.1, 3.0, 10.0])
def test_an_important_extra_feature_keeps_its_dimension_where_two_others_can_pair_up(relative):
    boundary = crossing(3, OTHERS, FIRST, relative)
    assert boundary == pytest.approx(4 / 7)
    assert phases.packing_boundary(relative, 3) == pytest.approx(boundary)
    assert phases.superposition_boundary(relative, 3) == 0
    assert phases.best_solution(boundary - 1e-6, relative, 3) == OTHERS
    assert phases.best_solution(boundary + 1e-6, relative, 3) == FIRST
    assert (phases.extra_phase(np.linspace(0.01, 1, 50), relative, 3) == DEDICATED).all()


def test_all_solutions_cost_the_same_at_the_triple_point():
    relative, density = phases.TRIPLE_POINT
    for features in (2, 3):
        losses = phases.solution_losses(density, relative, features)
        assert losses == pytest.approx(losses[0])
        assert phases.superposition_boundary(relative, features) == pytest.approx(density)


def test_grids_of_densities_and_importances_broadcast():
    losses = phases.solution_losses(np.linspace(0.1, 1, 4)[:, None], np.geomspace(0.1, 10, 5), 3)
    assert losses.shape == (len(phases.SOLUTIONS), 4, 5)
    assert phases.solution_losses(0.5, np.ones(5), 2).shape == (len(phases.SOLUTIONS) - 1, 5)
    assert losses[:, 2, 3] == pytest.approx(phases.solution_losses(0.7, 10**0.5, 3))
    assert set(phases.PHASE_OF_SOLUTION) == set(range(len(phases.PHASES)))


@pytest.mark.parametrize("closed_form", [phases.solution_losses, lambda s, r, n: phases.superposition_boundary(r, n), lambda s, r, n: phases.packing_boundary(r, n)])  # fmt: skip
def test_there_is_no_closed_form_for_four_features(closed_form):
    with pytest.raises(ValueError, match="found 4"):
        closed_form(0.5, 1.0, 4)


@pytest.mark.parametrize(("features", "solution"), CASES)
def test_each_solution_is_arranged_as_its_phase_says(features, solution):
    W = np.array(WEIGHTS[features][solution], dtype=float)
    assert arrangements.phase_by_geometry(W) == phases.PHASE_OF_SOLUTION[solution]


def test_points_beside_another_phase_are_on_the_boundary():
    points = np.array([[0, 0, 0, 0, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [2, 0, 0, 0, 0]])
    assert phases.off_boundary(points).astype(int).tolist() == [
        [1, 1, 1, 0, 0],
        [1, 1, 1, 0, 0],
        [0, 0, 1, 1, 1],
        [0, 0, 1, 1, 1],
    ]


def test_a_grid_of_one_phase_has_no_boundary_and_stacks_are_grids():
    assert phases.off_boundary(np.ones((3, 4), dtype=int)).all()
    assert phases.off_boundary(np.zeros((1, 1), dtype=int)).all()
    stack = np.random.default_rng(0).integers(0, 2, size=(5, 8, 9)) * (np.arange(9) > 5)
    assert (phases.off_boundary(stack)[2] == phases.off_boundary(stack[2])).all()
    assert phases.off_boundary(stack)[..., :5].all()
