"""What the figures of the phase diagram draw: their tables, and maps over density and relative importance."""

import numpy as np
import pandas as pd
from superposition.draw.canvas import PALETTE
from superposition.draw.log_maps import category_map
from superposition.measure.over_seeds import of_best, without_worst
from superposition.measure.tables import labelled, tidy

from .arrangements import ANTIPODAL, DEDICATED, KINDS, NOT_REPRESENTED, PHASE_OF_KIND
from .cuts import LABELS
from .diagram import OPTIMUM, shown_grid
from .phases import PHASES, TRIPLE_POINT, off_boundary, superposition_boundary

COLOURS = ("#e2e2e2", PALETTE[0], PALETTE[3], PALETTE[2], PALETTE[1], PALETTE[4])  # of KINDS
TRAINED_BY = {"default": "authors' settings", "training.tuned": "tuned settings"}  # variant → name
CLOSED_FORMS, EXACT = "closed forms", "exact optimum"
MEAN, BEST = "mean of all but the worst", "best model alone"
RULES = {MEAN: without_worst, BEST: of_best}


def axes_of(models):
    """The axes of a diagram, for a table."""
    return {"density": models.density, "relative_importance": models.relative}


def most_frequent(models):
    """What most of a point's models make of the extra feature, the worst model left out (density, relative)."""
    kinds = models.kinds[..., -1]
    shares = [models.pooled(without_worst, (kinds == kind).astype(float)) for kind in range(len(KINDS))]
    return np.argmax(shares, axis=0)


def diagrams(results):
    """What becomes of the extra feature, by theory and by training, as a table."""
    parts = []
    for model, label in results.labels.items():
        exact = shown_grid(results, model, OPTIMUM)
        inside = off_boundary(exact.best_phases())
        found = {
            CLOSED_FORMS: np.choose(exact.closed_forms, (NOT_REPRESENTED, DEDICATED, ANTIPODAL)),
            EXACT: exact.kinds[..., 0, -1],
        }
        found |= {name: most_frequent(shown_grid(results, model, variant)) for variant, name in TRAINED_BY.items()}
        for source, kinds in found.items():
            columns = {"kind": np.take(KINDS, kinds), "agrees": PHASE_OF_KIND[kinds] == exact.best_phases()}
            parts.append(
                labelled(tidy(columns | {"off_boundary": inside}, **axes_of(exact)), model=label, source=source)
            )
    return pd.concat(parts, ignore_index=True)


def pooled(results):
    """Norm and superposition as rules pool the models of a point, authors' settings; whether as the optimum's phase."""
    parts = []
    for model, label in results.labels.items():
        models, theory = shown_grid(results, model), shown_grid(results, model, OPTIMUM).best_phases()
        for name, rule in RULES.items():
            columns = {
                "norm": models.pooled(rule, models.norm),
                "superposition": models.pooled(rule, models.shared),
                "between": models.between(rule),
                "agrees": models.pooled(rule, (models.phases == theory[..., None]).astype(float)),
                "off_boundary": off_boundary(theory),
            }
            parts.append(labelled(tidy(columns, **axes_of(models)), model=label, rule=name))
    return pd.concat(parts, ignore_index=True)


def outcomes(results):
    """What single models make of the extra feature, and whether that is the optimum's phase, as shares of a point's."""
    parts = []
    for model, label in results.labels.items():
        exact = shown_grid(results, model, OPTIMUM)
        theory = exact.best_phases()
        of_theory = {"optimum": np.take(PHASES, theory), "off_boundary": off_boundary(theory)}
        for variant, name in TRAINED_BY.items():
            models = shown_grid(results, model, variant)
            agrees = (models.phases == theory[..., None]).astype(float)
            columns = {"as the optimum": agrees.mean(axis=-1), "without worst": models.pooled(without_worst, agrees)}
            columns |= {kind: (models.kinds[..., -1] == i).mean(axis=-1) for i, kind in enumerate(KINDS)}
            parts.append(labelled(tidy(columns | of_theory, **axes_of(models)), model=label, training=name))
    return pd.concat(parts, ignore_index=True)


def percent(share):
    """A share in words; of nothing, none."""
    return "–" if np.isnan(share) else f"{100 * share:.1f} %"


def positions(part, column):
    """Densities, importances and a column's values (importance, density), as maps take them."""
    values = part.pivot(index="relative_importance", columns="density", values=column).iloc[:, ::-1]
    return values.columns.to_numpy(), values.index.to_numpy(), values.to_numpy()


def kind_map(axis, part):
    """A map of what becomes of the extra feature."""
    category_map(axis, *positions(part.assign(code=part["kind"].map(KINDS.index)), "code"), COLOURS)


def map_axes(axis, features, **options):
    """The axes of a map, and the closed forms' boundaries between what becomes of the extra feature on it."""
    style = {"color": "black", "linewidth": 0.9}
    side = np.geomspace(0.05, 20.0 if features == 2 else 1.0, 201)  # with the corner at equal importance
    axis.plot(superposition_boundary(side, features), side, **style)
    axis.plot([2.0, TRIPLE_POINT[1] if features == 2 else 1e-3], [1.0, 1.0], **style)
    axis.set_xticks([1, 0.1, 0.01], ["1", "0.1", "0.01"])
    axis.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    axis.set(xlabel=LABELS["density"], **options)


def note(axis, text, corner="lower right"):
    """Words in a corner of a map, on white."""
    y, x = corner.split()
    at = {"lower": 0.03, "upper": 0.97, "left": 0.03, "right": 0.97}
    aligned = {"ha": x, "va": {"lower": "bottom", "upper": "top"}[y]}
    box = {"facecolor": "white", "alpha": 0.85, "linewidth": 0, "pad": 1.2}
    axis.text(at[x], at[y], text, transform=axis.transAxes, fontsize=6.5, bbox=box, **aligned)


def label_outer(axes):
    """Leave titles to the first row, names of the x axes to the last, numbers of the y axes to the first column."""
    for axis in axes[1:].flat:
        axis.set_title("")
    for axis in axes[:-1].flat:
        axis.set_xlabel("")
    for axis in axes[:, 1:].flat:
        axis.set_yticklabels([])
