"""A document as a folder that LaTeX sets: its source, its figures as files beside it, and the bibliography.

Pandoc writes the source; figures, tables and references are numbered by LaTeX, citations are in the text and need no
program but LaTeX. Signs that LaTeX's fonts lack are declared in the preamble.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ...store.errors import UserError
from ...store.files import write_text
from ...store.latex import accented, command, foreign, named
from ...store.paths import product_path, source_path
from ..pandoc import convert

if TYPE_CHECKING:
    from ...pipeline.plan import Plan

FILTERS = (Path(__file__).with_name("readable.lua"), Path(__file__).with_name("latex.lua"))
PREAMBLE = Path(__file__).with_name("preamble.tex")
FORMATS = ("pdf", "png")  # of pictures that LaTeX takes, the better first
FIGURES, BIBLIOGRAPHY = Path("figures"), "references.bib"
SIGNS = "% signs"  # the line of the preamble that declarations take the place of
_SETTINGS = {"papersize": "a4", "geometry": "margin=2.4cm", "colorlinks": "true", "secnumdepth": "3"}


def write_latex(plan: "Plan", folder: Path) -> Path:
    """Write a plan's document, which is checked, as LaTeX into a folder; returns the name of its main file.

    Raises:
        UserError: the configured formats of figures have none that LaTeX takes, or pandoc fails.
    """
    kind = picture_format(plan, FORMATS)
    arguments = [
        *(f"--lua-filter={path}" for path in FILTERS),
        f"--metadata=picture:{kind}",
        "--toc",
        "--toc-depth=2",
        "--number-sections",
        "--wrap=preserve",
        *(f"--variable={key}:{value}" for key, value in _SETTINGS.items()),
        f"--include-in-header={PREAMBLE}",
    ]
    text = with_signs(convert(source_path(plan.document), "latex", Path("report"), plan.bibliographies(), arguments))
    main = Path(f"{plan.document}.tex")
    write_text(folder / main, text)
    for identifier in plan.figures():
        name = FIGURES / identifier / f"figure.{kind}"
        if name.as_posix() in text:
            (folder / name).parent.mkdir(parents=True)
            shutil.copyfile(product_path("figure", identifier) / name.name, folder / name)
    write_text(folder / BIBLIOGRAPHY, "\n".join(path.read_text(encoding="utf-8") for path in plan.bibliographies()))
    return main


def picture_format(plan: "Plan", accepted: tuple[str, ...]) -> str:
    """The first of the accepted formats of pictures that figures are drawn in.

    Raises:
        UserError: they are drawn in none of them.
    """
    drawn = plan.configuration.formats
    if found := next((kind for kind in accepted if kind in drawn), None):
        return found
    raise UserError(
        f"config/config.yaml: formats: found {', '.join(drawn)}; to export, allowed: {' or '.join(accepted)} among them"
    )


def with_signs(text: str) -> str:
    """LaTeX that declares the signs that LaTeX's fonts lack; in pdfTeX unknown ones become their code points."""
    text, lines = accented(text), []
    for sign in foreign(text):
        known = command(sign)
        setting = known or rf"{{\ttfamily {named(sign)}}}"
        declared = rf"\newunicodechar{{{sign}}}{{{setting}}}"
        lines.append(declared if known else rf"\ifPDFTeX{declared}\fi")
    return text.replace(SIGNS, "\n".join(lines), 1)
