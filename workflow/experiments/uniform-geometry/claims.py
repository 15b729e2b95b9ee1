"""Claims about uniform superposition: for each, the effect of every seed. Tests and thresholds: experiment.yaml."""

import numpy as np
from superposition.judge.evidence import claim
from superposition.measure.geometry import NOT_REPRESENTED, feature_polytopes
from superposition.measure.plateaus import Plateau, straight_width
from superposition.measure.polytopes import BY_NAME

from .levels import D_TOLERANCE, MODELS, NAMED, RATIO_TOLERANCE, SWEPT, at_fraction, densest_first, widest_plateaus

D_NARROW = 0.01  # as D_TOLERANCE, for 3/5: 0.03 around it would reach half way to 2/3
BIPYRAMID = 3 / 5
SPREAD = (2.0, 4.0, 8.0, 16.0)  # 1/(1 − S) of the parts by sparsity, or the nearest that was trained
NONE = Plateau(-np.inf, 0.0, 0.0)  # of log D*: a plateau that the curve does not have is at level 0


@claim("sticky-at-one")
def sticky_at_one(evidence):
    """Level of the higher of the two widest plateaus of D*, minus 1, of each model."""
    return _by_model(evidence, lambda curve: np.exp(_two_plateaus(*curve)[0].level) - 1.0)


@claim("sticky-at-half")
def sticky_at_half(evidence):
    """Level of the lower of the two widest plateaus of D*, minus 1/2, of each model."""
    return _by_model(evidence, lambda curve: np.exp(_two_plateaus(*curve)[1].level) - 0.5)


@claim("sticky")
def sticky_curve(evidence):
    """Width of the narrower of the two, relative to what a straight line with the same fall shows, of each model."""

    def relative(curve):
        return min(plateau.width for plateau in _two_plateaus(*curve)) / straight_width(*curve, RATIO_TOLERANCE)

    return _by_model(evidence, relative)


@claim("pairs-at-half")
def pairs_at_half(evidence):
    """Share of the represented features that are in digons on the lower plateau, of each model."""
    effects = {}
    for model in MODELS:
        positions, kinds = _positions(evidence), _kinds(evidence, model)
        plateaus = [_two_plateaus(curve, positions)[1] for curve in _curves(evidence, model)]
        effects[model] = np.array([_digons(kinds[seed][_on(p, positions)]) for seed, p in enumerate(plateaus)])
    return effects


@claim("pairs-preferred")
def pairs_preferred(evidence):
    """Factor in 1/(1 − S) spanned by neighbouring densities where digons have most represented features."""
    positions = _positions(evidence)
    effects = {}
    for model in MODELS:
        shares = np.array([[_digons(names) for names in seed] for seed in _kinds(evidence, model)])  # (seed, density)
        effects[model] = np.array([np.exp(_longest(share > 0.5, positions)) for share in shares])
    return effects


@claim("fractions")
def fractions(evidence):
    """Share of the D_i of represented features that are at a positive fraction, by sparsity."""
    return {s: _at_fractions(evidence, s) for s in _spread(evidence)}


@claim("lines")
def lines(evidence):
    """Share of the features of each polytope whose D_i is at its fraction, over all sparsities."""
    kinds, values = _kinds(evidence, SWEPT), _dimensionalities(evidence, SWEPT)  # (seed, density, feature)
    expected = {name: BY_NAME[name].dimensionality for name in NAMED} | {NOT_REPRESENTED: 0.0}
    return {
        name: _share((np.abs(values - fraction) <= D_TOLERANCE) & (kinds == name), kinds == name)
        for name, fraction in expected.items()
    }


@claim("packed")
def packed(evidence):
    """Σ D_i / m − 1, by sparsity."""
    m = evidence.hidden(SWEPT)
    return {s: evidence.matrix(SWEPT, s, "dimensionality").sum(axis=1) / m - 1.0 for s in _spread(evidence)}


@claim("no-bipyramid-line")
def no_bipyramid_line(evidence):
    """Share of the D_i of represented features that are at 3/5, over all sparsities, of each model."""
    effects = {}
    for model in MODELS:
        represented = _kinds(evidence, model) != NOT_REPRESENTED
        near = np.abs(_dimensionalities(evidence, model) - BIPYRAMID) <= D_NARROW
        effects[model] = _share(near & represented, represented)
    return effects


@claim("triangles-with-pairs")
def triangles_with_pairs(evidence):
    """Share of the models with triangles that have digons too, over all sparsities."""
    effects = {}
    for model in MODELS:
        kinds = _kinds(evidence, model)
        triangles, pairs = ((kinds == name).any(axis=2) for name in ("triangle", "digon"))  # (seed, density)
        effects[model] = _share(triangles & pairs, triangles)
    return effects


@claim("structures")
def structures(evidence):
    """Number of polytopes of each name in a seed's models, over all sparsities."""
    kinds = _kinds(evidence, SWEPT)
    return {name: (kinds == name).sum(axis=(1, 2)) / BY_NAME[name].vertices for name in NAMED}


@claim("doubling")
def doubling(evidence):
    """‖W‖² with twice the hidden dimensions over that without, minus 2, by sparsity."""
    return {s: _learned(evidence, "large", s) / _learned(evidence, "wide", s) - 2.0 for s in _spread(evidence)}


@claim("number-of-features")
def number_of_features(evidence):
    """‖W‖² with twice the features over that without, minus 1, by sparsity."""
    return {s: _learned(evidence, "wide", s) / _learned(evidence, "small", s) - 1.0 for s in _spread(evidence)}


@claim("no-line-at-one")
def no_line_at_one(evidence):
    """Share of the D_i of all features that are at 1 on the higher plateau, of each model; 1 where there is none."""
    positions = _positions(evidence)
    effects = {}
    for model in MODELS:
        values = _dimensionalities(evidence, model)  # (seed, density, feature)
        plateaus = [_two_plateaus(curve, positions)[0] for curve in _curves(evidence, model)]
        on = [values[seed][_on(plateau, positions)] for seed, plateau in enumerate(plateaus)]
        effects[model] = np.array([(np.abs(D - 1.0) <= D_TOLERANCE).mean() if D.size else 1.0 for D in on])
    return effects


def _positions(evidence):
    """log 1/(1 − S) of each (density,), ascending."""
    return np.array([-np.log1p(-float(s)) for s in densest_first(evidence.sparsities)])


def _spread(evidence):
    """The trained sparsities nearest to SPREAD, each once."""
    positions, ordered = _positions(evidence), densest_first(evidence.sparsities)
    return list(dict.fromkeys(ordered[np.abs(positions - np.log(inverse)).argmin()] for inverse in SPREAD))


def _learned(evidence, model, sparsity):
    """‖W‖² (seed,): the number of features learned."""
    return evidence.metric(model, sparsity, "frobenius_squared")


def _curves(evidence, model):
    """log D* = log(m / ‖W‖²) (seed, density)."""
    norms = np.stack([_learned(evidence, model, s) for s in densest_first(evidence.sparsities)], axis=1)
    return np.log(evidence.hidden(model) / norms)


def _kinds(evidence, model):
    """The name of the polytope of each feature (seed, density, feature)."""
    return np.stack(
        [feature_polytopes(evidence.weights(model, s, "W")) for s in densest_first(evidence.sparsities)], axis=1
    )


def _dimensionalities(evidence, model):
    """D_i (seed, density, feature)."""
    return np.stack([evidence.matrix(model, s, "dimensionality") for s in densest_first(evidence.sparsities)], axis=1)


def _by_model(evidence, effect):
    """An effect of every seed's curve (log D*, positions), by model."""
    positions = _positions(evidence)
    return {m: np.array([effect((curve, positions)) for curve in _curves(evidence, m)]) for m in MODELS}


def _two_plateaus(curve, positions):
    """The two widest plateaus of a curve of log D*, the higher first; NONE in place of one that is not there."""
    plateaus = widest_plateaus(curve, positions)
    return sorted([*plateaus, NONE, NONE][:2], key=lambda plateau: -plateau.level)


def _on(plateau, positions):
    """Whether each density (density,) is on a plateau."""
    return (plateau.level > -np.inf) & (positions >= plateau.first) & (positions <= plateau.last)


def _digons(names):
    """Share of the represented features of some models that are in digons; zero where none is represented."""
    represented = (names != NOT_REPRESENTED).sum()
    return (names == "digon").sum() / represented if represented else 0.0


def _longest(flags, positions):
    """Extent of the longest run of neighbouring points that are flagged."""
    longest, start = 0.0, None
    for flag, position in zip(flags, positions, strict=True):
        start = (position if start is None else start) if flag else None
        if start is not None:
            longest = max(longest, position - start)
    return longest


def _at_fractions(evidence, sparsity):
    """Share of the D_i (seed,) of represented features of the model SWEPT that are at a positive fraction."""
    represented = feature_polytopes(evidence.weights(SWEPT, sparsity, "W")) != NOT_REPRESENTED
    values = evidence.matrix(SWEPT, sparsity, "dimensionality")
    return _share(at_fraction(values) & represented, represented)


def _share(some, of):
    """How many of the one per one of the other, for each seed (seed,); zero where there is none of the other."""
    total = of.reshape(len(of), -1).sum(axis=1)
    return np.divide(some.reshape(len(some), -1).sum(axis=1), total, out=np.zeros(len(of)), where=total > 0)
