"""A run of a document's experiments as a Workflow Run RO-Crate, which can be deposited and cited.

It holds what is read and judged by (documents, figures, verdicts, metrics) and what makes it anew (the workflow's
sources, configuration, versions); data sets, weights and matrices, which the sources make again to the bit, are named
by their SHA-256 and size.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...store.files import sha256
from ...store.paths import document_path, provenance_path, with_provenance
from ...store.project import checkout, software
from .described import authors, licence, parameters, sources, versions

if TYPE_CHECKING:
    from rocrate.model.entity import Entity
    from rocrate.rocrate import ROCrate

    from ...pipeline.plan import Plan

METADATA = Path("ro-crate-metadata.json")
VERSION = "1.1"  # of RO-Crate, on which the profiles below rest
RO_CRATE = f"https://w3id.org/ro/crate/{VERSION}"
WORKFLOW_RO_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    WORKFLOW_RO_CRATE: "Workflow RO-Crate",
}
COMPUTATIONAL_WORKFLOW = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"  # sha256 among them
WORKFLOW, READ_ME = Path("Snakefile"), Path("README.md")
CODE = (
    "CITATION.cff", "LICENSE", READ_ME.name, "constraints.txt", "environment.yml", "pyproject.toml", "requirements.txt",
)  # fmt: skip
FOLDERS = ("config", "profiles", "workflow")
_MEDIA = {
    ".md": "text/markdown", ".html": "text/html", ".pdf": "application/pdf", ".json": "application/json",
    ".csv": "text/csv", ".svg": "image/svg+xml", ".png": "image/png", ".yaml": "application/yaml",
    ".yml": "application/yaml", ".txt": "text/plain", ".py": "text/x-python", ".bib": "application/x-bibtex",
}  # fmt: skip


def write_crate(plan: "Plan", record: dict, folder: Path) -> Path:
    """Write a run, whose document is checked, as a crate into a folder; returns the name of its metadata.

    Args:
        plan: the plan of the document.
        record: the document's provenance.
        folder: takes the crate.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=VERSION)
    crate.metadata.extra_contexts.append(TERMS)
    crate.metadata["conformsTo"] = [{"@id": RO_CRATE}, {"@id": WORKFLOW_RO_CRATE}]
    finished = datetime.fromtimestamp(int(document_path(plan.document, "json").stat().st_mtime), UTC).isoformat()
    workflow = _described_crate(crate, plan, record, finished)
    inputs = [_file(crate, path) for path in _configuration(plan)]
    for path in _code():
        _file(crate, path)
    if read_me := crate.get(READ_ME.as_posix()):
        read_me["about"] = crate.root_dataset
    results = [_file(crate, path) for path in kept(plan)] + [_named(crate, path) for path in named(plan)]
    settings = [_entity(crate, value) for value in parameters(plan)]
    workflow["input"] = [_entity(crate, _formal(value)) for value in parameters(plan)]
    for setting, formal in zip(settings, workflow["input"], strict=True):
        setting["exampleOfWork"] = formal
    action = crate.add_action(
        workflow,
        identifier="#run",
        object=[*inputs, *settings],
        result=results,
        properties={
            "name": f"Run of {plan.document} under the preset {plan.configuration.preset}",
            "description": "Models are trained and measured, claims judged, figures drawn, the document is written.",
            "endTime": finished,
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )
    crate.root_dataset["mentions"] = action
    crate.write(folder)
    return METADATA


def kept(plan: "Plan") -> list[Path]:
    """The products that a crate holds, with their provenance."""
    documents = [document_path(plan.document, kind) for kind in ("html", "pdf", "md", "json")]
    figures = [path for identifier in plan.figures() for path in plan.figure_files(identifier)]
    records = [provenance_path(path) for path in named(plan)]
    return [*documents, *figures, *with_provenance(plan.every("claims", "table", "metrics")), *records]


def named(plan: "Plan") -> list[Path]:
    """The products that a crate names by their hashes; their provenance it has."""
    return plan.every("data", "weights", "matrices")


def _configuration(plan: "Plan") -> list[Path]:
    experiments = Path("workflow/experiments")
    return [Path("config/config.yaml"), *(experiments / name / "experiment.yaml" for name in plan.experiments)]


def _code() -> Iterator[Path]:
    """The files of the project's folder that the workflow consists of."""
    yield from (path for name in CODE if (path := Path(name)).is_file())
    for folder in FOLDERS:
        for path in sorted(Path(folder).rglob("*")):
            hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
            if path.is_file() and not hidden:
                yield path


def _described_crate(crate: "ROCrate", plan: "Plan", record: dict, finished: str) -> "Entity":
    """Describe the crate and its workflow; returns the workflow."""
    known, commit, root = software(), checkout(), crate.root_dataset
    made = f"by the workflow of commit {commit['commit']}" if commit["commit"] else "outside git"
    changed = ", with changes that are not committed" if commit["dirty"] else ""
    titles = [part.title for part in plan.configuration.parts.values()]
    root["name"] = f"{known['title']}: {', '.join(titles)}"
    root["description"] = (
        f"A run of {plan.document} under the preset {plan.configuration.preset}, made {made}{changed}: documents, "
        "figures with their data, verdicts, metrics, and the workflow that makes them. Data sets, weights and matrices "
        "are named by their SHA-256; the workflow makes them again."
    )
    root["datePublished"] = finished
    root["license"] = _entity(crate, licence())
    people = [_entity(crate, author) for author in authors()]
    root["author"] = people if len(people) > 1 else people[0]
    root["citation"] = [_entity(crate, source) for source in sources(plan)]
    root["conformsTo"] = [
        _entity(crate, {"@id": url, "@type": "CreativeWork", "name": name, "version": url.rpartition("/")[2]})
        for url, name in PROFILES.items()
    ]
    workflow = crate.add_workflow(
        WORKFLOW,
        WORKFLOW.as_posix(),
        lang="snakemake",
        lang_version=record["packages"].get("snakemake"),
        properties={
            "name": known["title"],
            "version": commit["commit"] or known["version"],
            "encodingFormat": "text/plain",
            **_hashed(WORKFLOW),
            **({"url": known["url"]} if "url" in known else {}),
        },
    )
    crate.mainEntity = workflow
    workflow["license"], workflow["creator"] = root["license"], root["author"]
    workflow["conformsTo"] = {"@id": COMPUTATIONAL_WORKFLOW}
    workflow["softwareRequirements"] = [_entity(crate, package) for package in versions(record["packages"])]
    return workflow


def _file(crate: "ROCrate", path: Path) -> "Entity":
    if known := crate.get(path.as_posix()):
        return known
    media = _MEDIA.get(path.suffix, "text/plain")  # whatever is no picture and no document
    properties = {"name": path.as_posix(), "encodingFormat": media, **_hashed(path)}
    return crate.add_file(path, path.as_posix(), properties=properties)


def _named(crate: "ROCrate", path: Path) -> "Entity":
    """A product that is not in the crate: what it is, how large, and its hash."""
    properties = {"@type": "CreativeWork", "name": path.as_posix(), **_hashed(path)}
    return _entity(crate, {"@id": f"#{path.as_posix()}", **properties})


def _hashed(path: Path) -> dict[str, str]:
    return {"sha256": sha256(path), "contentSize": str(path.stat().st_size)}


def _formal(value: dict) -> dict:
    return {
        "@id": f"{value['@id']}-parameter",
        "@type": "FormalParameter",
        "additionalType": "Text",
        "name": value["name"],
        "conformsTo": {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"},
    }


def _entity(crate: "ROCrate", properties: dict) -> "Entity":
    """A contextual entity of a crate."""
    from rocrate.model.contextentity import ContextEntity

    identifier = properties["@id"]
    return crate.add(ContextEntity(crate, identifier, {key: properties[key] for key in properties if key != "@id"}))
