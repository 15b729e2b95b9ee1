"""The smoke run's claims are judged, all and by the published schema; a claim that fails stops the report."""

import json

import jsonschema
import pandas as pd
import pytest
from conftest import ROOT
from superposition.judge.record import Judgement

ARTICLE = "workflow/experiments/article"
SCHEMA = ROOT / "workflow/superposition/judge/claims.schema.json"


@pytest.fixture(scope="module")
def judgement(built):
    return json.loads((built.folder / "results/article/claims.json").read_text())


def test_the_published_schema_is_that_of_the_code():
    assert json.loads(SCHEMA.read_text()) == Judgement.model_json_schema()


def test_the_verdicts_validate_against_the_published_schema(judgement):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert list(validator.iter_errors(judgement)) == []
    claim = {**judgement["claims"][0], "verdict": "proven"}
    assert not validator.is_valid({**judgement, "claims": [claim]})


def test_all_sixteen_claims_are_judged_under_at_least_twelve_readings(judgement):
    assert len(judgement["claims"]) == 16
    for claim in judgement["claims"]:
        assert claim["readings"][0]["reading"] == "default"
        assert len({reading["reading"] for reading in claim["readings"]}) >= 12


def test_only_the_questions_that_reach_a_claim_are_said_to_decide_it(judgement):
    decisive = {claim["claim"]: {one["axis"] for one in claim["influences"]} for claim in judgement["claims"]}
    assert decisive["dataset-sparsity"] == set()
    assert "linear-hidden" in decisive["relu-compresses-better"]
    assert "bias" not in decisive["relu-compresses-better"]
    counted = {claim["claim"]: claim["counted"] for claim in judgement["claims"]}
    assert counted["dataset-sparsity"] == 1


def test_checks_are_judged_without_controls_and_evidence_with_all(judgement):
    for claim in judgement["claims"]:
        names = [control["control"] for control in claim["controls"]]
        assert names == ([] if claim["kind"] == "check" else ["untrained", "permuted", "planted"])


def test_the_table_has_a_row_for_every_part_of_every_reading_and_control(built, judgement):
    table = pd.read_csv(built.folder / "results/article/claims.csv")
    parts = [
        part
        for claim in judgement["claims"]
        for judged in (*claim["readings"], *claim["controls"])
        for part in judged["parts"]
    ]
    assert len(table) == len(parts)
    assert list(table["verdict"]) == [part["verdict"] for part in parts]


def test_readings_read_what_they_say(built, judgement):
    """The effect of one claim, computed here from the products of the variant and models that a reading names."""
    claim = next(one for one in judgement["claims"] if one["claim"] == "relu-compresses-better")
    readings = {reading["reading"]: reading for reading in claim["readings"]}
    cases = {
        "default": ("linear", "relu", "default", "default"),
        "relu-hidden.output-only": ("linear", "relu-output", "default", "default"),
        "linear-hidden.relu": ("linear-hidden-relu", "relu", "default", "default"),
        "optimizer.sgd": ("linear", "relu", "optimizer.sgd", "optimizer.sgd"),
        # Only the linear model is trained anew without bias; the ReLU model's variant is its default.
        "linear-bias.without": ("linear", "relu", "linear-bias.without", "default"),
        "bias.error": ("linear", "relu", "default", "default"),
    }
    for name, (linear, relu, linear_variant, relu_variant) in cases.items():
        for part in readings[name]["parts"]:
            losses = []
            for model, variant in ((linear, linear_variant), (relu, relu_variant)):
                table = pd.read_csv(built.folder / f"results/article/{model}/S{part['part']}/metrics.csv")
                losses.append(table[table["variant"] == variant]["test_loss"].to_numpy())
            assert part["values"] == pytest.approx(list(1 - losses[1] / losses[0]), rel=1e-8)


def test_a_variant_that_changes_nothing_for_a_model_is_not_trained_for_it(built):
    relu = pd.read_csv(built.folder / "results/article/relu/S0.1/metrics.csv")
    linear = pd.read_csv(built.folder / "results/article/linear/S0.1/metrics.csv")
    assert "linear-bias.without" in set(linear["variant"])
    assert "linear-bias.without" not in set(relu["variant"])


def test_the_provenance_holds_threshold_and_quote(built):
    record = json.loads((built.folder / "results/article/claims.json.json").read_text())
    claim = record["settings"]["claims"]["relu-compresses-better"]
    assert claim["threshold"] == 0.05
    assert claim["quote"].startswith("regardless of the sparsity degree")


def test_the_verdicts_are_printed_in_the_terminal(built, judgement):
    result = built.run("snakemake", "--cores", "1", "--quiet", "all", "--", "verdicts")
    assert result.returncode == 0, result.stderr
    for claim in judgement["claims"]:
        line = next(line for line in result.stdout.splitlines() if line.startswith(claim["claim"]))
        assert claim["verdict"] in line


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise RuntimeError('no such thing')", "RuntimeError: no such thing"),
        ('return {"0.1": evidence.metric("relu", "0.3", "test_loss")}', "0.3"),
        ('return {"0.1": evidence.metric("relu", "0.1", "nothing")}', "KeyError: 'nothing'"),
        ('return {"0.1": [1.0, float("inf")]}', "an effect is not finite"),
    ],
)
def test_a_claim_that_fails_says_which_and_why_and_stops_the_report(built, body, why):
    path = built.folder / ARTICLE / "claims.py"
    before = path.read_text()
    old = '    return {s: served_per_dimension(evidence, "relu", s) for s in evidence.sparsities}'
    assert old in before
    path.write_text(before.replace(old, f"    {body}"))
    try:
        result = built.superposition("judge", "article")
        assert result.returncode == 1
        assert "error: article: claim relu-spreads cannot be judged under reading default: " in result.stderr
        assert why in result.stderr
        assert "Traceback" not in result.stderr
        assert built.superposition("report").returncode == 1
    finally:
        path.write_text(before)
        assert built.superposition("judge", "article").returncode == 0
