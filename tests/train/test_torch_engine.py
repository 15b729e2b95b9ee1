"""The torch engine reaches the linear model's closed form, and keeps the losses, snapshots and batches asked for."""

import numpy as np
import pytest
from superposition.data.instances import expand, initial_weights
from superposition.data.sampling import Distribution, draw
from superposition.data.streams import Purpose, stream
from superposition.measure.theory import linear_optimum
from superposition.store.errors import DivergedError
from superposition.train.engines import torch as engine
from training_cells import TRAINING, rows_of, run, settings


def test_the_linear_model_reaches_its_closed_form():
    training = {**TRAINING, "steps": 4000, "batch": 250, "learning_rate": 0.005}
    cell = settings({"default": {"training": training, "train_samples": 5000}}, architecture="linear", seeds=[0])
    result = run(cell, rows_of(cell, 5000))
    instance = expand(cell)[0]
    x = draw(stream(9, Purpose.TEST_SET), 200_000, Distribution((0.5,) * 6)).astype(np.float64)
    W, b = result["W"][0].astype(np.float64), result["b"][0]
    loss = float(instance.loss_weights @ np.square(x @ W.T @ W + b - x).mean(axis=0))
    assert loss == pytest.approx(linear_optimum(instance.loss_weights, 2, instance.distribution), rel=0.01)


def test_a_model_without_bias_keeps_none_and_an_untied_one_has_two_matrices():
    result = run(settings({"plain": {"bias": False}, "untied": {"tied": False}}))
    assert not result["b"][:3].any()
    assert result["b"][3:].any()
    assert np.array_equal(result["V"][:3], result["W"][:3])
    assert not np.allclose(result["V"][3:], result["W"][3:])


def test_snapshots_start_at_the_initial_weights_and_end_at_the_final_ones():
    result = run(settings({"default": {"training": {**TRAINING, "snapshots": [0, 7, 50]}}}))
    assert result["snapshot_step"].tolist() == [[0, 7, 50]] * 3
    initial = np.stack([initial_weights(instance)[0] for instance in expand(settings())])
    assert np.array_equal(result["snapshot_W"][:, 0], initial)
    assert np.array_equal(result["snapshot_W"][:, -1], result["W"])
    assert np.array_equal(result["snapshot_b"][:, -1], result["b"])


def test_the_recorded_losses_average_to_the_mean_of_all_steps():
    # Full batches without a learning rate to speak of: every step has the loss of the initial weights.
    frozen = {**TRAINING, "optimizer": "sgd", "learning_rate": 1e-12, "batch": "full"}
    cell = settings({"default": {"training": frozen}}, architecture="linear")
    result, rows = run(cell), rows_of(cell).astype(np.float64)
    for i, instance in enumerate(expand(cell)):
        W = initial_weights(instance)[0].astype(np.float64)
        expected = instance.loss_weights @ np.square(rows[i] @ W.T @ W - rows[i]).mean(axis=0)
        assert result["loss"][i] == pytest.approx(expected, rel=1e-5)
    assert result["loss_step"][0, -1] == 50


def test_minibatches_of_an_epoch_are_a_permutation_of_the_rows():
    cell = settings({"default": {"training": {**TRAINING, "steps": 10}}})
    rows = np.arange(3 * 100 * 6, dtype=np.float32).reshape(3, 100, 6)
    batches = [batch.numpy() for batch in engine._batches(expand(cell), rows)]
    for epoch in (batches[:5], batches[5:]):
        seen = np.concatenate(epoch, axis=1)  # (instance, sample, feature)
        assert np.array_equal(np.sort(seen, axis=1), rows)
    assert not np.array_equal(batches[0], batches[5])


def test_divergence_names_the_instance_and_the_step():
    training = {**TRAINING, "optimizer": "sgd", "learning_rate": 1e6}
    with pytest.raises(DivergedError) as caught:
        run(settings({"default": {}, "wild": {"training": training}}, architecture="linear"))
    assert caught.value.index == 3
    assert 1 < caught.value.step < 50
