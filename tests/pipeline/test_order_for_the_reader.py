"""The report's first part is built first, and its document is said to be ready while the rest goes on."""

import re
import shutil

import pytest
import yaml
from conftest import ROOT, Project, shared_text
from superposition.pipeline.plan import load_plan

ORDER = ("second", "first")  # of the parts in the report; not that of the alphabet


def two_parts(project):
    """Configure two parts of one tiny experiment each."""
    for name in ORDER:
        folder = project.folder / "workflow/experiments" / name
        shutil.copytree(ROOT / "tests/tiny", folder)
        file = folder / "experiment.yaml"
        spec = yaml.safe_load(file.read_text())
        spec["training"]["steps"], spec["sparsities"] = 20, ["0.3"]
        del spec["models"]["linear"]
        file.write_text(yaml.safe_dump(spec, sort_keys=False))
    file = project.folder / "config/config.yaml"
    document = yaml.safe_load(file.read_text())
    document["parts"] = {name: {"title": name, "experiments": [name]} for name in ORDER}
    file.write_text(yaml.safe_dump(document, sort_keys=False))


def test_priorities_fall_with_a_part_s_place(here):
    two_parts(here)
    plan = load_plan()
    assert [plan.priority(name) for name in ORDER] == [2, 1]
    assert [plan.document_priority(name) for name in (*ORDER, "report")] == [2, 1, 0]
    assert plan.priority("unheard-of") == 0


@pytest.fixture(scope="session")
def said(tmp_path_factory):
    """What a run of everything on one core says, line by line."""

    def run(folder):
        project = Project(folder / "project")
        two_parts(project)
        result = project.run("snakemake", "--cores", "1")
        assert result.returncode == 0, result.stderr
        return result.stderr

    return shared_text(tmp_path_factory, "two-parts", run).splitlines()


def test_every_document_is_said_to_be_ready_in_the_report_s_order(said):
    ready = [line.removesuffix(" is ready") for line in said if line.endswith(" is ready")]
    assert ready == [f"report/{name}.html" for name in (*ORDER, "report")]


def test_on_one_core_no_job_of_the_second_part_begins_before_the_first_part_s_document(said):
    jobs = [match[1] for line in said if (match := re.match(r"✔ \w+ +([a-z]+)", line))]
    last = {name: len(jobs) - 1 - [job.split("-")[0] for job in jobs][::-1].index(name) for name in ORDER}
    assert last[ORDER[0]] < jobs.index(ORDER[1])
