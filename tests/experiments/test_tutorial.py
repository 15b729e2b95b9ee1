"""docs/tutorial.md, followed word by word: its commands are run and its changes made as they are printed."""

import re
import shutil

import pytest
from conftest import ROOT, Project, shared

TUTORIAL = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|diff|text)\n(.*?)^```$", TUTORIAL, re.S | re.M)
FILES = re.compile(r"^In `([^`]+)`", re.M)


def changed_file(block):
    """The file that a change is of: the last one named as "In `file`" before it."""
    return FILES.findall(TUTORIAL[: TUTORIAL.index(block)])[-1]


def follow(folder):
    """Take every step in a fresh project."""
    project = Project(folder)
    shutil.copy(ROOT / "config/config.yaml", project.folder / "config/config.yaml")
    printed = ""
    for kind, block in BLOCKS:
        if kind == "diff":
            old = "".join(line[1:] + "\n" for line in block.splitlines() if line.startswith("-"))
            new = "".join(line[1:] + "\n" for line in block.splitlines() if line.startswith("+"))
            project.edit(changed_file(block), old, new)
        elif kind == "text":
            assert block.strip() in printed, printed
        else:
            result = project.run("bash", "-ec", block)
            assert result.returncode == 0, f"{block}\n{result.stdout}\n{result.stderr}"
            printed = result.stdout + result.stderr


@pytest.fixture(scope="session")
def followed(tmp_path_factory):
    """The project's folder after every step."""
    return shared(tmp_path_factory, "tutorial", follow)


def test_four_lines_are_changed():
    changes = [line for kind, block in BLOCKS if kind == "diff" for line in block.splitlines() if line.startswith("+")]
    kept = [line[1:] for kind, block in BLOCKS if kind == "diff" for line in block.splitlines() if line.startswith("-")]
    assert len([line for line in changes if line[1:] not in kept]) == 4


def test_the_report_has_a_section_of_the_new_experiment(followed):
    assert [kind for kind, _ in BLOCKS].count("sh") == 5
    page = (followed / "report/mine.html").read_text(encoding="utf-8")
    assert re.search(r'<h1[^>]* id="steep-importance">.*Five\s+features\s+of\s+steep\s+importance</h1>', page, re.S)
    assert 'id="fig-steep-importance-arrows"' in page
    assert "Verdict" in page
    assert 'id="steep-importance-methods"' in page
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_the_other_experiments_are_left_alone(followed):
    assert {path.name for path in (followed / "results").iterdir() if path.is_dir()} == {"steep-importance"}
