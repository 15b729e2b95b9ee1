"""Print one SHA-256 of the optima of several small models; run by `test_optimum_bits`."""

import hashlib

import numpy as np
from superposition.data.sampling import Distribution
from superposition.train.optimum.linear import linear_curvature, linear_weights
from superposition.train.optimum.minimise import optimum

SIZES = ((1, 1), (2, 1), (3, 1), (2, 2), (3, 2))


def main():
    digest = hashlib.sha256()
    for n, m in SIZES:
        for density in (1.0, 0.7, 0.571, 0.3, 0.03):
            for relative in (0.3, 0.8, 1.0, 4.0):
                for bias in (True, False):
                    sparsity, weights = np.full(n, 1 - density), np.r_[np.ones(n - 1), relative]
                    found = optimum(m, bias, sparsity, weights)
                    numbers = [found.loss, found.gradient_norm, found.least_curvature, found.starts_agreeing]
                    for part in (found.W, found.b, np.array(numbers)):
                        digest.update(part.tobytes())
    source, weights = Distribution(tuple(np.linspace(0.1, 0.9, 30))), np.linspace(1, 0.1, 30)
    W, b, loss = linear_weights(weights, 7, source)
    for part in (W, b, np.array([loss, linear_curvature(weights, 7, source)])):
        digest.update(part.tobytes())
    print(digest.hexdigest())


if __name__ == "__main__":
    main()
