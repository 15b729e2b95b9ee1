"""Assembly of the products for another kind of processor: run by `test_fused_assembly` with NUMBA_CPU_NAME set.

    python tests/train/fused_assembly.py aarch64-unknown-linux-gnu generic

Prints a JSON object, the assembly by function. Numba can compile for the host's kind alone; its LLVM code, as it hands it
to the host's back end, is handed to the other one. Vectors are explicit in it, so nothing is left to be vectorised.
"""

import json
import re
import sys

from llvmlite import binding
from numba import types
from superposition.train.fused.dense import add_outer, contract

FLOATS, INT = types.CPointer(types.float32), types.intp
SIGNATURES = {
    contract: (FLOATS, INT, FLOATS, INT, INT, INT, INT, FLOATS, INT, INT),
    add_outer: (FLOATS, INT, INT, FLOATS, FLOATS, FLOATS, FLOATS, types.boolean, INT, INT, INT, INT),
}


def assembly(function, signature, triple, cpu):
    """What the back end of `triple` and `cpu` makes of one compiled function, its callees with it."""
    function.compile(signature)
    machine = binding.Target.from_triple(triple).create_target_machine(cpu=cpu, opt=3)
    code = function.inspect_llvm(signature)
    code = re.sub(r"^target (datalayout|triple) = .*$", "", code, flags=re.M)
    code = re.sub(r'"(target-cpu|target-features|tune-cpu)"="[^"]*"', "", code)  # the host's
    module = binding.parse_assembly(f'target datalayout = "{machine.target_data}"\ntarget triple = "{triple}"\n{code}')
    return machine.emit_assembly(module)


def main():
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    found = {function.__name__: assembly(function, kinds, *sys.argv[1:]) for function, kinds in SIGNATURES.items()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
