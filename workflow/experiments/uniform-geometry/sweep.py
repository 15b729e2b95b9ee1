"""What claims read over the whole sweep: positions, curves of D*, names of polytopes, dimensionalities."""

from functools import lru_cache

import numpy as np
from superposition.measure.geometry import feature_polytopes

from .factors import components_of
from .levels import SWEPT, densest_first, trained_at

SPREAD = (2.0, 4.0, 8.0, 16.0)  # 1/(1 − S) of the parts by sparsity, or the nearest that was trained


def positions(evidence, model=SWEPT):
    """log 1/(1 − S) of each sparsity of a model (density,), ascending."""
    return np.array([-np.log1p(-float(s)) for s in trained_at(evidence, model)])


def spread(evidence, model=SWEPT):
    """The sparsities nearest to SPREAD at which a model is trained, each once."""
    at, ordered = positions(evidence, model), trained_at(evidence, model)
    return list(dict.fromkeys(ordered[np.abs(at - np.log(inverse)).argmin()] for inverse in SPREAD))


def compared(evidence):
    """The sparsities at which every model is trained."""
    return densest_first(evidence.sparsities)


def learned(evidence, model, sparsity):
    """‖W‖² (seed,): the number of features learned."""
    return evidence.metric(model, sparsity, "frobenius_squared")


def curves(evidence, model=SWEPT):
    """log D* = log(m / ‖W‖²) (seed, density)."""
    norms = np.stack([learned(evidence, model, s) for s in trained_at(evidence, model)], axis=1)
    return np.log(evidence.hidden(model) / norms)


def kinds(evidence, model=SWEPT):
    """The name of the polytope of each feature (seed, density, feature)."""
    represented, angles = evidence.option("represented"), evidence.option("angles")
    named = [_polytopes(*_key(evidence, model, s), represented, angles) for s in trained_at(evidence, model)]
    return np.stack(named, axis=1)


def dimensionalities(evidence, model=SWEPT):
    """D_i (seed, density, feature)."""
    return np.stack([evidence.matrix(model, s, "dimensionality") for s in trained_at(evidence, model)], axis=1)


def components_by_seed(evidence, model=SWEPT):
    """The components of every seed's models, over all sparsities: a list for each seed."""
    represented = evidence.option("represented")
    by_sparsity = [_components(*_key(evidence, model, s), represented) for s in trained_at(evidence, model)]
    return [[component for models in by_sparsity for component in models[seed]] for seed in range(len(by_sparsity[0]))]


def _key(evidence, model, sparsity):
    W = evidence.weights(model, sparsity, "W")
    return W.tobytes(), W.shape


# A claim reads the same weights under many readings, and several claims do.
@lru_cache(maxsize=128)
def _polytopes(buffer, shape, represented, angles):
    return feature_polytopes(np.frombuffer(buffer).reshape(shape), represented=represented, tolerance=angles)


@lru_cache(maxsize=64)
def _components(buffer, shape, represented):
    return [list(components_of(W, represented)) for W in np.frombuffer(buffer).reshape(shape)]
