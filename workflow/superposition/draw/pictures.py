"""A figure as the bytes of a picture, the same on every processor.

Logarithms and products of small matrices, by which matplotlib places things, may differ in their last digit from one
processor to another. So two places of its writers that show all digits are kept to those that can be seen.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from matplotlib.backends import backend_pdf
from matplotlib.figure import Figure

PLACES = 5  # after the point, of a coordinate in points
_CLIP = re.compile(rb'<clipPath id="(p[0-9a-f]{10})">(.*?)</clipPath>', re.DOTALL)


def picture(figure: Figure, kind: str, metadata: dict) -> bytes:
    """The file of a figure: svg, pdf or png.

    Args:
        figure: what to draw.
        kind: the format.
        metadata: what the file says of itself, as matplotlib's savefig takes it.
    """
    content = BytesIO()
    with _rounded_pdf():
        figure.savefig(content, format=kind, metadata=metadata)
    return _named_clips(content.getvalue()) if kind == "svg" else content.getvalue()


def _named_clips(svg: bytes) -> bytes:
    """An SVG whose clip paths have names made from what they are as written, and not from all digits of it."""
    names = {old: b"p" + hashlib.sha256(shape).hexdigest()[:10].encode() for old, shape in _CLIP.findall(svg)}
    return re.sub(rb"p[0-9a-f]{10}", lambda match: names.get(match[0], match[0]), svg) if names else svg


@contextmanager
def _rounded_pdf() -> Iterator[None]:
    """While it holds, PDFs are written with `PLACES` in place of ten."""
    exact = backend_pdf.pdfRepr

    def rounded(value):
        return exact(round(value, PLACES) if isinstance(value, float) else value)

    backend_pdf.pdfRepr = rounded
    try:
        yield
    finally:
        backend_pdf.pdfRepr = exact
