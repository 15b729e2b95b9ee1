"""A figure's bundle, once it agrees with the current configuration and with its own provenance."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..store.errors import StaleError
from ..store.files import rebuild_command
from ..store.paths import product_path
from ..store.provenance import check_outputs, checked, read_provenance
from ..store.sealed import read_sealed

if TYPE_CHECKING:
    from ..pipeline.plan import Plan


def checked_bundle(plan: "Plan", identifier: str) -> Path:
    """The folder of a bundle whose files, and the products they were drawn from, are those that its provenance names.

    Args:
        plan: the plan, for the description of the figure and of what it is drawn from.
        identifier: the figure's id.

    Raises:
        UserError: it is not, or a product is not as its own provenance says; names the file and the command that makes
            it anew.
    """
    bundle, digest = product_path("figure", identifier), plan.stage("figure", identifier).digest
    record, remedy = read_bundle(identifier), _remedy(bundle)
    if record["digest"] != digest:
        raise StaleError(f"{bundle}: drawn by other settings or code; {remedy}")
    check_outputs(record, bundle, remedy)
    for path, stage in plan.figure_inputs(identifier).items():
        if read_provenance(checked(path, stage.digest))["sha256"] != record["inputs"].get(path.as_posix()):
            raise StaleError(f"{bundle}: drawn from another {path}; {remedy}")
    return bundle


def read_bundle(identifier: str) -> dict:
    """The provenance of a figure's bundle.

    Raises:
        UserError: it is missing or damaged.
    """
    bundle = product_path("figure", identifier)
    return read_sealed(bundle / "provenance.json", _remedy(bundle))


def _remedy(bundle: Path) -> str:
    return f"redraw it: {rebuild_command(bundle / 'provenance.json')}"
