"""Every file below data/, results/ and report/ is held against its provenance and the published run.

A flipped bit in any of them is found, and the file that holds it named first.
"""

import hashlib
import json
import os
import random
import re
from pathlib import Path

import pytest
from damage import DATA, holding
from superposition.store.sealed import read_sealed, sealed

SEED = 20260
CELL = "results/article/*/*"
KINDS = [
    "data/article/*.safetensors",
    *(f"{CELL}/{name}" for name in ("weights.safetensors", "matrices.safetensors", "metrics.csv")),
    *(f"results/article/claims.{kind}" for kind in ("json", "csv")),
]
SIDECARS = ["data/article/*.safetensors.json", f"{CELL}/*.json", "results/article/claims.*.json"]
BUNDLE = [
    f"report/figures/*/{name}"
    for name in ("figure.*", "data.csv", "caption.md", "alt.txt", "cite.bib", "citation.txt", "provenance.json")
]
DOCUMENTS = ["report/.source/*.md", *(f"report/*.{kind}" for kind in ("md", "html", "pdf", "json"))]
PATTERNS = [*KINDS, *SIDECARS, *BUNDLE, *DOCUMENTS]


def every_file(folder):
    tops = ("data", "results", "report")
    return {path.relative_to(folder) for top in tops for path in (folder / top).rglob("*") if path.is_file()}


def test_every_file_of_a_run_is_of_one_of_the_kinds(published):
    found = {path.relative_to(published.folder) for kind in PATTERNS for path in published.folder.glob(kind)}
    assert every_file(published.folder) == found


def resting(folder, path):
    """How many products are made from one, and from those that are: by the inputs that the provenances name."""
    records = {}
    for file in every_file(folder):
        if file.suffix == ".json" and "inputs" in (record := json.loads((folder / file).read_text())):
            own = record["outputs"] if "outputs" in record else [record["product"]]
            records[file] = {file, *(file.parent / name for name in own)}, {Path(name) for name in record["inputs"]}
    (start,) = (files for files, _ in records.values() if path in files)
    reached, count = set(start), 0
    while more := [file for file, (files, inputs) in records.items() if inputs & reached and file not in reached]:
        for file in more:
            reached |= records[file][0]
        count += len(more)
    return count


@pytest.mark.parametrize("kind", PATTERNS)
def test_a_flipped_bit_is_found_in_every_kind_of_file_and_its_file_named_first(published, kind):
    generator = random.Random(f"{SEED} {kind}")
    path = generator.choice(sorted(published.folder.glob(kind)))
    content = bytearray(path.read_bytes())
    content[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
    name = path.relative_to(published.folder)
    expected = resting(published.folder, name)
    with holding({path: bytes(content)}):
        result = published.call("verify")
    assert result.returncode == 4, result.stderr
    first, culprit = result.stdout.splitlines()
    assert re.fullmatch(
        r"preset smoke: this is not the published run: 1 of \d+ products missing, damaged or outside tolerance", first
    )
    assert culprit.startswith(f"  {name}: ")
    assert re.search(r"; re(build|draw) it: snakemake --cores 1 --force \S+", culprit)
    ends = {0: "", 1: "; 1 product rests on it"}.get(expected, f"; {expected} products rest on it")
    assert culprit.endswith(ends)
    assert ("on it" in culprit) == bool(expected)


def test_verdicts_exchanged_in_a_page_are_found_though_its_provenance_was_written_anew(published):
    """The seal is no secret: who writes a document and its provenance anew is found by the published manifest."""
    page, record = published.folder / "report/report.html", published.folder / "report/report.json"
    contents = read_sealed(record, "")
    forged = page.read_bytes().replace("✘ not reproduced".encode(), "✔ reproduced".encode())
    assert forged != page.read_bytes()
    with holding({page: forged, record: record.read_bytes()}):
        contents["outputs"]["report.html"] = hashlib.sha256(forged).hexdigest()
        record.write_text(sealed(contents), encoding="utf-8")
        result = published.call("verify")
    assert result.returncode == 4
    assert "1 of " in result.stdout.splitlines()[0]
    assert result.stdout.splitlines()[1] == (
        "  report/report: report.html: other bytes; code, versions and all it shows are the published run's"
    )


def test_a_document_that_is_missing_is_named(published, tmp_path):
    page = published.folder / "report/article.html"
    os.replace(page, tmp_path / "page")
    try:
        result = published.call("verify")
    finally:
        os.replace(tmp_path / "page", page)
    assert result.returncode == 4
    assert "  report/article.html: No such file or directory; build it: snakemake" in result.stdout


def test_files_of_no_product_are_named_and_change_nothing(published):
    extra = [published.folder / name for name in ("data/.hidden", "report/figures/article-bias/other.png")]
    for path in extra:
        path.touch()
    os.mkfifo(extra[0].with_name("pipe"))
    try:
        result = published.call("verify")
    finally:
        for path in (*extra, extra[0].with_name("pipe")):
            path.unlink()
    assert result.returncode == 0
    assert result.stdout.splitlines()[1:] == [
        "of no product of this configuration: data/.hidden, data/pipe, report/figures/article-bias/other.png"
    ]


def test_a_pipe_in_place_of_a_product_is_not_waited_for(published, tmp_path):
    path = published.folder / DATA
    os.replace(path, tmp_path / "data")
    os.mkfifo(path)
    try:
        result = published.call("verify")
    finally:
        path.unlink()
        os.replace(tmp_path / "data", path)
    assert result.returncode == 4
    assert result.stdout.splitlines()[1].startswith(f"  {DATA}: no regular file; delete it and rebuild it: ")


def test_a_note_of_the_repository_is_held_against_the_published_one(published):
    note = published.folder / "results/README"
    note.write_text("what lies here\n")
    try:
        assert published.call("publish").returncode == 0
        assert published.call("verify").returncode == 0
        note.write_text("what lies there\n")
        result = published.call("verify")
    finally:
        note.unlink()
    assert result.returncode == 4
    assert "  results/README: not the published text; restore it: git checkout -- results/README" in result.stdout
