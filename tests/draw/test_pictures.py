"""A picture has the same bytes whatever the processor's last digits, and other bytes where it looks different."""

import re
import zlib

import numpy as np
import pytest
from matplotlib.backends import backend_pdf
from superposition.draw.canvas import panels
from superposition.draw.pictures import PLACES, picture

METADATA = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}


def drawn(kind, shift):
    """A picture of marks whose places, and those of the axes, are shifted (in the figure's width)."""
    figure, axes = panels(1, 2, 2.0)
    axes[0, 0].scatter(np.arange(5.0), np.arange(5.0) + 5 * shift, marker="^")
    axes[0, 1].plot([0, 1], [0, 1])
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axis in axes[0]:
        left, bottom, width, height = axis.get_position().bounds
        axis.set_position([left + shift, bottom, width, height])
    return picture(figure, kind, METADATA[kind])


@pytest.mark.parametrize("shift", [1e-15, -1e-15])
@pytest.mark.parametrize("kind", METADATA)
def test_last_digits_change_no_byte(kind, shift):
    assert drawn(kind, shift) == drawn(kind, 0.0)


@pytest.mark.parametrize("kind", METADATA)
def test_a_visible_change_is_shown(kind):
    assert drawn(kind, 0.01) != drawn(kind, 0.0)


def test_every_clip_path_that_is_used_is_there_once():
    svg = drawn("svg", 0.0).decode()
    defined = re.findall(r'<clipPath id="(\w+)">', svg)
    assert len(defined) == len(set(defined)) == 2
    assert set(re.findall(r"url\(#(\w+)\)", svg)) == set(defined)


def test_numbers_of_a_pdf_have_at_most_five_places():
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", drawn("pdf", 0.0), re.DOTALL)
    text = b"\n".join(zlib.decompress(part) for part in streams[:1])
    moves = re.findall(rb"1 0 0 1 (\S+) (\S+) cm", text)
    assert moves
    assert all(len(number.partition(b".")[2]) <= PLACES for pair in moves for number in pair)
    assert backend_pdf.pdfRepr(1 / 3) == b"0.3333333333"  # matplotlib's own writer is as it was
