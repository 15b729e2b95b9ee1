"""Figures and tables are numbered, references name the right number, and a figure offers its files."""

import re

import pytest
from superposition.report.figure_links import actions
from superposition.report.numbering import LISTS, clause, label, numbered, plain, reference, title
from superposition.store.errors import UserError
from superposition.store.markdown import Markdown, escape


def figure(name):
    return f"![{label('figure', 'article', name)} Caption of {name}, at length.](figures/article-{name}/figure.svg)\n"


def table(name):
    return f": {label('table', 'article', name)} Rows.\n"


def test_figures_and_tables_are_numbered_apart_in_the_order_of_appearance():
    document = numbered(figure("late") + table("rows") + figure("early"))
    assert re.findall(r"\[(Figure|Table)\s(\d)\.\]", document) == [("Figure", "1"), ("Table", "1"), ("Figure", "2")]
    assert "\x02" not in document


def test_a_reference_may_stand_before_what_it_names():
    document = numbered(
        f"See {reference('article', 'b')} and {reference('article', 'rows')}.\n"
        + figure("a")
        + figure("b")
        + table("rows")
    )
    assert document.startswith("See [Figure\u00a02](#fig-article-b) and [Table\u00a01](#tbl-article-rows).")
    assert "[Table\u00a01.]{#tbl-article-rows .label}" in document


def test_an_unknown_reference_is_one_line_that_names_what_there_is():
    with pytest.raises(UserError, match=r"article/text.md: unknown figure or table 'c'; allowed: a, b$"):
        numbered(figure("a") + figure("b") + reference("article", "c"))


def test_a_name_is_given_once():
    with pytest.raises(UserError, match=r"article/text.md: 'a' names two figures or tables"):
        numbered(figure("a") + table("a"))


def test_a_plain_name_has_no_markup():
    assert numbered(figure("a") + plain("article", "a")).endswith("Figure 1")


def test_lists_hold_every_figure_and_table():
    document = numbered(f"{LISTS}\n" + figure("a") + table("rows"))
    assert (
        "figures: |\n  - [Figure 1](#fig-article-a) Caption of a\ntables: |\n  - [Table 1](#tbl-article-rows) Rows\n"
        in document
    )


@pytest.mark.parametrize(
    ("caption", "title"),
    [
        ("One, two.", "One"),
        ("No end", "No end"),
        ("$f(a, b)$ over time: all.", "$f(a, b)$ over time"),
        ("Norm $W_i$ (each), all.", "Norm $W_i$"),
        ("[a, b](#c) and d. E", "[a, b](#c) and d"),
        ("*one, two* three; four", "*one, two* three"),
        ("escaped \\[, then", "escaped \\["),
    ],
)
def test_a_title_is_the_first_clause_with_nothing_left_open(caption, title):
    assert clause(caption) == title


@pytest.mark.parametrize(
    ("caption", "listed"),
    [
        (" **Loss of both models: who wins.** All of it, at length.", "Loss of both models: who wins"),
        ("**Who wins?** All of it.", "Who wins?"),
        ("**a \\*\\* b.** All of it.", "a \\*\\* b"),
        ("**Bold**ly said, no title.", "**Bold**ly said"),
        ("Rows, at length.", "Rows"),
    ],
)
def test_a_list_shows_the_title_that_a_caption_begins_with(caption, listed):
    assert title(caption) == listed


def test_untrusted_text_makes_no_mark():
    mark = str(reference("article", "nothing"))
    assert numbered(str(escape(mark))) == "ref\\:article\\/nothing"
    assert escape(Markdown(mark)) == mark


def test_a_figure_offers_its_files_and_its_bibtex(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "bibtex" not in actions("article", "a", ("svg", "png"))
    bundle = tmp_path / "report/figures/article-a"
    bundle.mkdir(parents=True)
    (bundle / "cite.bib").write_text('@misc{a,\n\n  title = {"<`&"},\n}\n')
    row = actions("article", "a", ("svg", "png"))
    assert re.findall(r'href="([^"]+)"', row) == [
        f"figures/article-a/{name}" for name in ("figure.svg", "figure.png", "data.csv")
    ]
    assert 'data-value="@misc{a,&#10;&#10;  title = {&quot;&lt;&#96;&amp;&quot;},&#10;}&#10;"' in row
    assert len(row.splitlines()) == 3
