"""Processes that need the same machine code at the same time: one compiles it, and nobody waits in vain."""

import fcntl
import os
import subprocess
import sys

import pytest

SCRIPT = """
import sys, time
from pathlib import Path
from superposition.train import compiled_once
from superposition.train.fused.compiled import compiled

own, others = Path(sys.argv[1]), sys.argv[2:]
compiled_once.compile_once()
compiled_once.PATIENCE = 60 if others else 0.1

@compiled
def total(values):
    result = 0.0
    for i in range(len(values)):
        for j in range(len(values)):
            result += values[i] * values[j]
    return result

import numpy as np
own.touch()
while not all(Path(other).exists() for other in others):
    time.sleep(0.001)
assert total(np.array([1.0, 2.0])) == 9.0
print(sum(total.stats.cache_hits.values()))
"""


@pytest.fixture
def start(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def start(own, *others):
        names = [str(tmp_path / name) for name in (own, *others)]
        command = [sys.executable, "script.py", *names]
        return subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)

    return start


def hits(process):
    """How often a process found machine code on disk: 0 if it compiled, 1 if not."""
    printed, _ = process.communicate()
    assert process.returncode == 0
    return int(printed)


def test_of_three_that_start_together_one_compiles(start):
    names = ("first", "second", "third")
    processes = [start(name, *names) for name in names]
    assert sorted(map(hits, processes)) == [0, 1, 1]


def test_a_lock_that_another_keeps_too_long_does_not_stop_anyone(start, tmp_path):
    assert hits(start("before")) == 0
    (index,) = (tmp_path / "cache").rglob("*.nbi")
    index.unlink()
    with open(f"{index}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert hits(start("kept waiting")) == 0
    assert index.exists()


def test_what_a_killed_process_held_is_free(start, tmp_path):
    assert hits(start("before")) == 0
    (index,) = (tmp_path / "cache").rglob("*.nbi")
    index.unlink()
    held = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", held, f"{index}.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        waiting = start("waiting", "waiting")
        holder.kill()
        assert hits(waiting) == 0
