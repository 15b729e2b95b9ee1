"""Interrupted runs: the next one goes on by itself and ends with the bits of an undisturbed one.

Fifty more, at random, and a full disk: make test-faults.
"""

import random
import shutil
import signal
import time

import pytest
from conftest import shared
from killing import Tiny, surely_interrupted

KILLS = (
    ("snakemake", signal.SIGKILL),
    ("group", signal.SIGINT),
    ("snakemake", signal.SIGTERM),
    ("job", signal.SIGKILL),
)
FOREVER = 100_000_000  # steps, the most that a configuration may ask for


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A copy, for the tests of one process, of a project that has run undisturbed, its compiled functions beside it."""

    def make(folder):
        tiny = Tiny(folder / "project", folder / "compiled")
        tiny.go_on()  # compiles
        tiny.clear()
        began = time.monotonic()
        tiny.go_on()
        (folder / "seconds").write_text(str(time.monotonic() - began))

    made, own = shared(tmp_path_factory, "tiny", make), tmp_path_factory.mktemp("interrupted")
    shutil.copytree(made, own, dirs_exist_ok=True)
    return Tiny.at(own / "project", own / "compiled", float((own / "seconds").read_text()))


@pytest.fixture(scope="module")
def undisturbed(tiny):
    """(hashes, times) of an undisturbed run."""
    return tiny.hashes(), tiny.times()


def training(tiny, run):
    """Wait until a job of a run trains: its log says so, or is there."""
    while not list((tiny.folder / "logs/train").rglob("*.log")):
        assert run.poll() is None, tiny.said.read_text()
        time.sleep(0.05)


def test_a_run_killed_again_and_again_ends_with_the_bits_of_an_undisturbed_one(tiny, undisturbed):
    hashes, times = undisturbed
    random_ = random.Random(0)
    tiny.clear()
    for target, number in KILLS:
        surely_interrupted(tiny, target, number, random_)
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes
    assert "Nothing to be done" in tiny.go_on()


def test_what_a_failed_job_took_away_is_made_again(tiny, undisturbed):
    """Snakemake alone says that there is nothing to be done, since what follows is there and looks up to date."""
    hashes, times = undisturbed
    figure = "workflow/experiments/tiny/figures.py"
    tiny.edit(figure, "    table =", "    raise SystemExit(1)\n    table =")
    with tiny.start() as run:
        run.wait()
    assert run.returncode == 1
    assert not (tiny.folder / "report/figures/tiny-losses/figure.svg").exists()
    tiny.edit(figure, "    raise SystemExit(1)\n", "")
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes


def test_the_lock_of_a_dead_run_is_no_obstacle(tiny, undisturbed):
    tiny.clear()
    with tiny.start() as run:
        training(tiny, run)
        run.kill()
    assert list((tiny.folder / ".snakemake/locks").iterdir())
    said = tiny.go_on("data/tiny/S0.3.safetensors")
    assert f"going on after an interruption: process {run.pid}, begun " in said
    assert not (tiny.folder / ".snakemake/locks").exists()


def test_the_lock_of_a_living_run_is_respected_and_its_process_named(tiny, undisturbed):
    tiny.clear()
    with tiny.start() as first:
        training(tiny, first)
        first.send_signal(signal.SIGSTOP)
        with tiny.start() as second:
            second.wait()
        said = tiny.said.read_text()
        first.send_signal(signal.SIGCONT)
        assert first.wait() == 0
    assert second.returncode == 1
    lines = [line for line in said.splitlines() if "workflow specific profile" not in line]
    assert len(lines) == 1
    assert lines[0].startswith(f"error: another run works in this folder: process {first.pid}, begun ")
    assert lines[0].endswith(" (snakemake --cores 2); wait for it, or stop it")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_does_not_wait_for_its_jobs(tiny, undisturbed, number):
    """The training would go on for minutes; the signal goes to Snakemake alone."""
    tiny.edit("workflow/experiments/tiny/experiment.yaml", "steps: 20000", f"steps: {FOREVER}")
    tiny.clear()
    with tiny.start() as run:
        training(tiny, run)
        run.send_signal(number)
        run.wait()
    tiny.edit("workflow/experiments/tiny/experiment.yaml", f"steps: {FOREVER}", "steps: 20000")
    assert run.returncode == 1
    lines = tiny.said.read_text().splitlines()
    assert lines[-1].startswith("stopped: ")
    assert lines[-1].endswith(" of 16 jobs done; snakemake goes on from there")
    assert not [line for line in lines if "Traceback" in line or "failed" in line]
