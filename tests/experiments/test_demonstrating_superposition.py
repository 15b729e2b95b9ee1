"""The claims on superposition by density, on models whose answers are known."""

from types import SimpleNamespace

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.judge.evidence import claim as known
from superposition.measure.decomposition import linear_loss, sparse_loss
from superposition.store.plugins import experiment_module
from superposition.train.controls import planted

ID = "demonstrating-superposition"
DENSE = np.eye(2, 4)
ONE_DIGON = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0]])  # feature 1 has its own dimension
DIGONS = np.array([[1.0, 0.0, 0.0, -1.0], [0.0, 1.0, -1.0, 0.0]])
RUNS = {"0": DENSE, "0.9": ONE_DIGON, "0.99": DIGONS}


class Models:
    """Evidence of two seeds of four features in two dimensions, both sizes alike; linear models are the dense one."""

    sparsities = ("0.9", "0", "0.99")  # in no order

    def __init__(self, relu=RUNS, bias=0.0, represented=0.5, run="every", losses=None):
        self.relu, self.bias = relu, np.full(4, bias)
        self.options = {"represented": represented, "run": run}
        self.losses = losses or {}

    def option(self, name):
        return self.options[name]

    def weights(self, model, sparsity, array):
        one = self.relu[sparsity] if model.startswith("relu") else DENSE
        if array == "b":
            kept = np.array([0.0, 0.0, 1.0, 1.0]) * (1 - float(sparsity)) / 2
            one = self.bias if model.startswith("relu") else kept
        return np.stack([one, one]) if np.ndim(one) <= 2 else one

    def matrix(self, model, sparsity, array):
        W = self.weights(model, sparsity, "W")
        return np.swapaxes(W, 1, 2) @ W

    def metric(self, model, sparsity, column):
        return np.full(2, self.losses[model])

    def importance_of(self, model):
        return np.ones(4)

    def size(self, model):
        return 4, 2

    def hidden(self, model):
        return 2

    def data(self, sparsity):
        return draw(np.random.default_rng(0), 4000, Distribution((float(sparsity),) * 5)).reshape(2, -1, 5)


@pytest.fixture(scope="module", autouse=True)
def claims():
    experiment_module(ID, "planted")
    return experiment_module(ID, "claims")


@pytest.fixture(scope="module")
def states():
    return experiment_module(ID, "states")


@pytest.fixture(scope="module")
def forces():
    return experiment_module(ID, "forces")


def found(name, **models):
    """The effect of a claim, once it is seen to be that of both seeds."""
    effects = known[ID, name](Models(**models))
    assert all(len(values) == 2 and np.array_equal(*values, equal_nan=True) for values in effects.values())
    return {part: values[0] for part, values in effects.items()}


def small(name, **models):
    return found(name, **models)["small"]


def test_the_linear_model_as_the_theory_has_it():
    assert found("linear-alike-at-every-sparsity") == {"small": 0, "large": 0}
    assert found("linear-keeps-top") == {"small": 1, "large": 1}
    biases = found("linear-bias")
    assert biases == pytest.approx({f"{size}, S = {s}": 0 for size in ("small", "large") for s in RUNS})
    assert found("linear-no-more-than-dimensions") == {"small": 0, "large": 0}
    assert found("dense-models-alike") == {"small": 0, "large": 0}


def test_losses_above_and_below_the_formula_do_not_cancel():
    evidence = Models()
    b = evidence.weights("linear-small", "0.9", "b")[0]
    exact = linear_loss(DENSE, b, np.ones(4), 0.9).total
    evidence.metric = lambda model, sparsity, column: exact * np.array([0.9, 1.1])
    evidence.sparsities = ("0.9",)
    assert known[ID, "linear-loss-decomposed"](evidence)["small"] == pytest.approx([0.1, 0.1])


def test_models_that_represent_nothing_are_not_alike():
    evidence = Models(relu=dict.fromkeys(RUNS, 0.1 * DENSE))
    plain = evidence.weights
    evidence.weights = lambda model, s, array: plain(model.replace("linear", "relu"), s, array)
    for name in ("linear-alike-at-every-sparsity", "linear-no-more-than-dimensions", "dense-models-alike"):
        assert np.isnan(known[ID, name](evidence)["small"]).all(), name


def test_another_feature_kept_is_one_exchange():
    exchanged = {**RUNS, "0": DENSE[:, [0, 2, 1, 3]]}
    assert small("dense-models-alike", relu=exchanged) == pytest.approx(2 / 4)


def test_superposition_begins_with_the_first_digon():
    for claim in (
        "superposition-emerges", "starts-with-less-important", "first-as-digons", "negative-interference-first",
        "all-in-superposition", "most-important-untouched",
    ):  # fmt: skip
        assert small(claim) == 1
    assert small("reaches-most-important-last") == 1  # feature 1 at 0.99, feature 2 at 0.9


def test_a_mixture_of_as_many_features_as_dimensions_is_no_superposition():
    mixed = {**RUNS, "0": np.array([[1.0, 0.6, 0.0, 0.0], [0.0, 0.8, 0.0, 0.0]])}  # not orthogonal, but two only
    assert small("negative-interference-first", relu=mixed) == 1
    assert small("first-as-digons", relu=mixed) == 1


def test_the_order_of_entry_can_be_the_other():
    reverse = {**RUNS, "0.9": np.array([[1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0]])}  # features 1 and 3 pair up
    assert small("reaches-most-important-last", relu=reverse) == -1
    assert small("starts-with-less-important", relu=reverse) == 0  # 3 is less important than 2, 1 is more


def test_where_there_is_nothing_to_measure_there_is_no_effect():
    never, nothing = dict.fromkeys(RUNS, DENSE), dict.fromkeys(RUNS, 0 * DENSE)
    for name in (
        "starts-with-less-important", "most-important-untouched", "reaches-most-important-last", "first-as-digons",
        "gradual-transition", "negative-interference-first", "packing-goes-on", "bias-silences-interference",
        "group-activates-as-strongly", "sparse-graphs", "interference-free",
    ):  # fmt: skip
        assert np.isnan(list(found(name, relu=never).values())).all(), name
    assert np.isnan(found("rescaled", relu=nothing)["both"])
    for name in ("positive-interference", "negative-biases", "benefit-exceeds-interference"):
        assert np.isnan(small(name, relu=nothing)), name
        assert not np.isnan(small(name, relu=never)), name


def test_packing_is_not_measured_of_models_that_are_full_only_at_the_end():
    assert np.isnan(small("packing-goes-on"))


def test_packing_goes_on_counts_from_the_first_model_that_is_all_in_superposition():
    pair = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0]])
    assert small("packing-goes-on", relu={**RUNS, "0.9": pair}) == 2


FAN = np.array([np.cos(np.arange(4) * np.pi / 3), np.sin(np.arange(4) * np.pi / 3)])  # 0, 60, 120 and 180 degrees
LAST = {**RUNS, "0.99": 0.9 * FAN}


def test_a_bias_below_the_interference_silences_it():
    # Neighbours have the cosine 1/2, three pairs of them, so 0.405 between them; no others are acute.
    assert small("positive-interference", relu=LAST) == 1
    assert small("negative-biases", relu=LAST, bias=-0.4) == 1
    assert small("bias-silences-interference", relu=LAST, bias=-0.4) == 0
    assert small("bias-silences-interference", relu=LAST, bias=-0.41) == 1


def test_only_small_interference_above_the_floor_can_be_silenced():
    dust = {**RUNS, "0.99": DIGONS + 0.01 * FAN}
    assert np.isnan(small("bias-silences-interference", relu=dust, bias=-0.5))
    strong = {**RUNS, "0.99": 1.1 * FAN}  # 0.605 between neighbours: not small
    assert np.isnan(small("bias-silences-interference", relu=strong, bias=-0.9))


def test_larger_arrangements_that_come_with_more_features_are_a_transition():
    runs = {"0": ONE_DIGON, "0.9": ONE_DIGON, "0.99": FAN}
    assert small("gradual-transition", relu=runs) == 1
    assert np.isnan(small("gradual-transition", relu={**RUNS, "0": DENSE}))  # 3, then 4 features, in digons only


def test_a_feature_counts_from_the_norm_on_that_the_reading_says():
    faint = {**RUNS, "0.99": DIGONS * np.array([1.0, 1.0, 0.4, 0.7])}
    assert small("all-in-superposition", relu=faint) == 0.5
    assert small("all-in-superposition", relu=faint, represented=0.25) == 1
    assert small("all-in-superposition", relu=faint, represented=0.75) == 0
    assert small("superposition-emerges", relu=faint, represented=0.75) == 0


def test_the_better_of_two_models_decides_for_both():
    runs = {**RUNS, "0.99": np.stack([DENSE, DIGONS, 0 * DENSE, ONE_DIGON])}
    evidence = Models(relu=runs, run="better")
    evidence.bias = np.zeros((4, 4))
    evidence.weights = lambda model, s, array: runs["0.99"] if array == "W" else np.zeros((4, 4))
    evidence.data = lambda s: draw(np.random.default_rng(0), 4000, Distribution((0.9,) * 5)).reshape(4, -1, 5)
    assert known[ID, "all-in-superposition"](evidence)["small"].tolist() == [1, 0.5]


def test_norms_between_zero_and_one_are_counted_out():
    half = {**RUNS, "0.99": 0.5 * DIGONS}
    assert found("norm-zero-or-one", relu=half)["relu-small"] == pytest.approx(2 / 3)


def test_an_antipode_cannot_activate_and_neighbours_can():
    assert small("group-activates-as-strongly") == 0
    close = np.array([[1.0, 0.8, 0.8, 0.0], [0.0, 0.6, -0.6, 0.0]])  # of feature 1: 0.8 + 0.8, of the others 0.8 + 0.28
    assert small("group-activates-as-strongly", relu=dict.fromkeys(RUNS, close)) == 1


def test_a_digon_interferes_with_one_of_three_others():
    assert found("sparse-graphs")["small, S = 0.99"] == pytest.approx(1 / 3)
    assert found("sparse-graphs")["large, S = 0.9"] == pytest.approx(
        1 / 3
    )  # 2 of the 6 ordered pairs of three features


def test_relu_frees_negative_interference_and_the_bias_what_is_left():
    assert small("interference-free") == 1
    # Of the fan's squared cosines 3/4 + 3/4 + 1 pairs: neighbours +1/2 thrice, −1/2 twice, −1 once.
    unit = {**RUNS, "0.99": FAN}
    assert small("interference-free", relu=unit) == pytest.approx(1 - 0.75 / (0.75 + 0.5 + 1))
    assert small("interference-free", relu=unit, bias=-0.5) == pytest.approx(1)


def test_a_feature_is_worth_what_is_missed_without_it(forces):
    S, c = 0.9, np.array([1.0, 0.5])
    pair = np.array([[[1.0, -1.0]]])
    rise = forces.worth(pair, np.zeros((1, 2)), c, S)
    assert rise[0] == pytest.approx((1 - S) * S * c / 3)  # E x² where it alone is active
    same = np.array([[[1.0, 1.0]]])  # each says of the other what it should not
    assert forces.worth(same, np.zeros((1, 2)), c, S)[0] == pytest.approx((1 - S) * S * (c - c.sum()) / 3)
    whole = sparse_loss(same, np.zeros((1, 2)), c, S).loss
    assert whole[0] == pytest.approx((1 - S) * S * c.sum() / 3)


def test_features_that_cost_more_than_they_bring_are_counted_out():
    same = {**RUNS, "0.99": np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0]])}  # three features that are one
    assert small("benefit-exceeds-interference", relu=same) == pytest.approx(1 / 4)
    assert small("benefit-exceeds-interference") == 1


def test_the_loss_without_a_bias_is_held_against_that_with_one():
    losses = {"relu-small": 0.5, "relu-small-unbiased": 0.6}
    assert found("negative-bias-matters", losses=losses) == pytest.approx({"S = 0.9": 1.2, "S = 0.99": 1.2})


def test_sizes_differ_by_the_features_that_are_in_other_states():
    assert found("rescaled") == {"both": 0}
    evidence = Models()
    plain = evidence.weights
    evidence.weights = lambda model, s, array: plain("linear-small" if "large" in model else model, s, array)
    # At 0.9 features 2 and 3 of the small model are a digon, at 0.99 all are in one; in the large one none ever is.
    assert known[ID, "rescaled"](evidence)["both"] == pytest.approx([(0 + 2 / 4 + 1) / 3] * 2)


@pytest.mark.parametrize(("values", "expected"), [([1, 2, 3], 1), ([3, 2, 1], -1), ([0, 0, 1], 1), ([0, 1, 0], 0)])
def test_concordance_is_the_order_of_pairs_that_differ(states, values, expected):
    assert states.concordance(values) == expected


@pytest.mark.parametrize("values", [[1, 1, 1], []])
def test_nothing_is_in_order_where_all_are_equal(states, values):
    assert np.isnan(states.concordance(values))


class Planted:
    """Evidence of the planted weights of two seeds, at all densities of the standard preset, in the paper's sizes."""

    sparsities = ("0", "0.7", "0.9", "0.97", "0.99", "0.997", "0.999")

    def option(self, name):
        return {"represented": 0.5, "run": "every"}[name]

    def size(self, model):
        return (20, 5) if "small" in model else (80, 20)

    def hidden(self, model):
        return self.size(model)[1]

    def importance_of(self, model):
        return (0.7 if "small" in model else 0.9) ** np.arange(self.size(model)[0])

    def weights(self, model, sparsity, array):
        features, hidden = self.size(model)
        W, b = planted[ID, model](SimpleNamespace(features=features, hidden=hidden, sparsity=sparsity))
        return np.stack([W if array == "W" else b] * 2)

    def matrix(self, model, sparsity, array):
        W = self.weights(model, sparsity, "W")
        return np.swapaxes(W, 1, 2) @ W

    def metric(self, model, sparsity, column):
        """The loss on inputs with at most one active feature, or the linear model's."""
        W, b = (self.weights(model, sparsity, name) for name in ("W", "b"))
        if "linear" in model:
            return linear_loss(W, b, self.importance_of(model), np.full(2, float(sparsity))).total
        return sparse_loss(W, b, self.importance_of(model), np.full(2, float(sparsity))).loss


def test_the_planted_order_of_events_is_what_the_claims_speak_of():
    import yaml
    from superposition.store.project import EXPERIMENTS

    stated = yaml.safe_load((EXPERIMENTS / ID / "experiment.yaml").read_text())["claims"]
    # Pairs count as interference of one and cannot activate, whatever is planted.
    for name in stated.keys() - {"group-activates-as-strongly"}:
        threshold, direction, quantifier = (stated[name][key] for key in ("threshold", "direction", "quantifier"))
        parts = [values[0] for values in known[ID, name](Planted()).values() if not np.isnan(values[0])]
        holds = [value > threshold if direction == "above" else abs(value) < threshold for value in parts]
        needed = {"every": len(parts), "most": len(parts) // 2 + 1, "some": 1}[quantifier]
        assert sum(holds) >= max(needed, 1), (name, parts)
