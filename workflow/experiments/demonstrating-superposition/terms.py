"""The losses taken apart, each seed's by its terms."""

import numpy as np
from superposition.measure.decomposition import empty_loss, linear_loss, one_feature_loss, sparse_loss
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.tables import tidy

from . import forces
from .cells import trained
from .sizes import LINEAR, bias_error

MEASURED = "measured on held-out data"
LINEAR_TERMS = ("feature benefit missed", "interference", "mean error")
SPARSE_TERMS = ("one active: feature benefit missed", "one active: interference", "none active")
REST = "two or more active"


def linear_terms(results, model, sparsity):
    """Benefit, interference, mean error and measured loss of each seed, relative to the linear optimum."""
    W, b, weights, optimum = trained(results, model, sparsity)
    parts = linear_loss(W, b, weights, np.full(len(W), float(sparsity)))
    terms = [parts.benefit, parts.interference, parts.mean_error, results.metric(model, sparsity, "test_loss")]
    return tidy({"relative": np.stack(terms) / optimum}, term=[*LINEAR_TERMS, MEASURED], seed=results.seeds)


def sparse_terms(results, model, sparsity):
    """Shares of the held-out loss of each seed, of L_0 and of L_1's parts; the probability of the inputs left out."""
    W, b, weights, _ = trained(results, model, sparsity)
    S, n = float(sparsity), W.shape[-1]
    single = one_feature_loss(W, b, weights)
    none_active, one_active = S**n, (1 - S) * S ** (n - 1)
    losses = [one_active * single.benefit, one_active * single.interference, none_active * empty_loss(b, weights)]
    shares = np.stack(losses) / results.metric(model, sparsity, "test_loss")
    left_out = np.broadcast_to(sparse_loss(W, b, weights, np.full(len(W), S)).left_out, shares.shape)
    return tidy({"share": shares, REST: left_out}, term=SPARSE_TERMS, seed=results.seeds)


def relieved(results, model, sparsity):
    """Each seed's held-out loss relative to the linear optimum, and what is left of interference in superposition."""
    W, b, weights, optimum = trained(results, model, sparsity)
    crowded = (feature_norms(W) >= REPRESENTED).sum(axis=-1) > W.shape[-2]
    left = np.where(crowded, 1 - forces.made_free(W.astype(np.float64), b, weights, REPRESENTED), np.nan)
    return tidy({"loss": results.metric(model, sparsity, "test_loss") / optimum, "left": left}, seed=results.seeds)


def bias_errors(results):
    """By how much the linear models' biases are off from the theory's, dense to sparse, in words."""
    told = []
    for model in LINEAR.values():
        b, hidden = {s: results.weights(model, s, "b") for s in results.sparsities}, results.size(model)[1]
        off = [np.sqrt(np.square(bias_error(b[s], s, hidden)).mean()) for s in results.sparsities]
        told.append(f"{results.labels[model]} {', '.join(f'{100 * error:.2g} %' for error in off)}")
    return "; ".join(told)
