"""Compile kernels to PTX with no GPU: `python tests/train/cuda_ptx.py folder` writes one file a shape, for CUDA's ptxas.

Numba asks the device for its compute capability while it compiles the kernel's functions; here it is told 9.0.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numba import cuda, from_dtype, types
from numba.cuda import dispatcher
from superposition.train.cuda.arrays import Inputs, Log, State
from superposition.train.cuda.jobs import compile_job
from superposition.train.cuda.kernel import kernel_of
from superposition.train.cuda.shape import layout_of
from superposition.train.cuda.transfer import inputs_of, log_of, state_of
from superposition.train.fused.data import DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.model import ModelSpec
from superposition.train.fused.optimiser import OptimiserSpec

CAPABILITY = (9, 0)
SHAPES = [(2, 1, 0.9), (5, 2, 0.9), (40, 5, 0.9), (80, 20, 0.9), (400, 30, 0.9)]
OTHERS = {
    "untied": ((6, 3, 0.9), {"tied": False, "hidden_relu": True, "l1": 0.1}, OptimiserSpec("sgd")),
    "signed": ((6, 3, 0.9), {"absolute_target": True, "bias": False, "output_relu": False}, OptimiserSpec("adam")),
}


def job(n, m, sparsity, flags=None, optimiser=None, rows=None):
    """A model of a shape, with nothing in it."""
    flags = flags or {}
    model, data = ModelSpec(n, m, np.ones(n), **flags), DataSpec(np.full(n, sparsity), rows=rows)
    weights = np.zeros((m, n), np.float32)
    return Job(model, data, optimiser or OptimiserSpec(), 64, 1, weights, None if model.tied else weights)


def argument(record):
    """Numba's type of a named tuple of arrays."""
    arrays = [types.Array(from_dtype(array.dtype), array.ndim, "C") for array in record]
    return types.NamedTuple(arrays, type(record))


def ptx_of(task):
    """(PTX, layout) of the kernel that trains a job."""
    compiled = compile_job(task)
    layout = layout_of(compiled.kind.shape)
    state = state_of([compiled], layout)
    records = inputs_of([compiled]), state, log_of([compiled], state.params)
    assert [type(record) for record in records] == [Inputs, State, Log]
    signature = (*(argument(record) for record in records), *[types.int64] * 5)
    kernel = kernel_of(compiled.kind.shape, layout)
    return cuda.compile_ptx(kernel.py_func, signature, cc=CAPABILITY)[0], layout


def main():
    dispatcher.get_current_device = lambda: SimpleNamespace(compute_capability=CAPABILITY)
    folder = Path(sys.argv[1])
    tasks = {f"{n}x{m}": job(n, m, sparsity) for n, m, sparsity in SHAPES}
    tasks |= {name: job(*shape, flags, optimiser) for name, (shape, flags, optimiser) in OTHERS.items()}
    tasks["rows"] = job(6, 3, 0.5, rows=np.zeros((100, 6), np.float32))
    for name in sys.argv[2:] or tasks:
        ptx, layout = ptx_of(tasks[name])
        (folder / f"{name}.ptx").write_text(ptx)
        print(name, f"threads {layout.slots * layout.threads} models {layout.slots} shared {layout.bytes}", flush=True)


if __name__ == "__main__":
    main()
