"""Claims about uniform superposition: for each, the effect of every seed. Tests and thresholds: experiment.yaml.

All but two are about the model SWEPT, the only one that is trained at every sparsity.
"""

import numpy as np
from superposition.judge.evidence import claim
from superposition.measure.geometry import NOT_REPRESENTED
from superposition.measure.polytopes import BY_NAME

from .clusters import at_and_beside, at_and_beside_line, contrast, share
from .factors import SIZES, dense_direction, energy_excess, interference_from_outside
from .levels import NAMED, POSITIVE_FRACTIONS, SWEPT, trained_at
from .stickiness import longest_majority, stay_at_half, stay_at_one, widest_level
from .sweep import (
    compared,
    components_by_seed,
    curves,
    dimensionalities,
    kinds,
    learned,
    positions,
    spread,
)  # fmt: skip

LONGER = 2.0  # times a straight line's width: what is shorter is no plateau
# Of the Coulomb energy: a triangle has so much with one corner 21° off; of random triples 3 % have less.
NEAR_MINIMAL = 0.02

SIMPLEX_SIZES = (3, 4)  # vertices of the triangle and the tetrahedron
NORM_BAND = 0.25  # of ‖W_i‖² around 0 and 1: what is farther from both is half way between
BIPYRAMIDS = {"no-bipyramid-line": (3 / 5, "triangle"), "no-pentagonal-bipyramid-line": (3 / 7, "pentagon")}


@claim("sticky-at-one")
def sticky_at_one(evidence):
    """Width of the stretch where D* stays at 1, relative to a cubic's that falls to 3/4 where it does."""
    return _by_curve(evidence, stay_at_one)


@claim("sticky-at-half")
def sticky_at_half(evidence):
    """Share of the way from D* = 3/4 to 1/3 that is at 1/2, relative to a straight line's."""
    return _by_curve(evidence, stay_at_half)


@claim("sticky")
def sticky_curve(evidence):
    """Level of the widest plateau beyond S = 0, minus 1/2."""
    return _by_curve(evidence, lambda *curve: widest_level(*curve, LONGER) - 0.5)


@claim("pairs-at-half")
def pairs_at_half(evidence):
    """Share of the represented features that are in digons, at the densities where D* is 1/2."""
    on = np.abs(curves(evidence) - np.log(0.5)) <= np.log1p(evidence.option("plateau"))  # (seed, density)
    names = kinds(evidence)
    counted = on[:, :, None] & (names != NOT_REPRESENTED)
    return {SWEPT: _share(counted & (names == "digon"), counted)}


@claim("pairs-preferred")
def pairs_preferred(evidence):
    """Factor in 1/(1 − S) of the longest stretch where digons have most represented features."""
    names, at = kinds(evidence), positions(evidence)
    represented = (names != NOT_REPRESENTED).sum(axis=2)  # (seed, density)
    pairs = np.divide(
        (names == "digon").sum(axis=2), represented, out=np.zeros(represented.shape), where=represented > 0
    )
    factors = np.array([np.exp(longest_majority(shares, at)) for shares in pairs])
    return {SWEPT: np.where(represented.any(axis=1), factors, np.nan)}


@claim("fractions")
def fractions(evidence):
    """Density of D_i at a fraction over that at it and beside it, of models whose D* is elsewhere, by fraction."""
    values, represented = dimensionalities(evidence), kinds(evidence) != NOT_REPRESENTED
    tolerance, mean = evidence.option("fraction"), np.exp(curves(evidence))
    effects = {}
    for level in POSITIVE_FRACTIONS:
        elsewhere = np.abs(mean - level) > tolerance  # (seed, density): a peak there is not that of the mean
        effects[_fraction(level)] = contrast(
            values, represented & elsewhere[:, :, None], lambda D, at=level: at_and_beside(D, at, tolerance)
        )
    return effects


@claim("lines")
def lines(evidence):
    """Share of the features of each polytope whose D_i is at its fraction, over all models that represent any."""
    names, values = kinds(evidence), dimensionalities(evidence)  # (seed, density, feature)
    learns = (names != NOT_REPRESENTED).any(axis=2, keepdims=True)
    expected = {name: BY_NAME[name].dimensionality for name in NAMED} | {NOT_REPRESENTED: 0.0}
    near = evidence.option("fraction")
    return {
        name: _share((np.abs(values - fraction) <= near) & (names == name) & learns, (names == name) & learns)
        for name, fraction in expected.items()
    }


@claim("packed")
def packed(evidence):
    """Σ D_i / m − 1, by sparsity."""
    m = evidence.hidden(SWEPT)
    return {s: evidence.matrix(SWEPT, s, "dimensionality").sum(axis=1) / m - 1.0 for s in spread(evidence)}


@claim("no-bipyramid-line")
def no_bipyramid_line(evidence):
    """Density of D_i at 3/5 over that at it and beside it, over all sparsities."""
    return _bipyramid_line(evidence, *BIPYRAMIDS["no-bipyramid-line"])


@claim("no-pentagonal-bipyramid-line")
def no_pentagonal_bipyramid_line(evidence):
    """Density of D_i at 3/7 over that at it and beside it, over all sparsities."""
    return _bipyramid_line(evidence, *BIPYRAMIDS["no-pentagonal-bipyramid-line"])


@claim("triangles-with-pairs")
def triangles_with_pairs(evidence):
    """Share of the models with triangles that have digons too, over all sparsities."""
    return _with_pairs(evidence, "triangle")


@claim("pentagons-with-pairs")
def pentagons_with_pairs(evidence):
    """Share of the models with pentagons that have digons too, over all sparsities."""
    return _with_pairs(evidence, "pentagon")


@claim("structures")
def structures(evidence):
    """Whether a seed's sweep has a polytope of each name, 0 or 1."""
    names = kinds(evidence)
    learns = (names != NOT_REPRESENTED).any(axis=(1, 2))
    return {name: np.where(learns, (names == name).any(axis=(1, 2)), np.nan) for name in NAMED}


@claim("thomson")
def thomson(evidence):
    """Share of the components of so many features whose Coulomb energy is nearly the least, over all sparsities."""
    return _share_of_components(
        evidence, SIZES, lambda c: None if (excess := energy_excess(c)) is None else excess <= NEAR_MINIMAL
    )


@claim("simplex")
def simplex(evidence):
    """Mean |cosine| of the direction that components of k features in k − 1 dimensions lose and (1, ..., 1), by k."""
    return _share_of_components(evidence, SIMPLEX_SIZES, dense_direction)


@claim("tegum-factors")
def tegum_factors(evidence):
    """Share of the represented features' interference that comes from other components' features, by sparsity."""
    represented = evidence.option("represented")
    return {
        s: np.array([interference_from_outside(W, represented) for W in evidence.weights(SWEPT, s, "W")])
        for s in trained_at(evidence, SWEPT)
    }


@claim("norms")
def norms(evidence):
    """Share of the features whose ‖W_i‖² is within a quarter of 0 or of 1, by sparsity; NaN where none counts."""
    effects = {}
    for s in spread(evidence):
        norm = evidence.matrix(SWEPT, s, "norm")
        near = np.minimum(np.square(norm), np.abs(np.square(norm) - 1.0)) <= NORM_BAND
        effects[s] = np.where((norm >= evidence.option("represented")).any(axis=1), near.mean(axis=1), np.nan)
    return effects


@claim("doubling")
def doubling(evidence):
    """‖W‖² with twice the hidden dimensions over that without, minus 2, by sparsity."""
    return {s: learned(evidence, "large", s) / learned(evidence, "wide", s) - 2.0 for s in compared(evidence)}


@claim("number-of-features")
def number_of_features(evidence):
    """‖W‖² with twice the features over that without, minus 1, by sparsity."""
    return {s: learned(evidence, "wide", s) / learned(evidence, "small", s) - 1.0 for s in compared(evidence)}


@claim("no-line-at-one")
def no_line_at_one(evidence):
    """Share of the D_i of all features that are at 1, at the densities where D* is 1."""
    values, near = dimensionalities(evidence), evidence.option("fraction")
    at_one = np.abs(np.exp(curves(evidence)) - 1.0) <= evidence.option("plateau")  # (seed, density)
    on = np.broadcast_to(at_one[:, :, None], values.shape)
    return {SWEPT: _share((np.abs(values - 1.0) <= near) & on, on)}


def _by_curve(evidence, effect):
    """An effect of every seed's curve of log D*, its positions and the tolerance of a plateau."""
    at, tolerance = positions(evidence), evidence.option("plateau")
    return {SWEPT: np.array([effect(curve, at, tolerance) for curve in curves(evidence)])}


def _bipyramid_line(evidence, level, base):
    """The contrast at a bipyramid's line; 0 where its parts are there and no D_i near, NaN where they are not."""
    values, names = dimensionalities(evidence), kinds(evidence)
    found = contrast(values, names != NOT_REPRESENTED, lambda D: at_and_beside_line(D, level))
    parts = ((names == base).any(axis=2) & (names == "digon").any(axis=2)).any(axis=1)  # (seed,): in one model
    return {SWEPT: np.where(parts, np.where(np.isnan(found), 0.0, found), np.nan)}


def _with_pairs(evidence, kind):
    names = kinds(evidence)
    has, pairs = ((names == name).any(axis=2) for name in (kind, "digon"))  # (seed, density)
    return {SWEPT: _share(has & pairs, has)}


def _share_of_components(evidence, sizes, quality):
    """Mean of a quality over a seed's components, by their number of features; NaN where it has none with any."""
    effects = {f"{k} features": [] for k in sizes}
    for parts in components_by_seed(evidence):
        for k in sizes:
            found = [quality(part) for part in parts if part.features == k]
            known = [value for value in found if value is not None]
            effects[f"{k} features"].append(np.mean(known) if known else np.nan)
    return {part: np.array(values, dtype=np.float64) for part, values in effects.items()}


def _fraction(level):
    """A fraction as a part's name."""
    return {3 / 4: "3-4", 2 / 3: "2-3", 1 / 2: "1-2", 2 / 5: "2-5", 3 / 8: "3-8"}[level]


def _share(some, of):
    """How many of the one per one of the other, for each seed (seed,); NaN where there is none of the other."""
    return share(some.reshape(len(some), -1).sum(axis=1), of.reshape(len(of), -1).sum(axis=1))
