"""Which cells have converged: by training on where that is done, else by how the training loss ends."""

import numpy as np

from ..data.instances import CONTINUED, MADE
from ..measure.results import Results
from ..spec.claims import Scale
from .intervals import estimate
from .record import CellConvergence

Convergence = dict[tuple[str, str, str], CellConvergence]  # by model, sparsity and the variant it was trained as


def cells_convergence(results: Results, limits: dict) -> Convergence:
    """How far every cell is from converged, under every variant that was trained.

    The first variant's cells have converged where training for several times the steps moves the mean held-out loss by
    no more than half the width of its interval over seeds. Of all others only the end of the training is known: there
    the training loss must not fall by more than the slope that is allowed.

    Args:
        results: metrics readable.
        limits: spec.claims.Convergence.
    """
    cells = {}
    for model, names in results.described["variants"].items():
        controls = [sparsity for sparsity, trained in results.controls.items() if model in trained]
        for sparsity in (*results.sparsities, *controls):
            for variant in dict.fromkeys(names.values()):
                if variant not in MADE:
                    cells[model, sparsity, variant] = _cell(results, limits, model, sparsity, variant)
    return cells


def _cell(results: Results, limits: dict, model: str, sparsity: str, variant: str) -> CellConvergence:
    rows = results.metrics(model, sparsity, variant)
    slope = float(np.quantile(rows["loss_slope"], limits["share"], method="inverted_cdf"))
    excesses = rows["optimum_excess"].to_numpy(dtype=np.float64)
    excess = None if np.isnan(excesses).any() else float(np.median(excesses))
    trained_on = results.trained_as(model, CONTINUED) == CONTINUED and variant == results.trained_as(model, None)
    moved = _moved(results, model, sparsity) if trained_on else None
    ended = slope <= limits["slope"] if moved is None else moved <= 1
    return CellConvergence(
        model=model,
        sparsity=sparsity,
        variant=variant,
        slope=slope,
        excess=excess,
        moved=moved,
        converged=ended and (excess is None or excess <= limits["excess"]),
    )


def _moved(results: Results, model: str, sparsity: str) -> float:
    """Change of the mean held-out loss in half-widths of its interval; that of a sweep is the mean over its points."""
    before, after = (
        losses.mean(axis=tuple(range(losses.ndim - 1)))
        for losses in (results.metric(model, sparsity, "test_loss", name) for name in (None, CONTINUED))
    )
    known = estimate(before, Scale.DIFFERENCE)
    half, change = (known.high - known.low) / 2, abs(float(after.mean()) - known.mean)
    return change / half if half > 0 else 0.0 if change == 0 else float("inf")
