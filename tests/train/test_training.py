"""The torch engine: its updates are torch.optim's, its optimum the closed form, its instances independent."""

import numpy as np
import pytest
import torch
from superposition.data.importance import importance_vector
from superposition.data.instances import expand, initial_weights, record_steps
from superposition.data.sampling import Distribution, draw
from superposition.data.streams import Purpose, stream
from superposition.measure.theory import linear_optimum
from superposition.store.errors import DivergedError
from superposition.train.engines import fused
from superposition.train.engines import torch as engine
from superposition.train.engines.optimisers import Optimizer
from superposition.train.progress import Progress

TRAINING = {
    "optimizer": "adam", "learning_rate": 0.01, "schedule": "constant", "beta1": 0.9, "beta2": 0.999,
    "epsilon": 1e-8, "weight_decay": 0.0, "l1": 0.0, "steps": 50, "batch": 20, "reduction": "mean", "records": 10, "snapshots": [],
}  # fmt: skip


def settings(variants=None, **changes):
    """A cell's settings; a variant names what it changes, wherever that stands."""
    cell = {
        "architecture": "relu",
        "features": 6,
        "hidden": 2,
        "sparsities": ["0.5"],
        "seeds": [0, 1, 2],
        "streams": "paired",
        "sweep": {},
        **changes,
    }
    return {**cell, "variants": {name: variant(**change) for name, change in (variants or {"default": {}}).items()}}


def variant(**changes):
    base = {
        "importance": {"curve": "geometric", "ratio": 0.8},
        "data": {
            "values": "unit", "relative_density": None, "sets": None, "source": "fixed", "target": "identity",
            "train_samples": 100,
        },
        "model": {"tied": True, "bias": True, "initialisation": "inverse-sqrt-features"},
        "training": TRAINING,
    }  # fmt: skip
    for key, value in changes.items():
        group = next((base[part] for part in ("data", "model") if key in base[part]), base)
        assert key in group
        group[key] = value
    return base


def rows_of(cell, samples=100):
    sets = [
        draw(
            stream(seed, Purpose.TRAINING_SET),
            samples,
            Distribution((float(cell["sparsities"][0]),) * cell["features"]),
        )
        for seed in cell["seeds"]
    ]
    return np.stack(sets)


def run(cell, rows=None, engine=engine):
    instances = expand(cell)
    return engine.train(instances, rows_of(cell) if rows is None else rows, Progress("test", 1), "test")


@pytest.mark.parametrize(
    ("rule", "oracle"),
    [
        ("adam", lambda p, lr: torch.optim.Adam(p, lr=lr, betas=(0.8, 0.99), eps=1e-6)),
        ("adamw", lambda p, lr: torch.optim.AdamW(p, lr=lr, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
        ("sgd", lambda p, lr: torch.optim.SGD(p, lr=lr)),
    ],
)
def test_updates_are_those_of_torch_optim_with_a_learning_rate_per_instance(rule, oracle):
    rates = [0.1, 0.003]
    hyper = [
        {**TRAINING, "optimizer": rule, "learning_rate": rate, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6,
         "weight_decay": 0.1 if rule == "adamw" else 0.0}
        for rate in rates
    ]  # fmt: skip
    start = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    ours = start.clone().requires_grad_()
    theirs = [start[i].clone().requires_grad_() for i in range(2)]
    optimizer, oracles = (
        Optimizer([ours], hyper),
        [oracle([p], r) for p, r in zip(theirs, rates, strict=True)],
    )
    for _ in range(20):
        optimizer.parameters[0].grad = None
        (ours**4 / 4 - ours).sum().backward()
        optimizer.step()
        for parameter, one in zip(theirs, oracles, strict=True):
            one.zero_grad()
            (parameter**4 / 4 - parameter).sum().backward()
            one.step()
    for i in range(2):
        assert torch.allclose(ours[i], theirs[i], rtol=1e-5, atol=1e-6)


def test_a_linear_schedule_ends_at_zero():
    hyper = [{**TRAINING, "optimizer": "sgd", "learning_rate": 1.0, "schedule": "linear", "steps": 4}]
    parameter = torch.zeros(1, 1, requires_grad=True)
    optimizer, moves = Optimizer([parameter], hyper), []
    for _ in range(4):
        before = parameter.item()
        parameter.grad = -torch.ones(1, 1)
        optimizer.step()
        moves.append(parameter.item() - before)
    assert moves == pytest.approx([1.0, 0.75, 0.5, 0.25])


def test_the_linear_model_reaches_its_closed_form():
    training = {**TRAINING, "steps": 4000, "batch": 250, "learning_rate": 0.005}
    cell = settings({"default": {"training": training, "train_samples": 5000}}, architecture="linear", seeds=[0])
    result = run(cell, rows_of(cell, 5000))
    instance = expand(cell)[0]
    x = draw(stream(9, Purpose.TEST_SET), 200_000, Distribution((0.5,) * 6)).astype(np.float64)
    W, b = result["W"][0].astype(np.float64), result["b"][0]
    loss = float(instance.loss_weights @ np.square(x @ W.T @ W + b - x).mean(axis=0))
    assert loss == pytest.approx(linear_optimum(instance.loss_weights, 2, instance.distribution), rel=0.01)


@pytest.mark.parametrize("with_engine", [engine, fused], ids=["torch", "fused"])
def test_an_instance_does_not_depend_on_the_others(with_engine):
    variants = {
        "default": {}, "fast": {"training": {**TRAINING, "learning_rate": 0.05}},
        "sgd": {"training": {**TRAINING, "optimizer": "sgd"}}, "untied": {"tied": False},
        "plain": {"bias": False}, "fresh": {"source": "fresh", "train_samples": None},
    }  # fmt: skip
    together = run(settings(variants), engine=with_engine)
    names = [instance.variant for instance in expand(settings(variants))]
    for name in variants:
        alone = run(settings({name: variants[name]}), engine=with_engine)
        index = names.index(name)
        for array in ("W", "b", "loss"):
            assert np.allclose(together[array][index : index + 3], alone[array], rtol=1e-5, atol=1e-7), (
                name,
                array,
            )


@pytest.mark.parametrize("architecture", ["linear", "linear-hidden-relu", "relu", "relu-output"])
def test_the_engines_agree_on_the_article_within_the_spread_over_seeds(architecture):
    """Ten seeds, the article's sizes, the same batches: each seed's final loss agrees far closer than seeds do."""
    training = {**TRAINING, "learning_rate": 0.005, "steps": 600, "batch": 64}
    curve = {"curve": "linear", "first": 1.0, "last": 0.1}
    cell = settings(
        {"default": {"training": training, "importance": curve, "train_samples": 1000}},
        architecture=architecture, features=40, hidden=5, sparsities=["0.9"], seeds=list(range(10)),
    )  # fmt: skip
    rows = rows_of(cell, 1000)
    ours, reference = (run(cell, rows, engine=one)["loss"][:, -1] for one in (fused, engine))
    spread = reference.std(ddof=1)
    assert np.abs(ours - reference).max() < spread
    assert abs(np.median(ours) - np.median(reference)) < 0.1 * spread


@pytest.mark.parametrize("target", ["identity", "absolute"])
def test_the_engines_agree_on_targets_penalties_and_snapshots(target):
    training = {**TRAINING, "l1": 0.02, "snapshots": [0, 20, 50]}
    source = {"values": "signed", "relative_density": [1, 1, 1, 1, 1, 0.5], "sets": None}
    cell = settings({"default": {"training": training, "target": target, "source": "fresh", **source, "tied": False}})
    ours, reference = run(cell, engine=fused), run(cell)
    assert ours.keys() == reference.keys()
    for name, array in reference.items():
        assert ours[name].dtype == array.dtype
        assert np.allclose(ours[name], array, rtol=1e-3, atol=1e-4), name


def test_both_engines_say_where_training_diverged():
    training = {**TRAINING, "optimizer": "sgd", "learning_rate": 1e6}
    cell = settings({"default": {}, "wild": {"training": training}}, architecture="linear")
    found = []
    for one in (fused, engine):
        with pytest.raises(DivergedError) as caught:
            run(cell, engine=one)
        found.append((caught.value.index, caught.value.step))
    assert found[0] == found[1]


def test_a_model_without_bias_keeps_none_and_an_untied_one_has_two_matrices():
    result = run(settings({"plain": {"bias": False}, "untied": {"tied": False}}))
    assert not result["b"][:3].any()
    assert result["b"][3:].any()
    assert np.array_equal(result["V"][:3], result["W"][:3])
    assert not np.allclose(result["V"][3:], result["W"][3:])


def test_initial_weights_have_the_stated_deviation():
    cell = settings({"a": {}, "x": {"initialisation": "xavier-normal"}}, features=400, hidden=100, seeds=[5])
    first, second = (initial_weights(instance)[0] for instance in expand(cell))
    tolerance = 4 / np.sqrt(2 * first.size)
    assert first.std() == pytest.approx(np.sqrt(1 / 400), rel=tolerance)
    assert second.std() == pytest.approx(np.sqrt(2 / 500), rel=tolerance)


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


def test_record_steps_start_with_the_first_and_end_with_the_last():
    for steps, records in ((1, 1), (5, 100), (10_000, 100), (7, 1)):
        chosen = record_steps(steps, records)
        assert chosen[-1] == steps
        assert len(chosen) <= records + 1
        assert (np.diff(chosen) > 0).all()
    assert record_steps(10_000, 100)[0] == 1


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


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"curve": "linear", "first": 1.0, "last": 0.1}, [1, 0.7, 0.4, 0.1]),
        ({"curve": "geometric", "ratio": 0.5}, [1, 0.5, 0.25, 0.125]),
        ({"curve": "constant", "value": 2.0}, [2, 2, 2, 2]),
        ({"curve": "explicit", "values": [3.0, 1.0, 0.0, 2.0]}, [3, 1, 0, 2]),
    ],
)
def test_importance_curves(curve, expected):
    assert importance_vector(curve, 4) == pytest.approx(expected)
