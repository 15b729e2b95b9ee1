"""The Markdown is GitHub's: an independent renderer shows all of it, nothing of pandoc's own, and every link leads somewhere."""

import html
import itertools
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from hostile_text import HOSTILE, PICTURE
from markdown_it import MarkdownIt
from superposition.report.github import write_github
from superposition.store.markdown import escape

RENDERER = MarkdownIt("commonmark").enable("table")
ANCHOR = re.compile(r'<a id="([\w-]+)"></a>')
FENCED = re.compile(r"^```.*?^```$|^ {4}\S.*$", re.S | re.M)


def markdown_of(folder: Path, text: str, title: str = "Title") -> str:
    """Pandoc's Markdown as GitHub's, by the report's own path."""
    source = folder / "source/report.md"
    source.parent.mkdir(exist_ok=True)
    source.write_text(f"---\ntitle: {json.dumps(escape(title))}\nlang: en\n---\n\n{text}\n", encoding="utf-8")
    picture = folder / "figures/toy/figure.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(PICTURE)
    write_github(source, folder / "report.md", [])
    return (folder / "report.md").read_text(encoding="utf-8")


def seen(markdown: str) -> str:
    """What a reader sees of Markdown, on one line."""
    return visible(RENDERER.render(markdown))


def visible(page: str) -> str:
    """The text of a piece of HTML, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def heading_anchors(markdown: str) -> list[str]:
    """The anchors that GitHub gives headings: lower-case, without punctuation, equal ones numbered."""
    tokens = RENDERER.parse(markdown)
    known, anchors = Counter(), []
    for opening, inside in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            text = visible(RENDERER.renderer.render(inside.children, RENDERER.options, {}))
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            anchors.append(f"{name}-{known[name]}" if known[name] else name)
            known[name] += 1
    return anchors


def prose(markdown: str) -> str:
    """The Markdown without its blocks and pieces of code."""
    return re.sub(r"`[^`]*`", "", FENCED.sub("", markdown))


@pytest.fixture
def article(built) -> str:
    return (built.folder / "report/article.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_text_appears_as_text_wherever_it_stands(tmp_path, hostile):
    text = (
        f"# {escape(hostile)} {{#first}}\n\n{escape(hostile)}\n\n"
        f"| Head | {escape(hostile)} |\n|:-----|:-----|\n| {escape(hostile)} | cell |\n\n: {escape(hostile)}\n\n"
        f'![{escape(hostile)}](figures/toy/figure.svg){{#fig-x alt="alternative"}}\n\n[{escape(hostile)}](#first)\n'
    )
    markdown = markdown_of(tmp_path, text, hostile)
    # Title, contents, heading, paragraph, table's caption, head and body, the figure's caption, link.
    assert seen(markdown).count(hostile) == 9
    assert not re.search(r"(?<!\\)\$", markdown)  # no mathematics
    assert set(re.findall(r"<(\w+)", RENDERER.render(markdown))) <= {
        "a", "h1", "h2", "img", "p", "table", "tbody", "td", "th", "thead", "tr",
    }  # fmt: skip


def test_a_figure_has_its_anchor_above_and_its_caption_and_files_below(tmp_path):
    text = (
        'See [Figure 7](#fig-a).\n\n![[Figure 7.]{.label} One $x$.](figures/a/figure.svg){#fig-a alt="red [square]"}\n'
    )
    assert markdown_of(tmp_path, text).endswith(
        'See [Figure 7](#fig-a).\n\n<a id="fig-a"></a>\n\n![red \\[square\\]](figures/a/figure.svg)\n\n'
        "**Figure 7.** One $x$.\n\nFiles: [data](figures/a/data.csv), [all formats](figures/a).\n"
    )


def test_a_table_is_a_pipe_table_below_its_caption(tmp_path):
    text = "| a | $|x|$ |\n|:--|--:|\n| p \\| q | [✔ reproduced \\*]{.verdict .reproduced} |\n\n: [Table 3.]{#tbl-a .label} Rows.\n"
    assert markdown_of(tmp_path, text).endswith(
        '<a id="tbl-a"></a>**Table 3.** Rows.\n\n'
        "| a      | $\\vert x\\vert$ |\n| :----- | -------------: |\n| p \\| q | ✔ reproduced * |\n"
    )


def test_a_table_too_wide_for_a_line_is_not_padded(tmp_path):
    long = "word " * 40
    assert f"| {long.strip()} | b |\n| c | d |\n" in markdown_of(
        tmp_path, f"| Long | b |\n|---------|---|\n| {long} | b |\n| c | d |\n"
    )


def test_the_answer_stands_between_the_subtitle_and_the_contents(tmp_path):
    (tmp_path / "report.md").write_text(
        "---\ntitle: Title\nsubtitle: Under it\nanswer: |\n  [Part](#part): *all* hold\n\n  More\n---\n\n# Part {#part}\n"
    )
    write_github(tmp_path / "report.md", tmp_path / "out.md", [])
    assert (tmp_path / "out.md").read_text() == (
        "# Title\n\nUnder it\n\n[Part](#part): *all* hold\n\nMore\n\n[Part](#part)\n\n## Part\n"
    )


def test_words_that_are_not_the_sources_own_are_set_apart(tmp_path):
    assert markdown_of(tmp_path, "> [“much *greater*”]{.altered}").endswith("> *“much *greater*”*\n")


def test_equal_headings_are_told_apart_as_github_does(tmp_path):
    text = "# Loss {#a}\n\n# Loss {#b}\n\n## “What” was (not) run {#c}\n\n[a](#a) [b](#b) [c](#c) [d](#nowhere)\n"
    markdown = markdown_of(tmp_path, text)
    assert "[a](#loss) [b](#loss-1) [c](#what-was-not-run) d" in markdown
    assert {"loss", "loss-1", "what-was-not-run"} < set(heading_anchors(markdown))


def test_a_heading_whose_anchor_cannot_be_foreseen_has_one_of_its_own(tmp_path):
    markdown = markdown_of(tmp_path, "# The norm $W_i$ {#norm}\n\n# WᵀW {#gram}\n\n[a](#norm) [b](#gram)\n")
    assert '<a id="norm"></a>\n\n## The norm $W_i$' in markdown
    assert '<a id="gram"></a>\n\n## WᵀW' in markdown
    assert "[a](#norm) [b](#gram)" in markdown


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("x'_i + x'_{ij}", "$x_i' + x_{ij}'$"),
        ("D^*", "$D^\\ast$"),
        ("\\{a, b\\}", "$`\\{a, b\\}`$"),
        ("\\mathbf{x}_i", "$`\\mathbf{x}_i`$"),
        ("a<b", "$a\\lt b$"),
    ],
)
def test_mathematics_holds_nothing_that_markdown_reads(tmp_path, formula, written):
    markdown = markdown_of(tmp_path, f"before ${formula}$ after, and ${formula}$ *again*")
    assert markdown.count(written) == 2
    assert seen(markdown).count(written.replace("`", "")) == 2


def test_a_displayed_equation_is_a_block_of_mathematics(tmp_path):
    assert "so\n\n```math\na_1 * b\n```\n\nfollows.\n" in markdown_of(tmp_path, "so $$a_1 * b$$ follows.")


def test_what_only_a_browser_shows_is_left_out(tmp_path):
    text = (
        '```{=html}\n<button data-copy="x">copy</button>\n```\n\n# Explorer {#explorer .on-screen}\n\nplayed with\n\n'
        "# After {#after}\n\n::: {.box}\ninside <b>bold</b> [plot]{.on-screen}\n:::\n\n::: on-screen\nplayed\n:::\n\n[there](#explorer)\n"
    )
    markdown = markdown_of(tmp_path, text)
    assert markdown.endswith("## After\n\ninside \\<b\\>bold\\</b\\>\n\nthere\n")  # HTML is shown as it is typed
    assert not re.search("copy|played|plot", markdown)


def test_nothing_of_pandocs_own_is_left_in_the_report(article):
    assert article.startswith("# Superposition, replicated\n")
    for sign in ("{#", "{.", "{=", ":::", "<button", "<span", "<div", "<figure", "<table", "&nbsp;", "\u00a0", "\\."):
        assert sign not in prose(article)
    bare = re.sub(r"\\.|<https?://[^>\s]+>", "", ANCHOR.sub("", prose(article)))
    assert not re.search(r"<[/!a-z]", bare)


def test_every_link_of_the_report_leads_somewhere(built, article):
    anchors = [*heading_anchors(article), *ANCHOR.findall(article)]
    assert len(anchors) == len(set(anchors))
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(article))
    inside = [target[1:] for target in targets if target.startswith("#")]
    outside = [unquote(target) for target in targets if not target.startswith(("#", "http"))]
    assert inside
    assert set(inside) <= set(anchors)
    assert outside
    assert all((built.folder / "report" / target).exists() for target in outside)


def test_figures_and_tables_are_those_of_the_page_with_their_numbers(built, article):
    page = (built.folder / "report/article.html").read_text(encoding="utf-8")
    captions = re.findall(r"<(?:fig)?caption[^>]*>(.*?)</(?:fig)?caption>", page, re.S)
    labels = sorted(re.match(r"(?:Figure|Table) \d+\.", visible(caption))[0] for caption in captions)
    assert sorted(re.findall(r"\*\*((?:Figure|Table) \d+\.)\*\*", article)) == labels
    assert article.count('<a id="fig-') == page.count("<figure")


def test_the_reports_mathematics_reaches_a_reader_unchanged(article):
    formulas = re.findall(r"\$([^$]+)\$", prose(article))
    shown = seen(article)
    assert formulas
    assert all(f"${' '.join(formula.split())}$" in shown for formula in formulas)


def test_verdicts_are_glyph_and_word(article):
    assert re.search(r"\| [✔✘?–] (?:reproduced|not reproduced|undetermined|not applicable)", article)
