"""Whether the GPU's engine can be used here, found without importing CUDA."""

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..store.errors import UserError

PACKAGE = "numba-cuda"
GIVEN = "SUPERPOSITION_GPU"  # 1 or 0: what a run's first process found, or what the user knows better
_SIMULATOR = "NUMBA_ENABLE_CUDASIM"
_DRIVER = (Path("/proc/driver/nvidia/version"), Path("/dev/nvidiactl"), Path("/dev/dxg"))  # the last under WSL


def present() -> bool:
    """Whether numba-cuda and a GPU are there, by what is installed and what the driver shows; or as GIVEN says."""
    given = os.environ.get(GIVEN)
    return _found() if given not in ("0", "1") else given == "1"


def simulated() -> bool:
    """Whether Numba's simulator stands in for a GPU, which is for tests: it is some million times slower."""
    return os.environ.get(_SIMULATOR) == "1"


def require() -> None:
    """Check that the engine cuda can be used.

    Raises:
        UserError: it cannot.
    """
    if not (simulated() or present()):
        raise UserError(
            f"config/config.yaml: engine: found 'cuda', which needs an NVIDIA GPU with its driver and {PACKAGE} "
            "(docs/gpu.md); allowed: auto, fused or torch"
        )


@cache
def _found() -> bool:
    return find_spec("numba_cuda") is not None and any(path.exists() for path in _DRIVER)
