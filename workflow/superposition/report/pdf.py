"""The document as PDF: pandoc turns the Markdown into typst, typst sets it.

The only fonts are those that typst carries and matplotlib's DejaVu, and no date goes into the file: the same Markdown
and figures give the same bytes on every machine.
"""

from pathlib import Path

from ..store.errors import UserError
from ..store.files import write_bytes
from ..store.project import TEMPLATES
from .pandoc import SANDBOX, convert

TEMPLATE, FILTER = TEMPLATES / "document.typ", TEMPLATES / "document.lua"


def write_pdf(markdown: Path, output: Path, bibliography: list[Path]) -> None:
    """Set a file of pandoc's Markdown as PDF; its pictures lie below the output's folder.

    Raises:
        UserError: pandoc or typst fails; one line with the file and the reason.
    """
    arguments = [SANDBOX, f"--template={TEMPLATE}", f"--lua-filter={FILTER}", "--wrap=none"]
    source = convert(markdown, "typst", output.parent, bibliography, arguments)
    write_bytes(output, _typeset(source.encode(), markdown, output.parent))


def _typeset(source: bytes, markdown: Path, pictures: Path) -> bytes:
    import matplotlib
    import typst

    compiler = typst.Compiler(
        source,
        root=str(pictures),
        font_paths=[str(Path(matplotlib.get_data_path()) / "fonts/ttf")],
        ignore_system_fonts=True,
    )
    try:
        return compiler.compile(format="pdf", timestamp=0)
    except typst.TypstError as error:
        reason = " ".join(f"{error.message} {' '.join(error.hints)}".split())
        raise UserError(f"{markdown}: typst failed: {reason[:400]}") from None
