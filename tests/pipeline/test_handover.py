"""A job takes over the stage that the run's main process has planned, and plans anew once something has changed."""

import json
import os
from pathlib import Path

import pytest
from superposition.pipeline import handover
from superposition.pipeline.handover import FOLDER, handed_over, planned, sources, take_over
from superposition.pipeline.plan import load_plan

TARGET = ("article", "relu", "0.9")


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """A plan of the smoke preset in a folder of its own, with experiments that a test may edit."""
    import shutil

    from conftest import ROOT

    for part in ("config", "workflow/experiments"):
        shutil.copytree(ROOT / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("superposition.store.project.EXPERIMENTS", tmp_path / "workflow/experiments")
    sources.cache_clear()
    sources()
    yield load_plan({"preset": "smoke"})
    sources.cache_clear()


def in_a_job(digest, name="train", target=TARGET):
    """What a job, a process of its own, takes over."""
    sources.cache_clear()
    return take_over(digest, name, target)


def test_a_job_takes_over_what_the_plan_says(plan):
    record = handed_over(plan, "train", *TARGET)
    task = in_a_job(record["digest"])
    assert task == planned(plan, "train", *TARGET)
    assert task.stage.record == record
    assert task.needs == {Path("data/article/S0.9.safetensors"): plan.stage("data", "article", "0.9").digest}


@pytest.mark.parametrize(
    "edited",
    ["config/config.yaml", "workflow/experiments/article/experiment.yaml", "workflow/experiments/article/claims.py"],
)
def test_nothing_is_taken_over_once_a_source_was_edited(plan, edited):
    record = handed_over(plan, "train", *TARGET)
    Path(edited).write_text(Path(edited).read_text() + "\n")
    assert in_a_job(record["digest"]) is None


def test_nothing_is_taken_over_under_other_keys_or_packages(plan, monkeypatch):
    digest = handed_over(plan, "train", *TARGET)["digest"]
    monkeypatch.setenv("SUPERPOSITION_SET", '{"preset": "full"}')
    assert in_a_job(digest) is None
    monkeypatch.delenv("SUPERPOSITION_SET")
    assert in_a_job(digest) is not None
    monkeypatch.setattr(handover, "versions", lambda packages: dict.fromkeys(packages, "0"))
    assert in_a_job(digest) is None


def test_nothing_is_taken_over_for_another_target(plan):
    digest = handed_over(plan, "train", *TARGET)["digest"]
    assert in_a_job(digest, target=("article", "relu", "0.5")) is None
    assert in_a_job(digest, name="extract") is None


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"stage": 3, "needs": {}, "sources": ""}'])
def test_a_damaged_file_is_no_obstacle(plan, damage):
    digest = handed_over(plan, "train", *TARGET)["digest"]
    (FOLDER / f"{digest}.json").write_text(damage)
    assert in_a_job(digest) is None


def test_altered_settings_are_not_those_that_were_planned(plan):
    digest = handed_over(plan, "train", *TARGET)["digest"]
    path = FOLDER / f"{digest}.json"
    laid = json.loads(path.read_text())
    laid["stage"]["settings"]["hidden"] += 1
    path.write_text(json.dumps(laid))
    assert in_a_job(digest) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_no_obstacle(plan, tmp_path):
    (tmp_path / ".snakemake").mkdir(mode=0o500)
    assert handed_over(plan, "train", *TARGET)["digest"] == plan.stage("train", *TARGET).digest
