"""The claims on the phase change: for each, the effect of every seed. Tests and thresholds stand in experiment.yaml.

Where a statistic pools the models of a point, the values of the seeds are its jackknife pseudo-values, moved so that
their mean is the statistic of all models: what is claimed is claimed of so many models a point, not of ever more.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from superposition.judge.evidence import Evidence, claim
from superposition.judge.verdicts import pseudo_values
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.over_seeds import median, of_best, without_worst

from .phases import (
    TRIPLE_POINT,
    best_solution,
    classify,
    extra_phase,
    off_boundary,
    packing_boundary,
    solution_losses,
)

MODELS = ("two", "three")
NOT_REPRESENTED, SUPERPOSED = 0, 2  # indices into phases.PHASES
BETWEEN = (0.25, 0.75)  # neither one outcome nor another
NEAR = 2  # cells from the closed forms' boundary within which a measured jump counts


@dataclass(frozen=True)
class Grid:
    """One size's models over the diagram.

    Args:
        features: of a model.
        density: from dense to sparse (density,).
        relative: importance of the extra feature, ascending (relative,).
        norm: ‖W_extra‖ (density, relative, seed), as all that follow.
        shared: Σ_{j≠extra} (Ŵ_extra · W_j)².
        error: mean squared held-out error of the extra feature.
        loss: held-out loss.
    """

    features: int
    density: np.ndarray
    relative: np.ndarray
    norm: np.ndarray
    shared: np.ndarray
    error: np.ndarray
    loss: np.ndarray

    @property
    def seeds(self) -> int:
        """Models a point."""
        return self.loss.shape[-1]

    @property
    def step(self) -> float:
        """Logarithm of the ratio of neighbouring densities."""
        return float(np.log(self.density[0] / self.density[-1]) / (len(self.density) - 1))

    @property
    def theory(self) -> np.ndarray:
        """The closed forms' phase (density, relative)."""
        return extra_phase(self.density[:, None], self.relative, self.features)

    @property
    def phases(self) -> np.ndarray:
        """Every model's own phase (density, relative, seed)."""
        return classify(self.norm, self.shared)

    def pooled(self, rule: Callable, name: str, seeds: np.ndarray) -> np.ndarray:
        """A quantity (density, relative) by a rule of superposition.measure.over_seeds, from some of the seeds."""
        return rule(getattr(self, name)[..., seeds], self.loss[..., seeds])

    def pooled_phases(self, rule: Callable, seeds: np.ndarray) -> np.ndarray:
        """The phases (density, relative) of a rule's norm and superposition, from some of the seeds."""
        return classify(*(self.pooled(rule, name, seeds) for name in ("norm", "shared")))


def grid(evidence: Evidence, model: str) -> Grid:
    """A size's models."""
    stacked = {
        name: np.stack([evidence.matrix(model, s, array)[..., -1] for s in evidence.sparsities])
        for name, array in (("norm", "norm"), ("shared", "interference"), ("error", "error_square"))
    }
    (relative,) = evidence.sweep.values()
    return Grid(
        features=evidence.size(model)[0],
        density=1.0 - np.array(evidence.sparsities, dtype=np.float64),
        relative=np.array(relative),
        loss=np.stack([evidence.metric(model, s, "test_loss") for s in evidence.sparsities]),
        **stacked,
    )


def _values(statistic: Callable[[np.ndarray], float], seeds: int) -> np.ndarray:
    """Pseudo-values (seed,) whose mean is the statistic of all seeds."""
    values = pseudo_values(statistic, seeds)
    return values - values.mean() + statistic(np.arange(seeds))


@claim("two-features-agree")
def two_features_agree(evidence):
    """Share of the points off the boundaries whose phase is the closed forms', two features."""
    return _agreement(grid(evidence, "two"))


@claim("three-features-agree")
def three_features_agree(evidence):
    """The same, three features."""
    return _agreement(grid(evidence, "three"))


def _agreement(grid):
    inside = off_boundary(grid.theory)
    return {
        name: _values(lambda seeds, rule=rule: _share(_agrees(grid, rule, seeds)[inside]), grid.seeds)
        for name, rule in (("worst discarded", without_worst), ("median", median))
    }


def _agrees(grid, rule, seeds):
    return grid.pooled_phases(rule, seeds) == grid.theory


def _share(found: np.ndarray) -> float:
    """Share of what is true; zero of nothing, as in a grid too small to have a point off the boundaries."""
    return float(found.mean()) if found.size else 0.0


@claim("sparsity-needed")
def sparsity_needed(evidence):
    """Of the models at densities above the triple point by more than a cell, the share in superposition."""
    effects = {}
    for model in MODELS:
        one = grid(evidence, model)
        dense = one.density > TRIPLE_POINT[1] * np.exp(one.step)
        dense[0] = True  # however coarse the grid
        effects[model] = (one.phases[dense] == SUPERPOSED).mean(axis=(0, 1))
    return effects


@claim("importance-matters")
def importance_matters(evidence):
    """How much denser superposition reaches at nearly equal importance than at the diagram's edges: best models."""
    two, three = (grid(evidence, model) for model in MODELS)
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
    grids = {model: grid(evidence, model) for model in MODELS}
    return {model: _values(lambda seeds, one=one: _between(one, seeds), one.seeds) for model, one in grids.items()}


def _between(grid, seeds):
    parts = (grid.pooled(without_worst, name, seeds) for name in ("norm", "shared"))
    return _share(np.any([(part > BETWEEN[0]) & (part < BETWEEN[1]) for part in parts], axis=0))


@claim("weights-jump")
def weights_jump(evidence):
    """Mean change of norm and of superposition between neighbours of which one is in the phase and one is not."""
    effects = {}
    for model in MODELS:
        one = grid(evidence, model)
        for name, array, phase in (
            ("magnitude", "norm", NOT_REPRESENTED),
            ("superposition", "shared", SUPERPOSED),
        ):
            effects[f"{model}, {name}"] = _values(
                lambda seeds, one=one, array=array, phase=phase: _jump(one, array, phase, seeds), one.seeds
            )
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


def _either(found, axis):
    """Whether one of two neighbours along an axis is marked."""
    last = found.shape[axis] - 1
    return found.take(range(last), axis) | found.take(range(1, last + 1), axis)


@claim("first-order")
def first_order(evidence):
    """Jump of the minimum loss's derivative by the extra's importance, over the closed forms' jump."""
    grids = {model: grid(evidence, model) for model in MODELS}
    return {model: _values(lambda seeds, one=one: _fall(one, seeds), one.seeds) for model, one in grids.items()}


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
    """The closed forms' fall from ignoring the extra feature to the solution of that column.

    Losses are linear in the extra's importance: two of them give the derivative.
    """
    at = solution_losses(density, np.array([1.0, 2.0]), grid.features)
    slopes = at[:, 1] - at[:, 0]  # (solution,)
    return slopes[1] - slopes[best_solution(density, grid.relative[column], grid.features)]


@claim("kink-where-predicted")
def kink_where_predicted(evidence):
    """Logarithm of the density of the minimum loss's kink over the closed forms', mean over importances."""
    grids = {model: grid(evidence, model) for model in MODELS}
    return {model: _values(lambda seeds, one=one: _kink_offset(one, seeds), one.seeds) for model, one in grids.items()}


def _kink_offset(grid, seeds):
    return float(np.log(kinks(grid, seeds) / packing_boundary(grid.relative, grid.features)).mean())


def kinks(grid: Grid, seeds: np.ndarray) -> np.ndarray:
    """Density (relative,) at which the slope of the minimum loss falls most as density rises."""
    slopes = np.diff(grid.pooled(of_best, "loss", seeds), axis=0) / np.diff(grid.density)[:, None]
    return grid.density[1 + np.diff(slopes, axis=0).argmax(axis=0)]  # the sparser of two slopes comes second


@claim("three-ways")
def three_ways(evidence):
    """Of all models of two features, the share that ignores one or stores both as an antipodal pair."""
    W = np.stack([evidence.weights("two", s, "W") for s in evidence.sparsities])  # (density, relative, seed, 1, 2)
    represented = (feature_norms(W) >= REPRESENTED).sum(axis=-1)
    opposite = W[..., 0, 0] * W[..., 0, 1] < 0
    natural = (represented == 1) | ((represented == 2) & opposite)
    return {"two": natural.mean(axis=(0, 1))}
