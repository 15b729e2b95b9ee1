"""Print one SHA-256 of everything that extraction and judging compute with; run by `test_extraction_bits`."""

import hashlib

import numpy as np
from superposition.judge.intervals import estimate
from superposition.judge.pooled import pooled_values
from superposition.measure import features as measures
from superposition.measure.reconstruction import error_sums
from superposition.spec.architectures import BUILT_IN
from superposition.spec.claims import Scale

SHAPES = ((2, 1, 100), (40, 5, 1000), (33, 12, 777))


def main():
    digest = hashlib.sha256()
    for n, m, samples in SHAPES:
        generator = np.random.default_rng(n)
        x = np.where(generator.random((samples, n)) < 0.7, 0, generator.random((samples, n))).astype(np.float32)
        W, V = generator.standard_normal((2, 3, m, n)).astype(np.float32)
        b = generator.standard_normal(n).astype(np.float32)
        parts = [part for a in BUILT_IN.values() for part in error_sums(a, W[0], V[0], b, x, absolute=False)]
        parts += [measures.gram_matrix(W, V), measures.feature_norms(W), measures.interference(W)]
        parts += [measures.dimensionality(W), measures.features_per_dimension(W), measures.off_diagonal(W[..., :m])]
        for seeds in range(2, 31):
            values = {scale: generator.random(seeds) + 0.1 for scale in Scale}
            values |= {Scale.SHARE: generator.random(seeds), Scale.BINARY: (generator.random(seeds) < 0.5) * 1.0}
            values[Scale.POOLED] = pooled_values(lambda kept, of=values[Scale.RATIO]: np.median(of[kept]), seeds)
            for found in (estimate(values[scale], scale) for scale in Scale):
                parts.append(np.array([found.mean, found.low, found.high]))
        for part in parts:
            digest.update(part.tobytes())
    print(digest.hexdigest())


if __name__ == "__main__":
    main()
