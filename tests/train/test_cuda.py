"""The GPU's kernel gives the fused engine's bits, as far as Numba's simulator tells, and compiles to IEEE operations."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cuda_cases
import fused_oracle
import numpy as np
import pytest
from conftest import ROOT, shared_text
from superposition.train.fused.data import BatchStream

TESTS = Path(__file__).parent


def run(*command, **environment):
    """A Python process on this checkout's library, in which nothing says yet whether there is a GPU."""
    plain = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    paths = f"{ROOT / 'workflow'}{os.pathsep}{TESTS}"
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env={**plain, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    def simulate(folder):
        done = run(TESTS / "cuda_cases.py", NUMBA_ENABLE_CUDASIM="1")
        assert done.returncode == 0, done.stderr
        return done.stdout

    return json.loads(shared_text(tmp_path_factory, "cuda-cases", simulate))


@pytest.mark.parametrize("case", cuda_cases.CASES)
def test_weights_losses_and_snapshots_are_the_fused_engine_s_bits(simulated, case):
    found = simulated[case]
    assert found["differ"] == [[] for _ in cuda_cases.CASES[case][0]]
    assert found["learned"]
    assert found["sparse"] is case.startswith("sparse")
    assert bool(found["diverged"]) is (case == "divergence")


@pytest.mark.parametrize("case", cuda_cases.GRADIENTS)
def test_a_step_of_sgd_is_the_gradient_of_torch(simulated, case):
    job = cuda_cases.GRADIENTS[case]
    batch = BatchStream(job.data, job.batch, job.seed, job.key).take(1)[0]
    _, expected = fused_oracle.gradients(job.model, batch, (job.encoder, job.decoder, job.bias))
    for found, gradient in zip(simulated[f"gradient, {case}"], expected, strict=True):
        assert (found is None) == (gradient is None)
        if found is not None:
            np.testing.assert_allclose(found, gradient, atol=1e-4 * np.abs(gradient).max())


def test_no_thread_reads_what_another_writes_between_two_waits():
    done = run(TESTS / "cuda_races.py", NUMBA_ENABLE_CUDASIM="1")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"x", "hidden", "error", "slope", "sums", "params"} <= set(found.pop("without waits"))  # what it can see
    assert found
    assert not any(found.values()), found


ARITHMETIC = re.compile(r"^\s+(?:@%\w+\s+)?((?:fma|mad|add|sub|mul|div|sqrt|rsqrt|rcp|ex2|lg2)\.\S*f(?:32|64))", re.M)


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    """The floating-point operations in the PTX of the kernels of several shapes."""
    if find_spec("numba_cuda") is None:
        pytest.skip("numba-cuda is not installed (docs/gpu.md)")
    folder = tmp_path_factory.mktemp("ptx")
    done = run(TESTS / "cuda_ptx.py", folder)
    if "libnvvm" in done.stderr or "libnvrtc" in done.stderr:
        pytest.skip(f"CUDA's compiler is not installed: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return {path.stem: set(ARITHMETIC.findall(path.read_text())) for path in folder.glob("*.ptx")}


def test_no_product_and_sum_are_contracted_and_nothing_is_approximate(operations):
    """But for what the source fuses, in float32: a multiplication that may be contracted would be a plain `mul`."""
    exact = {f"{name}.{kind}" for kind in ("f32", "f64") for name in ("add", "sub", "mul.rn", "div.rn", "sqrt.rn")}
    exact.add("fma.rn.f32")
    assert len(operations) > 5
    for shape, found in operations.items():
        assert {"add.f32", "mul.rn.f32", "fma.rn.f32"} <= found, shape
        assert found <= exact, shape


def test_the_benchmark_runs_in_the_simulator_and_ends_with_equal_hashes():
    done = run(ROOT / "benchmarks/gpu.py", "--simulate", NUMBA_ENABLE_CUDASIM="1")
    assert done.returncode == 0, done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()[-2:]] == ["equal", "equal"]


def test_without_a_gpu_nothing_imports_cuda():
    """Reading the plan and importing the stages and the other engines; numba-cuda, where it is, comes with Numba."""
    program = (
        "import sys\n"
        "from superposition.pipeline.plan import load_plan\n"
        "plan = load_plan()\n"
        "stage = plan.stage('train', 'article', 'relu', '0.9')\n"
        "import superposition.cli.group, superposition.train.engines.fused, superposition.train.engines.torch\n"
        "import superposition.train.stage, superposition.measure.stage, superposition.draw.stage\n"
        "print(stage.settings['engine'], *sys.modules)\n"
    )
    done = run("-c", program, SUPERPOSITION_GPU="0")
    assert done.returncode == 0, done.stderr
    engine, *modules = done.stdout.split()
    assert engine == "fused"
    cuda = ("superposition.train.cuda", "superposition.train.engines.cuda")
    if find_spec("numba_cuda") is None:
        cuda += ("cuda", "numba.cuda")
    assert [name for name in modules if name.startswith(cuda)] == []
