"""The generators of `fused.streams` for one thread: xoshiro128++ of a lane, SplitMix64 of the permutations."""

import numpy as np

from ..fused.streams import GAMMA_64, MIX_1_64, MIX_2_64
from .compiled import device


@device
def draw(s0, s1, s2, s3):
    """One xoshiro128++ step: (drawn uint32, the next four words)."""
    total = np.uint32(s0 + s3)
    drawn = np.uint32(np.uint32((total << np.uint32(7)) | (total >> np.uint32(25))) + s0)
    shifted = np.uint32(s1 << np.uint32(9))
    s2 = np.uint32(s2 ^ s0)
    s3 = np.uint32(s3 ^ s1)
    s1 = np.uint32(s1 ^ s2)
    s0 = np.uint32(s0 ^ s3)
    s2 = np.uint32(s2 ^ shifted)
    s3 = np.uint32((s3 << np.uint32(11)) | (s3 >> np.uint32(21)))
    return drawn, s0, s1, s2, s3


@device
def permute(shuffle, model, order, count):
    """Fisher–Yates on order[model, :count] as in `fused.streams.permute`; shuffle (models,) uint64 is the state."""
    state = shuffle[model]
    for i in range(count - 1, 0, -1):
        state = np.uint64(state + GAMMA_64)
        value = np.uint64((state ^ (state >> np.uint64(30))) * MIX_1_64)
        value = np.uint64((value ^ (value >> np.uint64(27))) * MIX_2_64)
        value = np.uint64(value ^ (value >> np.uint64(31)))
        pick = np.int64(((value >> np.uint64(32)) * np.uint64(i + 1)) >> np.uint64(32))
        kept = order[model, i]
        order[model, i] = order[model, pick]
        order[model, pick] = kept
    shuffle[model] = state
