"""Gradients and trained weights of the fused engine agree with torch autograd over the whole model family."""

import itertools

import fused_oracle
import numpy as np
import pytest
from fused_weights import normal_weights
from superposition.train.fused.data import BatchStream, DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.model import ModelSpec, sparse_plan
from superposition.train.fused.optimiser import OptimiserSpec
from superposition.train.fused.training import loss_and_gradient, train

SHAPES = [(2, 1), (5, 2), (7, 3), (20, 5), (3, 6), (23, 13), (40, 20), (50, 33), (19, 48)]
FLAGS = list(itertools.product([True, False], repeat=5))


def instance(shape, tied=True, bias=True, hidden_relu=False, output_relu=True, absolute_target=False, l1=0.0):
    n, m = shape
    model = ModelSpec(n, m, 0.9 ** np.arange(n) / n, tied, bias, hidden_relu, output_relu, absolute_target, l1)
    initial = [
        normal_weights(part, shape, size, std) for part, size, std in ((1, (m, n), 0.5), (2, (m, n), 0.5), (3, n, 0.1))
    ]
    return model, initial


def used(model, initial):
    encoder, decoder, bias = initial
    return {"encoder": encoder, "decoder": None if model.tied else decoder, "bias": bias if model.bias else None}


def assert_close(actual, expected, tolerance):
    """Largest difference against the largest entry of each array."""
    for a, e in zip(actual, expected, strict=True):
        assert (a is None) == (e is None)
        if e is not None:
            assert a.shape == e.shape
            assert np.abs(a - e).max() <= tolerance * np.abs(e).max()


def check_gradient(model, initial, data, batch):
    job = Job(model, data, OptimiserSpec(), batch, 0, **used(model, initial), seed=5, key=(1,))
    loss, gradients = loss_and_gradient(job)
    expected_loss, expected = fused_oracle.gradients(model, BatchStream(data, batch, 5, (1,)).take(1)[0], initial)
    assert loss == pytest.approx(expected_loss, rel=1e-5)
    assert_close(gradients, expected, 1e-5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("tied", "bias", "hidden_relu", "output_relu", "absolute_target"), FLAGS)
def test_gradients_equal_autograd(shape, tied, bias, hidden_relu, output_relu, absolute_target):
    plans = set()
    for l1, dense in itertools.product((0.0, 0.03), (True, False)):
        model, initial = instance(shape, tied, bias, hidden_relu, output_relu, absolute_target, l1)
        data = DataSpec(np.linspace(0.1, 0.8, shape[0]) if dense else np.full(shape[0], 0.95), signed=absolute_target)
        if (plan := sparse_plan(model, data.density)) or dense:  # where no plan leaves out zeros, once is enough
            plans.add(plan)
            check_gradient(model, initial, data, 256)
    assert plans == ({False, True} if shape[1] >= 13 and output_relu else {False, shape[1] >= 48})


@pytest.mark.parametrize("batch", [1, 15, 16, 17, 63, 64, 65, 100, 1000])
@pytest.mark.parametrize(("shape", "sparsity"), [((5, 2), 0.5), ((30, 20), 0.5), ((30, 20), 0.9)], ids=str)
def test_gradients_are_right_for_batches_that_fill_no_block(shape, sparsity, batch):
    check_gradient(*instance(shape), DataSpec(np.full(shape[0], sparsity)), batch)


def check_training(model, initial, data, optimiser, batch=128, steps=200):
    at = {"seed": 5, "key": (1,), "loss_steps": (1, 50, steps), "snapshot_steps": (0, steps)}
    result = train(Job(model, data, optimiser, batch, steps, **used(model, initial), **at))
    trained, losses = fused_oracle.train(model, optimiser, BatchStream(data, batch, 5, (1,)).take(steps), initial)
    assert_close((result.encoder, result.decoder, result.bias), trained, 1e-3)
    means = [losses[0], np.mean(losses[1:50]), np.mean(losses[50:])]
    np.testing.assert_allclose(result.losses, means, rtol=1e-3)
    initial_and_final = [part for part in result.snapshots if part is not None]
    for snapshot, first in zip(
        initial_and_final, [p for p in used(model, initial).values() if p is not None], strict=True
    ):
        np.testing.assert_array_equal(snapshot[0], first)
    np.testing.assert_array_equal(result.snapshots[0][1], result.encoder)
    assert result.diverged == 0


@pytest.mark.parametrize(("tied", "bias", "hidden_relu", "output_relu", "absolute_target"), FLAGS)
@pytest.mark.parametrize(("shape", "sparsity"), [((5, 2), 0.7), ((40, 20), 0.7), ((40, 20), 0.9)], ids=str)
def test_weights_after_200_steps_equal_torchs(shape, sparsity, tied, bias, hidden_relu, output_relu, absolute_target):
    model, initial = instance(shape, tied, bias, hidden_relu, output_relu, absolute_target)
    data = DataSpec(np.full(shape[0], sparsity), signed=absolute_target)
    check_training(model, initial, data, OptimiserSpec(weight_decay=0.01))


@pytest.mark.parametrize(
    "optimiser",
    [
        OptimiserSpec("adam", lr=3e-3),
        OptimiserSpec("adam", lr=3e-3, beta1=0.8, beta2=0.99, eps=1e-6, weight_decay=0.01, decay=True),
        OptimiserSpec("adamw", lr=1e-2, weight_decay=0.1, decay=True),
        OptimiserSpec("sgd", lr=0.1),
        OptimiserSpec("sgd", lr=0.3, weight_decay=0.01, decay=True),
    ],
    ids=str,
)
@pytest.mark.parametrize(("shape", "sparsity"), [((5, 2), 0.7), ((30, 14), 0.9)], ids=str)
def test_optimisers_equal_torchs(shape, sparsity, optimiser):
    check_training(*instance(shape, tied=False, l1=0.01), DataSpec(np.full(shape[0], sparsity)), optimiser)


@pytest.mark.parametrize("batch", [32, 100, 300])
def test_fixed_rows_train_as_in_torch(batch):
    rows = np.random.default_rng(0).random((300, 8), np.float32)
    check_training(*instance((8, 3)), DataSpec(np.zeros(8), rows=rows), OptimiserSpec(), batch)


@pytest.mark.parametrize("shape", [(8, 3), (32, 16)], ids=str)
@pytest.mark.parametrize("anticorrelated", [False, True])
def test_sets_train_as_in_torch(shape, anticorrelated):
    data = DataSpec(np.full(shape[0], 0.6), True, np.arange(shape[0]) // 4, anticorrelated)
    check_training(*instance(shape, output_relu=False), data, OptimiserSpec())


@pytest.mark.parametrize("shape", [(5, 2), (30, 14)], ids=str)
def test_divergence_stops_training_and_names_the_step(shape):
    model, initial = instance(shape, output_relu=False)
    data, optimiser = DataSpec(np.full(shape[0], 0.5)), OptimiserSpec("sgd", lr=1e4)
    result = train(Job(model, data, optimiser, 64, 100, **used(model, initial), loss_steps=(1, 100)))
    assert 1 < result.diverged < 100
    assert np.isfinite(result.losses[0])
    assert np.isnan(result.losses[1])
