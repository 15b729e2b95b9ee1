"""Effects as small pictures in a table: on one axis, in the verdict's shape, with the claim's side shaded."""

import re
from xml.etree import ElementTree

import pytest
from judgements import part
from superposition.report.interval_plot import WIDTH, interval_plot

ABOVE = {"direction": "above", "threshold": 0.5}


def drawn(claim, *parts, shown=None):
    """The picture as an XML tree."""
    html = interval_plot(claim, parts, parts if shown is None else shown)
    svg = re.fullmatch(r"`(<svg.*</svg>)`\{=html\}", html)[1]
    assert "|" not in svg  # it stands in a table of Markdown
    return ElementTree.fromstring(svg)


def test_a_verdict_has_a_shape_of_its_own():
    shapes = {"reproduced": "circle", "undetermined": "rect", "not reproduced": "path[@class='cross']"}
    for verdict, shape in shapes.items():
        tree = drawn(ABOVE, part(verdict=verdict))
        assert tree.find(f"g[@class='{verdict.replace(' ', '-')}']/{shape}") is not None


def test_a_mark_is_hollow_where_the_part_has_not_converged():
    assert drawn(ABOVE, part(converged=False)).find("g").get("class") == "reproduced hollow"


@pytest.mark.parametrize(
    ("direction", "side"), [("above", (0.5, None)), ("below", (None, 0.5)), ("within", (-0.5, 0.5))]
)
def test_the_claim_s_side_is_shaded(direction, side):
    tree = drawn({"direction": direction, "threshold": 0.5}, part(mean=1.0), part(mean=-1.0))
    shade = tree.find("rect[@class='side']")
    start, width = float(shade.get("x")), float(shade.get("width"))
    places = [float(re.match(r"M([\d.]+)", line.get("d"))[1]) for line in tree.findall("path[@class='threshold']")]
    assert start == (pytest.approx(min(places)) if side[0] is not None else 0)
    assert start + width == pytest.approx(max(places) if side[1] is not None else WIDTH, abs=0.2)


def test_all_parts_of_a_claim_share_an_axis():
    parts = part("0.1", 0.6), part("0.9", 5.0)
    alone = [drawn(ABOVE, *parts, shown=[known]).find("path[@class='threshold']").get("d") for known in parts]
    assert alone[0] == alone[1]


def test_nothing_to_measure_has_no_picture_and_no_ends_have_no_line():
    assert interval_plot(ABOVE, [part(mean=None)], [part(mean=None)]) == ""
    assert drawn(ABOVE, part(low=None, high=None)).find("g/path") is None
    assert drawn(ABOVE, part(mean=0.5, low=0.5, high=0.5)).find("g/circle") is not None
