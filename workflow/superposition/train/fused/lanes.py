"""Sixteen-lane vectors as values that Numba can compile: the alphabet in which the kernels are written.

A `Lanes` value is the LLVM vector `<16 x float>` (or `<16 x i32>`). LLVM lowers it to one AVX-512, two AVX or four
SSE registers, and every operation here is lane by lane and exact in IEEE 754. No fastmath flag is ever set, so a
multiplication and an addition are contracted only where the source says so (`fma`). The order of every sum is therefore
the order in the source, and the same bits come out on every processor. Nothing depends on what the auto-vectoriser
decides. A `piece` is what register tiles are made of: 16 lanes, or 8 where registers are narrower (`target`).
"""

import operator

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, overload, register_model

from .target import PIECE

WIDTH = 16
_FLOAT = ir.FloatType()
_INT = ir.IntType(32)


class Lanes(types.Type):
    """The type of `count` float32 or uint32 values held in registers."""

    def __init__(self, dtype, count=WIDTH):
        self.dtype, self.count = dtype, count
        super().__init__(name=f"Lanes({dtype} x {count})")


f32 = Lanes(types.float32)
u32 = Lanes(types.uint32)
piece = Lanes(types.float32, PIECE)  # what tiles are made of
_LLVM = {f32: ir.VectorType(_FLOAT, WIDTH), u32: ir.VectorType(_INT, WIDTH)}
ZERO = ir.Constant(_LLVM[f32], [0.0] * WIDTH)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, lanes):
        kind = _FLOAT if lanes.dtype is types.float32 else _INT
        super().__init__(manager, lanes, ir.VectorType(kind, lanes.count))


def spread_scalar(builder, scalar, count=WIDTH):
    """The scalar in every lane of `count`."""
    kind = ir.VectorType(scalar.type, count)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, _INT(0))
    return builder.shuffle_vector(
        first, ir.Constant(kind, ir.Undefined), ir.Constant(ir.VectorType(_INT, count), [0] * count)
    )


@intrinsic
def spread(typing, scalar):
    """A float32 in every lane."""
    return f32(types.float32), lambda context, builder, signature, args: spread_scalar(builder, args[0])


def _elementwise(name, build, operands, result):
    """An intrinsic that applies `build(builder, *lanes)` lane by lane; `operands` and `result` are Lanes types."""

    def emit(context, builder, signature, args):
        return build(builder, *args)

    if len(operands) == 1:

        def typed(typing, a):
            return (result(*operands), emit) if (a,) == operands else None
    elif len(operands) == 2:

        def typed(typing, a, b):
            return (result(*operands), emit) if (a, b) == operands else None
    else:

        def typed(typing, a, b, c):
            return (result(*operands), emit) if (a, b, c) == operands else None

    typed.__name__ = name
    return intrinsic(typed)


def _overload(op, emitted):
    """Let the Python operator `op` stand for the intrinsic on two vectors of the same type."""

    @overload(op)
    def implement(a, b):
        if isinstance(a, Lanes) and a == b and a in emitted:
            action = emitted[a]
            return lambda a, b: action(a, b)


for _op, _float, _integer in (
    (operator.add, "fadd", "add"),
    (operator.sub, "fsub", "sub"),
    (operator.mul, "fmul", None),
    (operator.truediv, "fdiv", None),
    (operator.xor, None, "xor"),
):
    _emitted = {}
    for _kind, _method in ((f32, _float), (u32, _integer)):
        if _method:
            _build = lambda builder, a, b, method=_method: getattr(builder, method)(a, b)  # noqa: E731
            _emitted[_kind] = _elementwise(_method, _build, (_kind, _kind), _kind)
    _overload(_op, _emitted)


def _call(builder, name, value):
    module = builder.module
    function = cgutils.get_or_insert_function(module, ir.FunctionType(value.type, [value.type]), f"llvm.{name}.v16f32")
    return builder.call(function, [value])


square_root = _elementwise("square_root", lambda builder, a: _call(builder, "sqrt", a), (f32,), f32)
absolute = _elementwise("absolute", lambda builder, a: _call(builder, "fabs", a), (f32,), f32)

# max(a, b) that lets a NaN in a through, so that a diverged model is seen in its loss.
maximum = _elementwise(
    "maximum", lambda builder, a, b: builder.select(builder.fcmp_ordered("<", a, b), b, a), (f32, f32), f32
)
# c where a > b or a is NaN, else 0.
where_above = _elementwise(
    "where_above",
    lambda builder, a, b, c: builder.select(builder.fcmp_ordered("<=", a, b), ZERO, c),
    (f32, f32, f32),
    f32,
)
# c where a == b, else 0.
where_equal = _elementwise(
    "where_equal",
    lambda builder, a, b, c: builder.select(builder.fcmp_ordered("==", a, b), c, ZERO),
    (f32, f32, f32),
    f32,
)
# b where a < 0, else c.
where_negative = _elementwise(
    "where_negative",
    lambda builder, a, b, c: builder.select(builder.fcmp_ordered("<", a, ZERO), b, c),
    (f32, f32, f32),
    f32,
)
# a where |a| is at least b or a is NaN, else 0.
where_at_least = _elementwise(
    "where_at_least",
    lambda builder, a, b: builder.select(builder.fcmp_ordered("<", _call(builder, "fabs", a), b), ZERO, a),
    (f32, f32),
    f32,
)


def _lower(builder, a):
    return shuffle(builder, a, ZERO, [j if j < WIDTH // 2 else WIDTH + j for j in range(WIDTH)])


# The lower half of the lanes, and zeros.
lower_half = _elementwise("lower_half", _lower, (f32,), f32)


def _positive(builder, a):
    nothing = ir.Constant(_LLVM[u32], [0] * WIDTH)
    return builder.select(builder.icmp_signed(">", a, nothing), a, nothing)


# uint32 lanes read as int32, 0 where that is negative.
positive = _elementwise("positive", _positive, (u32,), u32)
# uint32 lanes read as int32 and rounded to nearest: LLVM has one instruction for the signed conversion everywhere.
to_float = _elementwise("to_float", lambda builder, a: builder.sitofp(a, _LLVM[f32]), (u32,), f32)
whole_part = _elementwise(
    "whole_part", lambda builder, a: builder.sitofp(builder.fptosi(a, _LLVM[u32]), _LLVM[f32]), (f32,), f32
)
# |a| given the sign of bit 0 of the integer; zero stays +0.
_SIGN_SHIFT = ir.Constant(_LLVM[u32], [31] * WIDTH)


def _signed(builder, a, bits):
    flipped = builder.xor(builder.bitcast(a, _LLVM[u32]), builder.shl(bits, _SIGN_SHIFT))
    return builder.select(builder.fcmp_ordered(">", a, ZERO), builder.bitcast(flipped, _LLVM[f32]), ZERO)


with_sign = _elementwise("with_sign", _signed, (f32, u32), f32)


@intrinsic(prefer_literal=True)
def shift_left(typing, lanes, count):
    """uint32 lanes shifted left by a constant."""

    def emit(context, builder, signature, args):
        return builder.shl(args[0], ir.Constant(_LLVM[u32], [count.literal_value] * WIDTH))

    return u32(u32, count), emit


@intrinsic(prefer_literal=True)
def shift_right(typing, lanes, count):
    """uint32 lanes shifted right by a constant, filling with zeros."""

    def emit(context, builder, signature, args):
        return builder.lshr(args[0], ir.Constant(_LLVM[u32], [count.literal_value] * WIDTH))

    return u32(u32, count), emit


@intrinsic(prefer_literal=True)
def rotate_left(typing, lanes, count):
    """uint32 lanes rotated left by a constant."""

    def emit(context, builder, signature, args):
        left = builder.shl(args[0], ir.Constant(_LLVM[u32], [count.literal_value] * WIDTH))
        right = builder.lshr(args[0], ir.Constant(_LLVM[u32], [32 - count.literal_value] * WIDTH))
        return builder.or_(left, right)

    return u32(u32, count), emit


@intrinsic
def total(typing, lanes):
    """Sum of the 16 lanes by halving: lane j + lane j+8, then +4, +2, +1."""

    def emit(context, builder, signature, args):
        value, half = args[0], WIDTH // 2
        while half:
            low, high = (shuffle(builder, value, value, [start + j for j in range(half)]) for start in (0, half))
            value, half = builder.fadd(low, high), half // 2
        return builder.extract_element(value, _INT(0))

    return types.float32(f32), emit


def shuffle(builder, a, b, picks):
    """LLVM shuffle of two vectors: element i of the result is element picks[i] of a and b laid end to end."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_INT, len(picks)), picks))
