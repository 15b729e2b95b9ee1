"""The fused engine trains to the same bits whatever the processor's vector width, and whatever else is trained."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import shared_text
from fused_weights import normal_weights
from llvmlite import binding
from superposition.train.fused.data import DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.model import ModelSpec
from superposition.train.fused.optimiser import OptimiserSpec
from superposition.train.fused.training import train

SCRIPT = Path(__file__).with_name("fused_hash.py")
# What each target needs of the host, as LLVM names it.
TARGETS = {
    "generic": (),
    "x86-64-v3": ("avx2", "fma", "bmi2"),
    "skylake-avx512": ("avx512f", "avx512bw", "avx512dq", "avx512vl"),
    "znver4": ("avx512f", "avx512bf16", "avx512vbmi2", "sha"),
}


def hash_under(environment):
    done = subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def host_hash(tmp_path_factory):
    return shared_text(tmp_path_factory, "fused-bits", lambda _: hash_under(os.environ))


@pytest.mark.parametrize("cpu", TARGETS)
def test_the_weights_are_the_same_bits_when_compiled_for(cpu, host_hash, tmp_path):
    features = binding.get_host_cpu_features()
    missing = [name for name in TARGETS[cpu] if not features.get(name)]
    if missing:
        pytest.skip(f"this host cannot run {cpu}: no {', '.join(missing)}")
    variables = {"NUMBA_CPU_NAME": cpu, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path)}
    assert hash_under({**os.environ, **variables}) == host_hash


@pytest.mark.parametrize("shape", [(5, 2), (30, 16)], ids=str)
def test_an_instance_depends_on_its_own_name_only(shape):
    n, m = shape

    def trained(key):
        weights = normal_weights(0, (1,), (m, n), 0.5)
        model, data = ModelSpec(n, m, np.ones(n) / n), DataSpec(np.full(n, 0.8))
        return train(Job(model, data, OptimiserSpec(), 100, 20, weights, key=key)).encoder

    alone = trained((1,))
    assert not np.array_equal(trained((2,)), alone)
    np.testing.assert_array_equal(trained((1,)), alone)
