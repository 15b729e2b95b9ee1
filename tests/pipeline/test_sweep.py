"""Sweeps, densities and models of several sizes: from the YAML to arrays of the right shape and content."""

from itertools import product

import numpy as np
import pytest
import yaml
from conftest import Project, copied, shared
from superposition.data.instances import expand
from superposition.measure.results import Results
from superposition.pipeline.plan import load_plan
from superposition.store.errors import UserError
from superposition.train.models import load

SMALL = {
    "title": "Two sizes and a sweep",
    "features": 3,
    "importance": {"curve": "extra", "last": 1.0},
    "densities": {"first": 1, "last": 0.25, "points": 3},
    "seeds": 2,
    "streams": "own",
    "data": {"source": "fresh", "test_samples": 500},
    "models": {
        "two": {"architecture": "relu-output", "label": "two", "hidden": 1, "features": 2},
        "three": {"architecture": "relu-output", "label": "three", "hidden": 2},
        "four": {"architecture": "linear", "label": "four", "hidden": 2, "features": 4},
    },
    "training": {"optimizer": "adam", "learning_rate": 0.01, "steps": 20, "batch": 64},
    "sweep": {
        "importance.last": {"range": {"first": 0.5, "last": 8, "points": 3}},
        "training.steps": {"values": [10, 20]},
    },
}


def configure(project):
    """An experiment of its own, the only one configured."""
    folder = project.folder / "workflow/experiments/small"
    folder.mkdir()
    (folder / "experiment.yaml").write_text(yaml.safe_dump(SMALL))
    (folder / "text.md").write_text("A sweep.\n")
    project.edit("config/config.yaml", "[article]", "[small]")
    return project


@pytest.fixture
def small(here):
    """A copy of the project with the small experiment."""
    return configure(here)


@pytest.fixture
def trained(tmp_path_factory, tmp_path, monkeypatch):
    """The same with the metrics of two models, and all they rest on; the working directory."""

    def make(folder):
        targets = [f"results/small/{name}/S{s}/metrics.csv" for name in ("two", "four") for s in ("0", "0.5", "0.75")]
        result = configure(Project(folder)).snakemake(*targets)
        assert result.returncode == 0, result.stderr

    project = copied(shared(tmp_path_factory, "small", make), tmp_path / "trained")
    monkeypatch.chdir(project.folder)
    monkeypatch.setattr("superposition.store.project.EXPERIMENTS", project.folder / "workflow/experiments")
    return project


def test_instances_run_through_every_point_under_its_own_settings(small):
    settings = load_plan().stage("train", "small", "two", "0.5").settings
    instances = expand(settings)
    ratios, steps = (0.5, 2.0, 8.0), (10, 20)
    expected = [((r, s), seed) for r in ratios for s in steps for seed in (0, 1)]
    assert [(one.point, one.seed) for one in instances] == expected
    assert [one.importance for one in instances] == [(1.0, r) for (r, _), _ in expected]
    assert [one.training["steps"] for one in instances] == [s for (_, s), _ in expected]
    assert len({one.key for one in instances}) == 6  # a stream for each point; the seed tells the rest apart


def test_models_of_several_sizes_share_the_first_features_of_a_data_set(small):
    plan = load_plan()
    assert plan.stage("data", "small", "0").settings["features"] == 4
    sizes = {name: expand(plan.stage("train", "small", name, "0").settings)[0] for name in SMALL["models"]}
    assert {name: (one.features, one.hidden) for name, one in sizes.items()} == {
        "two": (2, 1), "three": (3, 2), "four": (4, 2),
    }  # fmt: skip
    assert {name: len(one.distribution.sparsity) for name, one in sizes.items()} == {"two": 2, "three": 3, "four": 4}


def test_results_have_an_axis_for_each_swept_setting(trained):
    results = Results("small", load_plan().described("small"), ("data", "weights", "matrices", "metrics"), lambda p: p)
    assert results.sweep == {"importance.last": [0.5, 2.0, 8.0], "training.steps": [10, 20]}
    for name, (n, m) in {"two": (2, 1), "four": (4, 2)}.items():
        W = results.weights(name, "0.5", "W").astype(np.float64)
        b = results.weights(name, "0.5", "b").astype(np.float64)
        assert W.shape == (3, 2, 2, m, n)
        assert results.matrices(name, "0.5", "gram").shape == (3, 2, 2, n, n)
        table = results.metrics(name, "0.5")
        assert table["importance.last"].tolist() == np.repeat([0.5, 2.0, 8.0], 4).tolist()
        assert table["training.steps"].tolist() == [10, 10, 20, 20] * 3
        assert (table["steps"] == table["training.steps"]).all()
        # The loss by hand, at the last point and seed: the first n features of the stored set, weighed as swept.
        x = results.data("0.5")[1, :, :n].astype(np.float64)
        output = x @ W[2, 1, 1].T @ W[2, 1, 1] + b[2, 1, 1]
        error = np.square((np.maximum(output, 0) if name == "two" else output) - x) @ np.r_[np.ones(n - 1), 8.0] / n
        assert results.metric(name, "0.5", "test_loss")[2, 1, 1] == pytest.approx(error.mean(), rel=1e-5)


def test_a_point_is_the_experiment_with_that_value_written_in(small):
    """Swept weights are those of an experiment that states the value itself (streams paired, so that names matter not)."""
    small.edit("workflow/experiments/small/experiment.yaml", "streams: own", "streams: paired")
    target = "results/small/two/S0.5/weights.safetensors"
    assert small.snakemake(target).returncode == 0
    swept = Results("small", load_plan().described("small"), ("weights",), lambda path: path).weights("two", "0.5", "W")
    document = yaml.safe_load((small.folder / "workflow/experiments/small/experiment.yaml").read_text())
    del document["sweep"]
    document["importance"]["last"], document["training"]["steps"] = 2.0, 10
    (small.folder / "workflow/experiments/small/experiment.yaml").write_text(yaml.safe_dump(document))
    assert small.snakemake(target).returncode == 0
    stated = Results("small", load_plan().described("small"), ("weights",), lambda path: path).weights(
        "two", "0.5", "W"
    )
    assert (swept[1, 0] == stated).all()


def test_sparsities_that_share_a_job_give_the_numbers_of_those_that_do_not(trained):
    """Every array and metric of every sparsity is the same bits, wherever it lies."""
    arrays = {"weights": ("W", "b", "loss"), "matrices": ("gram", "error_square")}

    def measured():
        results = Results("small", load_plan().described("small"), ("data", "metrics", *arrays), lambda path: path)
        of_sparsity = {(s, "data"): results.data(s) for s in results.sparsities}
        for s, name in product(results.sparsities, ("two", "four")):
            of_sparsity |= {(s, name, key): results.weights(name, s, key) for key in arrays["weights"]}
            of_sparsity |= {(s, name, key): results.matrices(name, s, key) for key in arrays["matrices"]}
            of_sparsity[s, name, "loss"] = results.metric(name, s, "test_loss")
            assert set(results.metrics(name, s)["sparsity"]) == {s}
        return of_sparsity

    alone = measured()
    trained.edit("workflow/experiments/small/experiment.yaml", "streams: own", "streams: own\nsparsities_per_job: 2")
    assert list(load_plan().experiments["small"].stretches.items()) == [("0-0.5", ("0", "0.5")), ("0.75", ("0.75",))]
    targets = [f"results/small/{name}/S{s}/metrics.csv" for name in ("two", "four") for s in ("0-0.5", "0.75")]
    assert (result := trained.snakemake(*targets)).returncode == 0, result.stderr
    together = measured()
    assert alone.keys() == together.keys()
    assert all(np.array_equal(alone[key], together[key]) for key in alone)

    # Each model can be taken out by what tells it apart.
    file = "results/small/two/S0-0.5/weights.safetensors"
    for sparsity in ("0.5", 0.5):
        model = load(file, seed=1, sparsity=sparsity, point=[2.0, 10])
        assert np.array_equal(model.W.detach().numpy(), alone["0.5", "two", "W"][1, 0, 1])
    with pytest.raises(UserError, match=r"holds no model of seed 1, sparsity 0.9; allowed: seed 0, sparsity 0, "):
        load(file, seed=1, sparsity="0.9")


def test_a_further_sparsity_leaves_the_full_stretches_alone(small):
    file = "workflow/experiments/small/experiment.yaml"
    document = yaml.safe_load((small.folder / file).read_text())
    del document["densities"]
    document |= {"sparsities": ["0", "0.5", "0.6"], "sparsities_per_job": 2}
    (small.folder / file).write_text(yaml.safe_dump(document))
    before = {name: load_plan().stage("train", "small", "two", name).digest for name in ("0-0.5", "0.6")}
    document["sparsities"].append("0.7")
    (small.folder / file).write_text(yaml.safe_dump(document))
    after = {name: load_plan().stage("train", "small", "two", name).digest for name in ("0-0.5", "0.6-0.7")}
    assert before["0-0.5"] == after["0-0.5"]
