"""Fixtures: a scratch copy of the project, and its commands."""

import fcntl
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import yaml
from superposition.train.compiled_once import compile_once

os.environ["SUPERPOSITION_GPU"] = "0"  # the tests speak of a machine without a GPU, wherever they run
os.environ["MPLBACKEND"] = "Agg"  # and without a display
ROOT = Path(__file__).parents[1]
# Machine code of the kernels, named by what it was made from: compiled once, not in every copy of the project.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".pytest_cache/numba"))
compile_once()  # also the kernels that two processes of tests call at the same time
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

    def call(self, *arguments: str) -> subprocess.CompletedProcess:
        """`superposition` without a process of its own, in seconds less: for tests that leave the library's code alone.

        Experiments and published runs are those of the project's folder, the library is the checkout's.
        """
        from superposition.cli.commands import main
        from superposition.store.files import GIVEN

        out, error = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(error):
            patch.chdir(self.folder)
            patch.setattr("superposition.store.project.EXPERIMENTS", self.folder / "workflow/experiments")
            patch.setattr("superposition.verify.manifest.REFERENCE", self.folder / "reference")
            patch.setenv(GIVEN, "{}")  # the command adds what it is given
            try:
                main(arguments, prog_name="superposition")
            except SystemExit as end:
                code = end.code
        if isinstance(code, str):  # as the interpreter does with such an end
            error.write(f"{code}\n")
            code = 1
        return subprocess.CompletedProcess(arguments, code or 0, out.getvalue(), error.getvalue())

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_text()
        assert old in text, f"{path} does not contain {old!r}"
        (self.folder / path).write_text(text.replace(old, new, 1))


@pytest.fixture(autouse=True)
def closed_figures():
    """Close the figures that a test has drawn: pyplot warns of many that are open at once."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture
def here(project, monkeypatch) -> Project:
    """A copy of the project as the working directory, its experiments in place of the checkout's."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setattr("superposition.store.project.EXPERIMENTS", project.folder / "workflow/experiments")
    return project


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is made once for all processes that run the tests; nobody changes it afterwards.

    Args:
        factory: of temporary folders.
        name: the folder's, its own in the whole session.
        make: makes the folder, in one process, while those that want it wait.
    """
    own = factory.getbasetemp()
    place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    source, done = place / name, place / f"{name}.done"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(source, ignore_errors=True)  # where an attempt failed: the next test is told why, too
            make(source)
            done.touch()
    return source


@pytest.fixture(scope="session")
def pristine(tmp_path_factory) -> Path:
    """The folder of a project built under the preset smoke, which is its default; not to be changed."""

    def make(folder: Path) -> None:
        project = Project(folder)
        project.edit("config/config.yaml", "preset: standard", "preset: smoke")
        result = project.snakemake()
        assert result.returncode == 0, result.stderr

    return shared(tmp_path_factory, "pristine", make)


def shared_text(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> str:
    """A text that takes long to find, found once for all processes; `make` is given an empty folder to work in."""

    def write(folder: Path) -> None:
        (folder / "work").mkdir(parents=True)
        (folder / "text").write_text(make(folder / "work"), encoding="utf-8")

    return (shared(factory, name, write) / "text").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def built(pristine, tmp_path_factory) -> Project:
    """A copy, for the tests of one process, of the project with the preset smoke as its default and all its products."""
    return copied(pristine, tmp_path_factory.mktemp("built") / "project")


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


@pytest.fixture(scope="module")
def published(pristine, tmp_path_factory) -> Project:
    """A copy, for the tests of a module, of the built project that has published its run."""

    def publish(folder):
        result = copied(pristine, folder).superposition("publish")
        assert result.returncode == 0, result.stderr
        assert result.stdout == "reference/smoke.json\n"

    return copied(shared(tmp_path_factory, "published", publish), tmp_path_factory.mktemp("published") / "project")
