"""The claims of the five features in two dimensions, on models whose answers are known."""

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.judge.evidence import claim as known
from superposition.measure.polytopes import polygon
from superposition.store.plugins import experiment_module

DEDICATED = np.eye(2, 5)
DIGONS = np.array([[1.0, -1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0, 0.0]])
OTHER_DIGONS = DIGONS[:, [0, 1, 2, 4, 3]]  # features 1, 2, 3 and 5
PENTAGON = polygon(5)


class Models:
    """Evidence of given weights, without bias, at each sparsity; the losses are those of the models."""

    features = 5
    importance = 0.9 ** np.arange(5)

    def __init__(self, **weights):
        self.W = {key.replace("S", ""): np.stack(W) for key, W in weights.items()}

    def weights(self, model, sparsity, array):
        W = self.W[sparsity]
        return W if array == "W" else np.zeros((len(W), 5))

    def matrix(self, model, sparsity, array):
        assert array == "gram"
        return np.swapaxes(self.W[sparsity], 1, 2) @ self.W[sparsity]

    def data(self, sparsity):
        source = Distribution((float(sparsity),) * 5)
        return draw(np.random.default_rng(0), 4000, source).reshape(len(self.W[sparsity]), -1, 5)

    def metric(self, model, sparsity, column):
        assert column == "test_loss"
        samples = self.data(sparsity).reshape(-1, 5)
        answers = np.maximum(samples @ self.matrix(model, sparsity, "gram"), 0)
        return (np.square(answers - samples) * self.importance).sum(axis=-1).mean(axis=-1)

    def hidden(self, model):
        return 2


@pytest.fixture(scope="module", autouse=True)
def claims():
    experiment_module("intro-pentagon", "claims")


def test_only_the_two_most_important_features_count_as_the_dense_arrangement():
    other = DEDICATED[:, [0, 2, 1, 3, 4]]  # features 1 and 3
    evidence = Models(S0=[other, DEDICATED, other, 0 * PENTAGON])
    found = known["intro-pentagon", "dense-two-dedicated"](evidence)
    assert found["single seeds"].tolist() == [0, 1, 0, 0]
    assert found["best of ten"].tolist() == [1, 0]  # blocks of two: of the first the second model, and the reverse
    assert known["intro-pentagon", "dense-principal-components"](evidence)["0"] == pytest.approx([1, 0, 1, 1])


def test_the_best_of_a_block_decides_for_it():
    evidence = Models(**{"S0.8": [OTHER_DIGONS, DIGONS, DIGONS, DEDICATED]})
    found = known["intro-pentagon", "sparse-two-digons"](evidence)
    assert found["single seeds"].tolist() == [0, 1, 1, 0]
    assert found["best of ten"].tolist() == [1, 1]


def test_a_pentagon_interferes_positively_and_digons_do_not():
    evidence = Models(**{"S0.8": [DIGONS] * 4, "S0.9": [PENTAGON, PENTAGON, DIGONS, DIGONS]})
    assert known["intro-pentagon", "sparse-pentagon"](evidence)["single seeds"].tolist() == [1, 1, 0, 0]
    found = known["intro-pentagon", "positive-interference"](evidence)["best of ten"]
    assert found == pytest.approx([np.cos(2 * np.pi / 5), 0], abs=1e-6)


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
