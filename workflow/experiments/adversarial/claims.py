"""The claims of the source paper's §7: for each, the effect of every seed."""

from itertools import combinations

import numpy as np
import pandas as pd
from superposition.judge.evidence import claim

from .curves import DENSE, LINEAR, packed, rises, squared_budgets, vulnerabilities

FORMED = 1.5  # times the features per dimension of density 1: superposition has formed
SPARSEST = "0.98"


@claim("more-than-threefold")
def more_than_threefold(evidence):
    """Vulnerability at the density at which ‖W‖²/m is largest."""
    harmed, features = _curves(evidence)
    return {"most features": _at(harmed, features.argmax(axis=0))}


@claim("as-it-forms")
def as_it_forms(evidence):
    """Vulnerability at the densest density at which ‖W‖²/m is 1.5 times that at density 1; NaN where none is."""
    harmed, features = _curves(evidence)
    formed = features >= FORMED
    return {"first": np.where(formed.any(axis=0), _at(harmed, formed.argmax(axis=0)), np.nan)}


@claim("sparser-more-vulnerable")
def sparser_more_vulnerable(evidence):
    """Share of the pairs of densities of which the sparser one has the higher vulnerability, a tie counting half."""
    harmed, _ = _curves(evidence)
    steps = [np.sign(sparse - dense) for dense, sparse in combinations(harmed.round(9), 2)]
    return {"over densities": (1 + np.mean(steps, axis=0)) / 2}


@claim("tracks-level")
def tracks_level(evidence):
    """log (vulnerability / (‖W‖²/m relative to density 1)) at each density below 1."""
    logs = _logs(*_curves(evidence))
    return {s: logs[0, i] - logs[1, i] for i, s in enumerate(evidence.sparsities) if s != DENSE}


@claim("parallels")
def parallels(evidence):
    """Slope of log vulnerability on log ‖W‖²/m over densities, minus 1."""
    logs = _logs(*_curves(evidence))
    harmed, features = logs - logs.mean(axis=1, keepdims=True)
    spread = np.square(features).sum(axis=0)
    slope = np.divide((harmed * features).sum(axis=0), spread, out=np.full(len(spread), np.nan), where=spread > 1e-9)
    return {"over densities": slope - 1}


@claim("highly-correlated")
def highly_correlated(evidence):
    """Pearson's correlation over densities of vulnerability and ‖W‖²/m."""
    harmed, features = (pd.DataFrame(values) for values in _curves(evidence))
    return {"over densities": harmed.corrwith(features).to_numpy()}


@claim("random-harms-less")
def random_harms_less(evidence):
    """Rise of the loss under the worst random direction over that under the paper's worst attack."""
    return _compared(evidence, "random", "model", _sparse(evidence))


@claim("near-optimal")
def near_optimal(evidence):
    """Rise of the loss under gradient ascent from the paper's attack on each input over that under this attack."""
    return _compared(evidence, "gradient", "sample", _sparse(evidence))


@claim("gradient-masking")
def gradient_masking(evidence):
    """Rise of the loss under gradient ascent from random starts over that under the paper's attack on each input."""
    return _compared(evidence, "blind", "sample", (SPARSEST,))


@claim("linear-stays")
def linear_stays(evidence):
    """Rise of the linear model's loss over the squared budget, minus 1."""
    attack = evidence.option("attack")
    return {s: rises(evidence, s, attack, model=LINEAR) / squared_budgets(evidence, s) - 1 for s in evidence.sparsities}


def _curves(evidence):
    """Vulnerability, and ‖W‖²/m relative to density 1, of a reading (density, seed), dense to sparse."""
    how = evidence.option("attack"), evidence.option("reference")
    harmed = np.stack([vulnerabilities(evidence, s, *how) for s in evidence.sparsities])
    features = np.stack([packed(evidence, s) for s in evidence.sparsities])
    return harmed, features / packed(evidence, DENSE)


def _logs(*curves):
    """Logarithms (curve, density, seed), NaN where there is none."""
    values = np.stack(curves)
    return np.log(np.where(values > 0, values, np.nan))


def _at(curve, index):
    """Each seed's value at its own density (seed,)."""
    return np.take_along_axis(curve, index[None], axis=0)[0]


def _sparse(evidence):
    return tuple(s for s in evidence.sparsities if s != DENSE)


def _compared(evidence, attack, other, sparsities):
    """Rise of the loss under one attack over that under another; NaN where the other does no harm."""
    effects = {}
    for sparsity in sparsities:
        one, base = (rises(evidence, sparsity, kind) for kind in (attack, other))
        effects[sparsity] = np.divide(one, base, out=np.full(len(base), np.nan), where=base > 0)
    return effects
