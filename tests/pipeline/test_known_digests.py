"""Digests of code kept between runs: the same as computed ones, and gone with any change of a source."""

import json
import os

import pytest
from superposition.pipeline.digest import code_digest, forget
from superposition.pipeline.known_digests import KeptDigests


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A library of two files and an experiments' folder, with room for what is kept."""
    library, experiments = tmp_path / "superposition", tmp_path / "experiments"
    for folder in (library, experiments, tmp_path / ".snakemake"):
        folder.mkdir()
    (library / "stage.py").write_text("from .inner import side\n\n\ndef run():\n    return side()\n")
    (library / "inner.py").write_text("def side():\n    return 3\n")
    (experiments / "own.py").write_text("def mine():\n    return 1\n")
    for module in ("code", "known_digests"):
        monkeypatch.setattr(f"superposition.pipeline.{module}.LIBRARY", library)
    monkeypatch.setattr("superposition.store.project.EXPERIMENTS", experiments)
    return tmp_path


def asked(sources, during=lambda: None):
    """(digest, whether it had to be computed) as a new process would have it."""
    computed = []

    def compute(roots):
        forget()
        computed.append(code_digest(roots))
        during()
        return computed[-1]

    roots = ((sources / "superposition/stage.py", "run"),)
    digest = KeptDigests(compute, sources / ".snakemake/kept.json").digest(roots)
    forget()
    assert digest == code_digest(roots) or computed
    return digest, bool(computed)


def test_what_is_kept_is_what_was_computed(sources):
    first, computed = asked(sources)
    assert computed
    assert asked(sources) == (first, False)


@pytest.mark.parametrize("file", ["superposition/inner.py", "experiments/own.py"])
def test_any_change_of_a_source_is_noticed_even_with_size_and_time_as_before(sources, file):
    asked(sources)
    path = sources / file
    before = path.stat()
    path.write_text(path.read_text().replace("return ", "return+"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert asked(sources)[1]


def test_a_new_and_a_moved_file_are_noticed(sources):
    asked(sources)
    (sources / "superposition/new.py").write_text("")
    assert asked(sources)[1]
    (sources / "superposition/new.py").rename(sources / "superposition/newer.py")
    assert asked(sources)[1]


def test_what_was_computed_while_a_source_was_edited_is_not_kept(sources):
    inner = sources / "superposition/inner.py"
    text = inner.read_text()
    edited, _ = asked(sources, during=lambda: inner.write_text(text.replace("3", "40")))
    inner.write_text(text)
    again, computed = asked(sources)
    assert computed
    assert again == edited  # computed before the edit


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sources": 1}', "\0", "damaged"])
def test_damage_costs_time_alone(sources, content):
    digest, _ = asked(sources)
    (sources / ".snakemake/kept.json").write_text(content)
    assert asked(sources) == (digest, True)


def test_digests_of_other_sources_do_not_count(sources):
    digest, _ = asked(sources)
    file = sources / ".snakemake/kept.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"sources": "0" * 64}))
    assert asked(sources) == (digest, True)


def test_without_its_folder_nothing_is_kept_and_nothing_made(sources):
    (sources / ".snakemake").rmdir()
    assert asked(sources)[1]
    assert asked(sources)[1]
    assert not (sources / ".snakemake").exists()
