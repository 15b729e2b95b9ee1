"""What depends on the machine stands in a document's provenance, and not in the document."""

import csv
import json
import platform
import re
from dataclasses import replace

import pytest
from superposition.pipeline.plan import load_plan
from superposition.report.colophon import colophon, making


@pytest.fixture
def plan(built, monkeypatch):
    monkeypatch.chdir(built.folder)
    return load_plan()


def test_builds_of_a_package_for_other_machines_are_one_version(plan):
    stage = plan.stage("report", "article")
    shown = [
        colophon(plan.of("article"), replace(stage, packages={"torch": version, "numpy": "2.4.6"}))
        for version in ("2.13.0", "2.13.0+cpu", "2.13.0+cu130")
    ]
    assert shown[0] == shown[1] == shown[2]
    assert shown[0]["packages"] == {"torch": "2.13.0", "numpy": "2.4.6"}


def test_times_and_memory_that_snakemake_noted_stand_in_the_provenance_alone(plan, built):
    noted = []
    for path in (built.folder / "logs/train").rglob("*.tsv"):
        with path.open(newline="") as file:
            noted.append(list(csv.DictReader(file, delimiter="\t"))[-1])
    record = json.loads((built.folder / "report/report.json").read_text())
    made = record["made"]
    assert made["python"] == platform.python_version()
    assert made["stages"]["train"]["seconds"] == pytest.approx(sum(float(row["s"]) for row in noted), abs=0.06)
    assert made["stages"]["train"]["longest_seconds"] == max(float(row["s"]) for row in noted)
    page = (built.folder / "report/report.md").read_text(encoding="utf-8")
    assert not re.search(rf"python\W+{re.escape(platform.python_version())}", page, re.IGNORECASE)
    assert str(made["stages"]["train"]["seconds"]) not in page.partition("How to reproduce this page")[2]


def test_without_snakemake_s_notes_nothing_is_said_of_times(plan, monkeypatch, tmp_path):
    monkeypatch.setattr("superposition.report.colophon.LOGS", tmp_path)
    assert set(making(plan)["stages"].values()) == {None}
