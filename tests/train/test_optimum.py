"""The optimum of small ReLU models: what is known of it in closed form, its certificate, and other searches' results."""

import numpy as np
import pytest
from scipy.optimize import minimize
from superposition.measure.features import dimensionality
from superposition.train.optimum.expected_loss import derivatives, expected_loss
from superposition.train.optimum.minimise import optimum
from superposition.train.optimum.starts import named, starts

KINK = 1e-6  # an output's bias this near to zero is at its kink


def at(density, relative, features, bias=True):
    """The optimum of `features` in one dimension less, the last one's importance being `relative`."""
    return optimum(features - 1, bias, [1 - density] * features, [1.0] * (features - 1) + [relative])


def closed_forms(s, r, features):
    """Least loss of the paper's solutions, §3."""
    variance = s / 3 - s**2 / 4
    return min([variance, r * variance, (1 + r) * s**2 / 6, s**2 / 3][: features + 1])


def cosines(W):
    directions = W / np.linalg.norm(W, axis=0)
    return directions.T @ directions


@pytest.mark.parametrize(
    ("density", "triangle", "closed"), [(0.65, 0.0991, 0.1110), (0.571, 0.0901, 0.1087), (0.75, 0.1034, 0.1094)]
)
def test_three_equal_features_are_a_triangle_where_the_closed_forms_have_none(density, triangle, closed):
    """The audit's numbers, found by other code."""
    found = at(density, 1.0, 3)
    assert found.loss == pytest.approx(triangle, abs=5e-5)
    assert closed_forms(density, 1.0, 3) == pytest.approx(closed, abs=5e-5)
    np.testing.assert_allclose(cosines(found.W), 1.5 * np.eye(3) - 0.5, atol=1e-9)
    assert found.b == pytest.approx(found.b[0])


@pytest.mark.parametrize("features", [2, 3])
def test_it_is_below_the_closed_forms_everywhere(features):
    for density in np.geomspace(0.01, 1, 8):
        for relative in np.geomspace(0.1, 10, 7):
            assert at(density, relative, features).loss <= closed_forms(density, relative, features) + 1e-15


@pytest.mark.parametrize("features", [2, 3])
def test_it_is_stationary_and_a_minimum(features):
    for density in np.geomspace(0.01, 0.99, 8):
        for relative in np.geomspace(0.11, 9, 7):
            found = at(density, relative, features)
            assert found.gradient_norm <= 1e-13
            assert found.least_curvature > 0
            assert 0.1 < found.starts_agreeing <= 1


def test_dense_features_of_unequal_importance_leave_the_least_out():
    found = at(0.95, 0.3, 3)
    np.testing.assert_allclose(found.W.T @ found.W, np.diag([1, 1, 0]), atol=1e-9)
    np.testing.assert_allclose(found.b, [0, 0, 0.95 / 2], atol=1e-9)
    assert found.loss == pytest.approx(closed_forms(0.95, 0.3, 3))


def test_where_the_hessian_exists_the_least_curvature_is_its_smallest_eigenvalue_but_for_turning_the_hidden_layer():
    one, two = at(0.3, 1.0, 2), at(0.65, 1.0, 3)
    for found, flat in ((one, 0), (two, 1)):
        assert (abs(found.b) > KINK).all()
        n = len(found.b)
        density = {2: 0.3, 3: 0.65}[n]
        eigenvalues = np.linalg.eigvalsh(derivatives(found.W, found.b, [1 - density] * n, [1.0] * n)[2])
        assert eigenvalues[:flat] == pytest.approx(0, abs=1e-12)
        assert found.least_curvature == pytest.approx(eigenvalues[flat], rel=1e-5)


@pytest.mark.parametrize(("density", "relative", "features"), [(0.95, 0.3, 2), (0.5, 0.5, 3), (0.75, 0.8, 2)])
def test_beside_a_kink_the_least_curvature_is_the_least_along_any_line(density, relative, features):
    """A feature with a dimension of its own has no bias: its output is at the kink whenever it is off."""
    found = at(density, relative, features)
    assert (abs(found.b) < KINK).any()
    sparsity, weights = [1 - density] * features, [1.0] * (features - 1) + [relative]
    m, n = found.W.shape
    generator, step = np.random.default_rng(0), 1e-3
    turned = np.concatenate([-found.W[1], found.W[0], np.zeros(n)]) if m == 2 else np.zeros(m * n + n)

    def curvature(v):
        v = v - turned * (turned @ v) / max(turned @ turned, 1e-300)
        v = step * v / np.linalg.norm(v)
        loss = expected_loss(found.W + v[: m * n].reshape(m, n), found.b + v[m * n :], sparsity, weights)
        return 2 * (loss - found.loss) / step**2

    searches = [minimize(curvature, generator.normal(size=m * n + n), method="Powell") for _ in range(6)]
    assert min(search.fun for search in searches) == pytest.approx(found.least_curvature, rel=0.05, abs=1e-4)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("size", [(2, 1), (3, 1), (2, 2), (3, 2)], ids=str)
def test_no_better_weights_are_found_from_hundreds_of_other_starts(size, bias):
    n, m = size
    generator = np.random.default_rng(n)
    for _ in range(5):
        sparsity, weights = 1 - 10 ** generator.uniform(-2, 0, n), 10 ** generator.uniform(-1, 1, n)
        points = generator.uniform(-1.5, 1.5, (300, m * n + n))
        assert optimum(m, bias, sparsity, weights).loss <= optimum(m, bias, sparsity, weights, points).loss + 1e-14


def test_features_have_no_more_dimensions_than_there_are():
    """ΣD_i ≤ m holds for all weights; where every dimension is used, the optimum has close to m."""
    for density in (0.9, 0.65, 0.3, 0.03):
        for relative in (0.3, 1.0, 3.0):
            total = dimensionality(at(density, relative, 3).W).sum()
            assert 1.8 < total <= 2 + 1e-12


def test_scipy_finds_the_same_optimum():
    sparsity, weights = np.array([0.6, 0.3, 0.8]), np.array([1.0, 0.7, 1.5])

    def loss(at):
        value, gradient, _ = derivatives(at[:6].reshape(2, 3), at[6:], sparsity, weights)
        return value, gradient

    searches = [minimize(loss, start, jac=True, method="BFGS") for start in starts(2, 1 - sparsity)]
    assert optimum(2, True, sparsity, weights).loss == pytest.approx(min(s.fun for s in searches), abs=1e-9)


def test_without_a_bias_there_is_none_and_the_loss_is_no_lower():
    free, bound = at(0.3, 1.0, 2), at(0.3, 1.0, 2, bias=False)
    assert not bound.b.any()
    assert bound.loss > free.loss
    assert bound.gradient_norm <= 1e-13


def test_one_feature_in_one_dimension_is_copied():
    found = optimum(1, True, [0.7], [2.0])
    assert abs(found.W) == pytest.approx(1)
    assert found.loss == pytest.approx(0, abs=1e-15)


def test_two_features_change_continuously_before_they_jump():
    """Next to equal importance the extra feature comes in from norm zero (audit; McGrath's comment on the paper)."""
    boundary = 4 * 0.8 / (2 + 5 * 0.8)
    norms = [abs(at(factor * boundary, 0.8, 2).W[0, 1]) for factor in (1.4, 1.35, 1.3, 1.25, 1.2, 1.15, 1.12, 1.10)]
    assert norms[0] == pytest.approx(0, abs=1e-9)
    assert 0 < norms[1] < 0.1
    assert norms[5] == pytest.approx(0.33, abs=0.005)
    assert max(np.diff(norms[:7])) < 0.11  # a step of 5 % in density at most
    assert norms[7] - norms[6] > 0.35  # a step of 2 %
    boundary = 4 * 0.95 / (2 + 5 * 0.95)
    before, after = (abs(at(factor * boundary, 0.95, 2).W[0, 1]) for factor in (1.18, 1.155))
    assert before == pytest.approx(0.47, abs=0.01)
    assert after == pytest.approx(0.74, abs=0.01)


@pytest.mark.parametrize("relative", [0.5, 0.8, 0.95])
def test_the_antipodal_pair_comes_denser_than_the_closed_forms_have_it(relative):
    """The audit: 1.08 to 1.19 times the density."""
    boundary = 4 * relative / (2 + 5 * relative)
    assert abs(at(1.07 * boundary, relative, 2).W[0, 1]) > 0.7
    assert abs(at(1.20 * boundary, relative, 2).W[0, 1]) < 0.5


@pytest.mark.parametrize("density", [0.9, 0.5, 0.1])
def test_a_feature_confused_in_part_is_a_local_minimum_but_not_the_optimum(density):
    start = np.array([[0.9, 0.4, -0.1, 0.1]])
    local = optimum(1, True, [1 - density] * 2, [1.0, 1.0], start)
    assert local.least_curvature > 1e-3
    assert sorted(local.W[0]) == pytest.approx([0.4, 1.0], abs=0.07)
    assert local.loss > at(density, 1.0, 2).loss + 1e-6


def test_named_solutions_are_the_paper_s_and_no_two_are_images_of_each_other():
    assert [W.tolist() for W in named(2, 1)] == [[[0, 1]], [[1, 0]], [[1, 1]], [[1, -1]]]
    grams = [W.T @ W for W in named(3, 2)]
    assert len(grams) == 10
    assert all(abs(one - other).max() > 0.4 for i, one in enumerate(grams) for other in grams[:i])
    np.testing.assert_allclose(grams[-1], 1.5 * np.eye(3) - 0.5)


def test_starts_depend_on_nothing_but_size_and_density():
    np.testing.assert_array_equal(starts(2, np.array([0.5, 0.5, 0.5])), starts(2, np.array([0.5, 0.5, 0.5])))
    assert np.isfinite(starts(1, np.array([0.1, 0.2]))).all()


def test_a_saddle_at_a_kink_is_left():
    """All descents that leave the first feature out end where the loss is convex on their side of the kink only."""
    found = at(0.5541020330009492, 1.5117750706156623, 2)
    assert found.loss < 0.10776
    assert abs(found.W[0]) == pytest.approx([0.2232, 1.0148], abs=1e-4)
    assert found.least_curvature > 0
