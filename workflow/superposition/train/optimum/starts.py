"""Where descents start: solutions that can be named, moved a little, and random weights. No seed enters."""

from functools import cache
from itertools import product

import numpy as np

RANDOM = 24  # starts at random weights
NEAR, FAR = 0.02, 0.2  # how far a named solution's parameters are moved, at most
WIDTH, BIAS_WIDTH = 1.2, 0.5  # of the random weights and biases, at most
STREAM = 2022  # of the random numbers, the same for all models


@cache
def named(features: int, hidden: int) -> tuple[np.ndarray, ...]:
    """Weights (hidden, feature) of unit vectors or zero: every arrangement along the axes, and the triangle.

    In one dimension each feature is ignored, along the axis or against it; in two, along or against either axis, such
    that these are both used where there are two features. Among them are the closed forms of "Toy Models of
    Superposition", §3, feature ignored or two antipodal, and the confused feature, two along one direction. Of
    arrangements that are turned or mirrored images of each other there is one.
    """
    axes = [np.zeros(hidden), *np.eye(hidden), *-np.eye(hidden)]
    found = []
    for columns in product(range(len(axes)), repeat=features):
        used = [column for column in columns if column]
        first = [(column - 1) % hidden for column in used]  # the axis of each feature that is not ignored
        order = list(dict.fromkeys(first))
        upright = all(used[first.index(axis)] <= hidden for axis in order)  # the first along an axis points along it
        if order == list(range(min(hidden, features))) and upright:
            found.append(np.stack([axes[column] for column in columns], axis=1))
    if (features, hidden) == (3, 2):
        height = np.sqrt(3.0) / 2.0
        found.append(np.array([[1.0, -0.5, -0.5], [0.0, height, -height]]))
    return tuple(found)


def starts(hidden: int, density: np.ndarray) -> np.ndarray:
    """Parameters (start, parameter), W row by row and then b: named solutions, moved near and far, and random ones.

    A feature that a named solution ignores is answered by its mean, p/2.

    Args:
        hidden: size of the hidden layer.
        density: probability p that each feature is not zero (feature,).
    """
    n = len(density)
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(STREAM, spawn_key=(n, hidden))))
    found = []
    for W in named(n, hidden):
        bias = np.where((W == 0.0).all(axis=0), 0.5 * density, 0.0)
        solution = np.concatenate([W.ravel(), bias])
        found += [solution + distance * _symmetric(generator, len(solution)) for distance in (NEAR, FAR)]
    scale = np.repeat([WIDTH, BIAS_WIDTH], [hidden * n, n])
    found += [scale * _symmetric(generator, hidden * n + n) for _ in range(RANDOM)]
    return np.stack(found)


def _symmetric(generator: np.random.Generator, size: int) -> np.ndarray:
    """Uniform numbers in [−1, 1)."""
    return 2.0 * generator.random(size) - 1.0
