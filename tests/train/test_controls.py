"""Controls: weights of which it is known whether a claim should hold of them."""

from dataclasses import replace

import numpy as np
import pytest
from superposition.data.instances import PERMUTED, PLANTED, UNTRAINED, expand, initial_weights
from superposition.store.errors import UserError
from superposition.train import controls as made
from superposition.train.controls import controls, identity
from training_cells import settings


def instance(origin, **changes):
    return replace(expand(settings(**changes))[0], variant=origin, origin=origin)


def trained(seed, hidden=3, features=7, **extra):
    generator = np.random.default_rng(seed)
    W = generator.standard_normal((hidden, features)).astype(np.float32)
    return {"W": W, "b": generator.standard_normal(features).astype(np.float32), **extra}


def test_untrained_weights_are_those_that_training_starts_from():
    known = instance(UNTRAINED)
    (arrays,) = controls([known], {}, "test", "model")
    np.testing.assert_array_equal(arrays["W"], initial_weights(known)[0])
    assert not arrays["b"].any()


def test_permuted_weights_keep_every_hidden_units_values_and_no_features_place():
    known = instance(PERMUTED, features=7, hidden=3)
    weights = trained(1)
    (arrays,) = controls([known], {identity(known): weights}, "test", "model")
    np.testing.assert_array_equal(np.sort(arrays["W"], axis=1), np.sort(weights["W"], axis=1))
    np.testing.assert_array_equal(np.sort(arrays["b"]), np.sort(weights["b"]))
    assert not (arrays["W"] == weights["W"]).any()
    assert not (arrays["b"] == weights["b"]).any()


def test_each_hidden_unit_is_permuted_on_its_own():
    known = instance(PERMUTED, features=40, hidden=2)
    row = np.arange(40, dtype=np.float32)
    weights = {"W": np.stack([row, row]), "b": row}
    (arrays,) = controls([known], {identity(known): weights}, "test", "model")
    assert (arrays["W"][0] != arrays["W"][1]).any()


def test_two_features_always_change_places():
    known = instance(PERMUTED, features=2, hidden=1)
    weights = {"W": np.array([[1.0, -2.0]], np.float32), "b": np.array([0.5, 0.0], np.float32)}
    (arrays,) = controls([known], {identity(known): weights}, "test", "model")
    assert arrays["W"].tolist() == [[-2.0, 1.0]]
    assert arrays["b"].tolist() == [0.0, 0.5]


def test_a_cycle_of_three_is_one_of_two_and_both_come_equally_often():
    generator = np.random.default_rng(0)
    cycles = [tuple(made._cycle(generator, 3)) for _ in range(2000)]
    assert set(cycles) == {(1, 2, 0), (2, 0, 1)}
    assert 0.45 < np.mean([cycle == (1, 2, 0) for cycle in cycles]) < 0.55


@pytest.fixture
def ideal(monkeypatch):
    def register(W, b):
        monkeypatch.setattr(made, "experiment_module", lambda experiment, name: None)
        monkeypatch.setitem(made.planted, ("test", "model"), lambda instance: (W, b))

    return register


def test_planted_weights_are_what_the_experiment_says(ideal):
    ideal(np.eye(2, 6), np.full(6, 0.25))
    (arrays,) = controls([instance(PLANTED)], {}, "test", "model")
    assert arrays["W"].dtype == np.float32
    np.testing.assert_array_equal(arrays["W"], np.eye(2, 6))


def test_planted_weights_of_another_shape_are_refused(ideal):
    ideal(np.eye(3, 6), np.zeros(6))
    with pytest.raises(UserError, match=r"planted weights of model model: found W \(3, 6\)"):
        controls([instance(PLANTED)], {}, "test", "model")


def test_the_notebooks_initial_scale_follows_from_the_rule_on_its_tensor():
    # torch.nn.init.xavier_normal_ on (instance, feature, hidden): fan-in n·m, fan-out instances·m.
    cell = settings({"a": {"initialisation": "xavier-stacked", "stacked": 30}}, features=200, hidden=50, seeds=[3])
    W, _ = initial_weights(expand(cell)[0])
    assert W.std() == pytest.approx(np.sqrt(2 / (50 * (200 + 30))), rel=0.02)
