"""What a cell holds beside its trained variants, and what figures may be drawn from."""

import pytest
import yaml
from superposition.pipeline.plan import load_plan
from superposition.store.paths import product_path


@pytest.fixture(scope="module")
def plan():
    return load_plan({"preset": "standard"})


def test_a_judged_model_has_controls_made_from_its_first_variant_and_one_that_trains_on(plan):
    variants = plan.stage("train", "article", "linear", "0.9").settings["variants"]
    base = variants["default"]
    assert [variants[name].get("origin", "trained") for name in ("untrained", "permuted", "planted")] == [
        "untrained",
        "permuted",
        "planted",
    ]
    for name in ("continued", "untrained", "permuted", "planted"):
        assert variants[name]["like"] == "default"
    assert variants["continued"]["training"]["steps"] == 2 * base["training"]["steps"]
    assert {**variants["continued"], "training": base["training"]} == {**base, "like": "default"}


def test_a_model_without_ideal_weights_has_none_planted(plan):
    names = plan.described("article")["variants"]["linear-hidden-relu"]
    assert names["planted"] == "default"
    assert "planted" not in plan.stage("train", "article", "linear-hidden-relu", "0.9").settings["variants"]


def test_an_exact_optimum_is_not_trained_on(plan):
    stretch = next(iter(plan.experiments["phase-change"].stretches))
    variants = plan.stage("train", "phase-change", "two", stretch).settings["variants"]
    assert variants["training.optimum"]["training"]["method"] == "optimum"
    assert variants["continued"]["training"]["method"] == "descent"


def test_a_figure_reads_the_controls_where_it_says_so_alone(plan):
    spec = plan.experiments["uniform-geometry"]
    sparsity, (model, *_) = next(iter(spec.controls.items()))
    control = product_path("weights", "uniform-geometry", model, sparsity)
    assert control in plan.figure_inputs("uniform-geometry-polytopes")
    dense = next(iter(plan.experiments["article"].controls))
    assert product_path("matrices", "article", "relu", dense) not in plan.figure_inputs("article-bias")


def edit(project, change):
    path = project.folder / "workflow/experiments/article/experiment.yaml"
    document = yaml.safe_load(path.read_text())
    change(document)
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return project.call("check")


def test_an_optimum_that_cannot_be_computed_is_refused_before_any_job(project):
    result = edit(project, lambda document: document["training"].update(method="optimum"))
    assert result.returncode == 1
    assert result.stderr.strip() == (
        "error: workflow/experiments/article/experiment.yaml: training.method: found optimum, in variant default of "
        "model relu with architecture relu; allowed: relu-output or linear"
    )


def test_a_variant_cannot_take_the_name_of_a_made_one(project):
    result = edit(project, lambda document: document.update(variants={"default": {}, "untrained": {}}))
    assert result.returncode == 1
    assert "names of variants other than continued, untrained, permuted, planted; found 'untrained'" in result.stderr


def test_a_model_without_claims_has_no_controls(project):
    def without(document):
        for key in ("claims", "curves", "amendments"):
            document.pop(key)

    edit(project, without)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        patch.setattr("superposition.store.project.EXPERIMENTS", project.folder / "workflow/experiments")
        variants = load_plan({"preset": "smoke"}).stage("train", "article", "relu", "0.9").settings["variants"]
    assert not {"continued", "untrained", "permuted", "planted"} & set(variants)
