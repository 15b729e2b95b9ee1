"""The engine that computes optima: its arrays, what it shares between instances, and what it refuses."""

import subprocess
import sys

import numpy as np
import pytest
from superposition.data.instances import expand
from superposition.data.sampling import Distribution
from superposition.measure.theory import linear_optimum
from superposition.store.errors import UserError
from superposition.train.engines import optimum as engine
from superposition.train.optimum import minimise
from superposition.train.optimum.linear import linear_curvature, linear_weights
from superposition.train.optimum.support import refusal
from training_cells import TRAINING, run, settings

SMALL = {"architecture": "relu-output", "features": 3, "hidden": 2}
ALLOWED = {
    "architecture": "relu-output", "features": 3, "hidden": 2, "tied": True, "bias": True, "target": "identity",
    "values": "unit", "sets": False, "l1": 0.0, "snapshots": False,
}  # fmt: skip


def optima(**changes):
    return run(settings(**{**SMALL, **changes}), engine=engine)


def test_a_cell_s_arrays_are_those_of_a_weights_file_with_a_certificate():
    tensors = optima(seeds=[4, 9], sparsities=["0.35", "0.9"])
    assert {name: (array.shape, array.dtype.name) for name, array in tensors.items()} == {
        "W": ((4, 2, 3), "float32"),
        "b": ((4, 3), "float32"),
        "loss": ((4, 1), "float64"),
        "loss_step": ((4, 1), "int64"),
        "gradient_norm": ((4,), "float64"),
        "least_curvature": ((4,), "float64"),
        "starts_agreeing": ((4,), "float64"),
    }
    assert (tensors["loss_step"] == 1).all()
    assert (tensors["gradient_norm"] < 1e-13).all()
    assert (tensors["least_curvature"] > 0).all()


def test_the_loss_has_the_cell_s_importance_reduction_and_densities():
    data = {"relative_density": [1.0, 0.5, 0.25]}
    curve = {"curve": "explicit", "values": [1.0, 0.5, 2.0]}
    cell = settings({"default": {**data, "importance": curve}}, **SMALL, sparsities=["0.2"], seeds=[0])
    (instance,) = expand(cell)
    tensors = run(cell, engine=engine)
    expected = minimise.optimum(2, True, [0.2, 0.6, 0.8], np.array([1.0, 0.5, 2.0]) / 3)
    assert instance.distribution.sparsity == pytest.approx((0.2, 0.6, 0.8))
    assert tensors["loss"][0, 0] == pytest.approx(expected.loss, rel=1e-12)


def test_instances_that_differ_in_the_seed_or_the_optimiser_share_one_computation(monkeypatch):
    calls = []
    monkeypatch.setattr(engine, "optimum", lambda *given: calls.append(given) or minimise.optimum(*given))
    slower = {"training": {**TRAINING, "learning_rate": 1e-4}}
    tensors = run(settings({"default": {}, "slow": slower}, **SMALL, sparsities=["0.5", "0.7"]), engine=engine)
    assert len(calls) == 2
    assert len(tensors["W"]) == 12
    np.testing.assert_array_equal(tensors["W"][:6], np.broadcast_to(tensors["W"][0], (6, 2, 3)))


def test_an_instance_s_optimum_does_not_depend_on_what_else_is_in_its_job():
    together, alone = optima(sparsities=["0.2", "0.5", "0.8"], seeds=[0]), optima(sparsities=["0.5"], seeds=[0])
    for name, array in alone.items():
        np.testing.assert_array_equal(together[name][1:2], array)


def test_the_linear_optimum_keeps_the_largest_terms_and_answers_the_mean_for_the_rest():
    curve = {"curve": "explicit", "values": [1.0, 0.1, 3.0, 2.0]}
    cell = settings(
        {"default": {"importance": curve}}, architecture="linear", features=4, hidden=2, sparsities=["0.6"], seeds=[0]
    )
    (instance,) = expand(cell)
    tensors = run(cell, engine=engine)
    assert tensors["W"][0].tolist() == [[0, 0, 1, 0], [0, 0, 0, 1]]
    assert tensors["b"][0] == pytest.approx([0.2, 0.2, 0, 0])
    assert tensors["loss"][0, 0] == pytest.approx(linear_optimum(instance.loss_weights, 2, instance.distribution))


@pytest.mark.parametrize("hidden", [1, 2, 3, 4])
@pytest.mark.parametrize("values", ["unit", "signed"])
def test_the_linear_optimum_s_curvature_is_its_differences(values, hidden):
    """Of the loss with the best bias, Σ c_i v_j (WᵀW − 1)_ij², by finite differences on W."""
    source, weights = Distribution((0.1, 0.5, 0.7, 0.9), values), np.array([1.0, 0.2, 3.0, 0.4])
    W, b, loss = linear_weights(weights, hidden, source)
    assert loss == pytest.approx(linear_optimum(weights, hidden, source))
    density = 1 - np.array(source.sparsity)
    mean = density / 2 if values == "unit" else 0 * density
    variance = density / 3 - mean**2

    def cost(flat):
        error = flat.reshape(hidden, 4).T @ flat.reshape(hidden, 4) - np.eye(4)
        return (weights[:, None] * variance * error**2).sum()

    assert cost(W.ravel()) == pytest.approx(loss)
    np.testing.assert_allclose((W.T @ W - np.eye(4)) @ mean + b, 0, atol=1e-15)
    units, h = np.eye(4 * hidden), 1e-4
    hessian = np.array([[
        sum(s * t * cost(W.ravel() + h * (s * p + t * q)) for s in (-1, 1) for t in (-1, 1)) / (4 * h * h)
        for p in units] for q in units])  # fmt: skip
    eigenvalues = np.linalg.eigvalsh(hessian)
    flat = hidden * (hidden - 1) // 2  # rotations
    assert eigenvalues[:flat] == pytest.approx(0, abs=1e-5)
    assert linear_curvature(weights, hidden, source) == pytest.approx(eigenvalues[flat], abs=1e-5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"features": 5}, "features 5; allowed: at most 3 under relu-output"),
        ({"hidden": 3}, "hidden 3; allowed: at most 2 under relu-output"),
        ({"features": 1}, "hidden 2; allowed: at most the 1 features"),
        ({"architecture": "relu"}, "architecture relu; allowed: relu-output or linear"),
        ({"tied": False}, "untied weights; allowed: tied"),
        ({"target": "absolute"}, "target absolute; allowed: identity"),
        ({"values": "signed"}, "values signed; allowed: unit under relu-output"),
        ({"sets": True}, "sets of features; allowed: independent features"),
        ({"l1": 0.01}, "l1 0.01; allowed: 0"),
        ({"snapshots": True}, "snapshots; allowed: none: nothing is trained"),
        ({"architecture": "linear", "bias": False}, "no bias; allowed: a bias under linear"),
    ],
    ids=str,
)
def test_what_has_no_computed_optimum_is_refused_with_what_is_allowed(changes, words):
    assert refusal(**{**ALLOWED, **changes}) == words


@pytest.mark.parametrize(
    "changes",
    [{}, {"bias": False}, {"hidden": 1}, {"features": 2}, {"architecture": "linear", "features": 50, "hidden": 7}],
    ids=str,
)
def test_other_models_are_not_refused(changes):
    assert refusal(**{**ALLOWED, **changes}) is None


def test_the_engine_s_refusal_is_one_line_that_names_the_instance():
    with pytest.raises(UserError, match=r"^optimum: experiment test, sparsity 0.5, variant default: features 5; .*$"):
        optima(features=5)


def test_whether_an_optimum_is_computed_is_told_without_loading_anything():
    program = "import sys, superposition.train.optimum.support; print({'numpy', 'numba', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
