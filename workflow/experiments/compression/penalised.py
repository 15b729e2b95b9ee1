"""Features of models under a penalty: represented, in superposition, aligned with hidden units."""

from functools import lru_cache

import numpy as np
from superposition.measure.features import REPRESENTED, feature_norms, interference

MODEL = "relu"
STRONG = 0.1  # penalty from which alignment is measured
LEAST = 3  # represented features without which a model counts as emptied


def penalties(source):
    """The swept penalties λ (penalty,), of evidence or results."""
    return np.array(source.sweep["training.l1"], dtype=np.float64)


def represented(W):
    """Whether each feature (..., feature) has a norm of REPRESENTED or more."""
    return feature_norms(W) >= REPRESENTED


def superposed(W, least):
    """Whether each feature (..., feature) is represented, and others' Σ (Ŵ_i · W_j)² is `least` or more."""
    return represented(W) & (interference(W) >= least)


def without_superposition(W, least):
    """Whether each model (...) represents LEAST features or more, none of them in superposition."""
    return (represented(W).sum(axis=-1) >= LEAST) & ~superposed(W, least).any(axis=-1)


def alignment(W):
    """(a − a₀) / (1 − a₀) (...), a the mean of maxₖ |W_ki| / ‖W_i‖ of represented features; NaN where there is none."""
    norms = feature_norms(W)
    cosines = np.divide(np.abs(W).max(axis=-2), norms, out=np.zeros_like(norms), where=norms > 0)
    counted = represented(W)
    number = counted.sum(axis=-1)
    mean = np.divide((cosines * counted).sum(axis=-1), number, out=np.full(number.shape, np.nan), where=number > 0)
    random = random_alignment(W.shape[-2])
    return (mean - random) / (1 - random)


@lru_cache
def random_alignment(hidden):
    """Expected largest |component| of a random direction in so many dimensions, from 200 000 of them."""
    directions = np.random.default_rng(0).standard_normal((200_000, hidden))
    return float((np.abs(directions).max(axis=1) / np.sqrt(np.square(directions).sum(axis=1))).mean())


def in_order(W):
    """Share of pairs of a represented and an absent feature in which the former is first (...); NaN without pairs."""
    present = represented(W)
    pairs = present[..., :, None] & ~present[..., None, :]
    total = pairs.sum(axis=(-2, -1))
    right = np.triu(pairs, 1).sum(axis=(-2, -1))
    return np.divide(right, total, out=np.full(total.shape, np.nan), where=total > 0)


def mean_of_known(values):
    """Mean over the first axis of what is not NaN; NaN where all is."""
    known = ~np.isnan(values)
    number = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.divide(total, number, out=np.full(number.shape, np.nan), where=number > 0)
