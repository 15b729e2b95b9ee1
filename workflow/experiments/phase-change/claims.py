"""The claims on the phase change: for each, the effect of every seed. Tests and thresholds stand in experiment.yaml.

A statistic that pools the models of a point has pooled values (superposition.judge.pooled): what is claimed of so many
models a point is not claimed of ever more.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from superposition.judge.evidence import claim
from superposition.judge.pooled import pooled_values
from superposition.measure.over_seeds import mean, of_best, without_worst

from .arrangements import ANTIPODAL, DEDICATED, NOT_REPRESENTED, paired
from .diagram import Grid, seen_grid
from .phases import loss_slopes, off_boundary, packing_boundary

MODELS = ("two", "three")
SUPERPOSED = 2  # index into phases.PHASES
OTHERS_PAIRED = 3  # index into phases.SOLUTIONS
POOLING = {"worst-discarded": without_worst, "all": mean, "best": of_best}
NEAR = 2  # cells from the closed forms' boundary within which a measured jump counts


def _by_model(evidence, statistic: Callable[[Grid, np.ndarray], float]) -> dict[str, np.ndarray]:
    """Pooled values of a statistic of either size's models."""
    effects = {}
    for model in MODELS:
        models = seen_grid(evidence, model)
        effects[model] = pooled_values(partial(statistic, models), models.seeds)
    return effects


def _theory(evidence, models: Grid, model: str) -> np.ndarray:
    """The phase that models are held against (density, relative): the exact optimum's, or the published forms'."""
    if evidence.option("theory") == "published":
        return models.closed_forms
    return seen_grid(evidence, model, exact=True).best_phases()


def _share(marks: np.ndarray) -> float:
    """Share of what is true, or mean of shares; of nothing, as in a grid too small to have a point, no number."""
    return float(marks.mean()) if marks.size else np.nan


@claim("two-features-agree")
def two_features_agree(evidence):
    """Share of the models off theory's boundaries whose phase is theory's, two features."""
    return _agreement(evidence, "two")


@claim("three-features-agree")
def three_features_agree(evidence):
    """The same, three features."""
    return _agreement(evidence, "three")


def _agreement(evidence, model):
    models, rule = seen_grid(evidence, model), POOLING[evidence.option("pooling")]
    theory = _theory(evidence, models, model)
    agrees, inside = (models.phases == theory[..., None]).astype(float), off_boundary(theory)
    return {model: pooled_values(lambda seeds: _share(models.pooled(rule, agrees, seeds)[inside]), models.seeds)}


@claim("closed-forms-complete")
def closed_forms_complete(evidence):
    """Share of the points off the closed forms' boundaries at which the exact optimum has their phase."""
    effects = {}
    for model in MODELS:
        exact = seen_grid(evidence, model, exact=True)
        inside = off_boundary(exact.closed_forms)
        effects[model] = _of_every_seed(_share((exact.best_phases() == exact.closed_forms)[inside]), exact)
    return effects


def _of_every_seed(value: float, grid: Grid) -> np.ndarray:
    """A number that no seed enters, as an effect (seed,)."""
    return np.full(grid.seeds, value)


@claim("sparsity-needed")
def sparsity_needed(evidence):
    """Of the models more than a cell denser than theory's densest superposition, the share in superposition."""
    effects = {}
    for model in MODELS:
        models = seen_grid(evidence, model)
        superposed = (_theory(evidence, models, model) == SUPERPOSED).any(axis=1)
        densest = models.density[superposed].max(initial=0.0)
        rows = models.phases[models.density > densest * np.exp(models.step)] == SUPERPOSED
        effects[model] = rows.mean(axis=(0, 1)) if len(rows) else _of_every_seed(np.nan, models)
    return effects


@claim("importance-matters")
def importance_matters(evidence):
    """How much denser superposition reaches at nearly equal importance than at the diagram's edges: best models."""
    two, three = (seen_grid(evidence, model) for model in MODELS)
    below = int((two.relative < 1.0).sum()) - 1  # the last column below equal importance
    return {
        "two, extra less important": pooled_values(lambda seeds: _reach(two, below, 0, seeds), two.seeds),
        "two, extra more important": pooled_values(lambda seeds: _reach(two, below + 1, -1, seeds), two.seeds),
        "three, extra less important": pooled_values(lambda seeds: _reach(three, below, 0, seeds), three.seeds),
    }


def _reach(grid, column, edge, seeds):
    """Highest density with superposition in one column over that in another; the lowest density where there is none."""
    superposed = grid.best_phases(seeds) == SUPERPOSED
    first, last = (
        grid.density[superposed[:, i].argmax()] if superposed[:, i].any() else grid.density[-1] for i in (column, edge)
    )
    return float(first / last)


@claim("outcomes-sharp")
def outcomes_sharp(evidence):
    """Share of the points whose norm or superposition, pooled by a rule, lies between two outcomes."""
    rule = POOLING[evidence.option("pooling")]
    return _by_model(evidence, lambda models, seeds: _share(models.between(rule, seeds)))


@claim("weights-jump")
def weights_jump(evidence):
    """Mean change of norm and of superposition between neighbours of which one is in the phase and one is not."""
    effects = {}
    for model in MODELS:
        models = seen_grid(evidence, model)
        for name, values, phase in (
            ("magnitude", models.norm, NOT_REPRESENTED),
            ("superposition", models.shared, SUPERPOSED),
        ):
            effects[f"{model}, {name}"] = pooled_values(partial(_jump, models, values, phase), models.seeds)
    return effects


def _jump(grid, values, phase, seeds):
    """Of the best models, over pairs of neighbours along either axis; values above one count as one.

    Superposition is that of a feature's direction: where the feature is not represented, it says nothing.
    """
    phases = grid.best_phases(seeds)
    best = np.minimum(grid.pooled(of_best, values, seeds), 1.0)
    jumps = []
    for axis in (0, 1):
        crossed = np.diff(phases == phase, axis=axis)
        if phase == SUPERPOSED:
            crossed &= ~_either(phases == NOT_REPRESENTED, axis)
        jumps.append(np.abs(np.diff(best, axis=axis))[crossed])
    return _share(np.concatenate(jumps))


def _either(marks, axis):
    """Whether one of two neighbours along an axis is marked."""
    last = marks.shape[axis] - 1
    return marks.take(range(last), axis) | marks.take(range(1, last + 1), axis)


@claim("first-order")
def first_order(evidence):
    """Jump of the optimal loss's derivative by the extra's importance, over the closed forms' jump: exact optima."""
    effects = {}
    for model in MODELS:
        exact = seen_grid(evidence, model, exact=True)
        effects[model] = np.array([_fall(exact, np.array([seed])) for seed in range(exact.seeds)])
    return effects


@claim("derivative-jumps-in-training")
def derivative_jumps_in_training(evidence):
    """The same of the lowest of the trained models' losses."""
    return _by_model(evidence, _fall)


def _fall(grid, seeds):
    """Mean over the densities at which the extra feature comes to be represented inside the diagram.

    By the envelope theorem the derivative is the extra feature's mean squared error in the best model. Its largest fall
    between two neighbours near the closed forms' boundary counts.
    """
    error = grid.pooled(of_best, grid.error, seeds)
    falls = []
    for i, density in enumerate(grid.density):
        represented = grid.closed_forms[i] != NOT_REPRESENTED
        if represented[0] or not represented.any():
            continue
        j = int(represented.argmax())  # the first column where it is
        window = error[i, max(j - 1 - NEAR, 0) : j + 1 + NEAR]
        falls.append(-np.diff(window).min() / _closed_fall(grid, density, grid.solutions[i, j]))
    return float(np.mean(falls)) if falls else np.nan


def _closed_fall(grid, density, solution):
    """The closed forms' fall of the derivative from ignoring the extra feature to a solution."""
    slopes = loss_slopes(density, grid.features)
    return slopes[1] - slopes[solution]


@claim("kink-where-predicted")
def kink_where_predicted(evidence):
    """Logarithm of the density of the optimum's kink over the closed forms', mean over importances: exact optima."""
    effects = {}
    for model in MODELS:
        exact = seen_grid(evidence, model, exact=True)
        effects[model] = _of_every_seed(_kink_offset(exact, np.array([0])), exact)
    return effects


@claim("kink-in-training")
def kink_in_training(evidence):
    """The same of the lowest of the trained models' losses."""
    return _by_model(evidence, _kink_offset)


def _kink_offset(grid, seeds):
    return float(np.log(grid.kinks(seeds) / packing_boundary(grid.relative, grid.features)).mean())


@claim("three-ways")
def three_ways(evidence):
    """Of all models of two features, the share that ignores exactly one or stores both as an antipodal pair."""
    return {"two": _natural(seen_grid(evidence, "two"))}


@claim("four-ways")
def four_ways(evidence):
    """Of all models of three features, the share that ignores one, or stores two of them as an antipodal pair."""
    return {"three": _natural(seen_grid(evidence, "three"))}


def _natural(grid):
    """Share (seed,) of the models that use one of the strategies that the theory compares."""
    known = np.isin(grid.kinds, (NOT_REPRESENTED, DEDICATED, ANTIPODAL)).all(axis=-1)
    ignored, pairs = ((grid.kinds == kind).sum(axis=-1) for kind in (NOT_REPRESENTED, ANTIPODAL))
    natural = known & (((ignored == 1) & (pairs == 0)) | ((ignored == 0) & (pairs == 2)))
    return natural.mean(axis=(0, 1))


@claim("others-pair")
def others_pair(evidence):
    """Where the closed forms pair the two others, the share of the models that do: the extra is the more important."""
    models = seen_grid(evidence, "three")
    there = models.solutions == OTHERS_PAIRED
    pairs = paired(models.W, 0, 1, models.represented)[there]  # (point, seed)
    return {"three": pairs.mean(axis=0) if len(pairs) else _of_every_seed(np.nan, models)}
