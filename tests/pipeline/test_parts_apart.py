"""A part that is apart is a document of its own: not in the report, and built only where it is asked for."""

import re

import pytest
import yaml
from superposition.pipeline.plan import load_plan
from superposition.store.errors import UserError
from superposition.verify.entries import entries
from test_order_for_the_reader import two_parts


def apart(project, *names):
    """Two parts, some of them apart."""
    two_parts(project)
    file = project.folder / "config/config.yaml"
    document = yaml.safe_load(file.read_text())
    for name in names:
        document["parts"][name]["apart"] = True
    file.write_text(yaml.safe_dump(document, sort_keys=False))


def documents_built(project, *targets):
    result = project.snakemake("--dry-run", *targets)
    assert result.returncode == 0, result.stderr
    return set(re.findall(r"report +([a-z]+)\b", re.sub(r"(?m)^ *report +\d+$", "", result.stdout + result.stderr)))


def test_the_report_leaves_it_out_and_names_it(here):
    apart(here, "second")
    plan = load_plan()
    whole = plan.of("report")
    assert list(whole.experiments) == ["first"]
    assert list(plan.of("second").experiments) == ["second"]
    assert plan.stage("report", "report").settings["apart"] == {"second": "second"}
    assert "apart" not in plan.stage("report", "first").settings
    assert not [path for path in whole.everything() if "second" in path.as_posix()]
    assert [path for path in plan.everything() if "second" in path.as_posix()]


def test_it_is_built_where_it_or_everything_is_asked_for(project):
    apart(project, "second")
    assert documents_built(project) == {"report", "first"}
    assert documents_built(project, "second") == {"second"}
    assert documents_built(project, "everything") == {"report", "first", "second"}


def test_what_is_verified_leaves_out_parts_that_nobody_built(here):
    apart(here, "second")
    named = {entry.path.as_posix() for entry in entries(load_plan())}
    assert not [path for path in named if "second" in path]
    assert "report/report" in named
    product = here.folder / "data/second/S0.3.safetensors"
    product.parent.mkdir(parents=True)
    product.write_bytes(b"")
    named = {entry.path.as_posix() for entry in entries(load_plan())}
    assert {"data/second/S0.3.safetensors", "report/second"} <= named


def test_a_report_has_one_part_at_least(here):
    apart(here, "first", "second")
    with pytest.raises(UserError, match=r"parts.*at least one part that is not apart"):
        load_plan()
