"""The phase diagram of trained models, as claims and figures read it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from superposition.measure.over_seeds import of_best

from .phases import classify, extra_phase

BETWEEN = (0.25, 0.75)  # a norm or a superposition here is neither one outcome's nor another's
ALL = slice(None)  # seeds


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

    def pooled(self, rule: Callable, name: str, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """A quantity (density, relative) by a rule of superposition.measure.over_seeds, from some of the seeds."""
        return rule(getattr(self, name)[..., seeds], self.loss[..., seeds])

    def pooled_phases(self, rule: Callable, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """The phases (density, relative) of a rule's norm and superposition, from some of the seeds."""
        return classify(*(self.pooled(rule, name, seeds) for name in ("norm", "shared")))

    def between(self, rule: Callable, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """Whether a rule's norm or superposition lies between two outcomes (density, relative)."""
        parts = (self.pooled(rule, name, seeds) for name in ("norm", "shared"))
        return np.any([(part > BETWEEN[0]) & (part < BETWEEN[1]) for part in parts], axis=0)

    def kinks(self, seeds: np.ndarray | slice = ALL) -> np.ndarray:
        """Density (relative,) at which the slope of the minimum loss falls most as density rises."""
        slopes = np.diff(self.pooled(of_best, "loss", seeds), axis=0) / np.diff(self.density)[:, None]
        return self.density[1 + np.diff(slopes, axis=0).argmax(axis=0)]  # the sparser of two slopes comes second


def grid(source, matrix: Callable[[str, str, str], np.ndarray], model: str) -> Grid:
    """A size's models.

    Args:
        source: Evidence or Results.
        matrix: its function of a model, a sparsity and the name of an array of its matrices.
        model: the size's name.
    """
    stacked = {
        name: np.stack([matrix(model, s, array)[..., -1] for s in source.sparsities]).astype(np.float64)
        for name, array in (("norm", "norm"), ("shared", "interference"), ("error", "error_square"))
    }
    (relative,) = source.sweep.values()
    return Grid(
        features=source.size(model)[0],
        density=1.0 - np.array(source.sparsities, dtype=np.float64),
        relative=np.array(relative),
        loss=np.stack([source.metric(model, s, "test_loss") for s in source.sparsities]),
        **stacked,
    )
