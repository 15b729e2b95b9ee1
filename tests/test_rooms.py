"""The library's floor plan: rooms that import downwards only, packages that hold a docstring, modules of one subject."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

LIBRARY = ROOT / "workflow/superposition"
ROOMS = {"store", "spec", "data", "train", "measure", "pipeline", "judge", "draw", "report", "verify", "cli", "play"}
PYTHON_ASKS_FOR = {"__init__.py", "__main__.py"}  # of a package that can be run
# What `import superposition` gives: where its names come from, their types, two modules of functions of a bare W.
PUBLIC = {"__init__.pyi", "py.typed", "measures.py", "plots.py"}


def contract(workflow):
    """What import-linter says of a workflow folder."""
    command = [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / "pyproject.toml", "--no-cache"]
    return subprocess.run(
        command,
        cwd=workflow,
        env={"PYTHONPATH": str(workflow), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_library_is_its_rooms():
    """Beside them lie only what Python asks for and what programs and notebooks use."""
    assert {path.name for path in LIBRARY.iterdir()} - {"__pycache__"} == ROOMS | PYTHON_ASKS_FOR | PUBLIC


@pytest.mark.parametrize(
    "package", sorted(path.parent for path in LIBRARY.glob("*/**/__init__.py")), ids=lambda p: p.name
)
def test_a_package_says_what_it_is_for_and_holds_nothing_else(package):
    (docstring,) = ast.parse((package / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(docstring.value.value, str)


def test_no_module_is_longer_than_250_lines():
    lengths = {path.name: path.read_text(encoding="utf-8").count("\n") for path in LIBRARY.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 250} == {}


def test_rooms_import_downwards():
    result = contract(ROOT / "workflow")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "upward"),
    [
        ("store/files.py", "from ..spec.ranges import Range"),
        ("measure/theory.py", "from ..judge.verdicts import verdict"),
    ],
)
def test_an_upward_import_breaks_the_contract(tmp_path, module, upward):
    shutil.copytree(LIBRARY, tmp_path / "superposition", ignore=shutil.ignore_patterns("__pycache__", "templates"))
    path = tmp_path / "superposition" / module
    path.write_text(path.read_text(encoding="utf-8") + upward + "\n")
    result = contract(tmp_path)
    assert result.returncode != 0
    assert "is not allowed to import" in result.stdout
