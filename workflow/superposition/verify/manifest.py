"""The manifest of a run: for every product what it holds, in one line. reference/ keeps those of the published runs."""

import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..draw.bundles import checked_bundle
from ..store.errors import UserError
from ..store.files import write_text
from ..store.paths import product_path
from ..store.project import ROOT, checkout, local
from ..store.provenance import Stage, checked
from ..store.sealed import as_lines, read_sealed, sealed
from .fingerprints import short_hash
from .summaries import described_bundle, described_file

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

REFERENCE = ROOT / "reference"
FORMAT = "superposition manifest 1"
# Settings that are no part of what is asked: which engine computes it, and how a figure is presented.
MEANS = ("engine", "engines", "formats", "citation")
RESTORE = "restore it: git checkout -- reference"


@dataclass(frozen=True)
class Entry:
    """A product as a manifest lists it.

    Args:
        kind: data, weights, matrices, metrics, claims, table or figure.
        experiment: whose it is.
        path: the file, or a figure's folder.
        stage: the description of the stage that makes it.
        files: a figure's files.
    """

    kind: str
    experiment: str
    path: Path
    stage: Stage
    files: tuple[str, ...] = ()

    @property
    def settings(self) -> str:
        """A hash of what of the configuration the product depends on."""
        settings = {key: value for key, value in self.stage.settings.items() if key not in MEANS}
        return short_hash(json.dumps(settings, sort_keys=True).encode())

    def check(self, plan: "Plan") -> None:
        """Check the product against its provenance and the current configuration.

        Raises:
            UserError: it is missing, damaged or made by other settings or code; names the command that makes it anew.
        """
        if self.kind == "figure":
            checked_bundle(plan, self.path.name)
        else:
            checked(self.path, self.stage.digest)

    def content(self) -> dict:
        """What the product holds (contents).

        Raises:
            UserError, ValueError, KeyError, TypeError: it is missing, or no such product.
        """
        return described_bundle(self.path, self.files) if self.kind == "figure" else described_file(self.path)


def entries(plan: "Plan") -> Iterator[Entry]:
    """Every product of a plan's experiments, but for the document."""
    for name in plan.experiments:
        for kind in plan.kinds(name):
            for path, stage in plan.product_stages(name, kind).items():
                yield Entry(kind, name, path, stage)
    for identifier, (experiment, _) in plan.figures().items():
        files = tuple(path.name for path in plan.figure_files(identifier) if path.name != "provenance.json")
        yield Entry("figure", experiment, product_path("figure", identifier), plan.stage("figure", identifier), files)


def manifest(plan: "Plan") -> dict:
    """The manifest of the run that lies here.

    Raises:
        UserError: a product is missing, damaged or not of the current configuration.
    """
    products = {}
    for entry in entries(plan):
        entry.check(plan)
        products[entry.path.as_posix()] = {
            "settings": entry.settings,
            "code": entry.stage.code[:12],
            **entry.content(),
        }
    return {
        "format": FORMAT,
        "preset": plan.configuration.preset,
        "made": {**checkout(), "machine": platform.machine(), "engine": plan.configuration.engine},
        "packages": packages(plan),
        "experiments": asked(plan),
        "products": products,
    }


def packages(plan: "Plan") -> dict[str, str]:
    """Versions of what any product of a plan was computed or drawn with."""
    versions = {name: version for entry in entries(plan) for name, version in entry.stage.packages.items()}
    return {"python": platform.python_version(), **dict(sorted(versions.items()))}


def asked(plan: "Plan") -> dict[str, dict]:
    """What every experiment asks for under the preset, key by key as in experiment.yaml."""
    return {name: spec.model_dump(mode="json") for name, spec in plan.experiments.items()}


def write_manifest(plan: "Plan") -> Path:
    """Write the manifest of the run that lies here into reference/; returns the file."""
    path = local(REFERENCE / f"{plan.configuration.preset}.json")
    write_text(path, sealed(manifest(plan), as_lines))
    return path


def read_manifest(preset: str) -> dict:
    """The manifest of the published run of a preset.

    Raises:
        UserError: there is none, or it is damaged.
    """
    path = local(REFERENCE / f"{preset}.json")
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in REFERENCE.glob("*.json"))) or "none"
        raise UserError(f"{path}: no published run of preset {preset!r}; allowed: {known}")
    record = read_sealed(path, RESTORE, as_lines)
    if record.get("format") != FORMAT:
        raise UserError(f"{path}: found format {record.get('format')!r}; allowed: {FORMAT!r}; {RESTORE}")
    return record
