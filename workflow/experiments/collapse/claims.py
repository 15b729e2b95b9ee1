"""The claims of the source paper's §5.4: for each, the effect of every run, or of the best of each block of seeds."""

from itertools import pairwise

import numpy as np
import pandas as pd
from superposition.judge.evidence import claim
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.ranking import best_of_blocks

from .pairs import (
    MODEL,
    collapsed,
    common_losses,
    density,
    distance_from_pca,
    hexagon,
    pca_loss,
    share_of_sums,
    side_by_side,
)

DENSE = ("0.1", "0.3")  # by sparsity: densities 0.9 and 0.7
ALL_THREE = ("0.6", "0.7")
TWO = ("0.825",)
ONE = ("0.9", "0.925")
NONE = ("0.97", "0.98")
# A density of each range of the paper, dense to sparse.
STEPS = ("0.3", "0.6", "0.825", "0.9", "0.97")
BLOCK = 10  # seeds of which the best is taken


@claim("dense-pca")
def dense_pca(evidence):
    """‖WᵀW − P‖² / ‖P‖², P the nearest projection on two of the three sums' span."""
    return {s: _of_runs(evidence, s, distance_from_pca) for s in DENSE}


@claim("three-collapsed")
def three_collapsed(evidence):
    """1 where three pairs are collapsed, else 0."""
    return _share_with(evidence, ALL_THREE, 3)


@claim("two-collapsed")
def two_collapsed(evidence):
    """1 where two pairs are collapsed, else 0."""
    return _share_with(evidence, TWO, 2)


@claim("one-collapsed")
def one_collapsed(evidence):
    """1 where one pair is collapsed, else 0."""
    return _share_with(evidence, ONE, 1)


@claim("none-collapsed")
def none_collapsed(evidence):
    """1 where six features are represented and no pair is collapsed, else 0."""
    cosine = evidence.option("cosine")

    def holds(W):
        whole = feature_norms(W).min(axis=1) >= REPRESENTED
        return (whole & (collapsed(W, cosine) == 0)).astype(np.float64)

    return {s: _of_runs(evidence, s, holds) for s in NONE}


@claim("sparse-hexagon")
def sparse_hexagon(evidence):
    """1 where the six features are a hexagon with each pair side by side, else 0."""

    def holds(W):
        return (hexagon(W, REPRESENTED) & side_by_side(W).all(axis=1)).astype(np.float64)

    return {s: _of_runs(evidence, s, holds) for s in NONE}


@claim("side-by-side")
def pairs_side_by_side(evidence):
    """Share of the pairs whose features are neighbours in the order of the angles."""
    return {s: _of_runs(evidence, s, lambda W: side_by_side(W).mean(axis=1)) for s in NONE}


@claim("difference-ignored")
def difference_ignored(evidence):
    """Share of ‖W‖² along the differences (a − b)/√2."""
    return {s: _of_runs(evidence, s, lambda W: 1 - share_of_sums(W)) for s in ALL_THREE}


@claim("sum-matters-more")
def sum_matters_more(evidence):
    """Var((a + b)/√2) / max(Var a, Var b) of each seed's held-out data, mean over the pairs."""
    effects = {}
    for sparsity in evidence.sparsities:
        x = evidence.data(sparsity).astype(np.float64)  # (seed, sample, feature)
        first, second = x[..., 0::2], x[..., 1::2]
        either = np.maximum(first.var(axis=1), second.var(axis=1))
        effects[sparsity] = (((first + second) / np.sqrt(2)).var(axis=1) / either).mean(axis=1)
    return effects


@claim("progressive")
def progressive(evidence):
    """Number of collapsed pairs at a density of one range minus that at one of the next sparser range."""
    cosine = evidence.option("cosine")
    steps = STEPS[1:]
    numbers = {s: _of_runs(evidence, s, lambda W: collapsed(W, cosine).astype(np.float64)) for s in steps}
    return {
        f"S = {denser} less S = {sparser}": numbers[denser] - numbers[sparser] for denser, sparser in pairwise(steps)
    }


@claim("superposition-better")
def superposition_better(evidence):
    """1 − L / L(PCA) at a density of one range minus that at one of the next denser range.

    Counted from zero on: how much worse than principal components a model is says nothing of what superposition saves.
    """
    gains = {}
    for sparsity in STEPS:
        losses = common_losses(evidence, sparsity)
        gains[sparsity] = np.maximum(1 - losses[_runs(evidence, losses)] / pca_loss(density(sparsity)), 0.0)
    return {f"S = {sparser} less S = {denser}": gains[sparser] - gains[denser] for denser, sparser in pairwise(STEPS)}


@claim("trade-off")
def trade_off(evidence):
    """Spearman's correlation over the densities of ‖W‖² / m and the share of ‖W‖² in the sums, of each run."""

    def both(W):
        return np.stack([np.square(W).sum(axis=(1, 2)) / W.shape[1], share_of_sums(W)], axis=1)

    values = np.stack([_of_runs(evidence, s, both) for s in evidence.sparsities])  # (density, run, 2)
    packed, shares = (pd.DataFrame(values[:, :, column]).rank() for column in (0, 1))
    return {"over densities": packed.corrwith(shares).to_numpy()}


def _share_with(evidence, sparsities, number):
    """1.0 where so many pairs are collapsed, else 0.0 (run,), at each sparsity."""
    cosine = evidence.option("cosine")
    return {s: _of_runs(evidence, s, lambda W: (collapsed(W, cosine) == number).astype(np.float64)) for s in sparsities}


def _of_runs(evidence, sparsity, measure):
    """A measure (run, ...) of the weights of every seed, or of the best one of each block."""
    W = evidence.weights(MODEL, sparsity, "W")
    if evidence.option("run") == "every":
        return measure(W)
    return measure(W[_runs(evidence, common_losses(evidence, sparsity))])


def _runs(evidence, losses):
    """Which runs a reading speaks of: all, or the best of each block, by the loss on samples common to all."""
    if evidence.option("run") == "every":
        return np.arange(len(losses))
    return best_of_blocks(losses, BLOCK)
