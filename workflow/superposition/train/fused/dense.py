"""Products over all features and hidden units, sample by sample across the lanes.

`contract` makes the forward products and the gradient at h; the dense plan consists of nothing else but the gradients
of the weights, which are kept as 16 partial sums per weight and added up once a step.
"""

from .compiled import inlined, subroutine
from .lanes import WIDTH
from .tiles import (
    STRIP,
    add_pair_to_rows,
    add_products,
    add_to_rows,
    fold_products,
    load_rows,
    load_strip,
    store_rows,
    zeros,
)


@inlined
def _contract_rows(nothing, row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes):
    """The rows of the tile `nothing` (zeros) from `row` on; arguments as in `contract`."""
    for at in range(0, lanes, STRIP):
        tile = nothing
        for j in range(terms):
            strip = load_strip(inputs, j * span + at)
            tile = add_products(tile, weights, first + row * row_stride + j * term_stride, row_stride, strip)
        store_rows(out, row * span + at, span, tile)


@subroutine
def contract(inputs, terms, weights, first, row_stride, term_stride, rows, out, span, lanes):
    """`out[r] = Σ_j weights[first + r·row_stride + j·term_stride] · inputs[j]`, j ascending, for `lanes` samples.

    inputs (terms, span), out (rows, span). Rows are done five, four, two or one at a time, which changes no bit.
    """
    row, most = 0, 5 if rows % 5 == 0 else 4
    while row < rows:
        left = rows - row
        if most == 5:
            _contract_rows(zeros(20), row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 5
        elif left >= 4:
            _contract_rows(zeros(16), row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 4
        elif left >= 2:
            _contract_rows(zeros(8), row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 2
        else:
            _contract_rows(zeros(4), row, inputs, terms, weights, first, row_stride, term_stride, out, span, lanes)
            row += 1


@inlined
def _add_outer_rows(like, i, sums, first, width, left, right, columns, span, lanes):
    """Rows i, i+1, … of `add_outer`, as many as the tile `like` has vectors."""
    for at in range(0, lanes, STRIP):
        strips = load_rows(like, left, i * span + at, span)
        for k in range(columns):
            products = fold_products(strips, load_strip(right, k * span + at))
            add_to_rows(sums, (first + i * width + k) * WIDTH, width * WIDTH, products)


@subroutine
def add_outer(sums, first, width, left, rows, right, columns, span, lanes):
    """`sums[first + i·width + k] += Σ_s left[i, s] right[k, s]` as 16 partial sums, strip after strip.

    left (rows, span), right (columns, span). Rows are done four or one at a time, which changes no bit.
    """
    whole = rows - rows % 4
    for i in range(0, whole, 4):
        _add_outer_rows(zeros(4), i, sums, first, width, left, right, columns, span, lanes)
    for i in range(whole, rows):
        _add_outer_rows(zeros(1), i, sums, first, width, left, right, columns, span, lanes)


@inlined
def _add_outer_pair_rows(like, i, sums, width, left, right, other_left, other_right, columns, span, lanes):
    """Rows i, i+1, … of `add_outer_pair`, as many as the tile `like` has vectors."""
    for at in range(0, lanes, STRIP):
        strips = load_rows(like, left, i * span + at, span)
        others = load_rows(like, other_left, i * span + at, span)
        for k in range(columns):
            products = fold_products(strips, load_strip(right, k * span + at))
            further = fold_products(others, load_strip(other_right, k * span + at))
            add_pair_to_rows(sums, (i * width + k) * WIDTH, width * WIDTH, products, further)


@subroutine
def add_outer_pair(sums, width, left, right, other_left, other_right, rows, columns, span, lanes):
    """`add_outer` of two pairs to the same sums: strip after strip, the first pair's products and then the other's.

    left, other_left (rows, span), right, other_right (columns, span). Rows are done four or one at a time.
    """
    whole = rows - rows % 4
    for i in range(0, whole, 4):
        _add_outer_pair_rows(zeros(4), i, sums, width, left, right, other_left, other_right, columns, span, lanes)
    for i in range(whole, rows):
        _add_outer_pair_rows(zeros(1), i, sums, width, left, right, other_left, other_right, columns, span, lanes)
