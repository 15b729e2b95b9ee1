"""The lines that a run of Snakemake prints: on a terminal, in a pipe, and where a job fails."""

import os
import pty
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest

TARGETS = [f"data/article/S{sparsity}.safetensors" for sparsity in ("0.1", "0.5", "0.9")]


@pytest.fixture
def smoke(project):
    project.edit("config/config.yaml", "preset: standard", "preset: smoke")
    return project


def on_a_terminal(project, *command: str) -> str:
    """What a command writes to a terminal on its standard error."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (30, 120))
    environment = {**os.environ, "PYTHONPATH": str(project.folder / "workflow"), "TERM": "xterm"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    with subprocess.Popen(command, cwd=project.folder, env=environment, stderr=slave, stdout=slave):
        os.close(slave)
        said = b""
        while True:
            try:
                said += os.read(master, 65536)
            except OSError:  # the other end is closed
                break
    os.close(master)
    return said.decode()


def test_a_run_says_one_line_a_job_and_keeps_the_rest_on_disk(smoke):
    result = smoke.snakemake(*TARGETS)
    assert result.returncode == 0
    lines = [line for line in result.stderr.splitlines() if not line.startswith("Using workflow specific profile")]
    assert lines[0] == "3 jobs: 3 data"
    finished = [re.fullmatch(r"✔ data      article  (S[\d.]+) +\d+\.\d s", line) for line in lines[1:4]]
    assert {match[1] for match in finished} == {"S0.1", "S0.5", "S0.9"}
    assert re.fullmatch(r"3 jobs done in \d+\.\d s, all new", lines[4])
    assert len(lines) == 5
    (log,) = (smoke.folder / ".snakemake/log").iterdir()
    assert "Select jobs to execute" in log.read_text()


def test_a_job_that_runs_again_says_why_beside_its_line(smoke):
    smoke.snakemake(TARGETS[0])
    smoke.edit("workflow/experiments/article/experiment.yaml", "train_samples: 1000,", "train_samples: 900,")
    result = smoke.snakemake(*TARGETS[:2])
    lines = [line for line in result.stderr.splitlines() if line.startswith("✔")]
    again = r"✔ data      article  S0\.1 +\d+\.\d s   settings: train_samples 1000 → 900"
    assert sum(bool(re.fullmatch(again, line)) for line in lines) == 1
    assert sum(bool(re.fullmatch(r"✔ data      article  S0\.5 +\d+\.\d s", line)) for line in lines) == 1
    assert re.fullmatch(r"2 jobs done in \d+\.\d s, 1 of them new", result.stderr.splitlines()[-1])


def test_a_terminal_shows_a_bar_with_what_is_running(smoke):
    said = on_a_terminal(smoke, "snakemake", "--cores", "1", *TARGETS)
    assert re.search(r"1 of 3 jobs \|█+ +\| data article S0\.\d", said)
    assert len(re.findall(r"✔ data", said)) == 3
    assert "rule data" not in said


def test_a_failed_job_shows_the_end_of_its_log_and_where_it_is(smoke):
    smoke.edit(
        "workflow/superposition/data/stage.py",
        "def generate(",
        "print(*range(100), sep='\\n')\n1 / 0\n\n\ndef generate(",
    )
    result = smoke.snakemake(TARGETS[0])
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert re.search(r"✘ data      article  S0\.1 +\d+\.\d s   failed", result.stderr)
    tail = [line for line in lines if line.startswith("  | ")]
    assert len(tail) == 15
    assert tail[-1] == "  | ZeroDivisionError: division by zero"
    assert "  its log: logs/data/article/S0.1.log" in lines
    assert lines[-1] == "1 of 1 job failed, 0 done"
    assert "Traceback" not in "".join(line for line in lines if line not in tail)


def test_a_job_that_ends_well_when_tried_again_is_not_counted_as_failed(smoke):
    smoke.edit(
        "workflow/superposition/data/stage.py",
        "def generate(",
        "if not Path('tried').exists():\n    Path('tried').touch()\n    1 / 0\n\n\ndef generate(",
    )
    result = smoke.snakemake("--retries", "1", TARGETS[0])
    assert result.returncode == 0
    lines = result.stderr.splitlines()
    assert sum(line.startswith("✘ data      article  S0.1") for line in lines) == 1
    assert re.fullmatch(r"1 job done in \d+\.\d s, all new", lines[-1])


def test_of_a_cluster_jobs_log_the_lines_are_shown_in_which_slurm_says_why_it_ended(smoke):
    why = "slurmstepd-n1: error: *** JOB 2 ON n1 CANCELLED DUE TO TIME LIMIT ***"
    smoke.edit(
        "workflow/superposition/data/stage.py",
        "def generate(",
        f"print('{why}', *range(100), sep='\\n')\n1 / 0\n\n\ndef generate(",
    )
    result = smoke.snakemake(TARGETS[0])
    assert [line for line in result.stderr.splitlines() if line.startswith("  | ")] == [f"  | {why}"]


def test_a_dry_run_says_one_line_a_job_and_counts_them_by_rule(smoke):
    dry = smoke.snakemake("-n", "results/article/relu/S0.1/weights.safetensors", *TARGETS)
    lines = [line for line in (dry.stdout + dry.stderr).splitlines() if "Using workflow specific profile" not in line]
    jobs = {
        "data      article  S0.1",
        "data      article  S0.5",
        "data      article  S0.9",
        "train     article  relu  S0.1",
    }
    assert set(lines[:4]) == jobs
    assert lines[4:] == ["4 jobs would run, all new: 3 data, 1 train"]
    counts = smoke.snakemake("-n", "--quiet", "rules", "--", *TARGETS)
    assert "3 jobs would run: 3 data" in (counts.stdout + counts.stderr).splitlines()


def test_a_verbose_run_speaks_snakemakes_words(smoke):
    assert "Reason: Missing output files" in smoke.snakemake("-n", "--verbose", TARGETS[0]).stdout
    assert "Shell command" in smoke.snakemake("--printshellcmds", TARGETS[0]).stderr


def test_an_error_in_the_configuration_stays_one_line(project):
    for said in (
        project.snakemake("--config", "preset=big").stderr,
        on_a_terminal(project, "snakemake", "--cores", "1", "--config", "preset=big"),
    ):
        lines = [line for line in said.splitlines() if "Using workflow specific profile" not in line]
        assert len(lines) == 1
        assert "error: config/config.yaml with preset=big: preset: found 'big'" in lines[0]


def test_errors_of_snakemake_itself_are_told(project):
    result = project.snakemake("no-such-file")
    assert result.returncode == 1
    assert "MissingRuleException" in result.stderr
