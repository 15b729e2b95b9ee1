"""The fused engine's compiled code on disk: shared by processes, not by kinds of processor, and never stale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import superposition.train.fused

SCRIPT = """
import sys
import numpy as np
from fused.data import DataSpec
from fused.job import Job
from fused.model import ModelSpec
from fused.optimiser import OptimiserSpec
from fused.training import train
encoder = np.full((1, 2), 0.5, np.float32)
result = train(Job(ModelSpec(2, 1, np.ones(2)), DataSpec(np.zeros(2)), OptimiserSpec("sgd", lr=0.1), 16, 3, encoder))
assert "torch" not in sys.modules
from fused import training
print(result.encoder.tobytes().hex(), sum(training._run.stats.cache_hits.values()))
"""
# A kernel of a second to compile where training takes ten: what a file of it is named by does not depend on its size.
SMALL = """
import numpy as np
from fused.compiled import compiled
from fused.streams import permutation_state, permute

@compiled
def permuted(state, order, count):
    permute(state, order, count)

order = np.arange(60)
permuted(permutation_state(0, (1,)), order, len(order))
print(order.tobytes().hex(), sum(permuted.stats.cache_hits.values()))
"""


def start(folder, script="training.py", **variables):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), **variables}
    return subprocess.Popen([sys.executable, script], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def outcome(process):
    """(what was computed, as text, and the number of compiled functions loaded from the cache) of a process."""
    printed, _ = process.communicate()
    assert process.returncode == 0
    computed, hits = printed.split()
    return computed, int(hits)


def small(folder, **variables):
    return outcome(start(folder, "small.py", **variables))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(
        Path(superposition.train.fused.__file__).parent, folder / "fused", ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "training.py").write_text(SCRIPT)
    (folder / "small.py").write_text(SMALL)
    return folder


def test_processes_that_compile_together_agree_and_leave_a_cache_that_loads(package):
    together = [outcome(process)[0] for process in [start(package) for _ in range(2)]]
    again, hits = outcome(start(package))
    assert {*together, again} == {again}
    assert hits == 1


def test_processors_that_share_a_cache_do_not_share_machine_code(package):
    """Numba numbers the code files of an index, so that two processors that start together would write the same one."""
    here, _ = small(package)
    before = set((package / "cache").rglob("permuted*.nb*"))
    other = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    assert small(package, **other) == (here, 0)
    assert len(set((package / "cache").rglob("permuted*.nb*")) - before) == len(before) > 0
    assert small(package, **other) == small(package) == (here, 1)


def test_a_change_in_an_inner_module_is_noticed(package):
    before, _ = small(package)
    streams = package / "fused" / "streams.py"
    text = streams.read_text()
    assert "(value >> np.uint64(27))" in text
    streams.write_text(text.replace("(value >> np.uint64(27))", "(value >> np.uint64(26))"))
    after, hits = small(package)
    assert after != before
    assert hits == 0
