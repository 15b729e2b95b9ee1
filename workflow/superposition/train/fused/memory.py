"""Lanes in memory: pointers, loads, stores, and 16 × 16 rearrangements.

Arrays are flat, C-contiguous, and addressed by an element offset without bounds checks: callers own the shapes.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .lanes import WIDTH, Lanes, f32, shuffle, spread_scalar


def address(context, builder, kind, array, offset):
    """LLVM pointer to element `offset` of a flat array or of a pointer."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, array).data
    return builder.gep(array, [offset])


def _without_arrays(kind):
    """The type of a (nested) named tuple with a pointer for each array."""
    if isinstance(kind, types.Array):
        return types.CPointer(kind.dtype)
    if isinstance(kind, types.BaseTuple):
        return types.BaseTuple.from_types(
            [_without_arrays(field) for field in kind], getattr(kind, "instance_class", None)
        )
    return kind


@intrinsic
def pointers(typing, record):
    """A named tuple with a pointer in place of each array, which functions pass on without counting references.

    The arrays must be kept alive by the caller.
    """

    def convert(context, builder, kind, value):
        if isinstance(kind, types.Array):
            return context.make_array(kind)(context, builder, value).data
        if isinstance(kind, types.BaseTuple):
            fields = zip(kind, cgutils.unpack_tuple(builder, value), strict=True)
            parts = [convert(context, builder, field, part) for field, part in fields]
            return context.make_tuple(builder, _without_arrays(kind), parts)
        return value

    def emit(context, builder, signature, args):
        return convert(context, builder, record, args[0])

    return _without_arrays(record)(record), emit


def load_lanes(builder, pointer, count=WIDTH):
    """`count` lanes at a scalar pointer; element alignment, as a row may start anywhere."""
    kind = ir.VectorType(pointer.type.pointee, count)
    return builder.load(builder.bitcast(pointer, kind.as_pointer()), align=4)


def store_lanes(builder, pointer, vector):
    """Write lanes from a scalar pointer on."""
    builder.store(vector, builder.bitcast(pointer, vector.type.as_pointer()), align=4)


def _lanes_of(array):
    return Lanes(array.dtype)


@intrinsic
def load(typing, array, offset):
    """`array[offset : offset + 16]` as lanes."""

    def emit(context, builder, signature, args):
        return load_lanes(builder, address(context, builder, signature.args[0], args[0], args[1]))

    return _lanes_of(array)(array, types.intp), emit


@intrinsic
def store(typing, array, offset, lanes):
    """`array[offset : offset + 16] = lanes`."""

    def emit(context, builder, signature, args):
        store_lanes(builder, address(context, builder, signature.args[0], args[0], args[1]), args[2])
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), emit


@intrinsic
def spread_at(typing, array, offset):
    """`array[offset]` in every lane."""

    def emit(context, builder, signature, args):
        return spread_scalar(builder, builder.load(address(context, builder, signature.args[0], args[0], args[1])))

    return _lanes_of(array)(array, types.intp), emit


@intrinsic
def totals(typing, array, offset):
    """Lane j is the sum of the 16 values from `array[offset + 16 j]`, each added up in the order of `lanes.total`."""

    def emit(context, builder, signature, args):
        steps = [builder.add(args[1], args[1].type(j * WIDTH)) for j in range(WIDTH)]
        vectors = [load_lanes(builder, address(context, builder, signature.args[0], args[0], step)) for step in steps]
        half = WIDTH // 2
        while half:
            groups = range(0, 2 * WIDTH, 2 * half)
            low, high = ([g + start + j for g in groups for j in range(half)] for start in (0, half))
            pairs = zip(vectors[::2], vectors[1::2], strict=True)
            vectors = [builder.fadd(shuffle(builder, a, b, low), shuffle(builder, a, b, high)) for a, b in pairs]
            half //= 2
        return vectors[0]

    return f32(array, types.intp), emit


def _transposed(builder, rows):
    """Sixteen vectors of a 16 × 16 matrix's rows as those of its columns, by halving."""
    half = WIDTH // 2
    while half:
        keep = [j if j & half == 0 else WIDTH + j - half for j in range(WIDTH)]
        swap = [j + half if j & half == 0 else WIDTH + j for j in range(WIDTH)]
        for i in (i for i in range(WIDTH) if i & half == 0):
            a, b = rows[i], rows[i + half]
            rows[i], rows[i + half] = shuffle(builder, a, b, keep), shuffle(builder, a, b, swap)
        half //= 2
    return rows


@intrinsic
def transpose(typing, source, at, stride, out, out_at, out_stride):
    """`out[out_at + j·out_stride + i] = source[at + i·stride + j]` for i, j < 16."""

    def emit(context, builder, signature, args):
        source, at, stride, out, out_at, out_stride = args
        steps = [builder.add(at, builder.mul(stride, stride.type(i))) for i in range(WIDTH)]
        rows = [load_lanes(builder, address(context, builder, signature.args[0], source, step)) for step in steps]
        for j, row in enumerate(_transposed(builder, rows)):
            step = builder.add(out_at, builder.mul(out_stride, out_stride.type(j)))
            store_lanes(builder, address(context, builder, signature.args[3], out, step), row)
        return context.get_dummy_value()

    return types.void(source, types.intp, types.intp, out, types.intp, types.intp), emit


@intrinsic
def transpose_rows(typing, source, order, first, length, column, out, out_at, out_stride):
    """`out[out_at + j·out_stride + i] = source[order[first + i]·length + column + j]` for i, j < 16: picked rows."""

    def emit(context, builder, signature, args):
        source, order, first, length, column, out, out_at, out_stride = args
        rows = []
        for i in range(WIDTH):
            place = builder.add(first, first.type(i))
            picked = builder.load(address(context, builder, signature.args[1], order, place))
            start = builder.add(builder.mul(picked, length), column)
            rows.append(load_lanes(builder, address(context, builder, signature.args[0], source, start)))
        for j, row in enumerate(_transposed(builder, rows)):
            step = builder.add(out_at, builder.mul(out_stride, out_stride.type(j)))
            store_lanes(builder, address(context, builder, signature.args[5], out, step), row)
        return context.get_dummy_value()

    places = (types.intp, types.intp, types.intp)
    return types.void(source, order, *places, out, types.intp, types.intp), emit
