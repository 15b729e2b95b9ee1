"""Lines of the figure of cuts: minimum losses along one density and one importance."""

import numpy as np
import pandas as pd
import seaborn as sns
from superposition.draw.canvas import PALETTE
from superposition.measure.over_seeds import of_best
from superposition.measure.tables import labelled, tidy

from .phases import SOLUTIONS, best_solution, loss_slopes, packing_boundary, solution_losses

LABELS = {"density": "density 1 − S", "relative_importance": "importance of the extra"}
CUT_IMPORTANCE, CUT_DENSITY = 0.5, 0.3  # the grid's nearest are drawn
TRAINED, CLOSED, OPTIMAL = "lowest of the trained models", "derivative of the least closed form", "exact optimum"
LINES = dict(zip((*SOLUTIONS, CLOSED, OPTIMAL), (*PALETTE[:4], "black", "black"), strict=True))
DASHES = dict(zip(LINES, ("", (4, 1.5), (4, 1.25, 1.5, 1.25), (1, 1), (3, 1), ""), strict=True))


def nearest(values, value):
    """Index of the value that is nearest on a logarithmic scale."""
    return int(np.abs(np.log(values / value)).argmin())


def cuts(label, models, exact):
    """The minimum loss, the optimum's and the closed forms' along a cut in density and one in importance."""
    row, column = nearest(models.density, CUT_DENSITY), nearest(models.relative, CUT_IMPORTANCE)
    s, r = models.density[row], models.relative[column]
    closed_forms = solution_losses(models.density[:, None], models.relative, models.features)
    lines = dict(zip(SOLUTIONS, closed_forms, strict=False))
    lines |= {OPTIMAL: exact.loss[..., 0], TRAINED: models.pooled(of_best, models.loss)}
    losses = tidy(lines, density=models.density, relative_importance=models.relative)
    slope = loss_slopes(s, models.features)[best_solution(s, models.relative, models.features)]
    slopes = {
        CLOSED: slope[None],
        OPTIMAL: exact.error[[row], :, 0],
        TRAINED: models.pooled(of_best, models.error)[[row]],
    }
    parts = {
        f"loss, importance {r:.3g}": losses[losses["relative_importance"] == r],
        f"loss, density {s:.3g}": losses[losses["density"] == s],
        f"its slope, density {s:.3g}": tidy(slopes, density=[s], relative_importance=models.relative),
    }
    melted = {name: part.melt(list(LABELS), var_name="line") for name, part in parts.items()}
    return pd.concat([labelled(part, model=label, panel=name) for name, part in melted.items()])


def draw_lines(axis, lines):
    """The closed forms as lines, the trained models as dots; losses far above all models' are cut off."""
    trained = lines["line"] == TRAINED
    along = lines[list(LABELS)].nunique().idxmax()
    at = {"x": along, "y": "value", "ax": axis}
    sns.lineplot(
        lines[~trained], hue="line", style="line", palette=LINES, dashes=DASHES, estimator=None,
        drawstyle="steps-mid" if CLOSED in set(lines["line"]) else "default", **at,
    )  # fmt: skip
    sns.scatterplot(lines[trained], color="#444444", s=12, linewidth=0, zorder=3, label=TRAINED, legend=False, **at)
    axis.get_legend().remove()
    axis.grid(True)
    axis.set(xlabel=LABELS[along], ylim=np.array([-0.04, 1.1]) * lines.loc[trained, "value"].max())
    if along == "relative_importance":
        axis.set(xscale="log", xticks=[0.1, 1, 10], xticklabels=["0.1", "1", "10"])


def kink(axis, models):
    """Mark the closed forms' kink on the cut in density, and say how the slopes on either side of it compare."""
    column = nearest(models.relative, CUT_IMPORTANCE)
    r, lowest = models.relative[column], models.pooled(of_best, models.loss)[:, column]
    boundary = float(packing_boundary(r, models.features))
    closed = solution_losses(models.density, r, models.features).min(axis=0)
    level = float(solution_losses(boundary, r, models.features).min())
    arrow = {"arrowstyle": "->", "linewidth": 0.8, "color": "black"}
    text = {"xytext": (-2, -42), "textcoords": "offset points", "fontsize": 7}
    axis.annotate("kink: another closed\nform is the best", (boundary, level), arrowprops=arrow, **text)
    last = int(np.clip((models.density > boundary).sum(), 2, len(models.density) - 2))  # interval on the dense side
    slopes = np.diff([lowest, closed]) / np.diff(models.density)  # (interval), from dense to sparse
    dense, sparse = slopes[:, last - 2], slopes[:, last]
    return (
        f"kink of the measured minimum at density {models.kinks()[column]:.3f}, of the closed forms at {boundary:.3f}; "
        f"slope on its sparse side {sparse[0]:.3f} (closed forms {sparse[1]:.3f}), on its dense side {dense[0]:.3f} "
        f"({dense[1]:.3f})"
    )
