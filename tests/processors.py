"""Environments under which everything runs as on another processor: Numba, BLAS, NumPy and the C library."""

import os
import platform

import pytest
from llvmlite import binding

LEVELS = "X86_V3,X86_V4,AVX512_ICL"
WITHOUT_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"
# Of each processor: what the host must have, and the variables.
PROCESSORS = {
    "plain x86-64": ((), {
        "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": LEVELS, "GLIBC_TUNABLES": WITHOUT_FMA,
    }),
    "Haswell": (("avx2", "fma", "bmi2"), {
        "NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "", "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4,AVX512_ICL",
    }),
    "Skylake-X": (("avx512f", "avx512bw", "avx512dq", "avx512vl"), {
        "NUMBA_CPU_NAME": "skylake-avx512", "NUMBA_CPU_FEATURES": "", "OPENBLAS_CORETYPE": "SkylakeX",
        "NPY_DISABLE_CPU_FEATURES": "AVX512_ICL",
    }),
}  # fmt: skip


def environment_of(processor, cache):
    """The variables of a processor, with a cache of compiled code of its own; skips where the host cannot."""
    needed, variables = PROCESSORS[processor]
    features = binding.get_host_cpu_features() if platform.machine() in ("x86_64", "AMD64") else {}
    if not features or (missing := [name for name in needed if not features.get(name)]):
        pytest.skip(f"this host cannot run {processor}: no {', '.join(missing) if features else 'x86-64'}")
    return {**os.environ, **variables, "NUMBA_CACHE_DIR": str(cache)}
