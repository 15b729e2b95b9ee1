"""A figure's identity: what it says of itself in its caption and, wherever the file goes, in its metadata.

Each format holds one line of JSON, the record: figure (its stable id), content (12 hex digits that name its data and
code), digest and lineage (what it was drawn from, see store.provenance.Stage), the digest of its code, its settings,
and 12 hex digits of the SHA-256 of all this. SVG keeps it as dc:description, PDF as its subject, PNG as the text chunk
Description.
"""

import hashlib
import json
import re
import stat
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from ..store.errors import UserError
from ..store.provenance import Stage

FORMAT = "superposition figure"  # marks the record as ours
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"

# Dates and program names would make each run's files different.
_FIXED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
_NO_FILE = {stat.S_IFDIR: "folder", stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket"}
_SETTINGS = {"experiment", "sparsities", "models", "seeds", "engines", "training"}  # that identify speaks of
MOST = 200_000_000  # bytes
_KEY = {"svg": "Description", "pdf": "Subject", "png": "Description"}


def content_id(stage: Stage, data: str) -> str:
    """12 hex digits of the SHA-256 of a figure's data, settings and code.

    Args:
        stage: the figure's stage (pipeline.stages.figure).
        data: its data.csv.
    """
    content = json.dumps([stage.settings, stage.code, hashlib.sha256(data.encode()).hexdigest()], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def record(stage: Stage, content: str) -> dict:
    """What a figure's files say of themselves."""
    said = {
        "format": FORMAT,
        "figure": stage.target[0],
        "content": content,
        **{key: getattr(stage, key) for key in ("digest", "lineage", "code", "settings")},
    }
    return {**said, "seal": _seal(said)}


def _seal(said: dict) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


def metadata(kind: str, record: dict) -> dict:
    """Metadata for matplotlib's savefig that holds a record.

    Args:
        kind: svg, pdf or png.
        record: from `record`.
    """
    title = f"{record['figure']} {record['content']}"
    return {**_FIXED[kind], "Title": title, _KEY[kind]: json.dumps(record, sort_keys=True)}


def read_picture(path: Path) -> bytes:
    """A picture's file.

    Raises:
        UserError: there is none, or something else than a file of a figure's size.
    """
    try:
        state = path.stat()  # before it is opened: a pipe would be waited for
        if not stat.S_ISREG(state.st_mode):
            raise UserError(f"{path}: no file, but a {_NO_FILE.get(stat.S_IFMT(state.st_mode), 'device')}")
        if state.st_size > MOST:
            raise UserError(f"{path}: found {state.st_size} bytes; a figure has at most {MOST}")
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None


def picture_kind(content: bytes) -> str:
    """Which of png, pdf and svg a file would have to be."""
    return "png" if content.startswith(b"\x89PNG") else "pdf" if content.startswith(b"%PDF") else "svg"


def find_record(path: Path, content: bytes) -> dict | None:
    """The record in the content of a picture's file; None where there is none.

    Raises:
        UserError: it is damaged.
    """
    reader = {"png": _png_text, "pdf": _pdf_text, "svg": _svg_text}[picture_kind(content)]
    try:
        entry = json.loads(reader(BytesIO(content)) or "null")
    except Exception:  # whatever a foreign or damaged file makes its reader raise
        return None
    if not isinstance(entry, dict) or entry.get("format") != FORMAT:
        return None
    if entry.pop("seal", None) != _seal(entry) or not _whole(entry):
        raise UserError(f"{path}: damaged: its metadata are not as they were written")
    return entry


def _whole(record: dict) -> bool:
    """Whether a record has what `record` writes: the seal is no secret, and may be somebody else's."""
    settings = record.get("settings")
    texts = [str(record.get(key)) for key in ("content", "digest", "lineage", "code")]
    return (
        isinstance(settings, dict)
        and settings.keys() >= _SETTINGS
        and re.fullmatch(r"[a-z0-9-]{1,200}", str(record.get("figure"))) is not None
        and all(re.fullmatch(r"[0-9a-f]{1,64}", text) for text in texts)
    )


def _png_text(file: BytesIO) -> str | None:
    from PIL import Image

    with Image.open(file) as image:
        return image.text.get("Description")


def _pdf_text(file: BytesIO) -> str | None:
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports what is wrong with foreign files on its own
    return PdfReader(file).metadata.subject


def _svg_text(file: BytesIO) -> str | None:
    return ElementTree.parse(file).getroot().findtext(f".//{DESCRIPTION}")
