"""The torch engine and the fused engine train the same cell to the same weights, each instance on its own."""

import numpy as np
import pytest
from superposition.data.instances import expand
from superposition.store.errors import DivergedError
from superposition.train.engines import fused
from superposition.train.engines import torch as engine
from training_cells import TRAINING, rows_of, run, settings


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
