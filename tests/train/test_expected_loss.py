"""The expected loss of small ReLU models: against rational arithmetic, simulation, torch and the paper's closed forms."""

import numpy as np
import pytest
import torch
from exact_integral import exact_loss
from superposition.data.sampling import Distribution, draw
from superposition.train.models import ReLUOutput
from superposition.train.optimum.expected_loss import derivatives, expected_loss

SIZES = [(1, 1), (2, 1), (3, 1), (2, 2), (3, 2)]


def random_model(seed, n, m, scale=1.0):
    """W, b, sparsity and loss weights."""
    generator = np.random.default_rng(seed)
    W, b = scale * generator.normal(size=(m, n)), 0.4 * generator.normal(size=n)
    return W, b, generator.random(n), generator.uniform(0.1, 3.0, n)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("scale", [1e-4, 0.3, 1.0, 3.0])
def test_it_is_exact_to_rounding(size, scale):
    for seed in range(10):
        model = random_model(seed, *size, scale)
        exact = exact_loss(*model)
        assert expected_loss(*model) == pytest.approx(exact, abs=1e-14 * max(1.0, exact), rel=0)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_is_the_mean_over_simulated_samples(size):
    W, b, sparsity, weights = model = random_model(7, *size)
    x = draw(np.random.default_rng(1), 1_000_000, Distribution(tuple(sparsity)))
    errors = (weights * np.square(np.maximum(x @ W.T @ W + b, 0) - x)).sum(axis=1)
    assert expected_loss(*model) == pytest.approx(errors.mean(), abs=4 * errors.std() / 1000)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_gradient_and_hessian_are_its_differences(size):
    n, m = size
    for seed in range(10):
        W, b, sparsity, weights = random_model(seed, n, m)
        at = np.concatenate([W.ravel(), b])
        _, gradient, hessian = derivatives(W, b, sparsity, weights)
        np.testing.assert_allclose(hessian, hessian.T, atol=1e-13)
        for p in range(len(at)):
            step = 1e-6 * np.eye(len(at))[p]
            sides = [(at + side * step) for side in (1, -1)]
            (above, up, _), (below, down, _) = (
                derivatives(side[: m * n].reshape(m, n), side[m * n :], sparsity, weights) for side in sides
            )
            assert (above - below) / 2e-6 == pytest.approx(gradient[p], abs=1e-7)
            np.testing.assert_allclose((up - down) / 2e-6, hessian[p], atol=1e-6)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_gradient_is_torch_s_of_the_model_on_a_fine_grid(size):
    """Midpoints of 100 cells a side for each set of active features, weighted by the set's probability."""
    n, m = size
    W, b, sparsity, weights = random_model(3, n, m)
    model = ReLUOutput(torch.tensor(W), torch.tensor(b))
    middle, total = (np.arange(100) + 0.5) / 100, 0.0
    for members in np.ndindex(*[2] * n):
        axes = [middle if on else np.zeros(1) for on in members]
        x = torch.tensor(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, n))
        loss = (torch.tensor(weights) * (model(x) - x) ** 2).sum(dim=1).mean()
        total = total + loss * np.prod(np.where(members, 1 - sparsity, sparsity))
    total.backward()
    loss, gradient, _ = derivatives(W, b, sparsity, weights)
    assert loss == pytest.approx(total.item(), abs=1e-3)
    np.testing.assert_allclose(gradient, torch.cat([model.W.grad.ravel(), model.b.grad]), atol=2e-3)


@pytest.mark.parametrize("density", [1.0, 0.6, 0.05])
@pytest.mark.parametrize("relative", [0.3, 1.0, 5.0])
def test_the_paper_s_closed_forms_are_its_values_there(density, relative):
    """ "Toy Models of Superposition", §3: ignore first, ignore extra, antipodal with extra, antipodal among others."""
    variance, mean = density / 3 - density**2 / 4, density / 2
    cases = [
        ([[0, 1]], [mean, 0], variance),
        ([[1, 0]], [0, mean], relative * variance),
        ([[1, -1]], [0, 0], (1 + relative) * density**2 / 6),
        ([[0, 1, 0], [0, 0, 1]], [mean, 0, 0], variance),
        ([[1, 0, 0], [0, 1, 0]], [0, 0, mean], relative * variance),
        ([[1, 0, 0], [0, 1, -1]], [0, 0, 0], (1 + relative) * density**2 / 6),
        ([[1, -1, 0], [0, 0, 1]], [0, 0, 0], density**2 / 3),
    ]
    for W, b, loss in cases:
        n = len(b)
        found = expected_loss(np.array(W, float), np.array(b), [1 - density] * n, [1.0] * (n - 1) + [relative])
        assert found == pytest.approx(loss, abs=1e-15)


@pytest.mark.parametrize("S", [0.0, 3 / 7, 0.9])
def test_a_feature_left_out_costs_what_an_antipodal_pair_does_at_a_sparsity_of_three_sevenths(S):
    """A dropped feature costs (1 − S)(1 + 3S)/12, whatever else is stored; a pair is worth it where S > 3/7."""
    dropped = expected_loss(np.array([[1.0, 0.0]]), np.array([0.0, (1 - S) / 2]), [S, S], [1.0, 1.0])
    paired = expected_loss(np.array([[1.0, -1.0]]), np.zeros(2), [S, S], [1.0, 1.0])
    assert dropped == pytest.approx((1 - S) * (1 + 3 * S) / 12)
    assert np.sign(np.round(dropped - paired, 12)) == np.sign(S - 3 / 7)


def test_a_turned_hidden_layer_changes_nothing():
    W, b, sparsity, weights = random_model(0, 3, 2)
    turned = np.array([[0.6, -0.8], [0.8, 0.6]]) @ W
    assert expected_loss(turned, b, sparsity, weights) == pytest.approx(expected_loss(W, b, sparsity, weights))
    _, gradient, _ = derivatives(W, b, sparsity, weights)
    assert gradient @ np.concatenate([-W[1], W[0], np.zeros(3)]) == pytest.approx(0, abs=1e-14)


def test_an_output_that_is_never_positive_has_no_slope():
    loss, gradient, hessian = derivatives(np.array([[1.0, 0.0]]), np.array([0.0, -0.1]), [0.5, 0.5], [1.0, 1.0])
    assert loss == pytest.approx(0.5 / 3)  # the second feature's second moment
    assert not gradient[[1, 3]].any()
    assert not hessian[3].any()


def test_four_features_are_too_many():
    with pytest.raises(ValueError, match="at most 3 features; found 4"):
        expected_loss(np.zeros((1, 4)), np.zeros(4), [0.5] * 4, [1.0] * 4)
