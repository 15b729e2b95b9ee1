"""The closed form of the linear model's least loss, against principal components and numbers worked out by hand."""

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.data.streams import Purpose, stream
from superposition.measure.theory import feature_variances, linear_optimum


@pytest.mark.parametrize("values", ["unit", "signed"])
@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.9])
def test_variance_is_that_of_the_samples(sparsity, values):
    source = Distribution((sparsity, 0.3), values)
    x = draw(stream(0, Purpose.TEST_SET), 400_000, source)
    assert x.var(axis=0, dtype=np.float64) == pytest.approx(feature_variances(source), rel=0.02)


def test_the_optimum_is_the_tail_of_a_weighted_principal_component_analysis():
    # Eckart-Young on the covariance diag(c_i Var): what a rank-m map cannot keep is the sum of the smaller eigenvalues.
    weights = np.array([0.3, 1.0, 0.7, 0.2, 0.9])
    source = Distribution((0.5, 0.9, 0.5, 0.2, 0.8))
    eigenvalues = np.linalg.eigvalsh(np.diag(weights * feature_variances(source)))
    assert linear_optimum(weights, 2, source) == pytest.approx(eigenvalues[:3].sum())


def test_the_article_s_optimum():
    # Σ_{i>5} I_i = 17.2308 with I from 1 to 0.1 over 40 features; Var = 0.3 − 0.45² = 0.0975 at S = 0.1.
    importance = np.linspace(1, 0.1, 40) / 40
    assert linear_optimum(importance, 5, Distribution((0.1,) * 40)) == pytest.approx(17.230769 * 0.0975 / 40, rel=1e-6)


def test_nothing_is_lost_when_every_feature_fits():
    assert linear_optimum(np.ones(4), 4, Distribution((0.5,) * 4)) == 0
    assert linear_optimum(np.ones(4), 9, Distribution((0.5,) * 4)) == 0


def test_there_is_no_closed_form_for_coupled_features():
    with pytest.raises(ValueError, match="independent"):
        linear_optimum(np.ones(2), 1, Distribution((0.5, 0.5), sets=((0, 1),)))
