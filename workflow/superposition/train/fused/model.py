"""The model family, and where its parameters and intermediate results lie in memory.

Encoder W (m, n), decoder V (m, n) (V = W when tied), output bias b (n,):
    h = act_h(W x),  x̂ = act_o(Vᵀ h + b),  loss = mean over the batch of Σ_i c_i (t_i − x̂_i)² + l1 · Σ_k |h_k|.

All parameters share one flat float32 array, feature-major: W[i, k] at i · width + k, then V the same unless tied, then
b, each padded with zeros to whole vectors. `width` is m, rounded up to whole
pieces of a tile under the sparse plan.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .lanes import WIDTH
from .target import PIECE
from .tiles import STRIP

# Nanoseconds of a feature and sample, measured on one core with vectors of 16 lanes, by which a plan is chosen.
_DENSE_UNIT = 0.13  # under the dense plan, for each hidden unit
_DECODE_UNIT, _WALK = 0.033, 0.6  # under the sparse plan, for each hidden unit, and for looking for what is not zero
_ROW, _VECTOR = 0.7, 0.75  # for each non-zero input or output gradient, and for each vector of its row
_SPREAD = 2  # outputs that are not zero for each input that is not, over a training with a ReLU on the output
_SPARSE_CHUNK = 20


@dataclass(frozen=True)
class ModelSpec:
    """One instance's model.

    Args:
        features: n.
        hidden: m.
        importance: c_i (n,), the weight of feature i's squared error, with the reduction's scale (1/n for a mean)
            folded in.
        tied: whether V is W.
        bias: whether there is b.
        hidden_relu: whether ReLU follows the hidden layer.
        output_relu: whether ReLU follows the output.
        absolute_target: t = |x| instead of x.
        l1: weight of Σ_k |h_k|.
    """

    features: int
    hidden: int
    importance: np.ndarray
    tied: bool = True
    bias: bool = True
    hidden_relu: bool = False
    output_relu: bool = True
    absolute_target: bool = False
    l1: float = 0.0


class Model(NamedTuple):
    """A `ModelSpec` as the kernel reads it, for one batch size."""

    features: int
    hidden: int
    width: int
    span: int  # samples in a block, a multiple of 64
    chunk: int  # features decoded before their gradient is taken: all, or under the sparse plan a cache's worth
    sparse: bool  # the plan: loop over non-zero inputs and gradients, or over all of them
    decoder_at: int  # offset of V; 0 when tied
    bias_at: int
    size: int
    bias: bool
    hidden_relu: bool
    output_relu: bool
    absolute_target: bool
    batch: int
    l1: np.float32
    l1_slope: np.float32  # l1 / batch


class Workspace(NamedTuple):
    """Parameters, intermediate results of a block of samples, and a step's gradient; float32, 64-byte aligned."""

    params: np.ndarray  # (size,)
    importance: np.ndarray  # (n,) c_i
    slopes: np.ndarray  # (n,) 2 c_i / batch
    x: np.ndarray  # (n, span)
    squares: np.ndarray  # (n, 16) 16 partial sums of each feature's squared error, over the batch
    error: np.ndarray  # (chunk, span) reconstruction, then the loss's gradient there
    hidden: np.ndarray  # (m, span); under the sparse plan, m rounded up to whole vectors
    hidden_slope: np.ndarray  # (m, span) the loss's gradient at h before its activation; dense plan
    hidden_rows: np.ndarray  # (64, width) h by sample, and room for a vector; sparse plan
    slope_rows: np.ndarray  # (64, width) hidden_slope by sample, likewise
    keep: np.ndarray  # (span,) 1 for samples of the batch, 0 for the columns past its end
    bits: np.ndarray  # (n,) int64, which samples' x is not zero; sparse plan
    error_bits: np.ndarray  # (chunk,) int64, likewise of `error`
    lane_gradient: np.ndarray  # (size, 16) 16 partial sums of each parameter's gradient; the bias only if sparse
    gradient: np.ndarray  # (size,)


def _whole(count, unit=WIDTH):
    return -(-count // unit) * unit


def _span(features, hidden, batch):
    """Samples in a block: 512 where its intermediate results leave room in a first-level cache of 32 KB, else fewer.

    Otherwise as many as fit half of a second-level cache of 512 KB, up to 256: long blocks spread the loops' overhead
    and do the most at small shapes. Their length changes no bit.
    """
    sample = 4 * 2 * (features + hidden)  # bytes
    spans = [(512, 28), (256, 256), (128, 256)]  # and KB
    return next((span for span, room in spans if span * sample <= room * 1024 and span < 2 * batch), STRIP)


def aligned(count, dtype=np.float32):
    """Zeros whose data starts on a cache line, so that no vector straddles two."""
    size = np.dtype(dtype).itemsize
    raw = np.zeros(count + 64 // size, dtype)
    return raw[(-raw.ctypes.data % 64) // size :][:count]


def sparse_plan(spec, density):
    """Whether leaving out zeros is faster than vectors of samples, for features that are on with this probability."""
    shown = min(1.0, _SPREAD * density) if spec.output_relu else 1.0
    row = _ROW + _VECTOR * _whole(spec.hidden) / WIDTH
    return _DECODE_UNIT * spec.hidden + _WALK + row * (density + shown) < _DENSE_UNIT * spec.hidden


def compile_model(spec, batch, density):
    """`Model` of a `ModelSpec`; the plan depends on its shape, its output and the mean density 1 − S of its data."""
    sparse = sparse_plan(spec, density)
    width = _whole(spec.hidden, PIECE) if sparse else spec.hidden
    matrix = _whole(spec.features * width)
    bias_at = matrix if spec.tied else 2 * matrix
    return Model(
        features=int(spec.features),
        hidden=int(spec.hidden),
        width=width,
        span=STRIP if sparse else _span(spec.features, spec.hidden, batch),
        chunk=_SPARSE_CHUNK if sparse else int(spec.features),
        sparse=sparse,
        decoder_at=0 if spec.tied else matrix,
        bias_at=bias_at,
        size=bias_at + _whole(spec.features),
        bias=bool(spec.bias),
        hidden_relu=bool(spec.hidden_relu),
        output_relu=bool(spec.output_relu),
        absolute_target=bool(spec.absolute_target),
        batch=int(batch),
        l1=np.float32(spec.l1),
        l1_slope=np.float32(spec.l1 / batch),
    )


def allocate(model, spec, params):
    """A `Workspace` for one model and its packed parameters, which training changes in place."""
    n, m, span = model.features, model.hidden, model.span
    rows = STRIP * model.width + WIDTH if model.sparse else 0  # whole vectors are read from every row, also the last
    importance = np.broadcast_to(np.asarray(spec.importance, np.float64), (n,))
    return Workspace(
        params=params,
        importance=importance.astype(np.float32),
        slopes=(2 * importance / model.batch).astype(np.float32),
        x=aligned(n * span),
        squares=aligned(n * WIDTH),
        error=aligned(min(n, model.chunk) * span),
        hidden=aligned((_whole(model.width) if model.sparse else m) * span),
        hidden_slope=aligned(0 if model.sparse else m * span),
        hidden_rows=aligned(rows),
        slope_rows=aligned(rows),
        keep=aligned(span),
        bits=aligned(n, np.int64),
        error_bits=aligned(model.chunk, np.int64),
        lane_gradient=aligned(model.size * WIDTH),
        gradient=aligned(model.size),
    )


def pack(model, encoder, decoder, bias):
    """Flat parameters of W (m, n), V (m, n) or None when tied, b (n,) or None."""
    n, m, width = model.features, model.hidden, model.width
    flat = aligned(model.size)
    matrices = [(0, encoder)] if model.decoder_at == 0 else [(0, encoder), (model.decoder_at, decoder)]
    for start, matrix in matrices:
        flat[start : start + n * width].reshape(n, width)[:, :m] = np.asarray(matrix).T
    if bias is not None:
        flat[model.bias_at : model.bias_at + n] = bias
    return flat


def unpack(model, flat):
    """(W, V, b) of flat parameters (..., size): (..., m, n), the same or None when tied, (..., n) or None."""
    n, m, width = model.features, model.hidden, model.width

    def matrix(start):
        rows = flat[..., start : start + n * width].reshape(*flat.shape[:-1], n, width)
        return np.ascontiguousarray(np.swapaxes(rows[..., :m], -1, -2))

    decoder = matrix(model.decoder_at) if model.decoder_at else None
    bias = flat[..., model.bias_at : model.bias_at + n].copy() if model.bias else None
    return matrix(0), decoder, bias
