"""The setting `engine: cuda`: one line of error where there is no GPU, else the fused engine's weights."""

import json
import shutil

import pytest
from conftest import ROOT
from safetensors.numpy import load_file
from superposition.pipeline.plan import load_plan
from superposition.train import gpu
from superposition.verify.comparison import compared
from superposition.verify.summaries import described_file

WEIGHTS = "results/tiny/relu/S0.3/weights.safetensors"


@pytest.fixture
def tiny(project):
    """The tiny experiment, made tinier: a simulator trains it."""
    shutil.copytree(ROOT / "tests/tiny", project.folder / "workflow/experiments/tiny")
    project.edit("config/config.yaml", "[article]", "[tiny]")
    file = "workflow/experiments/tiny/experiment.yaml"
    project.edit(file, "steps: 20000, batch: 128", "steps: 4, batch: 16, snapshots: [0, 2]")
    project.edit(file, "train_samples: 2000, test_samples: 2000", "train_samples: 40, test_samples: 40")
    return project


def lines(result):
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_cell_trained_by_the_engine_cuda_is_the_fused_engine_s_bit_for_bit(tiny, monkeypatch):
    lines(tiny.superposition("data", "tiny", "0.3"))
    lines(tiny.superposition("train", "tiny", "relu", "0.3", "--set", "engine=fused"))
    kept = tiny.folder / "fused.safetensors"
    shutil.move(tiny.folder / WEIGHTS, kept)
    monkeypatch.setenv("NUMBA_ENABLE_CUDASIM", "1")
    lines(tiny.superposition("train", "tiny", "relu", "0.3", "--set", "engine=cuda"))
    made = json.loads((tiny.folder / f"{WEIGHTS}.json").read_text())
    assert made["settings"]["engine"] == "cuda"
    assert "numba-cuda" in made["packages"]
    fused, cuda = load_file(kept), load_file(tiny.folder / WEIGHTS)
    assert fused.keys() == cuda.keys() >= {"W", "b", "loss", "snapshot_W"}
    for name, array in fused.items():
        assert array.tobytes() == cuda[name].tobytes(), name
    found = compared(WEIGHTS, "weights", described_file(kept), described_file(tiny.folder / WEIGHTS))
    assert found is None or (found.tolerated and not found.numbers)


@pytest.mark.parametrize("stage", [("train", "tiny", "relu", "0.3"), ("data", "tiny", "0.3")])
def test_without_a_gpu_the_engine_cuda_is_an_error_of_one_line_before_anything_runs(tiny, stage):
    result = tiny.superposition(*stage, "--set", "engine=cuda")
    assert result.returncode == 1
    assert result.stderr == (
        "error: config/config.yaml: engine: found 'cuda', which needs an NVIDIA GPU with its driver and numba-cuda "
        "(docs/gpu.md); allowed: auto, fused or torch\n"
    )
    assert not (tiny.folder / "data/tiny").exists()


def test_a_gpu_that_turns_out_not_to_be_there_is_an_error_of_one_line(tiny, monkeypatch):
    lines(tiny.superposition("data", "tiny", "0.3"))
    monkeypatch.setenv("SUPERPOSITION_GPU", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    result = tiny.superposition("train", "tiny", "relu", "0.3", "--set", "engine=cuda")
    assert result.returncode == 1
    assert result.stderr.startswith("error: engine cuda: Numba finds no usable GPU on ")
    assert result.stderr.endswith("see docs/gpu.md, or run with --config engine=fused\n")
    assert result.stderr.count("\n") == 1


def test_auto_takes_the_gpu_where_one_is(monkeypatch):
    monkeypatch.setattr("superposition.pipeline.versions._version", lambda package: "1")
    plan = load_plan({"engine": "auto"})
    monkeypatch.setenv(gpu.GIVEN, "0")
    assert plan.engine("article", "relu") == "fused"
    monkeypatch.setenv(gpu.GIVEN, "1")
    assert plan.engine("article", "relu") == "cuda"
    assert plan.stage("train", "article", "relu", "0.9").packages.keys() == {"numpy", "numba", "llvmlite", "numba-cuda"}


def test_the_simulator_is_no_gpu_to_auto(monkeypatch):
    monkeypatch.setenv("NUMBA_ENABLE_CUDASIM", "1")
    assert load_plan({"engine": "auto"}).engine("article", "relu") == "fused"
    assert load_plan({"engine": "cuda"}).engine("article", "relu") == "cuda"


def test_a_gpu_is_found_by_its_driver_and_by_numba_cuda(monkeypatch, tmp_path):
    monkeypatch.delenv(gpu.GIVEN)
    for installed in (False, True):
        for driver in (False, True):
            monkeypatch.setattr(gpu, "find_spec", lambda name, installed=installed: installed or None)
            monkeypatch.setattr(gpu, "_DRIVER", (tmp_path if driver else tmp_path / "absent",))
            gpu._found.cache_clear()
            assert gpu.present() is (installed and driver)
    gpu._found.cache_clear()


def test_a_rule_asks_for_a_gpu_where_the_engine_needs_one(tiny, monkeypatch):
    monkeypatch.setenv("NUMBA_ENABLE_CUDASIM", "1")
    tiny.edit("workflow/rules/train.smk", '"train     ', '"gpus: {resources.gpu} ')
    asked = {}
    for engine in ("cuda", "fused"):
        shown = tiny.run("snakemake", "-n", WEIGHTS, "--config", f"engine={engine}")
        asked[engine] = shown.stdout + shown.stderr
    assert "gpus: 1" in asked["cuda"], asked["cuda"]
    assert "gpus: 0" in asked["fused"], asked["fused"]
