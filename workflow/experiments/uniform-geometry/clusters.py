"""Whether dimensionalities are denser at a fraction than beside it."""

import numpy as np

from .levels import POSITIVE_FRACTIONS

LINE = 0.01  # half the width of a line that should not be there: 0.03 around 3/5 would reach half way to 2/3
CLEAR = 0.02  # of a polytope's own line, within which nothing beside another line is counted
GRID = np.linspace(0.0, 1.0, 20_001)  # on which lengths are measured


def at_and_beside(values, fraction, tolerance):
    """Whether each value is at a polytope's fraction, or beside it: from one tolerance to two away.

    What is nearer to another fraction belongs to that one.
    """
    off = np.abs(values[..., None] - np.array(POSITIVE_FRACTIONS))
    own = off.argmin(axis=-1) == POSITIVE_FRACTIONS.index(fraction)
    distance = np.abs(values - fraction)
    at = own & (distance <= tolerance)
    return at, own & (distance > tolerance) & (distance <= 2.0 * tolerance)


def at_and_beside_line(values, level):
    """Whether each value is within LINE of a level that no polytope has, or beside it and off the polytopes' lines."""
    distance = np.abs(values - level)
    others = (np.abs(values[..., None] - np.array(POSITIVE_FRACTIONS)) <= CLEAR).any(axis=-1)
    return distance <= LINE, (distance > LINE) & (distance <= 3.0 * LINE) & ~others


def contrast(values, counted, where):
    """Density at a level over the sum of that at it and beside it, for each seed (seed,): 1/2 where values ignore it.

    NaN where a seed has no value at it or beside it.

    Args:
        values: (seed, ...).
        counted: which of them count (seed, ...).
        where: a function of values that says which are at the level and which beside it.
    """
    lengths = [mask.mean() for mask in where(GRID)]
    densities = [
        (mask & counted).reshape(len(values), -1).sum(axis=1) / length
        for mask, length in zip(where(values), lengths, strict=True)
    ]
    return share(densities[0], densities[0] + densities[1])


def share(some, of):
    """One number over the other (seed,); NaN where the other is zero: there is nothing to measure."""
    some, of = np.asarray(some, dtype=np.float64), np.asarray(of, dtype=np.float64)
    return np.divide(some, of, out=np.full(of.shape, np.nan), where=of > 0)
