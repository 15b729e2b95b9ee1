"""The claims of the source paper's §1: for each, the effect of every run, or of the best of each block of seeds."""

import numpy as np
from superposition.data.sampling import Distribution
from superposition.judge.evidence import claim
from superposition.measure.decomposition import linear_loss
from superposition.measure.features import REPRESENTED, contracted, feature_norms
from superposition.measure.geometry import arrangement
from superposition.measure.ranking import best_of_blocks
from superposition.measure.theory import linear_optimum

from .losses import MODEL, common_losses

DENSE, SPARSE, SPARSEST = "0", "0.8", "0.9"
BLOCK = 10  # seeds of which the best is taken


@claim("dense-two-dedicated")
def dense_two_dedicated(evidence):
    """1 where a model represents the two most important features alone, at right angles, else 0."""
    return {DENSE: _has(evidence, DENSE, "2 dedicated", 2)}


@claim("dense-principal-components")
def dense_principal_components(evidence):
    """‖WᵀW − P‖² / ‖P‖², P the projection on the two most important features."""
    gram = _of_runs(evidence, DENSE, evidence.matrix(MODEL, DENSE, "gram"))  # (run, feature, feature)
    hidden = evidence.hidden(MODEL)
    projection = np.diag((np.arange(evidence.features) < hidden).astype(np.float64))
    return {DENSE: np.square(gram - projection).sum(axis=(1, 2)) / hidden}


@claim("sparse-two-digons")
def sparse_two_digons(evidence):
    """1 where the four most important features, and they alone, form two digons, else 0."""
    return {SPARSE: _has(evidence, SPARSE, "2 digons", 4)}


@claim("sparse-pentagon")
def sparse_pentagon(evidence):
    """1 where the five features form a pentagon, else 0."""
    return {SPARSEST: _has(evidence, SPARSEST, "pentagon", 5)}


@claim("positive-interference")
def positive_interference(evidence):
    """The least cosine of a represented feature with its nearest other, at sparsity 0.9 minus at 0.8.

    Of runs that have the pentagon at the one and two digons at the other; of all others there is nothing to measure.
    """
    least = {
        s: _of_runs(evidence, s, least_neighbour(_counted(evidence, evidence.weights(MODEL, s, "W"))))
        for s in (SPARSE, SPARSEST)
    }
    both = (_has(evidence, SPARSE, "2 digons", 4) == 1) & (_has(evidence, SPARSEST, "pentagon", 5) == 1)
    return {f"S = {SPARSEST} less S = {SPARSE}": np.where(both, least[SPARSEST] - least[SPARSE], np.nan)}


@claim("beyond-linear")
def beyond_linear(evidence):
    """1 − L / L(linear), L(linear) the closed-form optimum."""
    return {
        s: _of_runs(evidence, s, 1 - evidence.metric(MODEL, s, "test_loss") / _linear(evidence, s))
        for s in (SPARSE, SPARSEST)
    }


@claim("filtering-needed")
def filtering_needed(evidence):
    """Expected loss of the weights without the ReLU, over the linear model's optimum: at least 1, by theorem."""
    effects = {}
    for sparsity in (SPARSE, SPARSEST):
        W, b = (evidence.weights(MODEL, sparsity, name) for name in ("W", "b"))
        unfiltered = linear_loss(W, b, evidence.importance, np.full(len(W), float(sparsity)))
        effects[sparsity] = unfiltered.total / _linear(evidence, sparsity)
    return effects


def least_neighbour(W):
    """min_i max_{j≠i} cos(W_i, W_j) (model,) over represented features; NaN where fewer than two are."""
    norms = feature_norms(W)
    seen = norms >= REPRESENTED
    directions = W / np.where(seen, norms, 1.0)[:, None, :]
    both = seen[:, :, None] & seen[:, None, :] & ~np.eye(W.shape[-1], dtype=bool)
    nearest = np.where(both, contracted(directions, directions), -np.inf).max(axis=2)  # (model, feature)
    least = np.where(seen, nearest, np.inf).min(axis=1)
    return np.where(seen.sum(axis=1) >= 2, least, np.nan)


def _has(evidence, sparsity, words, number):
    """1.0 where a run has the arrangement, and in it the so many most important features, else 0.0 (run,)."""
    W = _counted(evidence, evidence.weights(MODEL, sparsity, "W"))
    expected = np.arange(evidence.features) < number
    matches = (arrangement(W) == words) & ((feature_norms(W) >= REPRESENTED) == expected).all(axis=1)
    return _of_runs(evidence, sparsity, matches.astype(np.float64))


def _counted(evidence, W):
    """The weights, scaled so that a feature counts as represented from the norm on that the reading says."""
    return W * (REPRESENTED / evidence.option("represented"))


def _of_runs(evidence, sparsity, values):
    """The values (run, ...) of every seed; or of the best one of each block, by the loss on samples common to all."""
    if evidence.option("run") == "every":
        return values
    return values[best_of_blocks(common_losses(evidence, sparsity), BLOCK)]


def _linear(evidence, sparsity):
    """The linear model's least loss; the loss is a sum over features, so their importance is their weight in it."""
    source = Distribution((float(sparsity),) * evidence.features)
    return linear_optimum(evidence.importance, evidence.hidden(MODEL), source)
