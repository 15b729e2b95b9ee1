"""Why a job runs, in the user's words: the key, the definition, the file or the first cause that makes it run."""

import json
import re

import pytest
from article_products import ARTICLE, CURVES, LIBRARY
from superposition.pipeline import reasons
from superposition.pipeline.reasons import Reasons, expect
from superposition.store.provenance import Stage

WEIGHTS = "results/article/relu/S0.9/weights.safetensors"
STAGE = {
    "name": "train",
    "target": ("article", "relu", "0.9"),
    "settings": {"seeds": [0, 1], "variants": {"default": {"training": {"steps": 5000}}, "long": {"training": {"steps": 5000}}}},
    "code": "0" * 64,
    "packages": {"numpy": "2.1"},
}  # fmt: skip


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What is said of a job whose products were made by one stage and are to be made by another."""
    monkeypatch.chdir(tmp_path)

    def say(snakemakes="", gone=(), **changed) -> str:
        outputs = [WEIGHTS, f"{WEIGHTS}.json"]
        (tmp_path / WEIGHTS).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / WEIGHTS).touch()
        (tmp_path / f"{WEIGHTS}.json").write_text(json.dumps(Stage(**STAGE).record))
        for path in gone:
            (tmp_path / path).unlink()
        stage = Stage(**{**STAGE, **changed})
        expect(stage)
        return Reasons().of(stage.digest, snakemakes, ["data/article/S0.9.safetensors"], outputs)

    return say


def settings(**changed):
    return {"settings": {**STAGE["settings"], **changed}}


def steps(**variants):
    return settings(variants={name: {"training": {"steps": count}} for name, count in variants.items()})


SAID = {
    "a setting of every variant, said once": (steps(default=10000, long=10000), "settings: training.steps 5000 → 10000"),
    "a variant more": (steps(default=5000, long=5000, short=10), "settings: variants added short"),
    "an item more": (settings(seeds=[0, 1, 2]), "settings: seeds added 2"),
    "many items more": (settings(seeds=list(range(102))), "settings: seeds added 2, 3, …, 101 (100)"),
    "an item less": (settings(seeds=[1]), "settings: seeds removed 0"),
    "another order": (settings(seeds=[1, 0]), "settings: seeds in another order"),
    "a long text": (settings(seeds="s" * 100), f"settings: seeds [0, 1] → {'s' * 39}…"),
    "more than two keys": (settings(a=1, b=2, c=3, d=4), "settings: added a, b, …, d (4)"),
    "a version": ({"packages": {"numpy": "2.2"}}, "packages: numpy 2.1 → 2.2"),
    "a version and a setting": ({"packages": {"numpy": "2.2"}, **settings(seeds=[1])}, "settings: seeds removed 0; packages: numpy 2.1 → 2.2"),
    "code of which nothing was noted": ({"code": "1" * 64}, "code"),
    "a file that is gone": ({"gone": [WEIGHTS]}, f"missing: {WEIGHTS}"),
    "all files gone": ({"gone": [WEIGHTS, f"{WEIGHTS}.json"]}, "new"),
    "forced": ({"snakemakes": "Forced execution"}, "forced"),
    "an edited input": ({"snakemakes": "Updated input files: text.md; Input files updated by another job: b"}, "input: text.md"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_differs_is_said(told, case):
    changed, said = SAID[case]
    assert told(**changed) == said


def test_of_noted_code_the_definition_is_named(told):
    reasons.CODE.mkdir(parents=True)
    (reasons.CODE / f"{'0' * 16}.json").write_text(
        json.dumps({"measure.geometry.gram": "aa", "measure.geometry.norm": "bb"})
    )
    (reasons.CODE / f"{'1' * 16}.json").write_text(
        json.dumps({"measure.geometry.gram": "cc", "measure.geometry.norm": "bb"})
    )
    assert told(code="1" * 64) == "code: measure.geometry.gram"


def test_a_cascade_names_its_first_cause(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").touch()
    (tmp_path / "c").touch()
    run = Reasons()
    assert run.of("", "Missing output files: a", [], ["a"]) == "new"
    assert run.of("", "Input files updated by another job: a", ["a"], ["b"]) == "input: a (new)"
    assert run.of("", "Input files updated by another job: b", ["x", "b"], ["c"]) == "input: a (new)"


def test_a_job_that_is_tried_again_has_the_reason_that_it_had(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").touch()
    run = Reasons()
    first = run.of("", "Missing output files: b", [], ["a", "b"])
    (tmp_path / "a").unlink()
    assert run.of("", "Missing output files: b", [], ["a", "b"]) == first == "missing: b"


def why(project) -> dict[str, str]:
    """What `snakemake -n` says of every job that would run, by the job's line."""
    result = project.snakemake("-n")
    assert result.returncode == 0, result.stderr
    lines = re.findall(r"^((?:data|train|extract|judge|figure|report) .*)$", result.stdout + result.stderr, re.M)
    return dict(
        re.split(r" {2,}(?=\w+: )", line, maxsplit=1) if ": " in line else (line, "") for line in map(squeezed, lines)
    )


def squeezed(line: str) -> str:
    return re.sub(r"^(\w+) +", r"\1 ", line)


def test_a_dry_run_after_edits_of_settings_code_and_text_and_a_deleted_file(spoilable):
    spoilable.edit(f"{ARTICLE}/experiment.yaml", "threshold: 0.05", "threshold: 0.04")
    spoilable.edit(f"{ARTICLE}/figures.py", "SHOWN_SAMPLES = 24", "SHOWN_SAMPLES = 20")
    (spoilable.folder / "report/figures/article-gram/data.csv").unlink()
    said = why(spoilable)
    threshold = "settings: claims.relu-compresses-better.threshold 0.05 → 0.04"
    assert said["judge article"] == threshold
    assert said["figure article-sample"] == "code: article.figures.SHOWN_SAMPLES"
    assert said["figure article-gram"] == "missing: report/figures/article-gram/data.csv"
    assert said["figure article-verdict-board"] == f"input: results/article/claims.json ({threshold})"
    assert said.keys() == {
        "judge article", "figure article-sample", "figure article-gram", "figure article-verdict-board",
        *(f"figure {name}" for name in CURVES), "report article", "report report",
    }  # fmt: skip


def test_a_dry_run_after_edits_of_training_and_of_a_measure_and_with_a_sparsity_more(spoilable):
    spoilable.edit(f"{ARTICLE}/experiment.yaml", "train_samples: 1000,", "train_samples: 900,")
    spoilable.edit(f"{LIBRARY}/measure/features.py", "REPRESENTED = 0.5", "REPRESENTED = 0.6")
    spoilable.edit(f"{ARTICLE}/experiment.yaml", '"0.9"]', '"0.9", "0.7"]')
    said = why(spoilable)
    assert said["data article  S0.1"] == "settings: train_samples 1000 → 900"
    assert said["train article  relu  S0.1"] == "settings: data.train_samples 1000 → 900"
    assert said["extract article  relu  S0.1"] == (
        "settings: data.train_samples 1000 → 900; code: measure.features.REPRESENTED"
    )
    assert said["train article  relu  S0.7"] == ""
    assert said["judge article"].startswith("settings: sparsities added 0.7, ")
