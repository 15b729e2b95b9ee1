"""The sparse plan: products with a zero input or a zero output gradient are left out.

For each feature, a bit word names the samples of the strip that are not zero, and a row of hidden units (whole vectors
of it) is added for each set bit. A sample's h adds its features in ascending order; a weight's gradient adds the
strip's samples in ascending order, strip after strip, straight into the step's gradient.
"""

from .bits import clear_lowest_bit, lowest_bit, nonzero_bits
from .compiled import inlined, subroutine
from .lanes import WIDTH
from .memory import spread_at
from .tiles import STRIP, add_scaled, clear, load_like, load_strip, store_tile, zeros


@inlined
def _add_to_row(like, rows, at, factor, addend):
    store_tile(rows, at, add_scaled(load_like(like, rows, at), factor, addend))


@inlined
def _encode_columns(like, column, model, work):
    """As many hidden units as the tile `like` holds, from `column` on."""
    for i in range(model.features):
        word, x = work.bits[i], i * STRIP
        weights = load_like(like, work.params, i * model.width + column)
        while word != 0:
            s = lowest_bit(word)
            word = clear_lowest_bit(word)
            _add_to_row(like, work.hidden_rows, s * model.width + column, spread_at(work.x, x + s), weights)


@subroutine
def encode(model, work):
    """Before the activation, hidden_rows[s] = Σ_i x[i, s] W[i] over the non-zero x."""
    for i in range(model.features):
        work.bits[i] = nonzero_bits(load_strip(work.x, i * STRIP))
    clear(work.hidden_rows, 0, STRIP * model.width)
    for column in range(0, model.width - WIDTH, 2 * WIDTH):
        _encode_columns(zeros(2), column, model, work)
    if model.width % (2 * WIDTH):
        _encode_columns(zeros(1), model.width - WIDTH, model, work)


@inlined
def _backward_decoder_columns(like, column, first, count, model, work):
    width, errors = model.width, work.error
    for i in range(count):
        at = model.decoder_at + (first + i) * width + column
        word = nonzero_bits(load_strip(errors, i * STRIP))
        weights, gradient = load_like(like, work.params, at), load_like(like, work.gradient, at)
        while word != 0:
            s = lowest_bit(word)
            word = clear_lowest_bit(word)
            row, error = s * width + column, spread_at(errors, i * STRIP + s)
            _add_to_row(like, work.slope_rows, row, error, weights)
            gradient = add_scaled(gradient, error, load_like(like, work.hidden_rows, row))
        store_tile(work.gradient, at, gradient)


@subroutine
def backward_decoder(first, count, model, work):
    """Add to the gradient at h, slope_rows[s] += Σ_i error[i, s] V[i], and at V[i], Σ_s error[i, s] hidden_rows[s].

    For the features first, first+1, …, whose gradients are the `count` rows of `work.error`.
    """
    for column in range(0, model.width - WIDTH, 2 * WIDTH):
        _backward_decoder_columns(zeros(2), column, first, count, model, work)
    if model.width % (2 * WIDTH):
        _backward_decoder_columns(zeros(1), model.width - WIDTH, first, count, model, work)


@inlined
def _backward_encoder_columns(like, column, model, work):
    for i in range(model.features):
        word, x, width = work.bits[i], i * STRIP, model.width
        gradient = load_like(like, work.gradient, i * width + column)
        while word != 0:
            s = lowest_bit(word)
            word = clear_lowest_bit(word)
            gradient = add_scaled(
                gradient, spread_at(work.x, x + s), load_like(like, work.slope_rows, s * width + column)
            )
        store_tile(work.gradient, i * width + column, gradient)


@subroutine
def backward_encoder(model, work):
    """Gradient at W[i], Σ_s x[i, s] slope_rows[s] over the non-zero x."""
    for column in range(0, model.width - WIDTH, 2 * WIDTH):
        _backward_encoder_columns(zeros(2), column, model, work)
    if model.width % (2 * WIDTH):
        _backward_encoder_columns(zeros(1), model.width - WIDTH, model, work)
