"""A document for Word and its kin: pictures with alternative texts, captions, tables, equations that can be edited."""

import os
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

from ...store.paths import source_path
from ..pandoc import convert, default_file
from .latex import picture_format

if TYPE_CHECKING:
    from ...pipeline.plan import Plan

FILTERS = (Path(__file__).with_name("readable.lua"), Path(__file__).with_name("docx.lua"))
FORMATS = ("png",)  # of pictures
EPOCH = ("SOURCE_DATE_EPOCH", "315532800")  # 1980, the first date that a ZIP archive can hold: the file has no other
# How pandoc's own styles are changed, by the file in the archive: A4 with room for tables; these and captions smaller.
_SIZE = '<w:sz w:val="{0}" /><w:szCs w:val="{0}" />'
STYLES = {
    "word/styles.xml": [
        ('<w:sz w:val="24" />', '<w:sz w:val="21" />'),
        ('<w:tblStylePr w:type="firstRow">', f'<w:rPr>{_SIZE.format(16)}</w:rPr><w:tblStylePr w:type="firstRow">'),
        ("<w:rPr>\n      <w:i />\n    </w:rPr>", f"<w:rPr>{_SIZE.format(18)}</w:rPr>"),
    ],
    "word/document.xml": [
        (
            "</w:sectPr>",
            '<w:pgSz w:w="11906" w:h="16838" /><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" '
            'w:header="567" w:footer="567" w:gutter="0" /></w:sectPr>',
        ),
    ],
}


def write_docx(plan: "Plan", folder: Path) -> Path:
    """Write a plan's document, which is checked, as DOCX into a folder; returns the name of its file.

    Raises:
        UserError: figures are not drawn as PNG, or pandoc fails.
    """
    arguments = [
        *(f"--lua-filter={path}" for path in FILTERS),
        f"--metadata=picture:{picture_format(plan, FORMATS)}",
        "--number-sections",
    ]
    name = Path(f"{plan.document}.docx")
    source, bibliography = source_path(plan.document), plan.bibliographies()
    with _dated(), tempfile.NamedTemporaryFile(suffix=".docx") as styles:
        styles.write(_styles())
        styles.flush()
        arguments.append(f"--reference-doc={styles.name}")
        convert(source, "docx", Path("report"), bibliography, arguments, output=folder / name)
    return name


def _styles() -> bytes:
    """Pandoc's reference document with the changed styles."""
    made = BytesIO()
    with ZipFile(BytesIO(default_file("reference.docx"))) as known, ZipFile(made, "w") as changed:
        for name in known.namelist():
            content = known.read(name).decode()
            for old, new in STYLES.get(name, ()):
                content = content.replace(old, new, 1)
            changed.writestr(ZipInfo(name), content)  # its date is 1980
    return made.getvalue()


@contextmanager
def _dated():
    """The environment of programs, with the date that they write into files."""
    key, value = EPOCH
    before = os.environ.get(key)
    os.environ[key] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[key]
        else:
            os.environ[key] = before
