"""The effects of the article's claims, on ideal weights and on ones of which the answer is known by hand."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.judge.evidence import claim as known
from superposition.judge.intervals import estimate
from superposition.judge.quantifiers import needed
from superposition.judge.verdicts import Verdict, verdict
from superposition.measure.features import gram_matrix
from superposition.measure.reconstruction import error_sums
from superposition.spec.architectures import BUILT_IN
from superposition.spec.loading import load_experiment
from superposition.store.plugins import experiment_module
from superposition.train.controls import planted

N, M, SEEDS, SAMPLES = 40, 5, 4, 20_000
DEFAULT = {"served": 0.5, "bias": "bias", "alike": "lowest"}
IDEAL = {  # claims of whose truth there are ideal weights
    "linear-keeps-top", "relu-spreads", "less-important-served", "unit-serves-several", "linear-bias-order",
    "dense-models-alike", "both-conditions", "nonlinearity-needed", "sparsity-needed", "linear-capacity",
    "dataset-sparsity",
}  # fmt: skip


class Made:
    """Evidence of given weights, (W, b) by model and sparsity, the same for every seed; ideal ones where none are given."""

    features, sparsities, controls = N, ("0.1", "0.5", "0.9"), {"0": ("relu", "relu-output")}
    importance = np.linspace(1, 0.1, N)

    def __init__(self, given=(), models=(), **options):
        self.given, self.models, self.options = dict(given), dict(models), DEFAULT | options

    def model(self, name):
        return self.models.get(name, name)

    def hidden(self, name):
        return M

    def option(self, name):
        return self.options[name]

    def data(self, sparsity):
        return samples(sparsity)

    def of(self, name, sparsity):
        key = self.model(name), sparsity
        return self.given[key] if key in self.given else ideal(*key)

    def weights(self, name, sparsity, array):
        assert array == "W"
        return np.stack([np.asarray(self.of(name, sparsity)[0], dtype=float)] * SEEDS)

    def matrix(self, name, sparsity, array):
        W, b = (np.asarray(part, dtype=np.float32) for part in self.of(name, sparsity))
        if array == "gram":
            return np.stack([gram_matrix(W, W)] * SEEDS).astype(float)
        if array == "bias":
            return np.stack([b] * SEEDS).astype(float)
        sums = [error_sums(BUILT_IN[self.model(name)], W, W, b, x, False) for x in self.data(sparsity)]
        return np.stack([part[{"error_mean": 0, "error_square": 1}[array]] for part in sums]) / SAMPLES

    def metric(self, name, sparsity, column):
        assert column == "test_loss"
        return (self.matrix(name, sparsity, "error_square") * self.importance).mean(axis=1)


@cache
def samples(sparsity):
    """Held-out sets (seed, sample, feature)."""
    source = Distribution((float(sparsity),) * N)
    return np.stack([draw(np.random.default_rng(seed), SAMPLES, source) for seed in range(SEEDS)])


def ideal(model, sparsity):
    """The planted weights (W, b) of a model at a sparsity."""
    instance = SimpleNamespace(
        features=N, hidden=M, sparsity=sparsity, importance=tuple(Made.importance),
        distribution=Distribution((float(sparsity),) * N),
    )  # fmt: skip
    return planted["article", model](instance)


def dead():
    """Weights (W, b) whose hidden layer is silent behind a ReLU: every entry is negative."""
    return -np.ones((M, N)), np.full(N, 0.05)


@pytest.fixture(scope="module", autouse=True)
def modules():
    experiment_module("article", "claims")
    experiment_module("article", "planted")


@pytest.fixture(scope="module")
def claims():
    return load_experiment("article", "standard").experiment.claims


def effects(name, evidence):
    return known["article", name](evidence)


def means(name, evidence):
    return {part: values.mean() for part, values in effects(name, evidence).items()}


def held(claim, values):
    """Whether a claim holds in so many of the parts that have something to measure as its quantifier asks."""
    parts = [part for part in values.values() if not np.isnan(part).any()]
    known = [estimate(np.resize(part, 10), claim.scale) for part in parts]  # as many seeds as the standard preset has
    found = [verdict(effect, claim.direction, claim.threshold) for effect in known]
    return found.count(Verdict.REPRODUCED) >= needed(claim.quantifier, len(parts))


def test_the_claims_that_ideal_weights_can_make_true_come_out_true(claims):
    evidence = Made()
    assert {name for name, claim in claims.items() if held(claim, effects(name, evidence))} == IDEAL


def test_the_linear_optimum_serves_a_feature_a_dimension_and_loses_the_rest():
    evidence = Made()
    assert means("linear-keeps-top", evidence) == pytest.approx(dict.fromkeys(Made.sparsities, 1))
    assert means("linear-capacity", evidence) == pytest.approx(dict.fromkeys(Made.sparsities, 1), abs=0.05)
    assert means("linear-bias-order", evidence) == dict.fromkeys(Made.sparsities, 5)
    assert means("nonlinearity-needed", evidence) == dict.fromkeys(Made.sparsities, 0)
    assert means("sparsity-needed", evidence) == {"relu": 1, "relu-output": 1}


def test_pairs_of_units_serve_ten_features_and_every_unit_four():
    evidence = Made()
    assert means("relu-spreads", evidence) == {"0.1": 1, "0.5": 1, "0.9": 2}
    assert means("unit-serves-several", evidence) == {"0.1": 0, "0.5": 0, "0.9": 1}
    assert means("both-conditions", evidence) == {"S = 0.1 and 0.9": 1}
    found = means("less-important-served", evidence)
    assert found["0.1"] == pytest.approx(0, abs=0.05)
    assert found["0.9"] > 0.6


def test_a_hidden_layer_that_is_silent_serves_nothing():
    given = {(model, s): dead() for model in ("relu", "linear-hidden-relu") for s in ("0", *Made.sparsities)}
    evidence = Made(given, models={"linear": "linear-hidden-relu"})
    assert means("relu-spreads", evidence) == dict.fromkeys(Made.sparsities, 0)
    assert max(means("less-important-served", evidence).values()) <= 0.05
    assert means("both-conditions", evidence) == {"S = 0.1 and 0.9": 0}
    for name in ("linear-keeps-top", "unit-serves-several", "nonlinearity-needed"):
        assert all(np.isnan(values).all() for values in effects(name, evidence).values()), name
    found = effects("sparsity-needed", evidence)
    assert np.isnan(found["relu"]).all()
    assert (found["relu-output"] == 1).all()


def test_a_mixed_linear_model_shares_dimensions_and_explains_no_more():
    directions, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(N, M)))
    half = np.zeros((M, N))
    half[0, :2] = np.sqrt(0.5)
    half[range(1, M), range(2, M + 1)] = 1
    given = {("linear", "0.1"): (directions.T, np.zeros(N)), ("linear", "0.9"): (half, ideal("linear", "0.9")[1])}
    found = means("nonlinearity-needed", Made(given))
    assert found["0.1"] > 0.7
    assert found["0.9"] == pytest.approx(0.1)  # two features share one of five dimensions alike: the threshold
    assert max(means("linear-capacity", Made(given)).values()) <= 1.05


@pytest.mark.parametrize(("threshold", "served"), [(0.25, 2), (0.5, 2), (0.75, 0)])
def test_what_counts_as_served_is_the_reading_s(threshold, served):
    given = {("relu", "0.9"): (0.9 * ideal("relu", "0.9")[0], ideal("relu", "0.9")[1])}
    assert means("relu-spreads", Made(given, served=threshold))["0.9"] == served


def test_without_a_bias_there_is_no_order_and_nothing_to_compare():
    given = {("linear", s): (ideal("linear", s)[0], np.zeros(N)) for s in Made.sparsities}
    for name in ("linear-bias-order", "relu-bias-lower"):
        assert all(np.isnan(values).all() for values in effects(name, Made(given)).values())
        assert not any(np.isnan(values).any() for values in effects(name, Made(given, bias="error-mean")).values())


def test_equal_biases_have_equal_shares_of_the_lowest_places():
    b = np.ones(N)
    b[[0, 1, 10]] = 0
    b[2:5] = b[20:23] = 0.5  # six for the two places that are left: a third of a place each
    given = {("linear", s): (ideal("linear", s)[0], b) for s in Made.sparsities}
    assert means("linear-bias-order", Made(given)) == pytest.approx(dict.fromkeys(Made.sparsities, 3))


def test_lower_biases_are_counted_and_equal_ones_by_half():
    W, b = ideal("linear", "0.9")
    lower = b.copy()
    lower[:10] -= 0.1
    given = {("relu", s): (W, lower) for s in Made.sparsities} | {("linear", s): (W, b) for s in Made.sparsities}
    assert means("relu-bias-lower", Made(given)) == pytest.approx(dict.fromkeys(Made.sparsities, 0.25 + 0.75 / 2))


def test_noise_off_the_diagonal_is_not_divided_by_noise():
    W, b = ideal("linear", "0.1")
    mixed = W + 1e-3 * np.random.default_rng(5).normal(size=W.shape)
    given = {("linear", "0.9"): (mixed, b), ("relu", "0.1"): (W, b), ("relu", "0.9"): (np.ones((M, N)) / 5, b)}
    found = means("sparsity-brings-superposition", Made(given))
    assert found["linear"] == 1
    # Of the ones: every entry of WᵀW is 5/25, of which 40·39 lie off the diagonal; the floor is 0.1 √5.
    assert found["relu"] == pytest.approx(np.sqrt(40 * 39) / 5 / (0.1 * np.sqrt(5)))


def test_the_remark_on_likeness_speaks_of_one_sparsity_or_of_both():
    found = effects("dense-models-alike", Made())
    assert (found["0.1"] == 0).all()
    assert np.isnan(found["0.9"]).all()
    found = effects("dense-models-alike", Made(alike="both"))
    assert (found["0.1"] == 0).all()
    assert (found["0.9"] > 0.1).all()


def test_models_that_were_never_trained_are_not_alike():
    initial = np.random.default_rng(9).normal(size=(SEEDS, M, N)) / np.sqrt(N)
    evidence = Made()
    evidence.matrix = lambda name, sparsity, array: gram_matrix(initial, initial)
    assert effects("dense-models-alike", evidence)["0.1"] == pytest.approx(1, abs=0.25)


def test_a_reconstruction_that_is_worse_than_the_mean_is_no_less_than_none():
    bad = {
        (model, s): (np.ones((M, N)) * float(s), np.zeros(N)) for model in ("linear", "relu") for s in Made.sparsities
    }
    assert means("superposition-rises", Made(bad)) == {"0.1 to 0.5": 0, "0.5 to 0.9": 0}
    assert means("less-important-served", Made(bad)) == dict.fromkeys(Made.sparsities, 0)


def test_superposition_rises_by_what_more_is_explained_a_dimension():
    found = means("superposition-rises", Made())
    assert found["0.1 to 0.5"] == pytest.approx(0, abs=0.05)
    assert found["0.5 to 0.9"] == pytest.approx(0.47, abs=0.05)  # ten features at 0.74 in place of five at 1


def test_where_the_other_model_shares_too_the_conditions_are_not_both_needed():
    assert means("both-conditions", Made({("relu", "0.9"): ideal("linear", "0.9")})) == {"S = 0.1 and 0.9": 0}
    assert means("both-conditions", Made(models={"linear": "relu"})) == {"S = 0.1 and 0.9": 0}
