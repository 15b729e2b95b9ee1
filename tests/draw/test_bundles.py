"""A figure's folder: its identity in every format, its citation, and the same bytes from run to run."""

import hashlib
import json
import re
import shutil
import subprocess

import pypandoc
import pytest
import yaml
from conftest import ROOT
from PIL import Image
from superposition.draw.citation import bibtex
from superposition.draw.stage import _headed

BUNDLE = "report/figures/article-bias"
FORMATS = ("svg", "pdf", "png")


@pytest.fixture(scope="module")
def provenance(built):
    return json.loads((built.folder / BUNDLE / "provenance.json").read_text())


def test_the_provenance_says_what_made_the_figure(built, provenance):
    assert provenance["settings"]["experiment"] == "article"
    assert set(provenance["packages"]) >= {"matplotlib", "numpy"}
    assert provenance["command"] == f"snakemake --cores 1 --force {BUNDLE}/provenance.json"
    assert provenance["inputs"]
    for path, content in provenance["inputs"].items():
        assert hashlib.sha256((built.folder / path).read_bytes()).hexdigest() == content
    for name, content in provenance["outputs"].items():
        assert hashlib.sha256((built.folder / BUNDLE / name).read_bytes()).hexdigest() == content


def test_a_caption_begins_with_the_title_as_literal_text():
    assert _headed("*S* = 0.9 & <b>. ", " What is seen.\n") == "**\\*S\\* \\= 0.9 \\& \\<b\\>.** What is seen."
    assert _headed("Who wins?", "All.") == "**Who wins\\?** All."


def test_every_caption_says_of_how_many_seeds_it_speaks(built):
    captions = {path.parent.name: path.read_text() for path in built.folder.glob("report/figures/*/caption.md")}
    assert len(captions) > 10
    assert not [name for name, caption in captions.items() if not re.search(r"\b2 seeds\b", caption)]


def test_the_content_id_stands_in_caption_citation_and_metadata(built, provenance):
    content = provenance["content"]
    assert len(content) == 12
    assert set(content) <= set("0123456789abcdef")
    for name in ("caption.md", "cite.bib", "citation.txt", "figure.svg"):
        assert content in (built.folder / BUNDLE / name).read_text(), name
    with Image.open(built.folder / BUNDLE / "figure.png") as image:
        assert content in image.text["Title"]
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_found_anywhere_is_identified(built, provenance, tmp_path, kind):
    copy = tmp_path / f"paper.{kind}"
    shutil.copy(built.folder / BUNDLE / f"figure.{kind}", copy)
    result = built.call("identify", str(copy))
    assert result.returncode == 0, result.stderr
    assert f"figure article-bias, content {provenance['content']}" in result.stdout
    assert "sparsities 0.1, 0.5, 0.9" in result.stdout
    assert '"learning_rate": 0.001' in result.stdout
    assert provenance["command"] in result.stdout
    assert "this checkout would draw the same figure" in result.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "workflow/experiments/article/figures.py",
            '"markersize": 2.2',
            '"markersize": 2.3',
            "the figure's code differs",
        ),
        ("config/config.yaml", "[svg, pdf, png]", "[svg, pdf]", "its settings differ"),
        ("workflow/superposition/measure/features.py", "REPRESENTED = 0.5", "REPRESENTED = 0.6", "what it rests on"),
    ],
)
def test_after_a_change_this_checkout_would_draw_another(built, file, old, new, reason):
    before = (built.folder / file).read_text()
    built.edit(file, old, new)
    try:
        result = built.superposition("identify", f"{BUNDLE}/figure.png")
        assert result.returncode == 0, result.stderr
        assert "this checkout would draw another: " in result.stdout
        assert reason in result.stdout
    finally:
        (built.folder / file).write_text(before)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foreign.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("broken.svg", b"<svg"),
        ("foreign.txt", b"hello"),
        ("broken.pdf", b"%PDF-1.4 nothing"),
        ("broken.png", b"\x89PNG\r\n\x1a\n nothing"),
        ("empty.png", b""),
    ],
)
def test_a_foreign_file_is_called_foreign(built, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    result = built.call("identify", str(path))
    assert result.returncode == 1
    foreign = (
        f"error: {path}: no figure of this pipeline: its metadata hold no record of one, and it shows none of the "
    )
    assert result.stderr.startswith(foreign)
    assert result.stderr.count("\n") == 1


def test_a_missing_file_is_called_missing(built):
    result = built.call("identify", "nowhere.png")
    assert result.returncode == 1
    assert result.stderr == "error: nowhere.png: no such file\n"


def test_cite_prints_bibtex_and_a_latex_figure(built, provenance):
    result = built.call("cite", "article-bias")
    assert result.returncode == 0, result.stderr
    key = f"article-bias-{provenance['content']}"
    assert f"@misc{{{key}," in result.stdout
    assert "\\begin{figure}" in result.stdout
    path = re.search(r"\\includegraphics\[width=\\linewidth\]\{(.*)\}", result.stdout)[1]
    assert (built.folder / path).read_bytes().startswith(b"%PDF")
    assert "The path starts in the project's folder" in result.stdout
    assert f"\\cite{{{key}}}" in result.stdout
    assert "\\label{fig:article-bias}" in result.stdout
    assert "\\(\\mathrm{E}[x' - x]\\)" in result.stdout


def test_the_bibtex_says_what_the_citation_file_says(built, provenance):
    """Read by pandoc, which changes the case of letters that no braces keep."""
    (entry,) = json.loads(pypandoc.convert_file(str(built.folder / BUNDLE / "cite.bib"), "csljson", format="bibtex"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert entry["title"] == f"Figure article-bias of “{citation['title']}”"
    assert entry["author"] == [{"literal": author["name"]} for author in citation["authors"]]
    assert entry["issued"] == {"date-parts": [[int(citation["date-released"][:4])]]}
    assert entry["note"] == f"Version {citation['version']}, content id {provenance['content']}"


def test_bibtex_keeps_any_title_and_gives_the_url():
    title = "A & B: 100 % of {W_i} in NN, “re-run” − ✘"
    software = {
        "title": title,
        "authors": ["A & B"],
        "year": 2026,
        "version": "1",
        "url": "https://a.org/b_c?d=1&e=%20",
    }
    text = bibtex("a-b", "0" * 12, software)
    assert text.isascii()
    (entry,) = json.loads(pypandoc.convert_text(text, "csljson", format="bibtex"))
    said = entry["title"].removeprefix("Figure a-b of “").removesuffix("”")
    assert said.partition(" in NN")[0] in ("A & B: 100 % of {W_i}", "A & B: 100 % of W_i")  # pandoc drops the braces
    assert "in NN, ‘re-run’" in said  # quotes within quotes
    assert entry["author"] == [{"literal": "A & B"}]
    assert entry["URL"] == software["url"]


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no LaTeX here")
def test_what_cite_prints_compiles_in_the_projects_folder(built, provenance, tmp_path):
    figure = built.call("cite", "article-bias").stdout.partition("\n\n")[2]
    key = f"article-bias-{provenance['content']}"
    bibliography = f"\\begin{{thebibliography}}{{1}}\\bibitem{{{key}}} A figure.\\end{{thebibliography}}"
    preamble = "\\documentclass{article}\\usepackage{graphicx}"
    text = f"{preamble}\\begin{{document}}\n{figure}\n{bibliography}\n\\end{{document}}\n"
    (tmp_path / "cited.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"-output-directory={tmp_path}"]
    done = subprocess.run([*command, tmp_path / "cited.tex"], cwd=built.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Output written" in done.stdout


def test_cite_names_the_figures_that_there_are(built):
    result = built.call("cite", "article-nothing")
    assert result.returncode == 1
    assert "no configured figure 'article-nothing'; allowed: article-sample" in result.stderr


def test_the_report_built_again_is_the_same_to_the_byte(built):
    def content():
        return {
            path.relative_to(built.folder): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (built.folder / "report").rglob("*")
            if path.is_file()
        }

    before = content()
    shutil.rmtree(built.folder / "report")
    result = built.snakemake()
    assert result.returncode == 0, result.stderr
    assert content() == before
