"""The exact expected losses of a model, against simulation, numerical integration and cases worked out by hand."""

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from superposition.data.sampling import Distribution, draw
from superposition.data.streams import Purpose, stream
from superposition.measure.decomposition import (
    empty_loss,
    linear_loss,
    one_feature_loss,
    one_feature_responses,
    sparse_loss,
)
from superposition.measure.theory import linear_optimum
from superposition.store.plugins import experiment_module

phases = experiment_module("phase-change", "phases")
COSINE = np.cos(2 * np.pi / 5)
ANGLES = 2 * np.pi * np.arange(5) / 5
PENTAGON = np.stack([np.cos(ANGLES), np.sin(ANGLES)])
ANTIPODAL = np.array([[1.0, -1.0]])


def model(seed, hidden=3, features=6):
    """Weights, biases and loss weights without any symmetry; slopes and crossings of every sign."""
    generator = np.random.default_rng(seed)
    W, b = generator.normal(size=(hidden, features)) * 0.7, generator.normal(size=features) * 0.3
    return W, b, generator.uniform(0.2, 1.5, features)


def relu(values):
    return np.maximum(values, 0)


@pytest.mark.parametrize("sparsity", [0.0, 0.4, 0.95])
def test_the_linear_loss_is_that_of_samples(sparsity):
    W, b, c = model(0)
    x = draw(stream(0, Purpose.TEST_SET), 400_000, Distribution((sparsity,) * 6)).astype(np.float64)
    losses = (np.square(x - (x @ W.T @ W + b)) * c).sum(axis=1)
    error = losses.std() / np.sqrt(len(losses))
    assert linear_loss(W, b, c, sparsity).total == pytest.approx(losses.mean(), abs=4 * error)


def test_the_parts_of_the_linear_loss_are_the_paper_s_sums():
    W, b, c = model(1, hidden=2, features=3)
    loss = linear_loss(W, b, c, 0.8)
    variance, mean = 0.2 / 3 - 0.1**2, 0.1
    benefit = sum(c[i] * (1 - W[:, i] @ W[:, i]) ** 2 for i in range(3))
    others = sum(c[j] * (W[:, j] @ W[:, i]) ** 2 for i in range(3) for j in range(3) if i != j)
    answers = W.T @ W @ np.full(3, mean) + b
    assert loss.benefit == pytest.approx(variance * benefit)
    assert loss.interference == pytest.approx(variance * others)
    assert loss.mean_error == pytest.approx(sum(c * (answers - mean) ** 2))


def test_the_linear_optimum_loses_the_least_features_variance_and_nothing_else():
    importance, sparsity = 0.7 ** np.arange(20), 0.9
    W, b = np.eye(20)[:5], np.where(np.arange(20) < 5, 0.0, (1 - sparsity) / 2)
    loss = linear_loss(W, b, importance, sparsity)
    assert loss.total == pytest.approx(linear_optimum(importance, 5, Distribution((sparsity,) * 20)))
    assert loss.interference == 0
    assert loss.mean_error == 0


def test_an_antipodal_pair_gains_the_linear_model_nothing():
    # Each feature is kept whole and the other costs as much as it: 2 Var, besides the mean error 2 · (1/4)².
    loss = linear_loss(ANTIPODAL, np.zeros(2), np.ones(2), 0.5)
    assert (loss.benefit, loss.interference, loss.mean_error) == pytest.approx((0, 2 * (1 / 6 - 1 / 16), 2 / 16))


def by_quadrature(W, b, c):
    """L_1 by its parts: adaptive quadrature, told where the ReLU switches."""
    gram, features = W.T @ W, len(b)
    benefit = interference = 0.0
    for i in range(features):
        for j in range(features):
            switch = [x for x in [-b[j] / gram[j, i]] if 0 < x < 1] or None
            target = float(i == j)
            square = lambda x, i=i, j=j, t=target: (t * x - relu(gram[j, i] * x + b[j])) ** 2  # noqa: E731
            integral = c[j] * quad(square, 0, 1, points=switch)[0]
            benefit, interference = benefit + integral * target, interference + integral * (1 - target)
    return benefit, interference


@pytest.mark.parametrize("seed", range(8))
def test_the_loss_of_one_feature_is_its_integral(seed):
    W, b, c = model(seed)
    loss = one_feature_loss(W, b, c)
    assert (loss.benefit, loss.interference) == pytest.approx(by_quadrature(W, b, c), rel=1e-9)


def test_the_loss_of_one_feature_is_that_of_samples():
    W, b, c = model(3)
    generator = np.random.default_rng(0)
    x = np.zeros((300_000, 6))
    x[np.arange(len(x)), generator.integers(0, 6, len(x))] = generator.random(len(x))
    losses = 6 * (np.square(x - relu(x @ W.T @ W + b)) * c).sum(axis=1)  # L_1 sums over which feature is active
    error = losses.std() / np.sqrt(len(losses))
    assert one_feature_loss(W, b, c).total == pytest.approx(losses.mean(), abs=4 * error)


def test_a_pentagon_without_bias_suffers_from_each_feature_s_two_neighbours():
    loss = one_feature_loss(PENTAGON, np.zeros(5), np.ones(5))
    assert loss.benefit == pytest.approx(0)
    assert loss.interference == pytest.approx(10 * COSINE**2 / 3)  # ∫ (x cos 72°)² dx, ten times


def test_a_pentagon_s_bias_trades_interference_for_benefit():
    loss = one_feature_loss(PENTAGON, np.full(5, -COSINE), np.ones(5))
    assert loss.interference == pytest.approx(0, abs=1e-30)
    # Off by x up to cos 72°, by cos 72° from there on.
    assert loss.benefit == pytest.approx(5 * (COSINE**3 / 3 + COSINE**2 * (1 - COSINE)))


def test_an_antipodal_pair_costs_nothing_until_both_features_are_active():
    assert one_feature_loss(ANTIPODAL, np.zeros(2), np.ones(2)).total == 0
    loss = sparse_loss(ANTIPODAL, np.zeros(2), np.array([1.0, 0.3]), 0.9)
    assert loss.loss == 0
    assert loss.left_out == pytest.approx(0.1**2)
    both = dblquad(lambda y, x: (x - relu(x - y)) ** 2 + 0.3 * (y - relu(y - x)) ** 2, 0, 1, 0, 1)[0]
    assert loss.left_out * both == pytest.approx(phases.solution_losses(0.1, 0.3, 2)[2], rel=1e-4)


def test_an_antipodal_pair_with_a_positive_bias_answers_when_nothing_is_there():
    loss = one_feature_loss(ANTIPODAL, np.array([0.5, -2.0]), np.ones(2))
    # Feature 1 comes back half too large; 2 never: 1/4 + 1/3. Output 1 hears feature 2 as ReLU(1/2 − x): 1/24.
    assert (loss.benefit, loss.interference) == pytest.approx((1 / 4 + 1 / 3, 1 / 24))
    assert empty_loss(np.array([0.5, -2.0]), np.array([0.8, 1.0])) == pytest.approx(0.2)


def test_the_sparse_loss_is_what_samples_with_one_active_feature_at_most_contribute():
    W, b, c = model(4)
    x = draw(stream(1, Purpose.TEST_SET), 400_000, Distribution((0.9,) * 6)).astype(np.float64)
    losses, many = (np.square(x - relu(x @ W.T @ W + b)) * c).sum(axis=1), (x > 0).sum(axis=1) > 1
    expected = sparse_loss(W, b, c, 0.9)
    error = np.where(many, 0, losses).std() / np.sqrt(len(x))
    assert expected.loss == pytest.approx(np.where(many, 0, losses).mean(), abs=4 * error)
    left_out = float(expected.left_out)
    assert left_out == pytest.approx(many.mean(), abs=4 * np.sqrt(left_out / len(x)))


def test_models_along_leading_axes_are_as_one_by_one():
    generator = np.random.default_rng(9)
    W, b = generator.normal(size=(2, 3, 4, 7)), generator.normal(size=(2, 3, 7)) * 0.3
    c, sparsity = generator.random((3, 7)), np.array([[0.2], [0.9]])
    linear, one = linear_loss(W, b, c, sparsity), one_feature_loss(W, b, c)
    sparse = sparse_loss(W, b, c, sparsity)
    assert linear.total.shape == one.total.shape == sparse.loss.shape == (2, 3)
    for i, k in np.ndindex(2, 3):
        assert linear.total[i, k] == pytest.approx(linear_loss(W[i, k], b[i, k], c[k], sparsity[i, 0]).total)
        assert one.benefit[i, k] == pytest.approx(one_feature_loss(W[i, k], b[i, k], c[k]).benefit)
        assert sparse.loss[i, k] == pytest.approx(sparse_loss(W[i, k], b[i, k], c[k], sparsity[i, 0]).loss)


@pytest.mark.parametrize("slope", [0.0, 1e-300, -1e-300, 1e-12])
def test_a_slope_of_nearly_nothing_costs_what_its_bias_does(slope):
    W = np.array([[1.0, slope], [0.0, 1.0]])
    loss = one_feature_loss(W, np.array([0.5, -0.5]), np.ones(2))
    assert loss.interference == pytest.approx(0.25)
    assert loss.benefit == pytest.approx(0.25 + (0.5**3 / 3 + 0.25 * 0.5))


def test_float32_weights_are_computed_with_in_float64():
    W, b, c = model(5)
    low = one_feature_loss(W.astype(np.float32), b.astype(np.float32), c)
    assert low.total.dtype == np.float64
    assert low.total == pytest.approx(one_feature_loss(W, b, c).total, rel=1e-5)


def test_the_response_to_one_feature_is_the_integral_over_its_strength():
    W, b, _ = model(3, hidden=2, features=3)
    found = one_feature_responses(W, b)
    for j, i in np.ndindex(3, 3):
        expected = quad(lambda x, j=j, i=i: relu(W[:, j] @ W[:, i] * x + b[j]) ** 2, 0, 1, limit=200)[0]
        assert found[j, i] == pytest.approx(expected, abs=1e-9)
