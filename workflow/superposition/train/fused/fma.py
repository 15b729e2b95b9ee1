"""a · b + c rounded once: IEEE 754's fusedMultiplyAdd on vectors, the same bits on every processor.

Every x86 processor since 2013, every aarch64 one and every NVIDIA GPU has it as one instruction, and LLVM's
`llvm.fma` is that instruction. Elsewhere it is put together in float64, at about a tenth of the speed: a product of two
float32 numbers is exact in float64; Knuth's two-sum gives the sum of product and addend and the error of that sum; with
an error, the sum is moved to the neighbour whose last bit is odd (round to odd), which is enough for the rounding to
float32 that follows to see on which side of a half the exact value lies (Boldo & Melquiond, "Emulation of FMA and
correctly rounded sums: proved algorithms using rounding to odd", 2008).
"""

from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

from .target import FUSED


def _hardware(builder, a, b, c):
    kind = a.type
    name = f"llvm.fma.v{kind.count}f32"
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind] * 3), name)
    return builder.call(function, [a, b, c])


def _emulated(builder, a, b, c):
    count = a.type.count
    wide, bits = ir.VectorType(ir.DoubleType(), count), ir.VectorType(ir.IntType(64), count)
    zero, one = ir.Constant(wide, [0.0] * count), ir.Constant(bits, [1] * count)
    a, b, c = (builder.fpext(value, wide) for value in (a, b, c))
    product = builder.fmul(a, b)
    total = builder.fadd(product, c)
    back = builder.fsub(total, product)
    error = builder.fadd(builder.fsub(product, builder.fsub(total, back)), builder.fsub(c, back))
    word = builder.bitcast(total, bits)
    even = builder.icmp_unsigned("==", builder.and_(word, one), ir.Constant(bits, [0] * count))
    # An infinite or undefined sum has an undefined error, which is not ordered and leaves it as it is.
    moved = builder.and_(even, builder.fcmp_ordered("!=", error, zero))
    same_sign = builder.icmp_signed(
        ">=", builder.xor(word, builder.bitcast(error, bits)), ir.Constant(bits, [0] * count)
    )
    odd = builder.select(same_sign, builder.add(word, one), builder.sub(word, one))
    total = builder.bitcast(builder.select(moved, odd, word), wide)
    return builder.fptrunc(total, ir.VectorType(ir.FloatType(), count))


emit_fma = _hardware if FUSED else _emulated


def _fma_of(emit):
    @intrinsic
    def multiply_add(typing, a, b, c):
        """a · b + c in every lane, rounded once; three vectors of the same length."""
        if a == b == c:
            return a(a, b, c), lambda context, builder, signature, args: emit(builder, *args)

    return multiply_add


multiply_add = _fma_of(emit_fma)
emulated_multiply_add = _fma_of(_emulated)  # on any processor: for tests
