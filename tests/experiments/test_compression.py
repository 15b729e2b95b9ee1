"""The measures of penalised models, of sparse recovery and of nonlinear compression, on answers known by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from superposition.judge.evidence import claim as known
from superposition.store.plugins import experiment_module
from superposition.train.controls import planted

ID = "compression"
PENALTIES = [0, 0.1, 0.2, 0.4]
SPARSITIES = ("0.7", "0.97")
WIDTHS = {"relu": 5, "neurons": 5, "four": 4, "eight": 8, "twelve": 12}


@pytest.fixture(scope="module", autouse=True)
def folder():
    for name in ("planted", "claims"):
        experiment_module(ID, name)
    modules = ("penalised", "sensing", "nonlinear")
    return SimpleNamespace(**{name: experiment_module(ID, name) for name in modules})


class Planted:
    """Evidence of planted models: arrays (penalty, seed, ...)."""

    features, sparsities, sweep = 20, SPARSITIES, {"training.l1": PENALTIES}

    def __init__(self, **options):
        self.options = {"interference": 0.1, "ramp": "centred"} | options

    def option(self, name):
        return self.options[name]

    def hidden(self, name):
        return WIDTHS[name]

    def weights(self, name, sparsity, array):
        found = [planted[ID, name](self._instance(name, sparsity, penalty)) for penalty in PENALTIES]
        return np.stack([np.stack([model["Wb".index(array)]] * 2) for model in found])

    def _instance(self, name, sparsity, penalty):
        return SimpleNamespace(
            point=(penalty,), features=20, hidden=WIDTHS[name], sparsity=sparsity, importance=0.9 ** np.arange(20),
            architecture="relu" if name == "neurons" else "relu-output",
        )  # fmt: skip

    def metric(self, name, sparsity, column):
        return np.array([[1.0, 1.0], [1.5, 2.0], [3.0, 3.0], [4.0, 4.0]])

    def data(self, sparsity):
        return np.zeros((2, 1, 20))


def effects(claim, **options):
    return {part: values.tolist() for part, values in known[ID, claim](Planted(**options)).items()}


def test_planted_models_lose_superposition_at_the_first_penalty():
    assert effects("superposition-gone") == {s: [1, 1] for s in SPARSITIES}
    assert effects("higher-loss")["0.7"] == pytest.approx([0.5, 1.0])
    assert effects("large-cost") == {"0.97": pytest.approx([0.5, 1.0])}


def test_planted_features_die_from_the_least_important_and_lie_along_units():
    assert effects("killed-by-importance")["0.7"] == [1, 1]
    assert effects("aligned")["0.97"] == pytest.approx([1, 1])
    assert min(effects("alignment-rises")["0.97"]) > 0.25
    # Features represented: ten, five, five and four (0.6 · 0.9³ > 0.4 > 0.6 · 0.9⁴): ranks with a tie.
    assert effects("threshold-rises")["0.7"] == pytest.approx([-3 / np.sqrt(10)] * 2, abs=0.01)


def test_pairs_are_in_superposition_and_orthogonal_features_are_not(folder):
    pair = np.zeros((2, 6))
    pair[0, :2] = 1.0, -1.0
    pair[1, 2] = 0.9
    assert folder.penalised.superposed(pair, 0.1).tolist() == [True, True, False, False, False, False]
    assert not folder.penalised.without_superposition(pair, 0.1)
    assert folder.penalised.without_superposition(np.eye(3, 6), 0.1)
    assert not folder.penalised.without_superposition(np.eye(3, 6)[:2], 0.1)  # two features: emptied
    # Interference of 0.04: a cosine of 0.2 between features of norm 1.
    tilted = np.eye(3, 6)
    tilted[:, 1] = 0.2, np.sqrt(0.96), 0.0
    for least, gone in ((0.1, True), (0.03, False)):
        assert bool(folder.penalised.without_superposition(tilted, least)) is gone


def test_alignment_is_one_along_units_and_zero_at_random(folder):
    assert folder.penalised.alignment(np.eye(2, 5)) == pytest.approx(1)
    # In the plane a random direction's larger component is 2√2/π on average; features at 45° have 1/√2.
    random = 2 * np.sqrt(2) / np.pi
    assert folder.penalised.random_alignment(2) == pytest.approx(random, abs=0.001)
    diagonal = np.full((2, 1), 1.0)
    assert folder.penalised.alignment(diagonal) == pytest.approx((np.sqrt(0.5) - random) / (1 - random), rel=0.02)
    assert np.isnan(folder.penalised.alignment(np.zeros((2, 5))))


def test_order_counts_pairs_of_a_represented_and_an_absent_feature(folder):
    W = np.array([[1.0, 0.0, 1.0, 0.0]])
    assert folder.penalised.in_order(W) == pytest.approx(3 / 4)  # only 3 after 2 is wrong
    assert np.isnan(folder.penalised.in_order(np.ones((1, 4))))


def test_basis_pursuit_finds_the_sparsest_by_hand(folder):
    # Two dimensions, three features: e1, e2 and their sum. (1, 1) is one unit of the third, not one of each other.
    W = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    x = np.array([[0.0, 0.0, 1.0], [0.5, 0.0, 0.5], [1.0, 1.0, 0.0]])
    answers = folder.sensing.basis_pursuit(W, x)
    assert answers == pytest.approx(np.array([[0, 0, 1], [0.5, 0, 0.5], [0, 0, 1]]))
    assert folder.sensing.samples_recovered(answers, x) == pytest.approx(2 / 3)


def test_halves_are_counted_by_active_features_alone(folder):
    x = np.array([[1.0, 0, 0, 0.5], [0, 0.5, 0.8, 0]])
    answers = np.array([[0.95, 0, 0, 0.0], [0, 0.0, 0.85, 0]])
    assert folder.sensing.features_recovered(answers, x, 0) == 0.5
    assert folder.sensing.features_recovered(answers, x, 1) == 0.5


def test_samples_have_two_features_that_are_clearly_active(folder):
    x = folder.sensing.sparse_samples(20, 3)
    assert ((x > 0).sum(axis=1) == 2).all()
    assert x[x > 0].min() >= 0.2


@pytest.mark.parametrize("ramp", ["centred", "before"])
def test_narrow_segments_quantise_one_feature_and_keep_the_other(folder, ramp):
    found = folder.nonlinear.expected_loss(3, 1e-9, ramp)
    assert found == pytest.approx(1 / 108, rel=0.01)  # a uniform error of width 1/3, and none
    t = folder.nonlinear.encode(np.array([0.1, 0.5, 0.9]), 0.25, 3, 1e-9, ramp)
    assert t == pytest.approx([0.25 / 3, 1.25 / 3, 2.25 / 3])
    x, y = folder.nonlinear.decode(t, 3, 1e-9, ramp)
    assert x == pytest.approx([1 / 6, 0.5, 5 / 6])
    assert y == pytest.approx([0.25] * 3)


def test_the_loss_is_that_of_samples(folder):
    x, y = np.random.default_rng(0).uniform(size=(2, 400_000))
    there, back = folder.nonlinear.decode(folder.nonlinear.encode(x, y, 3, 0.1, "before"), 3, 0.1, "before")
    sampled = np.square(x - there) + np.square(y - back)
    error = sampled.std() / np.sqrt(len(x))
    assert folder.nonlinear.expected_loss(3, 0.1, "before") == pytest.approx(sampled.mean(), abs=4 * error)
    for linear, loss in (((x, 0.5), "one of both"), (((x + y) / 2, (x + y) / 2), "the average")):
        squares = np.square(x - linear[0]) + np.square(y - linear[1])
        assert folder.nonlinear.LINEAR[loss] == pytest.approx(squares.mean(), rel=0.01)
