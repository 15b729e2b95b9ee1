"""The kernel: a block of threads trains one or two models for some steps, from global memory to global memory."""

from functools import cache

from numba import cuda, float32, uint32

from .arrays import Thread, Work
from .compiled import device, entry
from .shape import WIDTH
from .step import add_batch, clear_sums, finish_step


@device
def _copy(out, source, me, count, threads):
    for at in range(me.member, count, threads):
        out[at] = source[at]


@cache
def kernel_of(shape, layout):
    """The kernel of a `Shape` and a `Layout`, compiled at its first launch.

    Its arguments: `Inputs`, `State`, `Log`; batch, number of fixed rows; the first and the last of the steps to take,
    and how many steps a training has. A launch has a block of `layout.slots * layout.threads` threads for every
    `layout.slots` models, and `layout.bytes` of shared memory.
    """
    size, threads = shape.size, layout.threads
    floats_at, always = layout.slots * layout.words, layout.numbers_at + 8

    def train_models(inputs, state, log, batch, rows, first_step, last_step, steps):
        thread = cuda.threadIdx.x
        lane, slot, group = thread & 15, thread // WIDTH % layout.slots, thread // (WIDTH * layout.slots)
        me = Thread(cuda.blockIdx.x * layout.slots + slot, lane, group, group * WIDTH + lane)
        words = cuda.shared.array(0, uint32)[slot * layout.words : (slot + 1) * layout.words]
        start = floats_at + slot * layout.shared
        memory = cuda.shared.array(0, float32)[start : start + layout.shared]
        scratch = state.scratch[me.model]
        samples = memory[layout.samples_at :] if layout.samples_shared else scratch[layout.samples_at :]
        sums = memory[layout.sums_at :] if layout.sums_shared else scratch[layout.sums_at :]
        held = memory[layout.state_at :] if layout.state_shared else scratch[layout.state_at :]
        work = Work(
            words,
            memory[: layout.lanes_at],
            memory[layout.lanes_at : layout.numbers_at],
            memory[layout.numbers_at : always],
            samples[: layout.error_at],
            samples[layout.error_at : layout.hidden_at],
            samples[layout.hidden_at : layout.slope_at],
            samples[layout.slope_at : layout.samples],
            sums[: layout.squares_at],
            sums[layout.squares_at : layout.sums],
            held[:size],
            held[size : 2 * size],
            held[2 * size : 3 * size],
            held[layout.state - size : layout.state],
        )
        _copy(work.params, state.params[me.model], me, size, threads)
        _copy(work.first, state.first[me.model], me, size, threads)
        _copy(work.second, state.second[me.model], me, size, threads)
        words_of = state.generator[me.model]
        s0, s1, s2, s3 = words_of[lane], words_of[16 + lane], words_of[32 + lane], words_of[48 + lane]
        for step in range(first_step, last_step + 1):
            clear_sums(shape, layout, work, me)
            penalty, s0, s1, s2, s3 = add_batch(shape, layout, inputs, state, work, me, batch, rows, s0, s1, s2, s3)
            finish_step(shape, layout, inputs, state, log, work, me, batch, penalty, step, steps)
        if group == 0:
            words_of[lane] = s0
            words_of[16 + lane] = s1
            words_of[32 + lane] = s2
            words_of[48 + lane] = s3
        _copy(state.params[me.model], work.params, me, size, threads)
        _copy(state.first[me.model], work.first, me, size, threads)
        _copy(state.second[me.model], work.second, me, size, threads)

    return entry(train_models)
