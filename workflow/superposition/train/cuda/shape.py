"""What a kernel is compiled for, and where a model's arrays lie.

A model is trained by `threads` threads of one block: 16 lanes × `groups`. Lane l owns samples l, l + 16, l + 32 and
l + 48 of a strip of 64 and adds them up, as lane l of the fused engine does; groups share out rows (features or hidden
units), whose sums have nothing to do with each other. So the number of groups changes no bit.
"""

from typing import NamedTuple

from ..fused.lanes import WIDTH
from ..fused.tiles import STRIP

SPAN = STRIP + 1  # between rows of `hidden` and `slope`: threads that walk along either axis find different banks
BLOCK_BYTES = 48 * 1024  # shared memory that every device gives a block without being asked
_NUMBERS = 8  # what one thread works out for all; see `optimiser.end_step`


class Shape(NamedTuple):
    """Compile-time constants of a kernel: `fused.model.Model` without what differs from instance to instance."""

    features: int
    hidden: int
    width: int
    decoder_at: int  # 0 when tied
    bias_at: int
    size: int
    chunk: int  # features decoded before their gradient is taken
    sparse: bool
    bias: bool
    hidden_relu: bool
    output_relu: bool
    absolute_target: bool
    kind: int  # fused.optimiser: SGD, ADAM, ADAMW
    signed: bool
    sets: int
    fixed: bool  # minibatches of fixed rows


class Layout(NamedTuple):
    """Offsets of a model's float32 arrays; those of a part lie in its block's shared memory, or in global scratch."""

    groups: int
    threads: int  # of a model
    slots: int  # models of a block
    words: int  # uint32 before the floats of shared memory: which samples are not zero; sparse plan
    error_at: int  # in the part of samples, after x (features, 64)
    hidden_at: int  # (width, SPAN)
    slope_at: int  # (width, SPAN)
    samples_at: int
    samples: int
    samples_shared: bool
    stride: int  # of lane sums: between the sums of two lanes
    sums_from: int  # the first parameter that has lane sums: all, or under the sparse plan the bias
    squares_at: int  # in the part of sums: (features, 16) after (16, stride)
    sums_at: int
    sums: int
    sums_shared: bool
    state_at: int
    state: int  # parameters, gradient (sparse plan only) and two moments, each (size,)
    state_shared: bool
    lanes_at: int  # in the part that is always shared, after gates (sets, 16): lanes (16,), numbers
    numbers_at: int
    shared: int  # floats of a model in shared memory
    scratch: int  # floats of a model in global memory

    @property
    def bytes(self):
        """Shared memory of a block."""
        return 4 * self.slots * (self.words + self.shared)


def shape_of(model, draws, kind, fixed):
    """`Shape` of the fused engine's `Model` and `Draws`; draws mean nothing where rows are fixed."""
    common = {name: getattr(model, name) for name in Shape._fields if name in model._fields}
    return Shape(**common, kind=kind, signed=draws.signed and not fixed, sets=0 if fixed else draws.sets, fixed=fixed)


def _groups(shape):
    """As many as have rows to share: hidden units are the fewest; a warp at least walks the columns of a sparse row."""
    if shape.sparse:
        return 4
    return next((groups for groups in (4, 2) if groups <= shape.hidden), 1)


def layout_of(shape, groups=None, budget=BLOCK_BYTES):
    """`Layout` of a shape: what is used most often goes to shared memory first, as far as `budget` bytes reach.

    Args:
        shape: the shape.
        groups: 1, 2 or 4, under the sparse plan 2 or 4; chosen from the shape unless given.
        budget: of shared memory.
    """
    n, width, size = shape.features, shape.width, shape.size
    groups = _groups(shape) if groups is None else groups
    error_at = n * STRIP
    hidden_at = error_at + min(n, shape.chunk) * STRIP
    samples = hidden_at + 2 * width * SPAN
    sums_from = shape.bias_at if shape.sparse else 0
    stride = size - sums_from + 1  # odd: lanes find different banks
    sums = WIDTH * stride + WIDTH * n
    state = (4 if shape.sparse else 3) * size
    words = 2 * (n + min(n, shape.chunk)) if shape.sparse else 0
    lanes_at = shape.sets * WIDTH
    shared, scratch, places = lanes_at + WIDTH + _NUMBERS, 0, []
    for part in (samples, sums, state):
        fits = 4 * (words + shared + part + 2 * WIDTH) <= budget
        places.append((shared if fits else scratch, fits))
        shared, scratch = (shared + part, scratch) if fits else (shared, scratch + part)
    shared += (WIDTH - (shared + words)) % (2 * WIDTH)  # two models of a warp find different banks
    slots = 2 if not shape.sparse and 2 * 4 * shared <= budget else 1
    return Layout(
        groups=groups,
        threads=WIDTH * groups,
        slots=slots,
        words=words,
        error_at=error_at,
        hidden_at=hidden_at,
        slope_at=hidden_at + width * SPAN,
        samples_at=places[0][0],
        samples=samples,
        samples_shared=places[0][1],
        stride=stride,
        sums_from=sums_from,
        squares_at=WIDTH * stride,
        sums_at=places[1][0],
        sums=sums,
        sums_shared=places[1][1],
        state_at=places[2][0],
        state=state,
        state_shared=places[2][1],
        lanes_at=lanes_at,
        numbers_at=lanes_at + WIDTH,
        shared=shared,
        scratch=scratch,
    )
