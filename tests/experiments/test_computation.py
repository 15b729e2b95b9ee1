"""The claims about |x| computed by neurons, on weights written down by hand whose answers are known."""

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.judge.evidence import claim as known
from superposition.store.plugins import experiment_module

N, M = 20, 8


class Models:
    """Evidence of weights W and V (seed, neuron, feature) of each model, without bias, the same at each sparsity."""

    def __init__(self, sparsities=("0",), served=0.2, represented=0.75, **weights):
        self.of = {name.replace("_", "-"): arrays for name, arrays in weights.items()}
        self.sparsities = list(sparsities)
        self.options = {"served": served, "represented": represented}

    def option(self, name):
        return self.options[name]

    def size(self, model):
        return self.of[model][0].shape[:0:-1]

    def hidden(self, model):
        return self.size(model)[1]

    def importance_of(self, model):
        return 0.8 ** np.arange(self.size(model)[0])

    def weights(self, model, sparsity, array):
        return self.of[model][array == "V"]

    def data(self, sparsity):
        source = Distribution((float(sparsity),) * N, "signed")
        seeds = len(next(iter(self.of.values()))[0])
        return draw(np.random.default_rng(0), 400 * seeds, source).reshape(seeds, 400, N)

    def errors(self, model, sparsity):
        x = self.data(sparsity)[..., : self.size(model)[0]]
        h = x @ np.swapaxes(self.of[model][0], 1, 2)
        if "linear" not in model and "output" not in model:
            h = np.maximum(h, 0)
        y = h @ self.of[model][1]
        return np.square((y if "linear" in model else np.maximum(y, 0)) - np.abs(x))

    def matrix(self, model, sparsity, array):
        assert array == "error_square"
        return self.errors(model, sparsity).mean(axis=1)

    def metric(self, model, sparsity, column):
        assert column == "test_loss"
        return self.errors(model, sparsity).mean(axis=1) @ self.importance_of(model)


@pytest.fixture(scope="module", autouse=True)
def claims():
    return experiment_module("computation", "claims")


@pytest.fixture(scope="module")
def motifs():
    return experiment_module("computation", "motifs")


@pytest.fixture(scope="module")
def neurons():
    return experiment_module("computation", "neurons")


def sides(features=N, hidden=M, scales=None):
    """Two neurons for each of the most important features, ReLU(x_i) and ReLU(−x_i), each scaled in and back out."""
    W, V = np.zeros((2, hidden, features))
    for k in range(hidden):
        W[k, k // 2], V[k, k // 2] = (-1) ** k, 1.0
    scales = np.ones(hidden) if scales is None else scales
    return W * scales[:, None], V / scales[:, None]


def stacked(*models):
    """W and V of several models (seed, ...)."""
    return tuple(np.stack(arrays) for arrays in zip(*models, strict=True))


def effects(claim, evidence):
    """The values of a claim's parts."""
    return {part: values.tolist() for part, values in known["computation", claim](evidence).items()}


def test_two_sides_are_found_whatever_the_scale_of_a_neuron():
    W, V = sides(3, 6, np.array([0.1, 3.0, 1.0, 2.0, 7.0, 0.5]))
    one_side = np.abs(W)  # six neurons ReLU(x_i)
    halved = V.copy()
    halved[1] /= 2
    found = effects("two-sides", Models(relu_small=stacked((W, V), (one_side, V), (W, halved))))
    assert found == {"0": [1, 0, 0]}


def test_pure_neurons_serve_one_important_feature_and_unused_ones_do_not_count():
    W, V = sides()
    unused = V.copy()
    unused[4:] = 0
    mixed = W.copy()
    mixed[0, 5] = 0.5  # a second feature
    unimportant = W[:, ::-1]
    models = stacked((W, V), (W, unused), (mixed, V), (unimportant, V[:, ::-1]))
    assert effects("dense-monosemantic", Models(relu_large=models)) == {"0": [1, 1, 7 / 8, 0]}


def test_neurons_of_one_side_count_once(neurons):
    w, v = neurons.rescaled(*(array[None] for array in sides(scales=np.arange(1.0, M + 1))))
    used = neurons.served(w, v, 0.2).any(axis=-1)
    assert neurons.distinct_sides(w, used).tolist() == [M]
    assert neurons.distinct_sides(np.abs(w), used).tolist() == [M / 2]


def test_the_cut_off_is_relative_to_the_largest_weight():
    W, V = sides(scales=np.full(M, 10.0))
    W[0, 5] = 1.5  # 0.15 of the largest
    for served, share in ((0.2, 1), (0.1, 7 / 8)):
        evidence = Models(served=served, relu_large=stacked((W, V), (W, V)))
        assert effects("dense-monosemantic", evidence) == {"0": [share, share]}


def test_two_neurons_for_each_feature_represent_half_as_many_features_as_there_are_neurons():
    good, lone = sides(), sides()
    lone[0][1::2] = 0  # the negative sides are gone: a fifth of a dense feature's variance is left
    evidence = Models(relu_large=stacked(good, lone))
    assert effects("two-neurons-a-feature", evidence) == {"0": [0, -0.5]}
    assert effects("more-than-neurons", evidence) == {"0": [0.5, 0]}


def test_the_loss_is_compared_only_where_most_neurons_are_mixed():
    W, V = sides()
    mixed = W.copy()
    mixed[:, 10] = 0.5  # every neuron answers to feature 11, too
    found = effects("useful-approximation", Models(relu_large=stacked((W, V), (mixed, V))))["0"]
    assert np.isnan(found[0])
    assert found[1] > 1


def test_models_without_the_hidden_relu_do_worse():
    good = stacked(sides(3, 6), sides(3, 6))
    zero = tuple(np.zeros_like(array) for array in good)
    evidence = Models(relu_small=good, linear_small=good, output_small=zero)
    assert effects("relu-needed", evidence) == {"output-small": [0, 0], "linear-small": [0, 0]}


def test_both_kinds_in_one_model():
    W, V = sides()
    W[:3, 10:15] = 0.5  # three of eight serve six features each
    evidence = Models(["0.99"], relu_large=stacked((W, V), sides()))
    assert effects("both-in-one-model", evidence) == {"0.99": [3 / 8, 0]}
    assert effects("pure-and-highly-polysemantic", evidence) == {"0.99": [1, 0]}
    # The mixed ones hold the features 1, 1 and 2: of 15 pairs one is a tie (feature 2's other side), none in order.
    first, none = effects("important-monosemantic", evidence)["0.99"]
    assert first == pytest.approx(-14 / 15)
    assert np.isnan(none)


def test_one_primary_feature_is_rarer_by_chance():
    W, V = sides()
    W[:, 10:12] = 0.3
    (found,) = effects("primary-and-secondary", Models(relu_large=stacked((W, V), (W, V)))).values()
    assert all(0 < value < 1 for value in found)
    W[:, 10] = 0.9
    (found,) = effects("primary-and-secondary", Models(relu_large=stacked((W, V), (W, V)))).values()
    assert all(value <= 0 for value in found)


def example(inhibition):
    """The paper's neuron, W = [2, −1/2] and V = [1/2, 2], and one that takes from feature 2 what it adds for x_1 > 0."""
    W, V = np.zeros((2, 2, 4))
    W[0, :2], V[0, :2] = [2, -0.5], [0.5, 2]
    W[1, 0], V[1, :2] = 1, [0.5, inhibition]
    return W[None], V[None]


@pytest.mark.parametrize(("inhibition", "held"), [(-4, True), (-1.9, False), (4, False)])
def test_the_papers_example_is_the_motif(neurons, motifs, inhibition, held):
    # Rescaled, the neuron is [1, −1/4] with outputs [1, 4]: it adds 4 to output 2 where x_1 = 1.
    w, v = neurons.rescaled(*example(inhibition))
    assert w[0, 0].tolist() == [1, -0.25, 0, 0]
    assert v[0, 0].tolist() == [1, 4, 0, 0]
    serves = neurons.served(w, v, 0.2)
    pairs = motifs.asymmetric(w, v, serves)
    assert np.argwhere(pairs).tolist() == [[0, 0, 1]]
    assert motifs.inhibited(w, v, serves, pairs).any() == held


def test_an_inhibiting_neuron_of_the_other_side_is_none(neurons, motifs):
    W, V = example(-4)
    W[0, 1, 0] = -1
    w, v = neurons.rescaled(W, V)
    serves = neurons.served(w, v, 0.2)
    assert not motifs.inhibited(w, v, serves, motifs.asymmetric(w, v, serves)).any()


def test_equal_output_weights_are_not_asymmetric(neurons, motifs):
    W, V = example(-4)
    V[0, 0, :2] = 1
    w, v = neurons.rescaled(W, V)
    assert not motifs.asymmetric(w, v, neurons.served(w, v, 0.2)).any()


def test_shuffled_outputs_are_asymmetric_half_of_the_time(neurons, motifs):
    W, V = np.zeros((2, 1, 400, 4))
    W[..., :2], V[..., :2] = [2, -0.5], [0.5, 2]
    w, v = neurons.rescaled(W, V)
    chance = motifs.by_chance(motifs.asymmetric_share, motifs.outputs, w, v, neurons.served(w, v, 0.2))
    assert chance == pytest.approx(0.5, abs=0.03)  # six standard deviations of 8000 fair coins


def test_chance_seldom_inhibits(neurons, motifs):
    W, V = (np.pad(array, ((0, 0), (0, 0), (0, 96))) for array in example(-4))
    w, v = neurons.rescaled(W, V)
    serves = neurons.served(w, v, 0.2)
    pairs = motifs.asymmetric(w, v, serves)
    # The other neuron's two entries land on features 1 and 2, in this order, once in 100 · 99 times.
    assert motifs.inhibited_by_chance(w, v, serves, pairs).tolist() == [0]
    evidence = Models(relu_large=(W, V))
    assert effects("inhibiting-neuron", evidence) == {"0": [1]}
