"""Products over all features and hidden units, sample by sample across the lanes.

`contract` makes the forward products and the gradient at h; the dense plan consists of nothing else but the gradients
of the weights, which are kept as 16 partial sums per weight and added up once a step. Tiles are as large as the
processor's registers allow: five rows of 32 or 16 registers' worth of samples, ten to twenty sums at once.
"""

from typing import NamedTuple

from .compiled import inlined, subroutine
from .lanes import WIDTH
from .target import PIECE
from .tiles import STRIP, add_outer_products, add_products, add_tiles, load_grid, load_row, store_grid, zeros

# Pieces of a row of samples in a tile of four or five rows, of two and of one, and those tiles; rows in a tile of four
# or five columns, and of one and two.
if PIECE == 16:
    _OF_FOUR, _OF_TWO, _OF_ONE, _FEW, _MANY = 4, 4, 4, 4, 8
else:
    _OF_FOUR, _OF_TWO, _OF_ONE, _FEW, _MANY = 2, 4, 8, 2, 4
_FIVE_ROWS, _FOUR_ROWS, _TWO_ROWS = 5 * _OF_FOUR, 4 * _OF_FOUR, 2 * _OF_TWO


@inlined
def _contract_rows(nothing, few, row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes):
    """The rows of the tile `nothing` (zeros) from `row` on, as long as the tile `few`; arguments as in `contract`."""
    for at in range(0, lanes, len(few) * PIECE):
        tile = nothing
        for j in range(terms):
            samples = load_row(few, inputs, j * span + at)
            tile = add_products(tile, weights, first + row * row_stride + j * term_stride, row_stride, samples)
        store_grid(few, out, row * span + at, span, PIECE, tile)


@subroutine
def contract(inputs, terms, weights, first, row_stride, term_stride, rows, out, span, lanes):
    """`out[r] = Σ_j weights[first + r·row_stride + j·term_stride] · inputs[j]`, j ascending, for `lanes` samples.

    inputs (terms, span), out (rows, span). Rows are done five, four, two or one at a time, which changes no bit.
    """
    row, most = 0, 5 if rows % 5 == 0 else 4
    few, some, many = zeros(_OF_FOUR), zeros(_OF_TWO), zeros(_OF_ONE)
    while row < rows:
        left = rows - row
        if most == 5:
            tile = zeros(_FIVE_ROWS)
            _contract_rows(tile, few, row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 5
        elif left >= 4:
            tile = zeros(_FOUR_ROWS)
            _contract_rows(tile, few, row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 4
        elif left >= 2:
            tile = zeros(_TWO_ROWS)
            _contract_rows(tile, some, row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 2
        else:
            tile = zeros(_OF_ONE)
            _contract_rows(tile, many, row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 1


class _Outer(NamedTuple):
    """`add_outer`'s arguments as its tiles take them."""

    sums: object
    first: int
    width: int
    left: object
    right: object
    other_left: object
    other_right: object
    both: bool
    rows: int
    span: int
    lanes: int


@inlined
def _chain(tile, rows, columns, left, left_at, right, right_at, span):
    """Add a strip's products of `rows` of left and `columns` of right to a tile, samples of a lane ascending."""
    for at in range(0, STRIP, WIDTH):
        some = load_grid(rows, (rows[0],), left, left_at + at, span, 0)
        others = load_grid(columns, (columns[0],), right, right_at + at, span, 0)
        tile = add_outer_products(tile, some, others)
    return tile


@inlined
def _chained_tile(rows, columns, i, k, of):
    """Rows i, i+1, … and columns k, k+1, … of `add_outer`, as many as the tiles `rows` and `columns` have pieces."""
    for part in range(0, WIDTH, PIECE):
        place = (of.first + i * of.width + k) * WIDTH + part
        tile = load_grid(rows, columns, of.sums, place, of.width * WIDTH, WIDTH)
        for at in range(part, of.lanes, STRIP):
            row, column = i * of.span + at, k * of.span + at
            tile = _chain(tile, rows, columns, of.left, row, of.right, column, of.span)
            if of.both:
                tile = _chain(tile, rows, columns, of.other_left, row, of.other_right, column, of.span)
        store_grid(columns, of.sums, place, of.width * WIDTH, WIDTH, tile)


@inlined
def _folded_tile(rows, i, of):
    """As `_chained_tile` for a single column, each strip's products on their own before they are added."""
    column = zeros(1)
    for part in range(0, WIDTH, PIECE):
        place = (of.first + i) * WIDTH + part
        tile = load_grid(rows, column, of.sums, place, WIDTH, 0)
        for at in range(part, of.lanes, STRIP):
            row = i * of.span + at
            tile = add_tiles(tile, _chain(rows, rows, column, of.left, row, of.right, at, of.span))
            if of.both:
                tile = add_tiles(tile, _chain(rows, rows, column, of.other_left, row, of.other_right, at, of.span))
        store_grid(column, of.sums, place, WIDTH, 0, tile)


@inlined
def _columns(many, columns, k, of):
    """All rows of as many columns as `columns` has pieces, from k on, as many at a time as `many` has pieces."""
    whole = of.rows - of.rows % len(many)
    for i in range(0, whole, len(many)):
        _chained_tile(many, columns, i, k, of)
    for i in range(whole, of.rows):
        _chained_tile(zeros(1), columns, i, k, of)


@inlined
def _single_column(of):
    whole = of.rows - of.rows % 2
    for i in range(0, whole, 2):
        _folded_tile(zeros(2), i, of)
    for i in range(whole, of.rows):
        _folded_tile(zeros(1), i, of)


@subroutine
def add_outer(sums, first, width, left, right, other_left, other_right, both, rows, columns, span, lanes):
    """`sums[first + i·width + k] += Σ_s left[i, s] right[k, s]` as 16 partial sums, strip after strip.

    Every product goes straight into its sum, samples of a lane ascending; with `both`, after each strip's the products
    of the other pair. With a single column, whose sums would wait for each other, the four products of a strip and
    lane are added up first, and then to the sum.

    left, other_left (rows, span), right, other_right (columns, span).
    """
    of = _Outer(sums, first, width, left, right, other_left, other_right, both, rows, span, lanes)
    k, fives = 0, columns % 5 == 0
    if columns == 1:
        _single_column(of)
        k = 1
    while k < columns:
        if fives:
            _columns(zeros(_FEW), zeros(5), k, of)
            k += 5
        elif columns - k >= 4:
            _columns(zeros(_FEW), zeros(4), k, of)
            k += 4
        elif columns - k >= 2:
            if rows % 5 == 0:
                _columns(zeros(5), zeros(2), k, of)
            else:
                _columns(zeros(_MANY), zeros(2), k, of)
            k += 2
        else:
            _columns(zeros(_MANY), zeros(1), k, of)
            k += 1
