"""Register tiles: several pieces of vectors at once, as tuples, and what the kernels do with them.

Samples lie side by side, feature-major: `x[feature * span + sample]`. A `STRIP` is 64 samples. A tile holds its sums in
registers, so a weight that is loaded once serves several pieces, and a piece that is loaded once several weights:
arithmetic, not loads, is what binds. A piece is 16 lanes, or 8 where a register holds no more (`target.PIECE`): tiles
are cut to the registers there are. Lanes never mix in a tile, so its shape changes no bit.
"""

from numba.core import cgutils, types
from numba.extending import intrinsic

from .compiled import inlined
from .fma import emit_fma
from .lanes import WIDTH, piece, spread_scalar
from .memory import address, load_lanes, store_lanes
from .target import PIECE

STRIP = 64
_IN_STRIP, IN_VECTOR = STRIP // PIECE, WIDTH // PIECE  # pieces


def _pointer(context, builder, kind, array, offset, steps):
    """LLVM pointer to `array[offset + Σ stride · index]` of (stride, constant index) pairs."""
    for stride, index in steps:
        offset = builder.add(offset, builder.mul(stride, stride.type(index)))
    return address(context, builder, kind, array, offset)


def _pieces(count):
    return types.UniTuple(piece, count)


@intrinsic(prefer_literal=True)
def zeros(typing, count):
    """A tile of `count` (a constant) pieces of zeros."""
    tile = _pieces(count.literal_value)

    def emit(context, builder, signature, args):
        nothing = cgutils.get_null_value(context.get_value_type(piece))
        return context.make_tuple(builder, tile, [nothing] * tile.count)

    return tile(count), emit


@intrinsic
def load_grid(typing, rows, columns, array, offset, row_stride, stride):
    """Piece r · C + c of the result is that at `array[offset + r · row_stride + c · stride]`.

    rows, columns  tiles whose lengths R and C are meant, whatever is in them
    """
    tile, wide = _pieces(rows.count * columns.count), columns.count

    def emit(context, builder, signature, args):
        _, _, array, offset, row_stride, stride = args
        vectors = []
        for index in range(tile.count):
            steps = [(row_stride, index // wide), (stride, index % wide)]
            pointer = _pointer(context, builder, signature.args[2], array, offset, steps)
            vectors.append(load_lanes(builder, pointer, PIECE))
        return context.make_tuple(builder, tile, vectors)

    return tile(rows, columns, array, types.intp, types.intp, types.intp), emit


@intrinsic
def store_grid(typing, columns, array, offset, row_stride, stride, tile):
    """Write what `load_grid` reads, for as many rows as the tile has; `columns` as there."""
    wide = columns.count

    def emit(context, builder, signature, args):
        _, array, offset, row_stride, stride, tile = args
        for index, vector in enumerate(cgutils.unpack_tuple(builder, tile)):
            steps = [(row_stride, index // wide), (stride, index % wide)]
            store_lanes(builder, _pointer(context, builder, signature.args[1], array, offset, steps), vector)
        return context.get_dummy_value()

    return types.void(columns, array, types.intp, types.intp, types.intp, tile), emit


@inlined
def load_row(like, array, offset):
    """As many pieces as `like` has, one after the other from `array[offset]` on."""
    return load_grid(like, (like[0],), array, offset, PIECE, 0)


@inlined
def store_row(array, offset, tile):
    """Write a tile's pieces one after the other from `array[offset]` on."""
    store_grid((tile[0],), array, offset, PIECE, 0, tile)


@inlined
def load_strip(array, offset):
    """The pieces of `array[offset : offset + 64]`."""
    return load_row(zeros(_IN_STRIP), array, offset)


@intrinsic
def add_products(typing, tile, factors, offset, stride, row):
    """`tile[r, c] += factors[offset + r · stride] · row[c]`, each product and sum rounded once.

    tile (R · C pieces), row (C pieces); the factors are scalars in memory.
    """

    def emit(context, builder, signature, args):
        tile, factors, offset, stride, row = args
        sums, vectors = cgutils.unpack_tuple(builder, tile), cgutils.unpack_tuple(builder, row)
        for r in range(len(sums) // len(vectors)):
            pointer = _pointer(context, builder, signature.args[1], factors, offset, [(stride, r)])
            factor = spread_scalar(builder, builder.load(pointer), PIECE)
            for c, vector in enumerate(vectors):
                sums[r * len(vectors) + c] = emit_fma(builder, factor, vector, sums[r * len(vectors) + c])
        return context.make_tuple(builder, signature.return_type, sums)

    return tile(tile, factors, types.intp, types.intp, row), emit


@intrinsic
def add_outer_products(typing, tile, left, right):
    """`tile[r, c] += left[r] · right[c]` lane by lane, each product and sum rounded once.

    tile (R · C pieces), left (R pieces), right (C pieces)
    """

    def emit(context, builder, signature, args):
        sums, left, right = (cgutils.unpack_tuple(builder, value) for value in args)
        pairs = [(a, b) for a in left for b in right]
        sums = [emit_fma(builder, a, b, c) for (a, b), c in zip(pairs, sums, strict=True)]
        return context.make_tuple(builder, signature.return_type, sums)

    return tile(tile, left, right), emit


@intrinsic
def add_tiles(typing, tile, other):
    """`tile + other`, piece by piece."""

    def emit(context, builder, signature, args):
        pairs = zip(*(cgutils.unpack_tuple(builder, value) for value in args), strict=True)
        return context.make_tuple(builder, tile, [builder.fadd(a, b) for a, b in pairs])

    return tile(tile, other), emit


@inlined
def clear(array, start, stop):
    """Zero `array[start:stop]`, whole vectors of it."""
    for at in range(start, stop, WIDTH):
        store_row(array, at, zeros(IN_VECTOR))


@inlined
def round_up(count, unit):
    """The smallest multiple of `unit` that is at least `count`."""
    return (count + unit - 1) // unit * unit
