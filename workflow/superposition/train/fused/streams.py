"""Random streams: xoshiro128++ per lane, seeded by SplitMix64 from (seed, key, purpose, lane).

Scheme. `derive(seed, a, b, …)` starts from mix(seed + G), then for each further integer w takes mix((state ^ w) + G),
where G is `GAMMA` and mix is SplitMix64's output function (a bijection of 64 bits), all modulo 2^64. The
state of lane l of a purpose is the first two outputs of SplitMix64 seeded with derive(seed, *key, purpose, l), each
cut into its low and high 32 bits. `key` is the instance's own name in integers, so an instance draws the same numbers
whichever other instances are in its job. Permutations draw from SplitMix64 itself, seeded with derive(…, PERMUTE, 0).

Sources: Blackman & Vigna, "Scrambled linear pseudorandom number generators", and https://prng.di.unimi.it
(xoshiro128plusplus.c, splitmix64.c).
"""

import numpy as np

from .compiled import inlined, subroutine
from .lanes import WIDTH, rotate_left, shift_left
from .memory import load, store

DATA, PERMUTE = 1, 2  # purposes
_MASK = (1 << 64) - 1
GAMMA, MIX_1, MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # SplitMix64's
# The same as kernels take them: a compiled function would read a plain integer of this size as a signed one.
GAMMA_64, MIX_1_64, MIX_2_64 = np.uint64(GAMMA), np.uint64(MIX_1), np.uint64(MIX_2)


def mix(value):
    """SplitMix64's output function on a Python integer."""
    value = (value ^ (value >> 30)) * MIX_1 & _MASK
    value = (value ^ (value >> 27)) * MIX_2 & _MASK
    return value ^ (value >> 31)


def splitmix64(seed, count):
    """The first `count` outputs of SplitMix64 as Python integers."""
    return [mix((seed + (i + 1) * GAMMA) & _MASK) for i in range(count)]


def derive(seed, *words):
    """64-bit seed of the stream named by non-negative integers below 2^64; see the module's text."""
    state = mix((seed + GAMMA) & _MASK)
    for word in words:
        if not 0 <= word <= _MASK:
            raise ValueError(f"stream words are integers in [0, 2^64), got {word}")
        state = mix(((state ^ word) + GAMMA) & _MASK)
    return state


def lane_states(seed, key, purpose):
    """Initial xoshiro128++ states: uint32 (4 words × 16 lanes), flat."""
    state = np.empty((4, WIDTH), np.uint32)
    for lane in range(WIDTH):
        low, high = splitmix64(derive(seed, *key, purpose, lane), 2)
        state[:, lane] = low & 0xFFFFFFFF, low >> 32, high & 0xFFFFFFFF, high >> 32
    return state.reshape(-1)


def permutation_state(seed, key):
    """SplitMix64 state of the permutations: uint64 (1,)."""
    return np.array([derive(seed, *key, PERMUTE, 0)], np.uint64)


@inlined
def load_state(state):
    """The four xoshiro128++ words of every lane, uint32 lanes, from a flat state."""
    return load(state, 0), load(state, 16), load(state, 32), load(state, 48)


@inlined
def store_state(state, words):
    """Write the four words of every lane back to a flat state."""
    store(state, 0, words[0])
    store(state, 16, words[1])
    store(state, 32, words[2])
    store(state, 48, words[3])


@inlined
def draw(words):
    """One xoshiro128++ step in every lane: (uint32 lanes, next state)."""
    s0, s1, s2, s3 = words
    drawn = rotate_left(s0 + s3, 7) + s0
    shifted = shift_left(s1, 9)
    s2 = s2 ^ s0
    s3 = s3 ^ s1
    s1 = s1 ^ s2
    s0 = s0 ^ s3
    return drawn, (s0, s1, s2 ^ shifted, rotate_left(s3, 11))


@inlined
def next_splitmix64(state):
    """One SplitMix64 step on uint64 (1,)."""
    state[0] += GAMMA_64
    value = state[0]
    value = (value ^ (value >> np.uint64(30))) * MIX_1_64
    value = (value ^ (value >> np.uint64(27))) * MIX_2_64
    return value ^ (value >> np.uint64(31))


@subroutine
def permute(state, order, count):
    """Fisher–Yates in place, from the last place down; the pick below i+1 is ((top 32 bits) · (i+1)) >> 32.

    The multiply-shift pick is biased by at most (i+1) / 2^32.
    """
    for i in range(count - 1, 0, -1):
        pick = np.int64(((next_splitmix64(state) >> np.uint64(32)) * np.uint64(i + 1)) >> np.uint64(32))
        order[i], order[pick] = order[pick], order[i]
