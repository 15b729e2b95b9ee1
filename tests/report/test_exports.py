"""Documents handed on: LaTeX that is whole and compiles, a Word file, and a run crate; of whole documents only."""

import hashlib
import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree
from zipfile import ZipFile

import pypandoc
import pytest
from hostile_text import HOSTILE, PICTURE
from pypdf import PdfReader
from superposition.report.exports.latex import FILTERS
from superposition.report.pandoc import convert
from superposition.store.errors import UserError
from superposition.store.markdown import escape

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
PACKAGES = ("newunicodechar", "caption", "float", "pifont", "bookmark", "xurl")  # not in every TeX
LABEL = re.compile(r"\{#(fig-[\w-]+) alt=")


def exported(project, form: str, to: Path) -> Path:
    result = project.call("export", form, "article", "--to", str(to))
    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    assert Path(line).parent == to
    return Path(line)


@pytest.fixture(scope="module")
def source(built) -> str:
    return (built.folder / "report/.source/article.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def latex(built, tmp_path_factory) -> Path:
    return exported(built, "latex", tmp_path_factory.mktemp("latex") / "paper")


@pytest.fixture(scope="module")
def tex(latex) -> str:
    return latex.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def docx(built, tmp_path_factory) -> ZipFile:
    return ZipFile(exported(built, "docx", tmp_path_factory.mktemp("docx") / "paper"))


@pytest.fixture(scope="module")
def crate(built, tmp_path_factory) -> Path:
    return exported(built, "rocrate", tmp_path_factory.mktemp("crate") / "crate").parent


@pytest.fixture(scope="module")
def graph(crate) -> dict[str, dict]:
    entities = json.loads((crate / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    assert max(Counter(entity["@id"] for entity in entities).values()) == 1
    return {entity["@id"]: entity for entity in entities}


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def compiled(main: Path) -> PdfReader:
    """LaTeX, run twice on a file for its references."""
    for _ in range(2):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", main.name]
        result = subprocess.run(command, cwd=main.parent, capture_output=True, text=True, errors="replace")
        assert result.returncode == 0, result.stdout[-2000:]
    log = main.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    assert "undefined" not in log
    assert "Missing character" not in log
    return PdfReader(main.with_suffix(".pdf"))


def tex_is_here() -> bool:
    if not shutil.which("pdflatex"):
        return False
    found = subprocess.run(["kpsewhich", *(f"{name}.sty" for name in PACKAGES)], capture_output=True, text=True).stdout
    return len(found.split()) == len(PACKAGES)


needs_tex = pytest.mark.skipif(not tex_is_here(), reason="no LaTeX here")


def test_the_latex_is_balanced_and_has_no_html(tex):
    plain = re.sub(r"\\[\\{}%]", "", tex)
    plain = re.sub(r"(?<!\\)%.*", "", plain)
    assert plain.count("{") == plain.count("}")
    begun, ended = (Counter(re.findall(rf"\\{word}\{{([\w*]+)\}}", plain)) for word in ("begin", "end"))
    assert begun == ended
    assert begun["document"] == 1
    assert not re.search(r"</?(svg|a|p|button|div|span|details)\b", tex)


def test_every_picture_of_the_latex_lies_beside_it(latex, tex, source):
    pictures = re.findall(r"\\includegraphics\[[^]]*\]\{([^}]+)\}", re.sub(r"alt=\{[^}]*\}", "", tex))
    assert {Path(name).parent.name for name in pictures} == set(re.findall(r"\]\(figures/([\w-]+)/", source))
    for name in pictures:
        assert not Path(name).is_absolute()
        assert (latex.parent / name).read_bytes().startswith(b"%PDF")
    files = {path.relative_to(latex.parent).as_posix() for path in latex.parent.rglob("*") if path.is_file()}
    assert files == {*pictures, "article.tex", "references.bib"}


def test_latex_numbers_figures_and_tables_and_what_refers_to_them(tex, source):
    labels = re.findall(r"\\label\{((?:fig|tbl)-[\w-]+)\}", tex)
    assert [name for name in labels if name.startswith("fig-")] == LABEL.findall(source)
    assert [name for name in labels if name.startswith("tbl-")] == re.findall(r"\{#(tbl-[\w-]+) \.label\}", source)
    referred = re.findall(r"\\ref\*?\{([^}]+)\}", tex)
    assert len(referred) > 10
    assert set(referred) <= set(labels)
    spoken = re.sub(r"alt=\{[^}]*\}", "", tex)  # alternative texts hold no commands
    assert not re.search(r"(Figure|Table)[ ~]\d", spoken)


def test_every_citation_of_the_latex_has_its_entry(latex, tex):
    cited = set(re.findall(r"\\citeproc\{ref-([\w:-]+)\}", tex))
    assert cited == set(re.findall(r"\\bibitem\[\\citeproctext\]\{ref-([\w:-]+)\}", tex))
    read = json.loads(pypandoc.convert_file(str(latex.parent / "references.bib"), "csljson", format="biblatex"))
    assert cited <= {item["id"] for item in read}
    assert cited


@needs_tex
def test_the_latex_compiles(latex, source, tmp_path):
    folder = shutil.copytree(latex.parent, tmp_path / "paper")
    document = compiled(folder / latex.name)
    text = " ".join(page.extract_text() for page in document.pages)
    assert f"Figure {len(LABEL.findall(source))}:" in text
    assert f"Table {len(re.findall(r'{#tbl-', source))}:" in text
    assert "??" not in text


@needs_tex
def test_any_text_compiles(tmp_path):
    texts = "\n\n".join(map(str, map(escape, [*HOSTILE, "− ᵀ × ✔ ✘ ◐ → ⅔ λ Σ x̂ 字 \N{WATER WAVE}"])))
    (tmp_path / "figure.svg").write_text(PICTURE)
    (tmp_path / "hostile.md").write_text(f"---\ntitle: {json.dumps(escape(HOSTILE[0]))}\n---\n\n{texts}\n", "utf-8")
    from superposition.report.exports import latex

    arguments = [*(f"--lua-filter={path}" for path in FILTERS), "--metadata=picture:pdf"]
    arguments.append(f"--include-in-header={latex.PREAMBLE}")
    main = tmp_path / "hostile.tex"
    main.write_text(latex.with_signs(convert(tmp_path / "hostile.md", "latex", tmp_path, [], arguments)), "utf-8")
    text = " ".join(page.extract_text() for page in compiled(main).pages)
    assert "U+5B57" in text  # a sign that LaTeX's own fonts lack, by its name


def test_the_word_file_has_headings_pictures_tables_and_equations(built, docx, source):
    body = ElementTree.fromstring(docx.read("word/document.xml"))
    styles = Counter(style.get(f"{WORD}val") for style in body.iter(f"{WORD}pStyle"))
    assert styles["Heading1"] == len(re.findall(r"^# (?!Explorer)", source, re.M))
    assert styles["ImageCaption"] == len(LABEL.findall(source))
    assert styles["TableCaption"] == len(re.findall(r"\{#tbl-", source))
    assert len(list(body.iter(f"{WORD}tbl"))) >= styles["TableCaption"]
    assert len(list(body.iter(f"{MATH}oMath"))) > 10
    alternatives = {" ".join(picture.get("descr").split()) for picture in body.iter(f"{DRAWING}docPr")}
    for name in LABEL.findall(source):
        alt = (built.folder / f"report/figures/{name.removeprefix('fig-')}/alt.txt").read_text(encoding="utf-8")
        assert " ".join(alt.split()) in alternatives
    pictures = [name for name in docx.namelist() if name.startswith("word/media/")]
    assert pictures
    assert all(docx.read(name).startswith(b"\x89PNG") for name in pictures)


def test_an_export_has_the_same_bytes_every_time(built, docx, crate, tmp_path):
    again = exported(built, "docx", tmp_path / "again")
    assert again.read_bytes() == Path(docx.filename).read_bytes()
    metadata = exported(built, "rocrate", tmp_path / "crate")
    assert metadata.read_bytes() == (crate / metadata.name).read_bytes()


def test_every_file_of_the_crate_is_there_and_as_it_says(crate, graph):
    parts = {part["@id"] for part in graph["./"]["hasPart"]}
    described = {name for name, entity in graph.items() if "File" in listed(entity["@type"])}
    assert parts == described
    for name in described:
        content = (crate / unquote(name)).read_bytes()
        assert graph[name]["sha256"] == hashlib.sha256(content).hexdigest(), name
        assert graph[name]["contentSize"] == str(len(content))
    files = {path.relative_to(crate).as_posix() for path in crate.rglob("*") if path.is_file()}
    assert files - {"ro-crate-metadata.json"} == {unquote(name) for name in described}


def test_the_crate_is_a_workflow_run_crate(graph):
    """As the profiles ask: the descriptor, the workflow as main entity, the action that ran it."""
    descriptor, root = graph["ro-crate-metadata.json"], graph["./"]
    assert descriptor["about"] == {"@id": "./"}
    assert {"@id": "https://w3id.org/ro/crate/1.1"} in listed(descriptor["conformsTo"])
    assert {profile["@id"] for profile in root["conformsTo"]} == {
        "https://w3id.org/ro/wfrun/process/0.5",
        "https://w3id.org/ro/wfrun/workflow/0.5",
        "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
    }
    assert all(root[key] for key in ("name", "description", "datePublished", "license", "author", "citation"))
    workflow = graph[root["mainEntity"]["@id"]]
    assert {"File", "SoftwareSourceCode", "ComputationalWorkflow"} <= set(workflow["@type"])
    assert graph[workflow["programmingLanguage"]["@id"]]["name"] == "Snakemake"
    (action,) = (entity for entity in graph.values() if entity["@type"] == "CreateAction")
    assert root["mentions"] == {"@id": action["@id"]}
    assert action["instrument"] == {"@id": workflow["@id"]}
    assert {"@id": "config/config.yaml"} in action["object"]
    assert {"@id": "report/article.html"} in action["result"]
    for value in (graph[part["@id"]] for part in action["object"] if part["@id"].startswith("#")):
        assert graph[value["exampleOfWork"]["@id"]]["@type"] == "FormalParameter"
        assert value["exampleOfWork"] in workflow["input"]


def test_what_the_crate_leaves_out_it_names_by_its_hash(built, graph):
    for path in (built.folder / "results/article").rglob("weights.safetensors"):
        name = path.relative_to(built.folder).as_posix()
        assert name not in graph
        assert graph[f"#{name}"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert f"{name}.json" in graph


def test_every_reference_within_the_crate_leads_somewhere(graph):
    def references(value):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and set(item) == {"@id"}:
                yield item["@id"]

    mentioned = {name for entity in graph.values() for value in entity.values() for name in references(value)}
    assert {name for name in mentioned if "://" not in name} <= graph.keys()
    cited = [graph[source["@id"]] for source in listed(graph["./"]["citation"])]
    assert "toy models of superposition" in {source["name"].casefold() for source in cited}
    assert not any("<" in source["name"] for source in cited)
    assert {source["@type"] for source in cited} == {"ScholarlyArticle"}


def test_what_is_not_built_stale_or_altered_is_not_exported(spoilable):
    folder = spoilable.folder

    def refusal(*arguments: str) -> str:
        result = spoilable.call("export", *(arguments or ("docx", "article")))
        assert result.returncode == 1
        assert result.stderr.count("\n") == 1
        assert not (folder / "exports").exists() or not any((folder / "exports").rglob("*.docx"))
        return result.stderr

    taken = folder / "taken"
    taken.mkdir()
    (taken / "mine.txt").touch()
    assert "taken: exists; allowed: a folder that is not there yet, or empty" in refusal(
        "docx", "article", "--to", str(taken)
    )
    for name in ("report/article.html", "report/.source/article.md", "report/figures/article-bias/figure.png"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content.replace(b"not", b"now", 1) + b"\n")
        assert f"{name}: not the file that the provenance names" in refusal()
        (folder / name).write_bytes(content)
    spoilable.edit("config/config.yaml", "[svg, pdf, png]", "[svg, pdf]")
    assert "made by other settings or code" in refusal()
    spoilable.edit("config/config.yaml", "[svg, pdf]", "[svg, pdf, png]")
    (folder / "report/article.json").unlink()
    assert "report/article.json: no such file; rebuild it: snakemake --cores 1 --force report/article.html" in refusal()
    assert "no such document" in refusal("docx", "nothing") or "allowed: " in refusal("docx", "nothing")


def test_an_export_that_fails_leaves_the_last_one(built_copy, monkeypatch):
    def failing(plan, folder):
        (folder / "half").touch()
        raise UserError("pandoc failed")

    place = built_copy.folder / "exports/docx/article"
    assert built_copy.call("export", "docx", "article").stdout == "exports/docx/article/article.docx\n"
    monkeypatch.setattr("superposition.report.exports.docx.write_docx", failing)
    assert built_copy.call("export", "docx", "article").stderr == "error: pandoc failed\n"
    assert [path.name for path in place.parent.rglob("*")] == ["article", "article.docx"]
