"""Register tiles: several `Lanes` at once, as tuples, and what the kernels do with them.

Samples lie side by side, feature-major: `x[feature * span + sample]`. A `STRIP` is 64 samples, four vectors. A tile of
`rows` output rows × one strip is accumulated in registers, so a weight that is loaded once serves four vectors and a
vector that is loaded once serves `rows` weights: arithmetic, not loads, is what binds.
"""

from numba.core import cgutils, types
from numba.extending import intrinsic

from .compiled import inlined
from .lanes import WIDTH, ZERO, f32, spread_scalar
from .memory import address, load_lanes, store_lanes

VECTORS = 4
STRIP = VECTORS * WIDTH


@intrinsic(prefer_literal=True)
def zeros(typing, count):
    """A tile of `count` (a constant) vectors of zeros."""
    tile = types.UniTuple(f32, count.literal_value)

    def emit(context, builder, signature, args):
        return context.make_tuple(builder, tile, [ZERO] * tile.count)

    return tile(count), emit


@intrinsic
def load_strip(typing, array, offset):
    """The four vectors of `array[offset : offset + 64]`."""
    tile = types.UniTuple(f32, VECTORS)

    def emit(context, builder, signature, args):
        steps = [builder.add(args[1], args[1].type(q * WIDTH)) for q in range(VECTORS)]
        vectors = [load_lanes(builder, address(context, builder, signature.args[0], args[0], step)) for step in steps]
        return context.make_tuple(builder, tile, vectors)

    return tile(array, types.intp), emit


@intrinsic
def store_tile(typing, array, offset, tile):
    """Write a tile's vectors one after the other from `array[offset]`."""

    def emit(context, builder, signature, args):
        array, offset, tile = args
        for index, vector in enumerate(cgutils.unpack_tuple(builder, tile)):
            step = builder.add(offset, offset.type(index * WIDTH))
            pointer = address(context, builder, signature.args[0], array, step)
            store_lanes(builder, pointer, vector)
        return context.get_dummy_value()

    return types.void(array, types.intp, tile), emit


@intrinsic
def load_rows(typing, like, array, offset, stride):
    """One strip from each of `len(like)` rows that lie `stride` apart."""
    tile = types.UniTuple(f32, VECTORS * like.count)

    def emit(context, builder, signature, args):
        _, array, offset, stride = args
        vectors = []
        for row in range(like.count):
            for q in range(VECTORS):
                step = builder.add(builder.add(offset, builder.mul(stride, stride.type(row))), offset.type(q * WIDTH))
                vectors.append(load_lanes(builder, address(context, builder, signature.args[1], array, step)))
        return context.make_tuple(builder, tile, vectors)

    return tile(like, array, types.intp, types.intp), emit


@intrinsic
def store_rows(typing, array, offset, stride, tile):
    """Write a tile's strips to rows that lie `stride` apart."""

    def emit(context, builder, signature, args):
        array, offset, stride, tile = args
        for index, vector in enumerate(cgutils.unpack_tuple(builder, tile)):
            row, q = divmod(index, VECTORS)
            step = builder.add(builder.add(offset, builder.mul(stride, stride.type(row))), offset.type(q * WIDTH))
            pointer = address(context, builder, signature.args[0], array, step)
            store_lanes(builder, pointer, vector)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, tile), emit


@intrinsic
def add_to_rows(typing, array, offset, stride, tile):
    """`array[offset + r * stride : … + 16] += tile[r]`."""

    def emit(context, builder, signature, args):
        array, offset, stride, tile = args
        for row, vector in enumerate(cgutils.unpack_tuple(builder, tile)):
            step = builder.add(offset, builder.mul(stride, stride.type(row)))
            pointer = address(context, builder, signature.args[0], array, step)
            total = builder.fadd(load_lanes(builder, pointer), vector)
            store_lanes(builder, pointer, total)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, tile), emit


@intrinsic
def add_pair_to_rows(typing, array, offset, stride, first, second):
    """`array[offset + r * stride : … + 16]` plus `first[r]`, then plus `second[r]`."""

    def emit(context, builder, signature, args):
        array, offset, stride, first, second = args
        rows = zip(cgutils.unpack_tuple(builder, first), cgutils.unpack_tuple(builder, second), strict=True)
        for row, (a, b) in enumerate(rows):
            step = builder.add(offset, builder.mul(stride, stride.type(row)))
            pointer = address(context, builder, signature.args[0], array, step)
            store_lanes(builder, pointer, builder.fadd(builder.fadd(load_lanes(builder, pointer), a), b))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, first, second), emit


@intrinsic
def add_products(typing, tile, weights, offset, stride, block):
    """`tile[r] += weights[offset + r * stride] * block` for every row r of the tile, multiplied first, then added."""

    def emit(context, builder, signature, args):
        tile, weights, offset, stride, block = args
        accumulators = cgutils.unpack_tuple(builder, tile)
        inputs = cgutils.unpack_tuple(builder, block)
        sums = []
        for row in range(len(accumulators) // len(inputs)):
            step = builder.add(offset, builder.mul(stride, stride.type(row)))
            weight = spread_scalar(builder, builder.load(address(context, builder, signature.args[1], weights, step)))
            for q, lanes in enumerate(inputs):
                sums.append(builder.fadd(accumulators[row * len(inputs) + q], builder.fmul(weight, lanes)))
        return context.make_tuple(builder, signature.return_type, sums)

    return tile(tile, weights, types.intp, types.intp, block), emit


@intrinsic
def load_like(typing, tile, array, offset):
    """As many vectors as `tile` has, from `array[offset]` on."""

    def emit(context, builder, signature, args):
        steps = [builder.add(args[2], args[2].type(q * WIDTH)) for q in range(tile.count)]
        vectors = [load_lanes(builder, address(context, builder, signature.args[1], args[1], step)) for step in steps]
        return context.make_tuple(builder, tile, vectors)

    return tile(tile, array, types.intp), emit


@intrinsic
def add_scaled(typing, tile, factor, vectors):
    """`tile[j] + factor * vectors[j]`; factor is one vector."""

    def emit(context, builder, signature, args):
        left, right = (cgutils.unpack_tuple(builder, value) for value in (args[0], args[2]))
        sums = [builder.fadd(a, builder.fmul(args[1], b)) for a, b in zip(left, right, strict=True)]
        return context.make_tuple(builder, tile, sums)

    return tile(tile, factor, vectors), emit


@intrinsic
def fold_products(typing, rows, block):
    """Per row r of `rows` (several strips): ((r0·b0 + r1·b1) + r2·b2) + r3·b3, a vector of 16 partial sums."""
    count = rows.count // VECTORS
    result = types.UniTuple(f32, count)

    def emit(context, builder, signature, args):
        left, right = (cgutils.unpack_tuple(builder, value) for value in args)
        sums = []
        for row in range(count):
            value = builder.fmul(left[row * VECTORS], right[0])
            for q in range(1, VECTORS):
                value = builder.fadd(value, builder.fmul(left[row * VECTORS + q], right[q]))
            sums.append(value)
        return context.make_tuple(builder, result, sums)

    return result(rows, block), emit


@inlined
def clear(array, start, stop):
    """Zero `array[start:stop]`, whole vectors of it."""
    for at in range(start, stop, WIDTH):
        store_tile(array, at, zeros(1))


@inlined
def round_up(count, unit):
    """The smallest multiple of `unit` that is at least `count`."""
    return (count + unit - 1) // unit * unit
