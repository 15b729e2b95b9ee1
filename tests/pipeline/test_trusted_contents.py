"""A run that trusts the content of files, not their times: flips whose times lie, and a folder that was copied."""

import os
import random
import re
import shutil

import pytest
from conftest import copied
from superposition.pipeline.plan import load_plan
from superposition.verify.entries import entries

FLIPS = 16
CONTENT = ("--config", "trust=content")
NOTHING = "Nothing to be done"


@pytest.fixture(scope="module")
def folder(pristine, tmp_path_factory):
    """The built project, copied in an order that is not that of its making: every time is another."""
    project = copied(pristine, tmp_path_factory.mktemp("contents") / "project")
    files = sorted(path for name in ("data", "results", "report") for path in (project.folder / name).rglob("*"))
    random.Random(0).shuffle(files)
    for i, path in enumerate(files):
        os.utime(path, ns=(10**18 + i * 10**9,) * 2)
    shutil.rmtree(project.folder / ".snakemake")  # what it knows of contents, too
    return project


def told(project, *arguments):
    result = project.snakemake("--dry-run", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_in_a_copied_folder_nothing_is_made_anew(folder):
    assert "jobs would run" in told(folder)
    assert NOTHING in told(folder, *CONTENT)


def test_flips_that_keep_the_times_are_all_found_and_mended(folder, monkeypatch):
    monkeypatch.chdir(folder.folder)
    told(folder, *CONTENT)  # from here on the times are right
    products = [entry for entry in entries(load_plan()) if entry.kind != "document"]
    random_ = random.Random(1)
    chosen = random_.sample([file for entry in products for file in (*entry.files, entry.record)], FLIPS)
    before = {}
    for path in chosen:
        state, content = path.stat(), path.read_bytes()
        before[path] = content
        place = random_.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert NOTHING in told(folder)
    said = told(folder, *CONTENT)
    named = set(re.findall(r" {2,}content: ([^:]+): ", said))  # a job's own reason, by the first that is wrong with it
    flipped = [{path.as_posix() for path in (*entry.files, entry.record) if path in chosen} for entry in products]
    assert [paths for paths in flipped if paths and not paths & named] == []
    result = folder.snakemake(*CONTENT)
    assert result.returncode == 0, result.stderr
    assert [path for path in chosen if path.suffix != ".json" and path.read_bytes() != before[path]] == []
    assert NOTHING in told(folder)
    assert NOTHING in told(folder, *CONTENT)
