"""Which samples of a strip are not zero: one bit a sample in an int64."""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .compiled import inlined


@intrinsic
def nonzero_bits(typing, block):
    """An int64 whose bit s says that sample s of the block is not zero (NaN is not zero)."""

    def emit(context, builder, signature, args):
        word = ir.Constant(ir.IntType(64), 0)
        for q, lanes in enumerate(cgutils.unpack_tuple(builder, args[0])):
            count = lanes.type.count
            unequal = builder.fcmp_unordered("!=", lanes, ir.Constant(lanes.type, [0.0] * count))
            bits = builder.bitcast(unequal, ir.IntType(count))
            word = builder.or_(word, builder.shl(builder.zext(bits, word.type), word.type(q * count)))
        return word

    return types.int64(block), emit


@intrinsic
def lowest_bit(typing, word):
    """Index of the lowest set bit of a non-zero int64."""
    return types.intp(types.int64), lambda context, builder, signature, args: builder.cttz(args[0], ir.IntType(1)(1))


@inlined
def clear_lowest_bit(word):
    """The word without its lowest set bit."""
    return word & (word - 1)
