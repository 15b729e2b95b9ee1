"""The PDF report holds everything of the Markdown as text, and has the same bytes every time."""

import json
import re
from pathlib import Path

import pytest
from hostile_text import HOSTILE, PICTURE
from pypdf import PdfReader
from superposition.report.pdf import write_pdf
from superposition.store.errors import UserError
from superposition.store.markdown import escape


def pdf_of(folder: Path, text: str, title: str = "Title") -> PdfReader:
    """Markdown, set by the report's own path."""
    (folder / "report.md").write_text(
        f"---\ntitle: {json.dumps(escape(title))}\nlang: en\n---\n\n{text}\n", encoding="utf-8"
    )
    picture = folder / "figures/toy/figure.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(PICTURE)
    write_pdf(folder / "report.md", folder / "report.pdf", [])
    return PdfReader(folder / "report.pdf")


def squeezed(text: str) -> str:
    """Text without what setting it may change: spaces, line breaks and the hyphens at them."""
    return re.sub(r"[\s\u200b\u00ad-]", "", text)


def words(document: PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in document.pages))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_text_appears_as_text_wherever_it_stands(tmp_path, hostile):
    text = (
        f"# {escape(hostile)} {{#first}}\n\n{escape(hostile)}\n\n"
        f"| Head | {escape(hostile)} |\n|:-----|:-----|\n| {escape(hostile)} | cell |\n\n: {escape(hostile)}\n\n"
        f'![{escape(hostile)}](figures/toy/figure.svg){{#fig-x alt="alternative"}}\n\n[{escape(hostile)}](#first)\n'
    )
    document = pdf_of(tmp_path, text, hostile)
    # Title, contents, heading, paragraph, table's head and body, both captions, link.
    assert words(document).count(squeezed(hostile)) == 9
    assert not [note for page in document.pages for note in page.get("/Annots", []) if "/URI" in str(note.get_object())]


def test_a_title_of_ten_thousand_characters_stays_on_the_pages(tmp_path):
    title = "W" * 10_000
    document = pdf_of(tmp_path, f"# {title}\n\ntext\n")
    assert words(document).count("W") == 20_000  # the heading and its line of the contents
    for page in document.pages:
        lines = page.extract_text().splitlines()
        assert all(line.count("W") < 60 for line in lines)


def test_figures_tables_and_pages_are_numbered(tmp_path):
    text = (
        '![One.](figures/toy/figure.svg){#fig-a alt="a red square"}\n\n![Two.](figures/toy/figure.svg){#fig-b alt="again"}\n\n'
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n: Three.\n\n| a |\n|---|\n| 3 |\n\n| a |\n|---|\n| 4 |\n\n: Four.\n"
    )
    document = pdf_of(tmp_path, text)
    assert {"Figure1.One.", "Figure2.Two.", "Table1.Three.", "Table2.Four.", "1/1"} <= set(
        re.findall(r"(?:Figure|Table)\d\.[A-Z][a-z]+\.|\d/\d$", words(document))
    )
    assert document.metadata.title == "Title"
    assert b"a red square" in (tmp_path / "report.pdf").read_bytes() or document.trailer["/Root"]["/StructTreeRoot"]


def test_a_verdict_has_its_colour(tmp_path):
    page = pdf_of(tmp_path, "[✘ not reproduced]{.verdict .not-reproduced}").pages[0]
    assert "notreproduced" in squeezed(page.extract_text())
    red, green, blue = (int("a63e00"[i : i + 2], 16) / 255 for i in (0, 2, 4))
    colours = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) sc", page.get_contents().get_data().decode("latin-1"))
    assert any((float(r), float(g), float(b)) == pytest.approx((red, green, blue), abs=1e-3) for r, g, b in colours)


def test_a_link_to_nowhere_stays_as_text(tmp_path):
    assert "elsewhere" in words(pdf_of(tmp_path, "[elsewhere](#explorer)"))


def test_the_same_markdown_gives_the_same_bytes_without_a_date(tmp_path):
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        document = pdf_of(tmp_path / name, '# One\n\n![Picture](figures/toy/figure.svg){#fig-a alt="red"}\n\n$x^2$\n')
        assert document.metadata.creation_date is None
        made.append((tmp_path / name / "report.pdf").read_bytes())
    assert made[0] == made[1]


def test_every_font_is_embedded_and_none_is_the_machines(built):
    document = PdfReader(built.folder / "report/report.pdf")
    names = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in document.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert names
    assert all(name.startswith(("Libertinus", "NewCM", "DejaVu")) for name in names), names


def test_a_missing_picture_is_named_in_one_line(tmp_path):
    with pytest.raises(UserError, match=r"report.md: typst failed: .*figures/absent") as failure:
        pdf_of(tmp_path, "![Picture](figures/absent/figure.svg)")
    assert "\n" not in str(failure.value)


def test_numbers_that_the_markdown_gives_are_not_given_twice(tmp_path):
    text = (
        '![[Figure 7.]{.label} One.](figures/toy/figure.svg){#fig-a alt="a red square"}\n\n'
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n: [Table 8.]{#tbl-a .label} Two.\n\nSee [Table 8](#tbl-a).\n"
    )
    said = words(pdf_of(tmp_path, text))
    assert "Figure7.One." in said
    assert "Table8.Two." in said
    assert not re.search(r"(Figure|Table)1", said)


def test_what_only_a_browser_shows_is_left_out(tmp_path):
    text = 'before\n\n```{=html}\n<p class="actions"><a href="x">SVG</a></p>\n```\n\nafter <b>bold</b>\n'
    said = words(pdf_of(tmp_path, text))
    assert "before" in said
    assert "after<b>bold</b>" in said  # HTML is shown as it is typed
    assert "SVG" not in said
