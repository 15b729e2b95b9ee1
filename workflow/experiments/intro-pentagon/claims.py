"""The claims of the source paper's §1: for each, the effect of every seed or of every block of seeds."""

import numpy as np
from superposition.data.sampling import Distribution
from superposition.judge.evidence import claim
from superposition.measure.decomposition import linear_loss
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.geometry import arrangement
from superposition.measure.ranking import best_of_blocks
from superposition.measure.theory import linear_optimum

from .losses import MODEL, common_losses

DENSE, SPARSE, SPARSEST = "0", "0.8", "0.9"
BLOCK = 10  # seeds of which the best is taken


@claim("dense-two-dedicated")
def dense_two_dedicated(evidence):
    """Whether a model represents the two most important features alone, at right angles."""
    return _shares(evidence, DENSE, "2 dedicated", 2)


@claim("dense-principal-components")
def dense_principal_components(evidence):
    """‖WᵀW − P‖² / ‖P‖², P the projection on the two most important features."""
    gram = evidence.matrix(MODEL, DENSE, "gram")  # (seed, feature, feature)
    hidden = evidence.hidden(MODEL)
    projection = np.diag((np.arange(evidence.features) < hidden).astype(np.float64))
    return {DENSE: np.square(gram - projection).sum(axis=(1, 2)) / hidden}


@claim("sparse-two-digons")
def sparse_two_digons(evidence):
    """Whether the four most important features, and they alone, form two digons."""
    return _shares(evidence, SPARSE, "2 digons", 4)


@claim("sparse-pentagon")
def sparse_pentagon(evidence):
    """Whether the five features form a pentagon."""
    return _shares(evidence, SPARSEST, "pentagon", 5)


@claim("positive-interference")
def positive_interference(evidence):
    """The least positive interference of a feature in the best models, at sparsity 0.9 minus at 0.8."""
    least = {}
    for sparsity in (SPARSE, SPARSEST):
        best = _best(evidence, sparsity)
        least[sparsity] = _least_neighbour(evidence.weights(MODEL, sparsity, "W")[best])
    return {"best of ten": least[SPARSEST] - least[SPARSE]}


@claim("beyond-linear")
def beyond_linear(evidence):
    """1 − L / L(linear), L(linear) the closed-form optimum."""
    return {
        sparsity: 1 - evidence.metric(MODEL, sparsity, "test_loss") / _linear(evidence, sparsity)
        for sparsity in (SPARSE, SPARSEST)
    }


@claim("filtering-needed")
def filtering_needed(evidence):
    """Expected loss of the weights without the ReLU, over the linear model's optimum."""
    effects = {}
    for sparsity in (SPARSE, SPARSEST):
        W, b = (evidence.weights(MODEL, sparsity, name) for name in ("W", "b"))
        unfiltered = linear_loss(W, b, evidence.importance, np.full(len(W), float(sparsity)))
        effects[sparsity] = unfiltered.total / _linear(evidence, sparsity)
    return effects


def _shares(evidence, sparsity, words, number):
    """1 where a model has the arrangement, and in it the so many most important features: seeds, and best of blocks."""
    W = evidence.weights(MODEL, sparsity, "W")
    represented = feature_norms(W) >= REPRESENTED
    expected = np.arange(evidence.features) < number
    matches = ((arrangement(W) == words) & (represented == expected).all(axis=1)).astype(np.float64)
    return {"single seeds": matches, "best of ten": matches[_best(evidence, sparsity)]}


def _best(evidence, sparsity):
    """Index of the best seed in each block of seeds (block,), all measured on the held-out sets of all of them."""
    return best_of_blocks(common_losses(evidence, sparsity), BLOCK)


def _least_neighbour(W):
    """min_i max_{j≠i} cos(W_i, W_j) (model,) over represented features; zero where fewer than two are."""
    norms = feature_norms(W)
    seen = norms >= REPRESENTED
    directions = W / np.where(seen, norms, 1.0)[:, None, :]
    cosines = np.swapaxes(directions, 1, 2) @ directions
    both = seen[:, :, None] & seen[:, None, :] & ~np.eye(W.shape[-1], dtype=bool)
    nearest = np.where(both, cosines, -np.inf).max(axis=2)  # (model, feature)
    least = np.where(seen, nearest, np.inf).min(axis=1)
    return np.where(seen.sum(axis=1) >= 2, least, 0.0)


def _linear(evidence, sparsity):
    """The linear model's least loss; the loss is a sum over features, so their importance is their weight in it."""
    source = Distribution((float(sparsity),) * evidence.features)
    return linear_optimum(evidence.importance, evidence.hidden(MODEL), source)
