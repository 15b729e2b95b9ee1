"""The fused engine's random generators give their authors' reference vectors; its streams are uncorrelated."""

import itertools

import numpy as np
import pytest
from numba import njit
from superposition.train.fused.data import BatchStream, DataSpec
from superposition.train.fused.memory import store
from superposition.train.fused.streams import (
    derive,
    draw,
    lane_states,
    load_state,
    next_splitmix64,
    permute,
    splitmix64,
    store_state,
)

SPLITMIX_1234567 = [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
]
XOSHIRO_1234 = [
    641,
    1573767,
    3222811527,
    3517856514,
    836907274,
    4247214768,
    3867114732,
    1355841295,
    495546011,
    621204420,
]


def plain_xoshiro(words, count):
    """xoshiro128plusplus.c in Python integers."""

    def rotate(value, k):
        return (value << k | value >> (32 - k)) & 0xFFFFFFFF

    s0, s1, s2, s3 = words
    drawn = []
    for _ in range(count):
        drawn.append((rotate((s0 + s3) & 0xFFFFFFFF, 7) + s0) & 0xFFFFFFFF)
        t = s1 << 9 & 0xFFFFFFFF
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = rotate(s3, 11)
    return drawn


@njit
def compiled_draws(state, count):
    out = np.empty((count, 16), np.uint32)
    flat = out.reshape(-1)
    words = load_state(state)
    for i in range(count):
        drawn, words = draw(words)
        store(flat, 16 * i, drawn)
    store_state(state, words)
    return out


@njit
def compiled_splitmix(seed, count):
    state = np.array([seed], np.uint64)
    return [next_splitmix64(state) for _ in range(count)]


@njit
def compiled_permutation(state, count):
    order = np.arange(count)
    permute(state, order, count)
    return order


def test_splitmix64_gives_its_reference_outputs():
    assert splitmix64(1234567, 5) == SPLITMIX_1234567
    assert compiled_splitmix(np.uint64(1234567), 5) == SPLITMIX_1234567


def test_xoshiro_gives_its_reference_outputs_in_every_lane():
    assert plain_xoshiro((1, 2, 3, 4), 10) == XOSHIRO_1234
    state = np.repeat(np.arange(1, 5, dtype=np.uint32), 16)
    np.testing.assert_array_equal(compiled_draws(state, 10), np.repeat(np.array([XOSHIRO_1234]).T, 16, axis=1))


def test_every_lane_runs_the_generator_from_its_own_state():
    state = lane_states(3, (1, 4), 1)
    words = state.reshape(4, 16).T.tolist()
    draws = np.concatenate([compiled_draws(state, 60), compiled_draws(state, 40)])
    np.testing.assert_array_equal(draws.T, [plain_xoshiro(lane, 100) for lane in words])


def test_names_of_streams_do_not_collide():
    names = [
        (seed, *words)
        for seed in range(8)
        for length in range(1, 4)
        for words in itertools.product(range(8), repeat=length)
    ]
    assert len({derive(*name) for name in names}) == len(names)


def test_a_stream_word_outside_64_bits_is_an_error():
    with pytest.raises(ValueError, match="integers in"):
        derive(0, -1)


def signs(seed=0, key=(0,), features=4, steps=300):
    """±1 draws (step, sample, feature): which half of [0, 1) a value lies in."""
    return np.sign(BatchStream(DataSpec(np.zeros(features)), 160, seed, key).take(steps) - 0.5)


def correlation(a, b):
    """Correlation in standard errors of independent signs."""
    return np.abs((a * b).sum()) / np.sqrt(a.size)


def test_lanes_features_and_steps_are_uncorrelated():
    drawn = signs()
    for shift in (1, 2, 15, 16, 17, 32):
        assert correlation(drawn[:, shift:], drawn[:, :-shift]) < 4
        assert correlation(drawn[shift:], drawn[:-shift]) < 4
    for a, b in itertools.combinations(range(4), 2):
        assert correlation(drawn[..., a], drawn[..., b]) < 4


def test_instances_and_seeds_are_uncorrelated():
    drawn = [signs(seed, key) for seed, key in ((0, (0,)), (0, (1,)), (1, (0,)), (1, (1,)), (0, (0, 0)), (0, ()))]
    for a, b in itertools.combinations(drawn, 2):
        assert correlation(a, b) < 4


def test_permutations_are_uniform():
    state = np.array([9], np.uint64)
    counts = np.zeros((5, 5))
    for _ in range(20000):
        order = compiled_permutation(state, 5)
        counts[np.arange(5), order] += 1
    expected = 20000 / 5
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected * 0.8)
