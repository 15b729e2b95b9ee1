"""The claims on the phase change: for each, the effect of every seed. Tests and thresholds stand in experiment.yaml.

Where a statistic pools the models of a point, the values of the seeds are its jackknife pseudo-values, moved so that
their mean is the statistic of all models: what is claimed is claimed of so many models a point, not of ever more.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from superposition.judge.evidence import claim
from superposition.judge.intervals import pseudo_values
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.over_seeds import median, of_best, without_worst

from .diagram import Grid, grid
from .phases import TRIPLE_POINT, best_solution, loss_slopes, off_boundary, packing_boundary

MODELS = ("two", "three")
NOT_REPRESENTED, SUPERPOSED = 0, 2  # indices into phases.PHASES
NEAR = 2  # cells from the closed forms' boundary within which a measured jump counts


def _values(statistic: Callable[[np.ndarray], float], seeds: int) -> np.ndarray:
    """Pseudo-values (seed,) whose mean is the statistic of all seeds."""
    values = pseudo_values(statistic, seeds)
    return values - values.mean() + statistic(np.arange(seeds))


def _grids(evidence) -> dict[str, Grid]:
    return {model: grid(evidence, evidence.matrix, model) for model in MODELS}


def _by_model(evidence, statistic: Callable[[Grid, np.ndarray], float]) -> dict[str, np.ndarray]:
    """A statistic of either size's models."""
    return {model: _values(partial(statistic, models), models.seeds) for model, models in _grids(evidence).items()}


@claim("two-features-agree")
def two_features_agree(evidence):
    """Share of the points off the boundaries whose phase is the closed forms', two features."""
    return _agreement(grid(evidence, evidence.matrix, "two"))


@claim("three-features-agree")
def three_features_agree(evidence):
    """The same, three features."""
    return _agreement(grid(evidence, evidence.matrix, "three"))


def _agreement(grid):
    inside = off_boundary(grid.theory)
    return {
        name: _values(lambda seeds, rule=rule: _share(_agrees(grid, rule, seeds)[inside]), grid.seeds)
        for name, rule in (("worst discarded", without_worst), ("median", median))
    }


def _agrees(grid, rule, seeds):
    return grid.pooled_phases(rule, seeds) == grid.theory


def _share(marks: np.ndarray) -> float:
    """Share of what is true; zero of nothing, as in a grid too small to have a point off the boundaries."""
    return float(marks.mean()) if marks.size else 0.0


@claim("sparsity-needed")
def sparsity_needed(evidence):
    """Of the models at densities above the triple point by more than a cell, the share in superposition."""
    effects = {}
    for model, models in _grids(evidence).items():
        dense = models.density > TRIPLE_POINT[1] * np.exp(models.step)
        dense[0] = True  # however coarse the grid
        effects[model] = (models.phases[dense] == SUPERPOSED).mean(axis=(0, 1))
    return effects


@claim("importance-matters")
def importance_matters(evidence):
    """How much denser superposition reaches at nearly equal importance than at the diagram's edges: best models."""
    two, three = _grids(evidence).values()
    below = int((two.relative < TRIPLE_POINT[0]).sum()) - 1  # the last column below equal importance
    return {
        "two, extra less important": _values(lambda seeds: _reach(two, below, 0, seeds), two.seeds),
        "two, extra more important": _values(lambda seeds: _reach(two, below + 1, -1, seeds), two.seeds),
        "three, extra less important": _values(lambda seeds: _reach(three, below, 0, seeds), three.seeds),
    }


def _reach(grid, column, edge, seeds):
    """Highest density with superposition in one column over that in another; the lowest density where there is none."""
    superposed = grid.pooled_phases(of_best, seeds) == SUPERPOSED
    first, last = (
        grid.density[superposed[:, i].argmax()] if superposed[:, i].any() else grid.density[-1] for i in (column, edge)
    )
    return float(first / last)


@claim("outcomes-sharp")
def outcomes_sharp(evidence):
    """Share of the points whose norm or superposition, the worst model discarded, lies between two outcomes."""
    return _by_model(evidence, lambda models, seeds: _share(models.between(without_worst, seeds)))


@claim("weights-jump")
def weights_jump(evidence):
    """Mean change of norm and of superposition between neighbours of which one is in the phase and one is not."""
    effects = {}
    for model, models in _grids(evidence).items():
        for name, array, phase in (("magnitude", "norm", NOT_REPRESENTED), ("superposition", "shared", SUPERPOSED)):
            effects[f"{model}, {name}"] = _values(partial(_jump, models, array, phase), models.seeds)
    return effects


def _jump(grid, array, phase, seeds):
    """Of the best models, over pairs of neighbours along either axis; values above one count as one.

    Superposition is that of a feature's direction: where the feature is not represented, it says nothing.
    """
    phases = grid.pooled_phases(of_best, seeds)
    values = np.minimum(grid.pooled(of_best, array, seeds), 1.0)
    jumps = []
    for axis in (0, 1):
        crossed = np.diff(phases == phase, axis=axis)
        if array == "shared":
            crossed &= ~_either(phases == NOT_REPRESENTED, axis)
        jumps.append(np.abs(np.diff(values, axis=axis))[crossed])
    jumps = np.concatenate(jumps)
    return float(jumps.mean()) if jumps.size else 0.0


def _either(marks, axis):
    """Whether one of two neighbours along an axis is marked."""
    last = marks.shape[axis] - 1
    return marks.take(range(last), axis) | marks.take(range(1, last + 1), axis)


@claim("first-order")
def first_order(evidence):
    """Jump of the minimum loss's derivative by the extra's importance, over the closed forms' jump."""
    return _by_model(evidence, _fall)


def _fall(grid, seeds):
    """Mean over the densities at which the extra feature comes to be represented inside the diagram.

    By the envelope theorem the derivative is the extra feature's mean squared error in the best model. Its largest fall
    between two neighbours near the closed forms' boundary counts.
    """
    error = grid.pooled(of_best, "error", seeds)
    falls = []
    for i, density in enumerate(grid.density):
        represented = grid.theory[i] != NOT_REPRESENTED
        if represented[0] or not represented.any():
            continue
        j = int(represented.argmax())  # the first column where it is
        window = error[i, max(j - 1 - NEAR, 0) : j + 1 + NEAR]
        falls.append(-np.diff(window).min() / _closed_fall(grid, density, j))
    return float(np.mean(falls)) if falls else 0.0


def _closed_fall(grid, density, column):
    """The closed forms' fall from ignoring the extra feature to the solution of that column."""
    slopes = loss_slopes(density, grid.features)
    return slopes[1] - slopes[best_solution(density, grid.relative[column], grid.features)]


@claim("kink-where-predicted")
def kink_where_predicted(evidence):
    """Logarithm of the density of the minimum loss's kink over the closed forms', mean over importances."""
    return _by_model(evidence, _kink_offset)


def _kink_offset(grid, seeds):
    return float(np.log(grid.kinks(seeds) / packing_boundary(grid.relative, grid.features)).mean())


@claim("three-ways")
def three_ways(evidence):
    """Of all models of two features, the share that ignores one or stores both as an antipodal pair."""
    W = np.stack([evidence.weights("two", s, "W") for s in evidence.sparsities])  # (density, relative, seed, 1, 2)
    represented = (feature_norms(W) >= REPRESENTED).sum(axis=-1)
    opposite = W[..., 0, 0] * W[..., 0, 1] < 0
    natural = (represented == 1) | ((represented == 2) & opposite)
    return {"two": natural.mean(axis=(0, 1))}
