"""Closed forms, against direct computation."""

import numpy as np
import pytest
from superposition.sampling import draw
from superposition.streams import Purpose, stream
from superposition.theory import feature_variance, linear_optimum


@pytest.mark.parametrize("values", ["unit", "signed"])
@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.9])
def test_variance_is_that_of_the_samples(sparsity, values):
    x = draw(stream(0, Purpose.TEST_SET), 400_000, 1, sparsity, values)
    assert x.var(dtype=np.float64) == pytest.approx(feature_variance(sparsity, values), rel=0.02)


def test_the_optimum_is_the_tail_of_a_weighted_principal_component_analysis():
    # Eckart-Young on the covariance diag(c_i Var): what a rank-m map cannot keep is the sum of the smaller eigenvalues.
    weights = np.array([0.3, 1.0, 0.7, 0.2, 0.9])
    eigenvalues = np.linalg.eigvalsh(np.diag(weights) * feature_variance(0.5))
    assert linear_optimum(weights, 2, 0.5) == pytest.approx(eigenvalues[:3].sum())


def test_the_article_s_optimum():
    # Σ_{i>5} I_i = 17.2308 with I from 1 to 0.1 over 40 features; Var = 0.3 − 0.45² = 0.0975 at S = 0.1.
    importance = np.linspace(1, 0.1, 40) / 40
    assert linear_optimum(importance, 5, 0.1) == pytest.approx(17.230769 * 0.0975 / 40, rel=1e-6)


def test_nothing_is_lost_when_every_feature_fits():
    assert linear_optimum(np.ones(4), 4, 0.5) == 0
    assert linear_optimum(np.ones(4), 9, 0.5) == 0
