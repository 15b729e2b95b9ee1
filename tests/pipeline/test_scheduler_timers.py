"""Snakemake's scheduler has one timer pending at most, and none where the shim does not know the version."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import snakemake
from conftest import ROOT
from snakemake.scheduling.job_scheduler import JobScheduler
from snakemake_logger_plugin_superposition import timers

# Jobs that one resource holds back, one after the other, so that cores stay free and the scheduler goes on looking.
SNAKEFILE = """
import threading

def note(wildcards):
    alive = sum(isinstance(thread, threading.Timer) for thread in threading.enumerate())
    with open("timers.txt", "a") as file:
        print(alive, file=file)
    return alive

rule all:
    input: expand("out/{{i}}", i=range({jobs}))

rule one:
    output: touch("out/{{i}}")
    params: note
    resources: place=1
    shell: "true"
"""


def run(folder: Path, jobs: int, *arguments: str) -> list[int]:
    """Run so many jobs; how many timers were alive each time that parameters were evaluated."""
    (folder / "Snakefile").write_text(SNAKEFILE.format(jobs=jobs))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow")}
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--resources", "place=1", *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert len(list((folder / "out").iterdir())) == jobs
    return [int(line) for line in (folder / "timers.txt").read_text().split()]


def test_two_hundred_jobs_leave_one_timer(tmp_path):
    assert set(run(tmp_path, 200, "--logger", "superposition")) <= {0, 1}


def test_without_the_shim_timers_pile_up(tmp_path):
    """What the shim is for; where this fails, Snakemake needs it no longer."""
    assert max(run(tmp_path, 50)) > 5


def test_the_limit_on_jobs_a_second_still_wakes_the_scheduler(tmp_path):
    """After the first job, nothing but a timer does."""
    run(tmp_path, 3, "--logger", "superposition", "--max-jobs-per-timespan", "1/1s")


def test_the_installed_snakemake_is_a_known_one():
    """Where this fails, look whether the new version still needs the shim: docs/robustness.md."""
    assert snakemake.__version__ in timers.KNOWN


@pytest.mark.parametrize("version", ["9.26.1", "9.27.1", "10.0.0"])
def test_an_unknown_version_is_left_as_it_is(monkeypatch, version):
    usual = JobScheduler._schedule_reevalutation
    monkeypatch.setattr(snakemake, "__version__", version)
    assert not timers.keep_one_pending()
    assert JobScheduler._schedule_reevalutation is usual


def test_a_known_version_is_changed(monkeypatch):
    monkeypatch.setattr(JobScheduler, "_schedule_reevalutation", None)
    monkeypatch.setattr(snakemake, "__version__", timers.KNOWN[0])
    assert timers.keep_one_pending()
    assert JobScheduler._schedule_reevalutation is timers._pass_after
