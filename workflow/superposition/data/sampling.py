"""Sparse synthetic features: each is zero with probability S_i, else uniform; sets of them may be coupled."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Distribution:
    """How a sample's features are distributed.

    Args:
        sparsity: probability S_i in [0, 1) that each feature is zero (feature,).
        values: "unit" for U[0, 1] when active, "signed" for U[−1, 1].
        sets: features that are on or off together, as tuples of indices from 0; of equal sparsity within a set.
        anticorrelated: whether a set that is on has exactly one random member on, instead of all.
    """

    sparsity: tuple[float, ...]
    values: str = "unit"
    sets: tuple[tuple[int, ...], ...] = ()
    anticorrelated: bool = False


def distribution(settings: dict, sparsity: float, features: int) -> Distribution:
    """The distribution of the first features that settings (settings.Data.distribution) give at a sparsity."""
    relative = (settings["relative_density"] or [1.0] * features)[:features]
    sets = settings["sets"] or {"kind": "correlated", "members": []}
    return Distribution(
        sparsity=tuple(1.0 - (1.0 - sparsity) * factor if factor != 1.0 else sparsity for factor in relative),
        values=settings["values"],
        sets=tuple(tuple(member - 1 for member in members) for members in sets["members"]),
        anticorrelated=sets["kind"] == "anticorrelated",
    )


def draw(generator: np.random.Generator, samples: int, source: Distribution) -> np.ndarray:
    """Samples of sparse features.

    One uniform number u a feature is enough: given u ≥ S, (u − S)/(1 − S) is U[0, 1) again, and u < S has
    probability S. For U[0, 1] values the mean is (1 − S)/2, the second moment (1 − S)/3, the share of zeros S.
    A member of a set has S = 0 here; the set's own numbers, drawn after those of the features, switch it off.

    Args:
        generator: the stream; advanced by as many numbers whatever the sparsity.
        samples: number of rows.
        source: the distribution.

    Returns:
        float32 (sample, feature).
    """
    sparsity = np.array(source.sparsity)
    alone = sparsity.copy()
    for members in source.sets:
        alone[list(members)] = 0.0
    u = generator.random((samples, len(sparsity)))
    x = (u - alone) / (1.0 - alone)
    if source.values == "signed":
        x = 2.0 * x - 1.0
    active = u >= alone
    for members in source.sets:
        switch = generator.random((samples, 2))
        on = switch[:, 0] >= sparsity[members[0]]  # (sample,)
        chosen = (switch[:, 1] * len(members)).astype(np.int64)
        for position, member in enumerate(members):
            active[:, member] = on & (chosen == position) if source.anticorrelated else on
    return np.where(active, x, 0.0).astype(np.float32)
