"""What the processor offers that code is generated for, found by asking LLVM what it would emit.

A processor's name implies features that no list of Numba's shows (NUMBA_CPU_NAME=x86-64-v3), so one fused
multiply-add of sixteen lanes is compiled to assembly, and the assembly is read. What is decided here sets the speed
and no bit: `fma` gives the same results with and without hardware, and every sum has one order for all shapes of tiles.
"""

from llvmlite import binding
from numba.core.registry import cpu_target

_KIND = "<16 x float>"
_PROBE = f"""
declare {_KIND} @llvm.fma.v16f32({_KIND}, {_KIND}, {_KIND})
define {_KIND} @probe({_KIND} %a, {_KIND} %b, {_KIND} %c) {{
  %r = call {_KIND} @llvm.fma.v16f32({_KIND} %a, {_KIND} %b, {_KIND} %c)
  ret {_KIND} %r
}}
"""


def capabilities(machine):
    """(whether `machine` fuses a product and a sum in one instruction, lanes of the pieces tiles are made of).

    Args:
        machine: llvmlite's TargetMachine.
    """
    assembly = machine.emit_assembly(binding.parse_assembly(_PROBE))
    # Where there is no instruction, LLVM calls the C library's fmaf for each lane, which is a hundred times slower.
    fused = "fmaf" not in assembly
    # With 32 registers of 16 lanes, pieces are whole vectors; 16 registers of 8, or 32 of 4, hold as many lanes as 8.
    return fused, 16 if "zmm" in assembly else 8


FUSED, PIECE = capabilities(cpu_target.target_context.codegen()._tm)
