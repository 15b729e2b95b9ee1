"""The claims on superposition by density, on models whose answers are known."""

import numpy as np
import pytest
from superposition.judge.evidence import claim as known
from superposition.store.plugins import experiment_module

DENSE = np.eye(2, 4)
ONE_DIGON = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0]])  # feature 1 has its own dimension
DIGONS = np.array([[1.0, 0.0, 0.0, -1.0], [0.0, 1.0, -1.0, 0.0]])
RUNS = {"0": DENSE, "0.9": ONE_DIGON, "0.99": DIGONS}


class Models:
    """Evidence of two seeds of four features in two dimensions, both sizes alike; linear models are the dense one."""

    sparsities = ("0.9", "0", "0.99")  # in no order

    def __init__(self, relu=RUNS, bias=0.0):
        self.relu, self.bias = relu, np.full(4, bias)

    def weights(self, model, sparsity, array):
        one = self.relu[sparsity] if model.startswith("relu") else DENSE
        if array == "b":
            kept = np.array([0.0, 0.0, 1.0, 1.0]) * (1 - float(sparsity)) / 2
            one = self.bias if model.startswith("relu") else kept
        return np.stack([one, one])

    def matrix(self, model, sparsity, array):
        W = self.weights(model, sparsity, "W")
        return np.swapaxes(W, 1, 2) @ W

    def size(self, model):
        return 4, 2

    def hidden(self, model):
        return 2


@pytest.fixture(scope="module", autouse=True)
def claims():
    return experiment_module("demonstrating-superposition", "claims")


def found(name, **models):
    """The effect of a claim, once it is seen to be that of both seeds."""
    effects = known["demonstrating-superposition", name](Models(**models))
    assert all(len(values) == 2 and values[0] == values[1] for values in effects.values())
    return {part: values[0] for part, values in effects.items()}


def test_the_linear_model_as_the_theory_has_it():
    assert found("linear-alike-at-every-sparsity") == {"small": 0, "large": 0}
    assert found("linear-keeps-top") == {"small": 1, "large": 1}
    assert found("linear-bias") == pytest.approx({"small": 0, "large": 0})
    assert found("linear-no-more-than-dimensions") == {"small": 0, "large": 0}
    assert found("dense-models-alike") == {"small": 0, "large": 0}


def test_another_feature_kept_is_one_exchange():
    exchanged = {**RUNS, "0": DENSE[:, [0, 2, 1, 3]]}
    assert found("dense-models-alike", relu=exchanged)["small"] == pytest.approx(2 / 4)


def test_superposition_begins_with_the_first_digon():
    assert found("superposition-emerges")["small"] == 1
    assert found("starts-with-less-important")["small"] == 1
    assert found("reaches-most-important-last")["small"] == 1  # feature 1 at 0.99, feature 2 at 0.9
    assert found("first-as-digons")["small"] == 1
    assert found("negative-interference-first")["small"] == 1
    assert found("all-in-superposition")["small"] == 1
    assert found("rescaled") == {"0": 0, "0.9": 0, "0.99": 0}


def test_the_order_of_entry_can_be_the_other():
    reverse = {**RUNS, "0.9": np.array([[1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0]])}  # features 1 and 3 pair up
    assert found("reaches-most-important-last", relu=reverse)["small"] == -1
    assert found("starts-with-less-important", relu=reverse)["small"] == 0  # 3 is less important than 2, 1 is more


def test_models_without_superposition_give_no_effect_rather_than_an_error():
    never = dict.fromkeys(RUNS, DENSE)
    for name in ("starts-with-less-important", "reaches-most-important-last", "first-as-digons", "packing-goes-on"):
        assert found(name, relu=never) == {"small": 0, "large": 0}
    assert found("group-activates-as-strongly", relu=dict.fromkeys(RUNS, 0 * DENSE)) == {"small": 0, "large": 0}


def test_a_bias_below_the_interference_silences_it():
    angle = np.pi / 3
    fan = np.array([np.cos(np.arange(4) * angle), np.sin(np.arange(4) * angle)])  # 0, 60, 120 and 180 degrees
    last = {**RUNS, "0.99": fan}
    # Neighbours have the cosine 1/2, three pairs of them; no others are acute.
    assert found("positive-interference", relu=last)["small"] == 1
    assert found("negative-biases", relu=last, bias=-0.4)["small"] == 1
    assert found("bias-silences-interference", relu=last, bias=-0.4)["small"] == 0
    assert found("bias-silences-interference", relu=last, bias=-0.6)["small"] == 1


def test_packing_goes_on_counts_from_the_first_model_that_is_all_in_superposition():
    pair = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0]])
    assert found("packing-goes-on", relu={**RUNS, "0.9": pair})["small"] == 2


def test_norms_between_zero_and_one_are_counted_out():
    half = {**RUNS, "0.99": 0.5 * DIGONS}
    assert found("norm-zero-or-one", relu=half)["relu-small"] == pytest.approx(2 / 3)


def test_a_digon_is_activated_by_its_partner_as_strongly():
    assert found("group-activates-as-strongly")["small"] == 1
    # A feature of length 2 whose partner has length 1: an interference of 1 that does not reach it; the partner's does.
    longer = dict.fromkeys(RUNS, np.array([[2.0, 0.0, -1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]))
    assert found("group-activates-as-strongly", relu=longer)["small"] == pytest.approx(1 / 2)


@pytest.mark.parametrize(
    ("values", "expected"), [([1, 2, 3], 1), ([3, 2, 1], -1), ([1, 1, 1], 0), ([0, 0, 1], 1), ([0, 1, 0], 0), ([], 0)]
)
def test_concordance_is_the_order_of_pairs_that_differ(claims, values, expected):
    assert claims.concordance(values) == expected
