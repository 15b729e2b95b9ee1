"""Effects of the experiment uniform-geometry, on weights made by hand whose geometry is known."""

from math import sqrt

import numpy as np
import pytest
from scipy.linalg import block_diag
from superposition.judge.evidence import claim as known
from superposition.measure.features import dimensionality
from superposition.store.plugins import experiment_module

TRIANGLE = np.array([[1, 0], [-1 / 2, sqrt(3) / 2], [-1 / 2, -sqrt(3) / 2]]).T
DIGON = np.array([[1.0, -1.0]])
SEEDS = 2


class Made:
    """Evidence of hand-made weights: {model: {sparsity: W (hidden, feature)}}, the same for every seed."""

    def __init__(self, weights):
        self._weights = weights
        self.sparsities = list(weights["large"])

    def hidden(self, model):
        return len(next(iter(self._weights[model].values())))

    def weights(self, model, sparsity, name):
        assert name == "W"
        return np.stack([self._weights[model][sparsity]] * SEEDS)

    def matrix(self, model, sparsity, name):
        assert name == "dimensionality"
        return dimensionality(self.weights(model, sparsity, "W"))

    def metric(self, model, sparsity, name):
        assert name == "frobenius_squared"
        return np.square(self.weights(model, sparsity, "W")).sum(axis=(1, 2))


def effects(claim, evidence):
    """The effect of each part; it is the same for every seed."""
    found = known["uniform-geometry", claim](evidence)
    for values in found.values():
        assert values.shape == (SEEDS,)
        assert values[0] == values[1]
    return {part: values[0] for part, values in found.items()}


@pytest.fixture(autouse=True)
def claims():
    """The experiment's claims, registered."""
    experiment_module("uniform-geometry", "claims")


def alike(by_sparsity):
    """The three models with the same weights."""
    return Made({model: by_sparsity for model in ("large", "wide", "small")})


def padded(W, features=12):
    """W with features of length zero."""
    return np.hstack([W, np.zeros((len(W), features - W.shape[1]))])


# Four dimensions: four orthogonal features at two sparsities, digons at three, then ten features of which each is a
# little shorter at every sparsity, so that D* is 1, 1, 0.5, 0.5, 0.5, then falls.
DEDICATED, DIGONS = padded(np.eye(4)), padded(block_diag(*[DIGON] * 4))
CROWD = np.vstack([np.ones((1, 12)), np.eye(3, 12)])
PLATEAUS = {
    "0": DEDICATED,
    "0.2": DEDICATED,
    "0.5": DIGONS,
    "0.6": DIGONS,
    "0.75": DIGONS,
    "0.8": CROWD,
    "0.9": 1.5 * CROWD,
}


def test_plateaus_are_found_where_they_are():
    """At one and at one half, without being told."""
    assert effects("sticky-at-one", alike(PLATEAUS)) == pytest.approx({"large": 0, "wide": 0, "small": 0}, abs=1e-9)
    assert effects("sticky-at-half", alike(PLATEAUS)) == pytest.approx({"large": 0, "wide": 0, "small": 0}, abs=1e-9)


def test_the_narrower_plateau_is_compared_with_a_straight_line():
    """The one at 1 is log 1/0.8 wide; a line falling from 1 to 4/33.75 is within 5 % over 0.1 · log 10 / log 8.44."""
    straight = 0.1 * np.log(10) / np.log(15 * 1.5**2 / 4)
    assert effects("sticky", alike(PLATEAUS))["large"] == pytest.approx(np.log(1 / 0.8) / straight)


def test_a_curve_without_plateaus_has_level_and_width_zero():
    """D* that halves at every sparsity stays near no level."""
    falling = {s: sqrt(2.0**i) * DEDICATED for i, s in enumerate(("0", "0.5", "0.75", "0.875"))}
    assert effects("sticky-at-one", alike(falling))["large"] == -1.0
    assert effects("sticky-at-half", alike(falling))["large"] == -0.5
    assert effects("sticky", alike(falling))["large"] == 0.0
    assert effects("pairs-at-half", alike(falling))["large"] == 0.0


def test_pairs_are_counted_on_the_plateau_and_over_the_stretch_where_they_prevail():
    """Every represented feature is in a digon from S = 0.5 to 0.75: a factor of two in 1/(1 − S)."""
    assert effects("pairs-at-half", alike(PLATEAUS))["large"] == 1.0
    assert effects("pairs-preferred", alike(PLATEAUS))["large"] == pytest.approx(2.0)


def test_a_feature_with_a_dimension_of_its_own_is_seen_on_the_plateau_at_one():
    """Four of twelve features have D = 1."""
    assert effects("no-line-at-one", alike(PLATEAUS))["large"] == pytest.approx(4 / 12)


# Three dimensions: a triangle and a digon make a triangular bipyramid; nine features are not represented.
BIPYRAMID = padded(block_diag(TRIANGLE, DIGON))


def test_a_triangular_bipyramid_is_a_triangle_and_a_digon():
    """Its D_i are 2/3 and 1/2, none 3/5, and they add up to three."""
    evidence = alike({"0.5": BIPYRAMID, "0.75": BIPYRAMID})
    assert effects("triangles-with-pairs", evidence)["large"] == 1.0
    assert effects("no-bipyramid-line", evidence)["large"] == 0.0
    assert effects("fractions", evidence) == {"0.5": 1.0, "0.75": 1.0}
    assert effects("packed", evidence) == pytest.approx({"0.5": 0.0, "0.75": 0.0})
    expected = {"tetrahedron": 0, "triangle": 2, "digon": 2, "pentagon": 0, "square antiprism": 0}
    assert effects("structures", evidence) == expected


def test_lines_are_of_the_features_that_have_their_polytope_s_fraction():
    """A triangle with a vertex of 1.5 times the length is one by its directions, but not by its dimensionalities."""
    uneven = padded(block_diag(TRIANGLE * [1.5, 1, 1], DIGON))
    found = effects("lines", alike({"0.5": BIPYRAMID, "0.75": uneven}))
    assert found["triangle"] == 0.5
    assert found["digon"] == found["not represented"] == 1.0
    assert found["tetrahedron"] == 0.0  # none formed


def test_a_feature_at_three_fifths_is_seen():
    """Two features in a dimension have D = a/(a + b) each, a and b their squared norms: 3/5 and 2/5."""
    pair = padded(np.array([[sqrt(3), -sqrt(2)]]))
    found = effects("no-bipyramid-line", alike({"0.5": pair, "0.75": pair}))
    assert found["large"] == 0.5


def test_numbers_of_features_are_compared_between_models():
    """Two digons against one: twice as many; the same digon among more features: as many."""
    one, two = {"0.5": padded(DIGON)}, {"0.5": padded(block_diag(DIGON, DIGON))}
    evidence = Made({"large": two, "wide": one, "small": {"0.5": DIGON}})
    assert effects("doubling", evidence) == pytest.approx({"0.5": 0.0})
    assert effects("number-of-features", evidence) == pytest.approx({"0.5": 0.0})
