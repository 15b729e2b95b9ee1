"""The package as pip installs it: what it asks for, and that it works without a checkout."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv

import pytest
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Distributions by what is imported of them, where the names differ; of what another brings, that one.
DISTRIBUTIONS = {
    "yaml": "pyyaml",
    "PIL": "pillow",
    "pypandoc": "pypandoc_binary",
    "cycler": "matplotlib",
    "llvmlite": "numba",
    "snakemake_interface_common": "snakemake",
    "snakemake_interface_logger_plugins": "snakemake",
}
RUN = {"snakemake-executor-plugin-slurm", "plotly"}  # and not imported: of the latter it is the script
TEN_LINES = """
import numpy as np
import superposition
from superposition import measures, plots

assert "site-packages" in superposition.__file__, superposition.__file__
models = superposition.train(features=5, hidden=2, sparsity=[0.0, 0.9], seeds=2, steps=3000, learning_rate=0.003)
assert models.W.shape == (4, 2, 5) and len(models.metrics) == 4
assert np.allclose(measures.features_per_dimension(models.W[:2]), 1, atol=0.05)
assert measures.features_represented(models.W[2:]).tolist() == [5, 5]
assert np.allclose(models.to_torch(3).W.detach().numpy(), models.W[3])
plots.gram(models.W[3]).figure.savefig("gram.png")
"""


def requirements(lines):
    """The distributions that lines of requirements name."""
    return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines}


def imported():
    """The distributions that the code below workflow/ imports from, but for experiments' and the library's own."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "workflow").rglob("*.py"))
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    names = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"superposition"}
    return {DISTRIBUTIONS.get(name, name) for name in names}


def unset(*names):
    """The environment without some variables."""
    return {name: value for name, value in os.environ.items() if name not in names}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The interpreter of a fresh environment with the wheel in it, beside the packages of this one but not its library."""
    folder = tmp_path_factory.mktemp("installation")
    source = folder / "source"
    shutil.copytree(
        ROOT / "workflow/superposition", source / "workflow/superposition", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(
        ROOT / "workflow/snakemake_logger_plugin_superposition",
        source / "workflow/snakemake_logger_plugin_superposition",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    offline = ["--no-deps", "--no-index"]
    quiet = {"check": True, "cwd": folder, "env": unset("PYTHONPATH")}
    subprocess.run([*pip, "wheel", *offline, "--no-build-isolation", "-w", folder, source], **quiet)
    venv.create(folder / "venv")
    python = folder / "venv/bin/python"
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "--python", python, "install", *offline, wheel], **quiet)
    site = next((folder / "venv/lib").glob("python*/site-packages"))
    (site / "beside.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


@pytest.fixture(scope="module")
def ran(installed, tmp_path_factory):
    """The folder in which the ten lines have run, and the modules that they loaded."""
    folder = tmp_path_factory.mktemp("elsewhere")
    program = f"{TEN_LINES}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    command = [installed, "-c", program]
    result = subprocess.run(command, cwd=folder, env=unset("PYTHONPATH"), capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return folder, set(result.stdout.split())


def test_ten_lines_work_from_another_folder_and_write_a_figure(ran):
    assert (ran[0] / "gram.png").read_bytes().startswith(b"\x89PNG")


def test_training_measuring_and_drawing_load_nothing_of_the_extras(ran):
    extras = requirements(PROJECT["optional-dependencies"]["report"])
    modules = {distribution: name for name, distribution in DISTRIBUTIONS.items()}
    # matplotlib and torch need the two themselves
    assert ran[1] & {modules.get(name, name) for name in extras} <= {"PIL", "jinja2"}


def test_the_wheel_holds_what_is_no_python(installed):
    site = next((installed.parents[1] / "lib").glob("python*/site-packages"))
    for name in ("__init__.pyi", "py.typed", "report/templates/page.html", "play/__init__.py"):
        assert (site / "superposition" / name).is_file()


def test_everything_that_is_imported_is_asked_for_and_nothing_else():
    asked = requirements([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["report"]])
    assert imported() == asked - RUN


def test_the_development_list_is_the_package_with_its_report_and_checks():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line and not line.startswith("#")]
    assert "-e .[report]" in named
    everything = requirements([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["report"]])
    assert requirements(set(named) - {"-e .[report]"}) & everything == set(), "named twice"
    assert (ROOT / "requirements-gpu.txt").read_text(encoding="utf-8").splitlines()[-1] == "-e .[gpu]"


def test_every_package_that_is_asked_for_is_pinned():
    pinned = requirements((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    everything = requirements([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["report"]])
    assert everything - pinned == set()
    exact = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M))
    assert f"torch=={exact['torch']}" in PROJECT["dependencies"]
