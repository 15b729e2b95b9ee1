"""Jobs run with the interpreter that runs Snakemake, whatever a shell without the environment calls python."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

TARGET = "data/article/S0.9.safetensors"


@pytest.fixture
def installed(project):
    """A project with its environment in .venv, as `make report` leaves it, and a python on PATH that lacks everything."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=project.folder, check=True)
    (packages,) = (project.folder / ".venv/lib").glob("python*/site-packages")
    (packages / "installed.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    executable(project.folder / ".venv/bin/snakemake", f"#!{project.folder}/.venv/bin/python\n"
        "import sys\nfrom snakemake.cli import main\nsys.exit(main())\n")  # fmt: skip
    executable(project.folder / "elsewhere/python", "#!/bin/sh\necho 'the wrong python' >&2\nexit 1\n")
    return project


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize(
    "command", [".venv/bin/snakemake", "source .venv/bin/activate; snakemake"], ids=["by its path", "activated"]
)
def test_snakemake_runs_from_a_plain_shell(installed, command):
    given = {key: value for key, value in installed.environment.items() if key != "PYTHONPATH"}
    plain = {**given, "PATH": f"{installed.folder}/elsewhere:/usr/bin:/bin"}
    line = f"{command} --cores 1 --config preset=smoke -- {TARGET}"
    result = subprocess.run(["bash", "-c", line], cwd=installed.folder, env=plain, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert (installed.folder / TARGET).is_file()
