"""Text from YAML is text in every document: nothing in it is read as Markdown, HTML, mathematics or a reference."""

import html
import re

import pypandoc
import pytest
from superposition.store.markdown import Markdown, escape

NASTY = (
    "<script>alert(1)</script>", "a | b | c", "costs $5 and $x$", "`code` and ``more``", "[link](javascript:alert(1))",
    "![image](http://example.org/x.png)", "@xiang2024superposition", "# heading", "*bold* _under_ ~sub~ ^sup^",
    "1. list", "- list", "> quote", "{#id .class}", ":::", "---", "\\alpha \\$", "a\n\n# b", "&amp; &lt;", "'\"…–", "| a |\n|---|",
    "x" * 10_000, "ἀ 語 🙂", "{{ 7 * 7 }}", "<!-- -->", "^[note]", "(@a)", "http://example.org", "a_b_c", "0.1, 0.10", "~~~",
)  # fmt: skip


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("around", ["{}", "# {}\n", "- {}\n", "| a | b |\n|---|---|\n| {} | c |\n", "> “{}”\n"])
def test_text_comes_back_as_text(text, around):
    page = pypandoc.convert_text(around.format(escape(text)), "html5", format="markdown", extra_args=["--wrap=none"])
    visible = html.unescape(
        re.sub(r"</?(p|h1|ul|li|table|thead|tbody|tr|th|td|blockquote|colgroup|col)\b[^>]*>", "", page)
    )
    expected = " ".join(text.split())
    assert not re.search(r"<(script|a|img|em|strong|code|math|span|sub|sup)\b", page)
    assert " ".join(visible.split()).replace("“", "").replace("”", "").strip() in (
        expected, f"abc{expected}c", f"a b {expected} c"
    )  # fmt: skip


def test_markdown_on_purpose_is_left_alone():
    assert escape(Markdown("*x*")) == "*x*"
    assert escape("*x*") == r"\*x\*"


def test_numbers_stay_readable():
    assert escape("0.1") == "0.1"
    assert escape(10000) == "10000"
