"""How device functions are compiled, and the few operations that mean something else in the simulator.

NVVM contracts a product and a sum into one operation with one rounding, unless told otherwise, and Numba has no way to
tell it. So every product that is added to something says what it is: `fused` is the contraction (PTX `fma.rn`), where
the fused engine has it too; `product` is a multiplication whose rounding is spelt out (PTX `mul.rn`), which is never
contracted. Division and square root are IEEE's and subnormals are kept, as long as `fastmath` is off.

The simulator swaps the module `cuda` for its own while a kernel's function runs, but for functions of other modules not
for all threads at once; so only `kernel` and this module use it.
"""

import math
import os
import struct
import threading

import numpy as np
from numba import config, cuda

REGISTERS = 128  # of a thread; without a limit the compiler takes up to 255, and half as many models fit

# Numba decides this once, when it is first imported.
SIMULATED = bool(config.ENABLE_CUDASIM) or os.environ.get("NUMBA_ENABLE_CUDASIM") == "1"

if SIMULATED:  # Python functions on NumPy's scalars
    device, entry = cuda.jit(device=True), cuda.jit

    def product(a, b):
        """A product in float32, rounded on its own."""
        return a * b

    product64 = product

    def fused(a, b, c):
        """a · b + c in float32, rounded once: in float64 rounded to odd, as `fused.fma` emulates it."""
        exact, addend = float(a) * float(b), float(c)
        total = exact + addend
        back = total - exact
        error = (exact - (total - back)) + (addend - back)
        if error and math.isfinite(total) and not struct.pack("<d", total)[0] & 1:
            total = math.nextafter(total, math.copysign(math.inf, error))
        with np.errstate(over="ignore"):
            return np.float32(total)

    def lowest_bit(word):
        """Index of the lowest set bit of a non-zero uint32."""
        return (int(word) & -int(word)).bit_length() - 1

    def wait():
        """Wait for all threads of the block."""
        threading.current_thread().syncthreads()

else:
    from numba.cuda import libdevice

    device, entry = cuda.jit(device=True, forceinline=True), cuda.jit(max_registers=REGISTERS)

    @device
    def product(a, b):
        """A product in float32, rounded on its own."""
        return libdevice.fmul_rn(a, b)

    @device
    def fused(a, b, c):
        """a · b + c in float32, rounded once."""
        return libdevice.fmaf_rn(a, b, c)

    @device
    def product64(a, b):
        """A product in float64, rounded on its own."""
        return libdevice.dmul_rn(a, b)

    @device
    def lowest_bit(word):
        """Index of the lowest set bit of a non-zero uint32."""
        return cuda.ffs(word) - 1

    @device
    def wait():
        """Wait for all threads of the block."""
        cuda.syncthreads()


def usable():
    """Whether kernels can be launched here."""
    return SIMULATED or cuda.is_available()
