"""The manifest of a run: for every product what it holds, in one line. reference/ keeps those of the published runs."""

import platform
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..pipeline.leftovers import PRODUCTS
from ..store.errors import UserError
from ..store.files import sha256, write_text
from ..store.project import ROOT, checkout, local
from ..store.sealed import as_lines, read_sealed, sealed
from .entries import Entry, entries
from .inspection import Inspection

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

REFERENCE = ROOT / "reference"
FORMAT = "superposition manifest 1"
NOTES = tuple(Path(folder) / "README" for folder in PRODUCTS)  # of the repository, among a run's products
RESTORE = "restore it: git checkout -- reference"


def manifest(plan: "Plan") -> dict:
    """The manifest of the run that lies here.

    Raises:
        UserError: a product is missing, damaged or not of the current configuration.
    """
    products, every, inspection = {}, list(entries(plan)), Inspection()
    for entry in every:
        if problem := inspection.problem(entry):
            raise UserError(f"{problem.file}: {problem.words}")
        products[entry.path.as_posix()] = {"settings": entry.settings, "code": entry.code, **entry.content()}
    return {
        "format": FORMAT,
        "preset": plan.configuration.preset,
        "made": {**checkout(), "machine": platform.machine(), "engine": plan.configuration.engine},
        "packages": packages(every),
        "experiments": asked(plan),
        "notes": {path.as_posix(): sha256(path) for path in NOTES if path.is_file()},
        "products": products,
    }


def packages(every: Iterable[Entry]) -> dict[str, str]:
    """Versions of what any product was computed or drawn with, whatever machine they were built for."""
    versions = {name: version for entry in every for name, version in entry.stage.packages.items()}
    public = {name: version.partition("+")[0] for name, version in sorted(versions.items())}
    return {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION, **public}


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
