"""The command that hands a document on in the forms that others work with (docs/export.md)."""

from pathlib import Path

import click

from ..store.errors import UserError
from ..store.files import replacing_folder
from ..store.paths import WHOLE, export_path
from .group import configured, main

FORMATS = ("latex", "docx", "rocrate")


@main.command()
@click.argument("form", metavar="[latex|docx|rocrate]", type=click.Choice(FORMATS))
@click.argument("document", default=WHOLE)
@click.option("--to", type=click.Path(path_type=Path), help="A folder that is not there yet, or empty.")
@configured
def export(form, document, to, plan):
    """Export a document, the whole report or a part of it: as LaTeX, for Word, or as a Workflow Run RO-Crate.

    The folder is exports/FORMAT/DOCUMENT, which is replaced, or the one that --to names.
    """
    from ..report.exports.built import checked_document

    plan = plan.of(document)
    folder = to or export_path(document, form)
    if to and to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UserError(f"{to}: exists; allowed: a folder that is not there yet, or empty")
    record = checked_document(plan)
    with replacing_folder(folder) as made:
        name = _writer(form)(plan, record, made)
    click.echo(folder / name)


def _writer(form: str):
    """What writes a form: given the plan, the document's provenance and a folder, it returns its main file's name."""
    if form == "rocrate":
        from ..report.exports.crate import write_crate

        return write_crate
    if form == "latex":
        from ..report.exports.latex import write_latex as write
    else:
        from ..report.exports.docx import write_docx as write
    return lambda plan, record, folder: write(plan, folder)


__all__ = ["export"]
