"""The phase diagram of a size's models, as claims and figures read it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from superposition.measure.features import REPRESENTED, feature_norms
from superposition.measure.features import interference as shared_directions
from superposition.measure.over_seeds import of_best

from .arrangements import PHASE_OF_KIND, kinds
from .phases import best_solution, extra_phase

BETWEEN = (0.25, 0.75)  # a norm or a superposition here is neither one outcome's nor another's
ALL = slice(None)  # seeds
OPTIMUM = "training.optimum"  # the reading of the exact optimum


@dataclass(frozen=True)
class Grid:
    """One size's models over the diagram.

    Args:
        density: from dense to sparse (density,).
        relative: importance of the extra feature, ascending (relative,).
        W: weights (density, relative, seed, hidden, feature); the extra feature is the last.
        error: mean squared held-out error of the extra feature (density, relative, seed).
        loss: held-out loss, of exact optima the expected one (density, relative, seed).
        represented: norm from which a feature counts as represented.
    """

    density: np.ndarray
    relative: np.ndarray
    W: np.ndarray
    error: np.ndarray
    loss: np.ndarray
    represented: float = REPRESENTED

    @property
    def features(self) -> int:
        """Features of a model."""
        return self.W.shape[-1]

    @property
    def seeds(self) -> int:
        """Models a point."""
        return self.loss.shape[-1]

    @property
    def step(self) -> float:
        """Logarithm of the ratio of neighbouring densities."""
        return float(np.log(self.density[0] / self.density[-1]) / (len(self.density) - 1))

    @property
    def closed_forms(self) -> np.ndarray:
        """The published closed forms' phase (density, relative)."""
        return extra_phase(self.density[:, None], self.relative, self.features)

    @property
    def solutions(self) -> np.ndarray:
        """The best of the published closed forms (density, relative), an index into phases.SOLUTIONS."""
        return best_solution(self.density[:, None], self.relative, self.features)

    @cached_property
    def norm(self) -> np.ndarray:
        """‖W_extra‖ (density, relative, seed)."""
        return feature_norms(self.W)[..., -1]

    @cached_property
    def shared(self) -> np.ndarray:
        """Σ_{j≠extra} (Ŵ_extra · W_j)² (density, relative, seed)."""
        return shared_directions(self.W)[..., -1]

    @cached_property
    def kinds(self) -> np.ndarray:
        """What every feature is (density, relative, seed, feature), an index into arrangements.KINDS."""
        return kinds(self.W, self.represented)

    @property
    def phases(self) -> np.ndarray:
        """What becomes of the extra feature (density, relative, seed), an index into phases.PHASES."""
        return PHASE_OF_KIND[self.kinds[..., -1]]

    def pooled(self, rule: Callable, values: np.ndarray, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """A quantity (density, relative) by a rule of superposition.measure.over_seeds, from some of the seeds."""
        return rule(values[..., seeds], self.loss[..., seeds])

    def best_phases(self, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """The phases (density, relative) of the best models, from some of the seeds."""
        return self.pooled(of_best, self.phases, seeds)

    def between(self, rule: Callable, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """Whether a rule's norm or superposition lies between two outcomes (density, relative)."""
        parts = (self.pooled(rule, values, seeds) for values in (self.norm, self.shared))
        return np.any([(part > BETWEEN[0]) & (part < BETWEEN[1]) for part in parts], axis=0)

    def kinks(self, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """Density (relative,) at which the slope of the minimum loss falls most as density rises."""
        slopes = np.diff(self.pooled(of_best, self.loss, seeds), axis=0) / np.diff(self.density)[:, None]
        return self.density[1 + np.diff(slopes, axis=0).argmax(axis=0)]  # the sparser of two slopes comes second


def grid(source, arrays: Callable, model: str, represented: float = REPRESENTED, exact: bool = False) -> Grid:
    """A size's models.

    Args:
        source: Evidence or Results.
        arrays: of a kind (weights, matrices, metrics), a sparsity and a name, the array (relative, seed, ...).
        model: the size's name.
        represented: norm from which a feature counts as represented.
        exact: whether the models are exact optima, which know their expected loss.
    """
    stacked = {
        name: np.stack([np.asarray(arrays(kind, s, array), dtype=np.float64) for s in source.sparsities])
        for name, kind, array in (
            ("W", "weights", "W"),
            ("error", "matrices", "error_square"),
            ("loss", *(("weights", "loss") if exact else ("metrics", "test_loss"))),
        )
    }
    (relative,) = source.sweep.values()
    return Grid(
        density=1.0 - np.array(source.sparsities, dtype=np.float64),
        relative=np.array(relative),
        W=stacked["W"],
        error=stacked["error"][..., -1],
        loss=stacked["loss"][..., 0] if exact else stacked["loss"],  # its only record
        represented=represented,
    )


def seen_grid(evidence, model: str, exact: bool = False) -> Grid:
    """A size's models as a claim sees them; or the exact optima in their place, whatever the reading."""
    source = evidence.under(OPTIMUM) if exact else evidence
    read = {"weights": source.weights, "matrices": source.matrix, "metrics": source.metric}
    represented = evidence.option("represented")
    return grid(source, lambda kind, s, name: read[kind](model, s, name), model, represented, exact)


def shown_grid(results, model: str, variant: str | None = None) -> Grid:
    """A size's models as figures show them, under a variant; the first by default."""
    read = {"weights": results.weights, "matrices": results.matrices, "metrics": results.metric}
    return grid(results, lambda kind, s, name: read[kind](model, s, name, variant), model, exact=variant == OPTIMUM)
