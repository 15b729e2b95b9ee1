"""Arrangements whose vulnerability is known: a projection, then regular polygons in planes of their own.

k unit vectors evenly in a plane have WᵀW δ = (k/2) δ there, and about half of the outputs on where inputs are few:
vulnerability k²/8, with k/2 features per dimension. Squares are two digons at right angles.
"""

import numpy as np
from superposition.train.controls import planted

from .curves import density

# From which density on how many features share a plane; at denser ones nothing is shared.
POLYGONS = ((0.3, 4), (0.2, 5), (0.0, 6))
DENSEST = 0.5  # of polygons


@planted("relu")
def polygons(instance):
    """A projection down to density 0.7, then polygons without bias."""
    p = density(instance.sparsity)
    if p > DENSEST:
        return projection(instance)
    k = next(k for least, k in POLYGONS if p >= least)
    return planes(k, instance.hidden, instance.features), np.zeros(instance.features)


@planted("linear")
def projection(instance):
    """A projection on a random subspace, and as bias the mean of what is lost."""
    directions = np.random.default_rng(instance.seed).standard_normal((instance.features, instance.hidden))
    W = np.linalg.qr(directions)[0].T
    mean = np.full(instance.features, density(instance.sparsity) / 2)
    return W, mean - W.T @ W @ mean


def planes(k, hidden, features):
    """Weights (hidden, feature) with k features evenly in each of hidden/2 planes, and no others."""
    angles = 2 * np.pi * np.arange(k) / k
    W = np.zeros((hidden, features))
    for plane in range(hidden // 2):
        W[2 * plane : 2 * plane + 2, k * plane : k * (plane + 1)] = np.cos(angles), np.sin(angles)
    return W
