"""A document that is built, whole, and of the current configuration: only such a one is exported."""

from pathlib import Path
from typing import TYPE_CHECKING

from ...store.errors import StaleError, UserError
from ...store.files import rebuild_command, sha256
from ...store.paths import document_path
from ...store.sealed import read_sealed
from ..stage import checked_products

if TYPE_CHECKING:
    from ...pipeline.plan import Plan


def checked_document(plan: "Plan") -> dict:
    """The provenance of a plan's document, once its files, and all that it rests on, are as that says.

    Raises:
        MissingError: the document is not built.
        StaleError: it, or what it rests on, was made by other settings or code or from other inputs.
        UserError: a file is not as it was written. All end with the command that makes it anew.
    """
    record, page = document_path(plan.document, "json"), document_path(plan.document, "html")
    remedy = f"rebuild it: {rebuild_command(page)}"
    known = read_sealed(record, remedy)
    current = plan.stage("report", plan.document).digest
    if known["digest"] != current:
        raise StaleError(
            f"{page}: made by other settings or code (digest {known['digest']}; current: {current}); {remedy}"
        )
    for name, content in known["outputs"].items():
        if sha256(record.parent / name, remedy) != content:
            raise UserError(f"{record.parent / name}: not the file that the provenance names; {remedy}")
    for name, content in known["inputs"].items():
        if sha256(Path(name), remedy) != content:
            raise StaleError(f"{page}: made from another {name}; {remedy}")
    for experiment in plan.experiments:
        checked_products(plan, experiment)
    return known
