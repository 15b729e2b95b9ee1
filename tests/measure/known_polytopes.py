"""Polytopes whose coordinates are known from textbooks, and models that hide them."""

from math import sqrt

import numpy as np
from scipy.linalg import block_diag
from scipy.stats import ortho_group

GOLDEN = (1 + sqrt(5)) / 2

# Coordinates from textbooks rather than from the library; columns are vertices.
TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).T / sqrt(3)
TRIANGLE = np.array([[1, 0], [-1 / 2, sqrt(3) / 2], [-1 / 2, -sqrt(3) / 2]]).T
PENTAGON = np.array([[1, 0], *[[(GOLDEN - 1) / 2, s] for s in (0.9510565163, -0.9510565163)], *[[-GOLDEN / 2, s] for s in (0.5877852523, -0.5877852523)]]).T  # fmt: skip
OCTAHEDRON = np.hstack([np.eye(3), -np.eye(3)])
DIGON = np.array([[1.0, -1.0]])
BIPYRAMID = block_diag(TRIANGLE, DIGON)  # five features in three dimensions


def antiprism(squared_height):
    """Two squares, the lower turned by 45°, written out corner by corner."""
    h, r = sqrt(squared_height), sqrt(1 - squared_height)
    d = r / sqrt(2)
    return np.array(
        [[r, 0, h], [-r, 0, h], [0, r, h], [0, -r, h], [d, d, -h], [-d, d, -h], [d, -d, -h], [-d, -d, -h]]
    ).T


TIGHT_ANTIPRISM = antiprism(1 / 3)


def disguised(W, hidden, seed, noise=0.0):
    """The same vectors in more dimensions, rotated, relabelled, of unequal lengths, and a little off."""
    generator = np.random.default_rng(seed)
    padded = np.vstack([W, np.zeros((hidden - len(W), W.shape[1]))])
    rotated = ortho_group.rvs(hidden, random_state=generator) @ padded if hidden > 1 else padded
    rotated = rotated + noise * generator.normal(size=rotated.shape)
    return rotated[:, generator.permutation(W.shape[1])] * generator.uniform(0.7, 1.3, W.shape[1])
