"""The article on a Slurm cluster of two nodes, one of which dies in the middle."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from cluster import Cluster
from conftest import Project
from superposition.pipeline import resources as sizes
from superposition.pipeline.plan import load_plan

# The cluster has no accounting database, and its jobs are short.
FLAGS = ("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2")
SLURM = ("snakemake", "--profile", "profiles/slurm", *FLAGS)


@dataclass(frozen=True)
class Run:
    """The run on the cluster.

    running: the jobs that ran when the node died; lost: the one of them, a training on n1, that it waited for;
    jobs: all jobs at the end; states: those of the nodes at the end.
    """

    project: Project
    running: list[dict]
    lost: dict
    jobs: list[dict]
    states: dict[str, str]
    returncode: int
    output: str


@pytest.fixture(scope="session")
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    before = os.environ.copy()
    cluster = Cluster(folder)
    os.environ.update(cluster.environment)
    yield cluster
    os.environ.update({"PATH": before["PATH"]})
    os.environ.pop("SLURM_CONF")
    cluster.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def run(cluster, tmp_path_factory) -> Run:
    """The smoke preset through Slurm; n1 dies while a model is trained on it."""
    project = Project(tmp_path_factory.mktemp("slurm") / "project")
    project.edit("config/config.yaml", "preset: standard", "preset: smoke")
    log = project.folder / "run.out"
    with log.open("w") as output:
        snakemake = project.start(*SLURM, stdout=output, stderr=subprocess.STDOUT)
    lost, running = None, []
    while lost is None and snakemake.poll() is None:
        running = [job for job in cluster.jobs() if job["JobState"] == "RUNNING"]
        lost = next((job for job in running if job["BatchHost"] == "n1" and _training(project, job)), None)
        time.sleep(0.1)
    cluster.kill_node("n1")
    snakemake.wait()
    assert lost, f"no training ran on n1:\n{log.read_text()}"
    return Run(project, running, lost, cluster.jobs(), cluster.states(), snakemake.returncode, log.read_text())


def _training(project: Project, job: dict) -> bool:
    """Whether a job has begun to train: its log is there, and its weights are not."""
    rule, _, wildcards = job["Comment"].partition("_wildcards_")
    if rule != "rule_train":
        return False
    experiment, model, sparsity = wildcards.split("_")
    cell = Path(experiment) / model / f"S{sparsity}"
    log = project.folder / "logs/train" / cell.with_name(f"{cell.name}.log")
    return log.is_file() and not (project.folder / "results" / cell / "weights.safetensors").exists()


def hashes(folder, *parts):
    """SHA-256 of every file below parts of a folder, by its path."""
    files = sorted(path for part in parts for path in (folder / part).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def of_rule(jobs, rule):
    return [job for job in jobs if job["Comment"].startswith(f"rule_{rule}")]


def test_several_jobs_run_at_once_on_both_nodes(run):
    assert len(run.running) > 2
    assert {job["BatchHost"] for job in run.running} == {"n1", "n2"}


def test_a_run_ends_well_although_a_node_dies_under_its_jobs(run):
    assert run.returncode == 0, run.output
    assert run.states["n1"].startswith("down")
    again = next(job for job in run.jobs if job["JobId"] == run.lost["JobId"])
    assert (again["JobState"], again["BatchHost"], again["Restarts"]) == ("COMPLETED", "n2", "1")


def test_every_product_is_the_bytes_of_a_local_run(run, built):
    parts = ("data", "results", "report/figures")
    local, remote = hashes(built.folder, *parts), hashes(run.project.folder, *parts)
    kinds = (
        "weights.safetensors",
        "matrices.safetensors",
        "metrics.csv",
        "claims.json",
        "figure.svg",
        "S0.9.safetensors",
    )
    assert all(any(name.endswith(kind) for name in local) for kind in kinds)
    assert remote == local


def test_nothing_is_left_to_do_with_or_without_the_cluster(run):
    for flags in ((), ("--profile", "profiles/slurm")):
        result = run.project.snakemake("-n", *flags)
        assert "Nothing to be done" in result.stdout + result.stderr, result.stderr


def test_a_job_asks_for_what_its_size_says(run):
    size = sizes.train(load_plan({"preset": "smoke"}), "article", "relu", "0.9")
    job = next(job for job in of_rule(run.jobs, "train") if job["Comment"].endswith("_relu_0.9"))
    assert (job["NumCPUs"], job["MinMemoryNode"], job["TimeLimit"]) == ("1", f"{size.mem_mb}M", f"00:{size.runtime}:00")


def test_what_slurm_says_of_a_job_lies_beside_its_log(run):
    """Of jobs that end well nothing is kept."""
    assert not list((run.project.folder / "logs/slurm").rglob("*.log"))
    assert (run.project.folder / "logs/train/article/relu/S0.9.log").is_file()
