"""Whether two files show the same picture, whatever their metadata say and however they were packed."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
# What else than pixels decides how a PNG looks.
_SHOWN = ("gamma", "chromaticity", "icc_profile", "srgb", "transparency", "background")
# Entries of a PDF's objects that show nothing: where an object stands, who wrote it, how it is packed.
_SILENT = {"/Parent", "/Metadata", "/PieceInfo", "/LastModified", "/Length", "/Filter", "/DecodeParms", "/Version"}


def alike(kind: str, one: bytes, other: bytes) -> bool:
    """Whether two files of a format show the same: PNGs pixel for pixel, SVGs and PDFs drawn by the same strokes.

    A file that cannot be read shows nothing, and is like no other.

    Args:
        kind: png, svg or pdf.
        one: the content of a file.
        other: that of another.
    """
    like = {"png": _same_pixels, "svg": _same_markup, "pdf": _same_objects}[kind]
    try:
        return like(one, other)
    except Exception:  # whatever a foreign or damaged file makes its reader raise
        return False


def _same_pixels(one: bytes, other: bytes) -> bool:
    from PIL import Image

    with Image.open(BytesIO(other), formats=["PNG"]) as known, Image.open(BytesIO(one), formats=["PNG"]) as image:
        frames = getattr(image, "n_frames", 1)
        if (image.size, frames) != (known.size, 1):  # before a pixel of a file from anywhere is decoded
            return False
        shown, wanted = ({key: picture.info.get(key) for key in _SHOWN} for picture in (image, known))
        return shown == wanted and image.convert("RGBA").tobytes() == known.convert("RGBA").tobytes()


def _same_markup(one: bytes, other: bytes) -> bool:
    return _markup(one) == _markup(other)


@lru_cache(2)
def _markup(content: bytes) -> str:
    """An SVG in canonical form without metadata and comments."""
    return ElementTree.canonicalize(content, exclude_tags=[f"{SVG}metadata"])


def _same_objects(one: bytes, other: bytes) -> bool:
    return _objects(one) == _objects(other)


@lru_cache(2)
def _objects(content: bytes) -> list[str]:
    """All that a PDF shows: its catalog but for the tree of pages, then page after page with what it inherits."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports what is wrong with foreign files on its own
    reader = PdfReader(BytesIO(content))
    catalog = {key: value for key, value in reader.root_object.items() if key != "/Pages"}
    return [_digest(value) for value in (catalog, *reader.pages)]


def _digest(value: Any) -> str:
    return hashlib.sha256("\n".join(_tokens(value, ())).encode()).hexdigest()


def _tokens(value: Any, above: tuple[int, ...]) -> Iterator[str]:
    """An object of a PDF as text, references followed, streams unpacked.

    Args:
        value: the object.
        above: the numbers of the objects that it is part of, which may refer to themselves.
    """
    from pypdf.generic import IndirectObject, StreamObject

    if isinstance(value, IndirectObject):
        if value.idnum in above:
            yield f"above {len(above) - above.index(value.idnum)}"
            return
        above = (*above, value.idnum)
        value = value.get_object()
    if isinstance(value, dict):
        yield "<<"
        for key in sorted(value.keys() - _SILENT):
            yield key
            yield from _tokens(value.raw_get(key) if hasattr(value, "raw_get") else value[key], above)
        if isinstance(value, StreamObject):
            yield hashlib.sha256(value.get_data()).hexdigest()
        yield ">>"
    elif isinstance(value, list):
        yield "["
        for item in list.__iter__(value):
            yield from _tokens(item, above)
        yield "]"
    else:
        yield f"{type(value).__name__} {value!r}"
