"""`superposition.train` computes what a cell of the pipeline and the reference engine compute, and refuses in one line."""

import inspect
from itertools import product

import numpy as np
import pandas as pd
import pytest
import superposition
import torch
from superposition import UserError
from superposition.data.stage import generate
from superposition.measure.stage import extract
from superposition.pipeline.plan import load_plan
from superposition.spec.settings import Data, Model, Training
from superposition.store.tensors import read_tensors
from superposition.train.engines.torch import train as reference
from superposition.train.progress import Progress
from superposition.train.stage import train as train_cell

SHARED = ("default", "rows.fresh", "reduction.sum", "optimizer.sgd")  # variants of both models
SHORT = {"features": 6, "hidden": 2, "steps": 60, "batch": 20}


def arguments_of(settings, variant):
    """A variant of a cell as keyword arguments."""
    own = settings["variants"][variant]
    cell = {name: settings[name] for name in ("features", "hidden", "architecture", "seeds", "streams")}
    return cell | {"sparsity": settings["sparsities"], "importance": own["importance"]} | own["model"] | own["data"] | own["training"]  # fmt: skip


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """Settings and products of cells of the article, made by the pipeline's stages under the preset smoke."""
    folder = tmp_path_factory.mktemp("cells")
    data = load_plan({"preset": "smoke"}).stage("data", "article", "0.9").settings
    generate(data, folder / "data")
    made = {}
    for model in ("linear", "relu"):
        plan = load_plan({"preset": "smoke", "engine": "fused"})
        settings = plan.stage("train", "article", model, "0.9").settings
        kept = (*SHARED, "linear-bias.without")
        settings["variants"] = {name: own for name, own in settings["variants"].items() if name in kept}
        weights, matrices, metrics = (folder / f"{model}-{kind}" for kind in ("weights", "matrices", "metrics"))
        train_cell(settings, folder / "data", weights, Progress(model, 10**6))
        extracting = settings | {"distribution": data["distribution"]}
        extract(extracting, weights, folder / "data", matrices, metrics)
        made[model] = settings, weights, matrices, pd.read_csv(metrics), data["test_samples"]
    return made


@pytest.mark.parametrize(
    ("model", "variant"), [*product(("linear", "relu"), SHARED), ("linear", "linear-bias.without")]
)
def test_weights_and_measures_are_those_of_a_cell_to_the_bit(cells, model, variant):
    settings, weights, matrices, metrics, samples = cells[model]
    models = superposition.train(**arguments_of(settings, variant), test_samples=samples)
    rows = np.flatnonzero(metrics["variant"] == variant)
    assert len(rows) == len(models) == 2
    trained, measured = read_tensors(weights)[0], read_tensors(matrices)[0]
    for mine, theirs in (
        (models.W, trained["W"]),
        (models.b, trained["b"]),
        (models.gram, measured["gram"]),
        (models.norms, measured["norm"]),
        (models.dimensionality.astype(np.float32), measured["dimensionality"]),
        (models.interference.astype(np.float32), measured["interference"]),
    ):
        assert np.array_equal(mine, theirs[rows])
    records = trained["loss_step"][rows[0]] > 0
    assert np.array_equal(models.loss, trained["loss"][rows][:, records])
    assert np.array_equal(models.steps, trained["loss_step"][rows[0], records])
    for column in ("seed", "train_loss", "test_loss", "loss_slope", "features_represented", "features_per_dimension",
                   "dimensionality_sum", "frobenius_squared"):  # fmt: skip
        assert models.metrics[column].tolist() == metrics[column][rows].tolist(), column


@pytest.mark.parametrize(
    "changes",
    [
        {"architecture": "linear"},
        {"architecture": "relu", "tied": False, "weight_decay": 0.1, "optimizer": "adamw"},
        {"bias": False, "values": "signed", "target": "absolute"},
        {"importance": [1, 0.9, 0.8, 0.7, 0.6, 0.5], "schedule": "linear", "reduction": "sum"},
        {"source": "fixed", "train_samples": 50, "batch": "full", "optimizer": "sgd", "learning_rate": 0.1},
        {"sets": {"kind": "anticorrelated", "members": [[1, 2], [3, 4]]}},
    ],
    ids=lambda changes: "-".join(map(str, changes)),
)
def test_the_reference_engine_agrees(changes, tmp_path):
    models = superposition.train(**{**SHORT, "seeds": 2, **changes})
    distribution = {"values": "unit", "relative_density": None, "sets": None}
    samples = {"train_samples": 50, "test_samples": 1}
    generate(
        {"sparsities": ["0.9"], "features": 6, "seeds": [0, 1], "distribution": distribution, **samples},
        tmp_path / "rows",
    )
    rows = read_tensors(tmp_path / "rows")[0]["train"]  # those of the models that train on a fixed set
    expected = reference(models.instances, rows, Progress("reference", 10**6), "")
    for name in ("W", "b", *(["V"] if not models.settings["tied"] else [])):
        assert np.allclose(models.arrays[name], expected[name], rtol=1e-3, atol=1e-5), name
    assert np.allclose(models.loss, expected["loss"], rtol=1e-3)


def test_models_stand_by_sparsity_then_importance_then_seed_each_as_if_alone():
    sparsities, importances, seeds = [0.5, 0.9], [[1] * 6, [1, 1, 1, 1, 1, 0.1]], [3, 7]
    models = superposition.train(**SHORT, sparsity=sparsities, importance=importances, seeds=seeds)
    assert models.shape == (2, 2, 2)
    grid = models.W.reshape(*models.shape, 2, 6)
    for i, sparsity in enumerate(sparsities):
        for j, importance in enumerate(importances):
            for k, seed in enumerate(seeds):
                alone = superposition.train(**SHORT, sparsity=sparsity, importance=importance, seeds=[seed])
                assert np.array_equal(grid[i, j, k], alone.W[0])
    assert models.metrics["sparsity"].tolist() == ["0.5"] * 4 + ["0.9"] * 4
    assert models.metrics["importance"].tolist() == [1, 1, 2, 2] * 2
    assert models.metrics["seed"].tolist() == [3, 7] * 4


def test_no_bit_depends_on_threads():
    one, three = (superposition.train(**SHORT, seeds=7, threads=threads) for threads in (1, 3))
    assert np.array_equal(one.W, three.W)


def test_the_settings_train_the_same_models_again():
    models = superposition.train(**SHORT, sparsity=[0.123456789, 0.5], importance=[2.0] * 6, seeds=2, snapshots=[0, 30])
    again = superposition.train(**models.settings)
    assert again.settings == models.settings
    assert models.arrays.keys() == again.arrays.keys() >= {"snapshot_W", "snapshot_step"}
    assert all(np.array_equal(models.arrays[name], again.arrays[name]) for name in models.arrays)


@pytest.mark.parametrize("tied", [True, False])
def test_the_torch_module_has_the_held_out_loss(tied):
    models = superposition.train(**SHORT, sparsity=0.5, tied=tied, bias=tied, test_samples=200, reduction="mean")
    x = _held_out(0, 200, 0.5)
    module = models.to_torch(0)
    assert (module.b is None, module.V is None) == (not tied, tied)
    with torch.no_grad():
        loss = (module(torch.from_numpy(x)) - torch.from_numpy(x)).square().mean().item()
    assert models.test_loss[0] == pytest.approx(loss, rel=1e-5)
    with torch.no_grad():
        module.W.zero_()
    assert models.W.any()


def _held_out(seed, samples, sparsity):
    """The held-out set of six features, by NumPy alone: docs/engine.md's stream of purpose 1."""
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(1,))))
    u = generator.random((samples, 6))
    return np.where(u >= sparsity, (u - sparsity) / (1 - sparsity), 0.0).astype(np.float32)


def test_the_best_model_of_each_point_has_the_lowest_held_out_loss():
    models = superposition.train(**SHORT, sparsity=[0.2, 0.8], importance=[[1] * 6, [0.5] * 6], seeds=3)
    for (i, j), best in np.ndenumerate(models.best):
        losses = {place: models.test_loss[place] for place in range((2 * i + j) * 3, (2 * i + j) * 3 + 3)}
        assert best == min(losses, key=losses.get)


def test_the_computed_optimum_of_a_linear_model_keeps_the_most_important_features():
    models = superposition.train(4, 2, 0.5, architecture="linear", method="optimum", importance=[1, 4, 2, 3])
    assert np.allclose(models.gram[0], np.diag([0, 1, 0, 1]), atol=1e-6)
    assert np.allclose(models.b[0], [0.25, 0, 0.25, 0], atol=1e-6)  # the mean of a feature that is left out


REFUSED = {
    "sparsity": [1.5, 1, -0.1, "0.9x", None, True, float("nan"), [], [0.5, 0.5], 0.9999999999],
    "hidden": [0, 2.5, "5", 20_000],
    "features": [0, None],
    "seeds": [0, [], -1],
    "steps": [0, "many"],
    "batch": [0, "full"],
    "learning_rate": [0, "0.1", -1.0],
    "architecture": ["perceptron", "relu6"],
    "importance": [[1, 2], [], [[1] * 6, [1] * 5], -1, {"curve": "steep"}, "linear"],
    "optimizer": ["lion"],
    "tied": [1],
    "threads": [0],
    "sparsty": [0.9],
    "label": ["mine"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_a_wrong_argument_is_named_in_one_line(name, value):
    with pytest.raises(UserError) as error:
        superposition.train(**{**SHORT, name: value})
    line = str(error.value)
    assert line.startswith(f"superposition.train: {name}")
    assert "allowed: " in line or "unknown argument" in line
    assert "\n" not in line


def test_arguments_that_do_not_fit_together_are_refused():
    for changes in ({"source": "fixed"}, {"snapshots": [61]}, {"weight_decay": 0.1}, {"method": "optimum"}):
        with pytest.raises(UserError, match="allowed: "):
            superposition.train(**SHORT, **changes)


def test_a_model_that_diverges_is_named():
    with pytest.raises(UserError, match=r"diverged: sparsity 0\.5, seed 4, step"):
        superposition.train(**SHORT, sparsity=0.5, seeds=[4], optimizer="sgd", learning_rate=1e6)


def test_every_key_of_the_schema_can_be_given():
    from superposition.play.training import Further

    named = set(inspect.signature(superposition.train).parameters) - {"threads", "further", "sparsity"}
    known = named | set(Further.__annotations__)
    schema = {*Model.model_fields, *Data.model_fields, *Training.model_fields} - {"label", "shown"}
    assert known == schema | {"features", "importance", "seeds", "streams"}
