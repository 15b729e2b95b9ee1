"""The products are compiled to fused multiply-adds of vectors, without spilling, also for processors that are not here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from llvmlite import binding

SCRIPT = Path(__file__).with_name("fused_assembly.py")
# Of each kind: LLVM's name, a processor, and patterns: fused, product, sum, call, a vector's way to the stack or back.
KINDS = {
    "NEON": (
        "aarch64-unknown-linux-gnu", "generic", r"fmla\s+v\d+\.4s", r"fn?mul\s", r"fadd\s", r"blr?\s+\S+",
        r"(?:ldr|str|ldp|stp)\s+q\d+.*\[sp",
    ),
    "AVX2": (
        "x86_64-unknown-linux-gnu", "x86-64-v3", r"vfmadd\d+ps\s.*%ymm", r"vmulps\s", r"vaddps\s", r"callq?\s+\S+",
        r"vmov\w+\s.*%ymm.*\(%rsp\)|vmov\w+\s.*\(%rsp\).*%ymm",
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def emitted(request, tmp_path_factory):
    """(the assembly of each function, how to count a pattern's lines in it)."""
    if not binding.get_host_cpu_features().get("fma"):
        pytest.skip("on this host Numba takes the emulation: no fma")
    triple, cpu, *patterns = KINDS[request.param]
    cache = str(tmp_path_factory.mktemp("cache"))
    environment = {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": cache}
    done = subprocess.run(
        [sys.executable, SCRIPT, triple, cpu], env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    names = ("fused", "product", "sum", "call", "spill")
    return json.loads(done.stdout), dict(zip(names, (rf"^\s+{pattern}" for pattern in patterns), strict=True))


def found(emitted, function, name):
    assembly, patterns = emitted
    return re.findall(patterns[name], assembly[function], re.M)


@pytest.mark.parametrize("function", ["contract", "add_outer"])
def test_every_product_is_fused_into_its_sum(emitted, function):
    assert len(found(emitted, function, "fused")) > 50
    assert found(emitted, function, "product") == []
    if function == "contract":  # of the other, the strips' sums of a single column are added
        assert found(emitted, function, "sum") == []


@pytest.mark.parametrize("function", ["contract", "add_outer"])
def test_nothing_is_called_but_the_engine_s_own_and_what_clears_memory(emitted, function):
    for call in found(emitted, function, "call"):
        assert re.search(r"memset|superposition|%r", call), call
    assert not re.search("fmaf", emitted[0][function])


@pytest.mark.parametrize("function", ["contract", "add_outer"])
def test_the_tiles_fit_the_registers(emitted, function):
    """A few loads of what stays the same in a loop, not the sums of a tile."""
    assert len(found(emitted, function, "spill")) < 0.05 * len(found(emitted, function, "fused"))
