"""Interruptions at random moments: every product ends with the bits of an undisturbed run.

KILLS says how many runs are interrupted, JOB_KILLS how many jobs started by hand, KILLS_SEED which: `make test-long` sets
them.
"""

import os
import random
import time

import pytest
from killing import KINDS, SETTINGS, Kill, Tiny, interrupted, kill_jobs

KILLS = int(os.environ.get("KILLS", "50"))
JOB_KILLS = int(os.environ.get("JOB_KILLS", "50"))
SEED = int(os.environ.get("KILLS_SEED", "0"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return Tiny(tmp_path_factory.mktemp("faults") / "project", tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="module")
def undisturbed(tiny):
    """(hashes, times) of an undisturbed run for each setting, and how long such a run takes, seconds."""
    found = {}
    for rate in SETTINGS:
        tiny.clear()
        tiny.set_rate(rate)
        began = time.monotonic()
        tiny.go_on()
        seconds = time.monotonic() - began
        found[rate] = tiny.hashes(), tiny.times()
    return found, seconds


def test_every_product_has_the_bits_of_an_undisturbed_run_however_often_it_was_killed(tiny, undisturbed, capsys):
    """A chain of killed runs goes on until one comes to its end. Some start afresh, some retrain after an edit."""
    references, seconds = undisturbed
    random_ = random.Random(SEED)
    kills: list[Kill] = []
    chains = 0
    while len(kills) < KILLS:
        fresh = chains % 3 == 0
        tiny.set_rate(SETTINGS[chains % 2])
        if fresh:
            tiny.clear()
        while kill := interrupted(tiny, *random_.choice(KINDS), random_.uniform(0.2, 0.5 * seconds), random_):
            kills.append(kill)
            with capsys.disabled():
                print(f"\n{len(kills):3} {'from nothing' if fresh else 'after an edit':<14} {kill}", end="")
        tiny.go_on()  # all is done, or the last kill hit after the end
        chains += 1
        hashes, times = references[tiny.rate]
        assert tiny.hashes_with(times) == hashes
        assert "Nothing to be done" in tiny.go_on("--dry-run")
        assert not list((tiny.folder / ".snakemake/locks").glob("*"))
    with capsys.disabled():
        print(f"\n{len(kills)} kills in {chains} chains (KILLS_SEED={SEED}); an undisturbed run takes {seconds:.1f} s")


def test_jobs_started_by_hand_leave_whole_products_or_none(tiny, undisturbed, capsys):
    """And a run after all of them ends with the bits of an undisturbed one, and leaves nothing half-written."""
    tiny.set_rate(SETTINGS[0])
    hashes, times = undisturbed[0][tiny.rate]
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes
    with capsys.disabled():
        hit = kill_jobs(tiny, JOB_KILLS, random.Random(f"jobs {SEED}"), lambda line: print(f"\n{line}", end=""))
        counts = ", ".join(f"{count} {stage}" for stage, count in sorted(hit.items()))
        print(f"\n{hit.total()} kills of jobs started by hand (KILLS_SEED={SEED}): {counts}")
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes
