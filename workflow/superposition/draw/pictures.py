"""A figure as the bytes of a picture, the same on every processor.

Logarithms and products of small matrices, by which matplotlib places things, may differ in their last digit from one
processor to another. So the places of its writers that show all digits are kept to those that can be seen.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import matplotlib.pyplot as plt
from matplotlib.backends import backend_pdf, backend_svg
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_CANVASES = {"svg": backend_svg.FigureCanvasSVG, "pdf": backend_pdf.FigureCanvasPdf, "png": FigureCanvasAgg}
PLACES = 5  # after the point, of a coordinate in points
NUDGE = 1.3e-6  # less than half a unit of the last of them
_CLIP = re.compile(rb'<clipPath id="(p[0-9a-f]{10})">(.*?)</clipPath>', re.DOTALL)


def picture(figure: Figure, kind: str, metadata: dict) -> bytes:
    """The file of a figure that is laid out: svg, pdf or png.

    Args:
        figure: what to draw.
        kind: the format.
        metadata: what the file says of itself, as matplotlib's savefig takes it.
    """
    content, canvas, dpi = BytesIO(), _CANVASES[kind](figure), figure.dpi
    figure.dpi = plt.rcParams["savefig.dpi"]
    with _rounded():  # Figure.savefig would draw everything once more, to lay it out
        getattr(canvas, f"print_{kind}")(content, metadata=metadata)
    figure.dpi = dpi
    return _named_clips(content.getvalue()) if kind == "svg" else content.getvalue()


def _named_clips(svg: bytes) -> bytes:
    """An SVG whose clip paths have names made from what they are as written, and not from all digits of it."""
    names = {old: b"p" + hashlib.sha256(shape).hexdigest()[:10].encode() for old, shape in _CLIP.findall(svg)}
    return re.sub(rb"p[0-9a-f]{10}", lambda match: names.get(match[0], match[0]), svg) if names else svg


@contextmanager
def _rounded() -> Iterator[None]:
    """While it holds, numbers of PDFs and SVGs are written with `PLACES`, PDFs otherwise have ten.

    Text is as wide as so many 64ths of a point, so that numbers lie half way between two decimals again and again, and
    the last of sixteen digits would say to which they are rounded: a nudge keeps them off.
    """
    pdf, svg = backend_pdf.pdfRepr, backend_svg._short_float_fmt

    def rounded(value):
        return round(value + NUDGE, PLACES)

    backend_pdf.pdfRepr = lambda value: pdf(rounded(value) if isinstance(value, float) else value)
    backend_svg._short_float_fmt = lambda value: svg(rounded(value))
    try:
        yield
    finally:
        backend_pdf.pdfRepr, backend_svg._short_float_fmt = pdf, svg
