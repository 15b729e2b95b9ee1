"""Fixtures: a scratch copy of the project, and its commands."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

os.environ["SUPERPOSITION_GPU"] = "0"  # the tests speak of a machine without a GPU, wherever they run
ROOT = Path(__file__).parents[1]
# Machine code of the kernels, named by what it was made from: compiled once, not in every copy of the project.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".pytest_cache/numba"))
PARTS = ("Snakefile", "CITATION.cff", "config", "profiles", "workflow", "environment.yml")


class Project:
    """A copy of the project in a folder of its own, run as a user would; configured is the report's first part."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True)
        for part in PARTS:
            source, target = ROOT / part, folder / part
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, target)
        configuration = folder / "config/config.yaml"
        document = yaml.safe_load(configuration.read_text())
        document["parts"] = {"article": document["parts"]["article"]}
        configuration.write_text(yaml.safe_dump(document, sort_keys=False, default_flow_style=None))

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "workflow"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(self, *command: str) -> subprocess.CompletedProcess:
        environment = self.environment
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=900)

    def start(self, *command: str, **options) -> subprocess.Popen:
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, text=True, **options)

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.run("snakemake", "--cores", "2", *arguments)

    def superposition(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.run(sys.executable, "-m", "superposition", *arguments)

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_text()
        assert old in text, f"{path} does not contain {old!r}"
        (self.folder / path).write_text(text.replace(old, new, 1))


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture
def here(project, monkeypatch) -> Project:
    """A copy of the project as the working directory, its experiments in place of the checkout's."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setattr("superposition.store.project.EXPERIMENTS", project.folder / "workflow/experiments")
    return project


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Project:
    """The project with the smoke preset as its default; built once, also where several processes run the tests."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    source, done = shared / "pristine", shared / "pristine.done"
    with (shared / "pristine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            project = Project(source)
            project.edit("config/config.yaml", "preset: standard", "preset: smoke")
            result = project.snakemake()
            assert result.returncode == 0, result.stderr
            done.touch()
    return copied(source, tmp_path_factory.mktemp("built") / "project")


def copied(source: Path, folder: Path) -> Project:
    """A copy of a project's folder with everything that was built in it."""
    shutil.copytree(source, folder)
    twin = object.__new__(Project)
    twin.folder = folder
    return twin


@pytest.fixture
def spoilable(built, tmp_path) -> Project:
    """A copy of the built project for one test to change."""
    return copied(built.folder, tmp_path / "spoilable")


@pytest.fixture(scope="module")
def built_copy(built, tmp_path_factory) -> Project:
    """A copy of the built project for the tests of a module."""
    return copied(built.folder, tmp_path_factory.mktemp("copy") / "project")
