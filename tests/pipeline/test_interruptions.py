"""Interrupted runs: the next one goes on by itself and ends with the bits of an undisturbed one.

Fifty more, at random, and a full disk: make test-faults.
"""

import random
import re
import signal
import time
from contextlib import contextmanager

import pytest
from killing import made_tiny, surely_interrupted

KILLS = (
    ("snakemake", signal.SIGKILL),
    ("group", signal.SIGINT),
    ("snakemake", signal.SIGTERM),
    ("job", signal.SIGKILL),
)
TINY = "workflow/experiments/tiny"
RAISING_CLAIM = ("claims.py", "    return {", "    raise ValueError\n    return {")
FOREVER = 100_000_000  # steps, the most that a configuration may ask for


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return made_tiny(tmp_path_factory)


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


def planned(tiny, *targets):
    """How many jobs of each rule a run would do."""
    (jobs,) = re.findall(r"^\d+ jobs? would run[^:]*: (.*)$", tiny.go_on("--dry-run", *targets), re.MULTILINE)
    return {rule: number for number, rule in (job.split() for job in jobs.split(", "))}


@contextmanager
def edited(tiny, *edits):
    """The project with some texts of its experiment replaced meanwhile; (file, old, new) each."""
    for file, old, new in edits:
        tiny.edit(f"{TINY}/{file}", old, new)
    yield
    for file, old, new in edits:
        tiny.edit(f"{TINY}/{file}", new, old)


def failing(tiny):
    """What a run says that goes on as far as it can, and fails."""
    with tiny.start("--keep-going") as run:
        run.wait()
    assert run.returncode == 1
    return tiny.said.read_text()


def test_a_failing_claim_and_figure_leave_what_was_good_where_it_was(tiny, undisturbed):
    """Snakemake alone deletes it, and takes for up to date what is put into its place again."""
    hashes, times = undisturbed
    tiny.go_on()
    before = tiny.hashes()
    with edited(tiny, RAISING_CLAIM, ("figures.py", "    table =", "    raise SystemExit(1)\n    table =")):
        said = failing(tiny)
        assert "as before this run, and stale: results/tiny/claims.json, report/figures/tiny-losses, " in said
        assert tiny.hashes() == before
        assert planned(tiny, "results/tiny/claims.json") == {"judge": "1"}
        assert planned(tiny, "report/figures/tiny-losses/figure.svg") == {"figure": "1"}
    assert planned(tiny) == {"judge": "1", "figure": "2", "report": "2"}
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes


def test_a_text_that_fails_leaves_the_documents_where_they_were(tiny, undisturbed):
    hashes, times = undisturbed
    tiny.go_on()
    before = tiny.hashes()
    with edited(tiny, ("text.md", "Losses", "{{ 1 // (seeds | length - 2) }} Losses")):
        said = failing(tiny)
        assert "text.md: integer division or modulo by zero" in said
        assert "as before this run, and stale: report/article.html, report/report.html\n" in said
        assert tiny.hashes() == before
        assert planned(tiny, "report/article.pdf") == {"report": "1"}
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes


def test_a_killed_run_s_products_are_put_back_by_the_next_and_are_stale(tiny, undisturbed):
    hashes, times = undisturbed
    tiny.go_on()
    before = tiny.hashes()
    claims = tiny.folder / "results/tiny/claims.json"
    with edited(tiny, ("claims.py", "    return {", "    import time\n\n    time.sleep(600)\n    return {")):
        with tiny.start() as run:
            while claims.exists():
                assert run.poll() is None, tiny.said.read_text()
                time.sleep(0.05)
            run.kill()
        said = tiny.go_on("--dry-run", "results/tiny/claims.json")
        assert "put back, and stale: results/tiny/claims.json\n" in said
        assert "1 job would run: 1 judge\n" in said
        assert tiny.hashes() == before
        assert planned(tiny, "results/tiny/claims.json") == {"judge": "1"}
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
