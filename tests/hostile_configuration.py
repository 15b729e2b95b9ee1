"""A project whose configuration files are replaced by hostile ones, and what the plan says to each."""

import random
import re

import pytest
import yaml
from conftest import Project
from superposition.data.instances import expand
from superposition.pipeline.plan import load_plan
from superposition.store.errors import UserError

CONFIG = "config/config.yaml"
EXPERIMENTS = "workflow/experiments"
CONFIGURED = (
    "article",
    "phase-change",
)  # between them: variants, axes, controls; densities, a sweep, models of own size
ONE_LINE = re.compile(
    r"(config/config\.yaml|workflow/experiments/[a-z0-9-]+(/experiment\.yaml)?)(:\d+|:\?)?( (with|under) [^\n]*?)?: [^\n]+"
)

# Words of Python's and pydantic's for what YAML has others for.
FOREIGN = re.compile(
    r"\btuple|\bdict\b|dictionary|after validation|instance of|object to extract|NoneType|\(top level\)", re.I
)


def valid_texts(tmp_path_factory):
    """A copy of the project as the working directory, its experiments in place of the checkout's; the valid texts."""
    project = Project(tmp_path_factory.mktemp("hostile") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        patch.setattr("superposition.store.project.EXPERIMENTS", project.folder / EXPERIMENTS)
        config = project.folder / CONFIG
        document = yaml.safe_load(config.read_text())
        document["parts"] = {"both": {"title": "Both", "experiments": list(CONFIGURED)}}
        config.write_text(yaml.safe_dump(document, sort_keys=False, default_flow_style=None))
        files = [config, *(project.folder / EXPERIMENTS / name / "experiment.yaml" for name in CONFIGURED)]
        yield {path: path.read_text() for path in files}


def use(plan):
    """What the Snakefile asks a plan for, and what a job makes of it, once of each kind."""
    figures = plan.figures()
    for name in plan.experiments:
        cells = plan.cells(name)
        for kind in ("data", "weights", "matrices"):
            plan.products(name, kind, hidden=False)
        plan.stage("judge", name)
        if plan.experiments[name].features < 1000:
            expand(plan.stage("train", name, *cells[-1]).settings | {"seeds": [0]})
    for identifier in list(figures)[:1]:
        plan.stage("figure", identifier)
        plan.figure_inputs(identifier)
    plan.stage("report", "report")


def outcome(place, path, content):
    """The plan's error under this content of a file, None where it is accepted; the file is put back."""
    path.write_bytes(content)
    preset = random.Random(content).choice(["smoke", "standard", "full"])
    try:
        use(load_plan({"preset": preset} if path.name != "config.yaml" else {}))
    except UserError as error:
        return str(error)
    finally:
        path.write_text(place[path])
    return None


def dumped(document):
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")
