"""The sparse plan: products with a zero input or a zero output gradient are left out.

For each feature, a bit word names the samples of the strip that are not zero, and a row of hidden units (whole vectors
of it) is added for each set bit. A sample's h adds its features in ascending order; a weight's gradient adds the
strip's samples in ascending order, strip after strip, straight into the step's gradient.
"""

from .bits import clear_lowest_bit, lowest_bit, nonzero_bits
from .compiled import inlined, subroutine
from .target import PIECE
from .tiles import STRIP, add_products, clear, load_row, load_strip, store_row, zeros

_TILE = 32  # hidden units at a time
_FULL = _TILE // PIECE


@inlined
def _add_to_row(like, rows, at, factors, place, addend):
    """`rows[at : …] += factors[place] · addend`."""
    store_row(rows, at, add_products(load_row(like, rows, at), factors, place, 0, addend))


@inlined
def _encode_columns(like, column, model, work):
    """As many hidden units as the tile `like` holds, from `column` on."""
    for i in range(model.features):
        word, x = work.bits[i], i * STRIP
        weights = load_row(like, work.params, i * model.width + column)
        while word != 0:
            s = lowest_bit(word)
            word = clear_lowest_bit(word)
            _add_to_row(like, work.hidden_rows, s * model.width + column, work.x, x + s, weights)


@subroutine
def encode(model, work):
    """Before the activation, hidden_rows[s] = Σ_i x[i, s] W[i] over the non-zero x."""
    for i in range(model.features):
        work.bits[i] = nonzero_bits(load_strip(work.x, i * STRIP))
    clear(work.hidden_rows, 0, STRIP * model.width)
    whole = model.width - model.width % _TILE
    for column in range(0, whole, _TILE):
        _encode_columns(zeros(_FULL), column, model, work)
    rest = model.width - whole
    if rest == PIECE:
        _encode_columns(zeros(1), whole, model, work)
    elif rest == 2 * PIECE:
        _encode_columns(zeros(2), whole, model, work)
    elif rest == 3 * PIECE:
        _encode_columns(zeros(3), whole, model, work)


@inlined
def _backward_decoder_columns(like, column, first, count, model, work):
    width, errors = model.width, work.error
    for i in range(count):
        at, word = model.decoder_at + (first + i) * width + column, work.error_bits[i]
        weights, gradient = load_row(like, work.params, at), load_row(like, work.gradient, at)
        while word != 0:
            s = lowest_bit(word)
            word = clear_lowest_bit(word)
            row, error = s * width + column, i * STRIP + s
            gradient = add_products(gradient, errors, error, 0, load_row(like, work.hidden_rows, row))
            _add_to_row(like, work.slope_rows, row, errors, error, weights)
        store_row(work.gradient, at, gradient)


@subroutine
def backward_decoder(first, count, model, work):
    """Add to the gradient at h, slope_rows[s] += Σ_i error[i, s] V[i], and at V[i], Σ_s error[i, s] hidden_rows[s].

    For the features first, first+1, …, whose gradients are the `count` rows of `work.error`.
    """
    for i in range(count):
        work.error_bits[i] = nonzero_bits(load_strip(work.error, i * STRIP))
    whole = model.width - model.width % _TILE
    for column in range(0, whole, _TILE):
        _backward_decoder_columns(zeros(_FULL), column, first, count, model, work)
    rest = model.width - whole
    if rest == PIECE:
        _backward_decoder_columns(zeros(1), whole, first, count, model, work)
    elif rest == 2 * PIECE:
        _backward_decoder_columns(zeros(2), whole, first, count, model, work)
    elif rest == 3 * PIECE:
        _backward_decoder_columns(zeros(3), whole, first, count, model, work)


@inlined
def _backward_encoder_columns(like, column, model, work):
    for i in range(model.features):
        word, x, width = work.bits[i], i * STRIP, model.width
        gradient = load_row(like, work.gradient, i * width + column)
        while word != 0:
            s = lowest_bit(word)
            word = clear_lowest_bit(word)
            row = load_row(like, work.slope_rows, s * width + column)
            gradient = add_products(gradient, work.x, x + s, 0, row)
        store_row(work.gradient, i * width + column, gradient)


@subroutine
def backward_encoder(model, work):
    """Gradient at W[i], Σ_s x[i, s] slope_rows[s] over the non-zero x."""
    whole = model.width - model.width % _TILE
    for column in range(0, whole, _TILE):
        _backward_encoder_columns(zeros(_FULL), column, model, work)
    rest = model.width - whole
    if rest == PIECE:
        _backward_encoder_columns(zeros(1), whole, model, work)
    elif rest == 2 * PIECE:
        _backward_encoder_columns(zeros(2), whole, model, work)
    elif rest == 3 * PIECE:
        _backward_encoder_columns(zeros(3), whole, model, work)
