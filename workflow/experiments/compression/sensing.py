"""Sparse recovery from a hidden layer: basis pursuit, compressed sensing's decoder, beside a model's own read-out."""

from functools import lru_cache

import numpy as np
from scipy.optimize import linprog

WIDTHS = ("four", "eight", "twelve")  # models, by hidden dimensions
SPARSITY = "0.97"
ACTIVE = 2  # features of a sample
SAMPLES = 20  # of each seed
SMALLEST = 0.2  # value of an active feature: twice what recovery may be wrong by
CLOSE = 0.1


def sparse_samples(features, seed):
    """Samples (sample, feature) of ACTIVE features each, uniform from SMALLEST to 1; `seed` is a model's place."""
    generator = np.random.default_rng([7, seed])
    x = np.zeros((SAMPLES, features))
    for row in x:
        row[generator.choice(features, ACTIVE, replace=False)] = generator.uniform(SMALLEST, 1.0, ACTIVE)
    return x


def gaussian(hidden, features, seed):
    """Random weights (hidden, feature) whose columns have an expected squared norm of 1."""
    return np.random.default_rng([8, hidden, seed]).standard_normal((hidden, features)) / np.sqrt(hidden)


def basis_pursuit(W, x):
    """min Σ x' subject to W x' = W x, x' ≥ 0, of each sample (sample, feature); NaN where the solver finds none."""
    W = np.ascontiguousarray(W, dtype=np.float64)
    return _pursued(W.shape, W.tobytes(), x.tobytes())


@lru_cache(maxsize=4096)  # several claims and a figure ask for the same models
def _pursued(shape, weights, samples):
    W, x = np.frombuffer(weights).reshape(shape), np.frombuffer(samples).reshape(-1, shape[1])
    solutions = [linprog(np.ones(shape[1]), A_eq=W, b_eq=W @ row, method="highs").x for row in x]
    return np.array([np.full(shape[1], np.nan) if found is None else found for found in solutions])


def read_out(W, b, x):
    """The model's own answer ReLU(WᵀW x + b) (sample, feature)."""
    return np.maximum(x @ W.T @ W + b, 0.0)


def samples_recovered(answers, x):
    """Share of the samples all of whose features are answered to CLOSE."""
    return float((np.abs(answers - x) <= CLOSE).all(axis=1).mean())


def features_recovered(answers, x, half):
    """Share of the active features of the more (0) or the less (1) important half answered to CLOSE."""
    active = x > 0
    middle = x.shape[1] // 2
    active[:, middle:] &= half == 1
    active[:, :middle] &= half == 0
    return float((np.abs(answers - x) <= CLOSE)[active].mean())
