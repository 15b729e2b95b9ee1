"""The claims of the five features in two dimensions, on models whose answers are known."""

from types import SimpleNamespace

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.judge.evidence import claim as known
from superposition.measure.polytopes import polygon
from superposition.store.plugins import experiment_module
from superposition.train.controls import planted

DEDICATED = np.eye(2, 5)
DIGONS = np.array([[1.0, -1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0, 0.0]])
OTHER_DIGONS = DIGONS[:, [0, 1, 2, 4, 3]]  # features 1, 2, 3 and 5
PENTAGON = polygon(5)


class Models:
    """Evidence of given weights, without bias unless given, at each sparsity; the losses are those of the models."""

    features = 5
    importance = 0.9 ** np.arange(5)

    def __init__(self, run="every", represented=0.5, bias=None, **weights):
        self.W = {key.replace("S", ""): np.stack(W) for key, W in weights.items()}
        self.b = bias or {}
        self.options = {"run": run, "represented": represented}

    def option(self, name):
        return self.options[name]

    def weights(self, model, sparsity, array):
        W = self.W[sparsity]
        return W if array == "W" else np.tile(self.b.get(sparsity, np.zeros(5)), (len(W), 1))

    def matrix(self, model, sparsity, array):
        assert array == "gram"
        return np.swapaxes(self.W[sparsity], 1, 2) @ self.W[sparsity]

    def data(self, sparsity):
        source = Distribution((float(sparsity),) * 5)
        return draw(np.random.default_rng(0), 4000, source).reshape(len(self.W[sparsity]), -1, 5)

    def metric(self, model, sparsity, column):
        assert column == "test_loss"
        samples = self.data(sparsity).reshape(-1, 5)
        answers = samples @ self.matrix(model, sparsity, "gram") + self.weights(model, sparsity, "b")[:, None, :]
        return (np.square(np.maximum(answers, 0) - samples) * self.importance).sum(axis=-1).mean(axis=-1)

    def hidden(self, model):
        return 2


@pytest.fixture(scope="module", autouse=True)
def claims():
    experiment_module("intro-pentagon", "planted")
    return experiment_module("intro-pentagon", "claims")


def effect(claim, evidence):
    """The values of a claim's only part."""
    (values,) = known["intro-pentagon", claim](evidence).values()
    return values.tolist()


def test_only_the_two_most_important_features_count_as_the_dense_arrangement():
    other = DEDICATED[:, [0, 2, 1, 3, 4]]  # features 1 and 3
    weights = {"S0": [other, DEDICATED, other, 0 * PENTAGON]}
    assert effect("dense-two-dedicated", Models(**weights)) == [0, 1, 0, 0]
    # Blocks of two: of the first the second model is best, of the other the first.
    assert effect("dense-two-dedicated", Models(run="best", **weights)) == [1, 0]
    assert effect("dense-principal-components", Models(**weights)) == pytest.approx([1, 0, 1, 1])
    assert effect("dense-principal-components", Models(run="best", **weights)) == pytest.approx([0, 1])


def test_the_best_of_a_block_decides_for_it():
    weights = {"S0.8": [OTHER_DIGONS, DIGONS, DIGONS, DEDICATED]}
    assert effect("sparse-two-digons", Models(**weights)) == [0, 1, 1, 0]
    assert effect("sparse-two-digons", Models(run="best", **weights)) == [1, 1]


def test_a_feature_is_embedded_from_the_norm_on_that_the_reading_says():
    faint = DIGONS + 0.4 * np.eye(5)[4] * np.array([[1.0], [0.0]])  # feature 5, with norm 0.4, beside feature 1
    assert effect("sparse-two-digons", Models(**{"S0.8": [faint] * 2})) == [1, 1]
    assert effect("sparse-two-digons", Models(represented=0.25, **{"S0.8": [faint] * 2})) == [0, 0]
    assert effect("sparse-two-digons", Models(represented=0.75, **{"S0.8": [0.7 * DIGONS, DIGONS]})) == [0, 1]


def test_a_pentagon_interferes_positively_and_digons_do_not():
    evidence = Models(**{"S0.8": [DIGONS] * 4, "S0.9": [PENTAGON, PENTAGON, DIGONS, 0 * DIGONS]})
    assert effect("sparse-pentagon", evidence) == [1, 1, 0, 0]
    found = effect("positive-interference", evidence)
    assert found == pytest.approx([np.cos(2 * np.pi / 5)] * 2 + [np.nan, np.nan], abs=1e-6, nan_ok=True)


def test_digons_beat_the_linear_optimum_only_with_their_relu():
    evidence = Models(**{"S0.8": [DIGONS] * 2, "S0.9": [DEDICATED] * 2})
    # E min(x, y)² = 1/6 where both of a pair are active; the fifth feature is answered by zero: E x² = (1 − S)/3.
    c, p = Models.importance, 0.2
    loss = c[:4].sum() * p**2 / 6 + c[4] * p / 3
    optimum = c[2:].sum() * (p / 3 - p**2 / 4)
    assert known["intro-pentagon", "beyond-linear"](evidence)["0.8"] == pytest.approx(1 - loss / optimum, abs=0.05)
    # Without it each of the four misses nothing of itself, and gets its partner's −x: E x², and the mean error is in it.
    unfiltered = (c[:4].sum() + c[4]) * p / 3
    assert known["intro-pentagon", "filtering-needed"](evidence)["0.8"] == pytest.approx(unfiltered / optimum)


@pytest.mark.parametrize("run", ["every", "best"])
@pytest.mark.parametrize("represented", [0.25, 0.5, 0.75])
def test_the_planted_pictures_are_what_the_claims_speak_of(run, represented):
    ideal = {s: planted["intro-pentagon", "relu"](SimpleNamespace(features=5, sparsity=s)) for s in ("0", "0.8", "0.9")}
    bias = {s: b for s, (_, b) in ideal.items()}
    evidence = Models(run, represented, bias, **{f"S{s}": [W] * 4 for s, (W, _) in ideal.items()})
    for claim in ("dense-two-dedicated", "sparse-two-digons", "sparse-pentagon"):
        assert set(effect(claim, evidence)) == {1}
    assert max(effect("dense-principal-components", evidence)) < 0.01
    assert min(effect("positive-interference", evidence)) > 0.15
    assert all(values.min() > 0.05 for values in known["intro-pentagon", "beyond-linear"](evidence).values())
    assert all(values.min() > 1 for values in known["intro-pentagon", "filtering-needed"](evidence).values())
