"""A command that fails says one line and exits with 1, and a command imports no more than its stage needs."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

LIBRARY = ROOT / "workflow"
EXPERIMENT = "workflow/experiments/article/experiment.yaml"


@pytest.mark.parametrize("command", ["snakemake", "superposition"])
def test_the_command_line_prints_one_line_and_exits_with_one(project, command):
    project.edit(EXPERIMENT, "learning_rate: 0.001", "learning_rate: 1e-3")
    result = project.snakemake("-n") if command == "snakemake" else project.superposition("check")
    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if line.strip() and not line.startswith("Using ")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith(f"error: {EXPERIMENT}")
    assert not result.stdout.strip()


def test_a_command_that_meets_a_full_disk_anywhere_says_one_line_even_where_it_cannot(tmp_path):
    program = (
        "import errno, superposition.cli.group as c\n"
        "@c.main.command()\n"
        "def fail(): raise OSError(errno.ENOSPC, 'No space left on device', 'some/cache.nbi')\n"
        "c.main(['fail'])"
    )
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY)}
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr == "error: some/cache.nbi: no space left on the disk; free some and run snakemake again\n"
    with open("/dev/full", "w") as log:
        assert subprocess.run(command, env=environment, stderr=log).returncode == 1


def test_jobs_that_do_not_train_do_not_import_torch(built):
    for arguments in (("extract", "article", "relu", "0.9"), ("figure", "article-bias"), ("report",)):
        program = (
            "import sys, superposition.cli.commands as c\n"
            f"c.main({list(arguments)!r}, standalone_mode=False)\n"
            "assert 'torch' not in sys.modules"
        )
        result = built.run("python", "-c", program)
        assert result.returncode == 0, result.stderr
