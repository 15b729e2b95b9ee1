"""What an experiment's text may not do to a document, whatever it holds: run, load, or ask a host for anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_text import PICTURE
from superposition.report.github import write_github
from superposition.report.pandoc import convert
from superposition.report.pdf import write_pdf
from superposition.store.errors import UserError
from superposition.store.markdown import foreign

HEAD = '---\ntitle: A document\nfigures: |\n  - [Figure 1](#a) `<script>alert(1)</script>`{=html} <b onclick="x">y</b>\n---\n\n'
SHOWN = (
    "<script>alert(1)</script>",
    '<div onclick="alert(1)">x</div>',
    "a <!-- b --> c",
    '<img src="http://127.0.0.1:9/x.png">',
    "<iframe src=x></iframe>",
    "<style>p { background: url(http://127.0.0.1:9/x.css) }</style>",
    "---\ncss: http://127.0.0.1:9/x.css\nbibliography: /etc/passwd\n---",
)
REFUSED = {
    "![x](http://127.0.0.1:9/x.png)": "found the picture http://127.0.0.1:9/x.png; allowed: figures of this run",
    "![x][y]\n\n[y]: //127.0.0.1/x.png": "found the picture //127.0.0.1/x.png",
    "![x](/etc/passwd)": "found the picture /etc/passwd",
    "![x](figures/../../secret/figure.svg)": "found the picture figures/../../secret/figure.svg",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)": "found the picture data:",
    "[x](javascript:alert(1))": "found a link to javascript:alert(1); allowed: http, https, mailto",
    "[x](javascript&colon;alert(1))": "found a link to javascript:alert(1)",
    "[x](&#106;avascript:alert(1))": "found a link to javascript:alert(1)",
    "[x](vbscript:x)": "found a link to vbscript:x",
    "[x](//127.0.0.1/x)": "found a link to //127.0.0.1/x",
    "[x](file:///etc/passwd)": "found a link to file:///etc/passwd",
    "[x]{onclick=alert}": "found the attribute onclick",
    "[x]{data-background-image=http://127.0.0.1:9/x}": "found the attribute data-background-image",
    "# X {style='background: url(http://127.0.0.1:9/x)'}": "found the attribute style",
    "```{.python onmouseover=alert}\nx\n```": "found the attribute onmouseover",
    "::: {onclick=alert}\nx\n:::": "found the attribute onclick",
}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a source of a document, in a folder with one figure."""
    monkeypatch.chdir(tmp_path)
    bundle = tmp_path / "figures/toy-bias"
    bundle.mkdir(parents=True)
    (bundle / "figure.svg").write_text(PICTURE)

    def write(text):
        Path("source.md").write_text(f"{HEAD}{text}\n", encoding="utf-8")
        return Path("source.md")

    return write


def page(source):
    return convert(source, "html5", Path(), [], ["--embed-resources"])


def test_html_and_metadata_are_shown_as_they_are_typed(written):
    for text in SHOWN:
        body = page(written(text)).partition("</header>")[2]
        assert not {"<script", "<div", "<img", "<iframe", "<style", "<!--"} & set(body.replace(" ", ">").split(">")), (
            body
        )
        assert "passwd" not in body or "bibliography" in body
    write_github(written("\n\n".join(SHOWN)), Path("out.md"), [])
    assert "<script" not in Path("out.md").read_text().replace("\\<script", "")
    write_pdf(written("\n\n".join(SHOWN)), Path("out.pdf"), [])


def test_html_in_the_lists_of_figures_is_text(written):
    template = Path("template.html")
    template.write_text("$figures$ $body$")
    made = convert(written("x"), "html5", Path(), [], [f"--template={template}"])
    assert "&lt;script&gt;" in made
    assert "<script" not in made
    assert "<b" not in made


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_load_or_run_is_refused_in_one_line(written, text):
    with pytest.raises(UserError) as caught:
        page(written(text))
    assert str(caught.value).startswith(f"source.md: {REFUSED[text]}")
    assert "traceback" not in str(caught.value)


def test_links_and_the_run_s_figures_stay(written):
    made = page(
        written('[a](https://example.org/b) <mailto:c@example.org> [d](#e) ![f](figures/toy-bias/figure.svg){alt="g"}')
    )
    assert all(part in made for part in ('href="https://example.org/b"', 'href="mailto:c@example.org"', 'href="#e"'))
    assert "data:image/svg+xml" in made


def test_what_is_refused_is_found_in_the_text_itself_where_it_is_spelled_plainly():
    assert foreign("a\nb ![c](d.png)") == (2, "![c]")
    assert foreign("`x`{=typst}") == (1, "`{=typst}")
    assert foreign("```{=html}\n") == (1, "`{=html}")
    assert foreign("[x]( <data:y>)") == (1, "]( <data:y")
    assert foreign("<ftp://example.org>") == (1, "<ftp://example.org")
    for text in ("[x](https://y) <http://z> <mailto:a@b.c>", "\\![x]", "a{=b}", "$\\mathrel{=}$", "x: y (z: a)"):
        assert foreign(text) is None


BUILD = """
import sys
from pathlib import Path
from superposition.report.github import write_github
from superposition.report.pandoc import convert
from superposition.report.pdf import write_pdf
for name in sys.argv[1:]:
    source = Path(name)
    Path("out.html").write_text(convert(source, "html5", Path(), [], ["--embed-resources", "--mathml"]))
    write_github(source, Path("out.md"), [])
    write_pdf(source, Path("out.pdf"), [])
print("written")
"""


def test_no_host_is_asked_for_anything(written, tmp_path):
    """Where there is no network, a hostile text's documents are written: pandoc warns of what it cannot fetch, and fails."""
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        pytest.skip("the kernel gives no network namespace to a user")
    written("\n\n".join([*SHOWN, "[a](http://127.0.0.1:9/a)", "![b](figures/toy-bias/figure.svg)"]))
    library = str(Path(__file__).parents[2] / "workflow")
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", BUILD, "source.md"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": library},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "written\n"), done.stderr
