"""Figures of the phase change: theory beside what was trained."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from superposition.draw.canvas import PALETTE, REFERENCE, Drawing, figure, panels
from superposition.draw.grids import colour_bar
from superposition.draw.log_maps import category_map, colour_map, mixed, swatches
from superposition.measure.over_seeds import of_best, without_worst
from superposition.measure.tables import labelled, tidy
from superposition.store.markdown import escape

from .arrangements import ANTIPODAL, DEDICATED, KINDS, NOT_REPRESENTED, PHASE_OF_KIND
from .cuts import LABELS, cuts, draw_lines, kink
from .diagram import BETWEEN, OPTIMUM, shown_grid
from .phases import PHASES, TRIPLE_POINT, off_boundary, superposition_boundary

COLOURS = ("#e2e2e2", PALETTE[0], PALETTE[3], PALETTE[2], PALETTE[1], PALETTE[4])  # of KINDS
MIXED = ("#e2e2e2", PALETTE[0], PALETTE[1])  # of PHASES
TRAINED_BY = {"default": "authors' settings", "training.tuned": "tuned settings"}  # variant → name
CLOSED_FORMS, EXACT = "closed forms", "exact optimum"
RULES = {"mean without worst": without_worst, "best model": of_best}
AGREED = 0.85  # share of models that the claims ask for


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


def draw_boundaries(axis, features):
    """The closed forms' boundaries between what becomes of the extra feature."""
    style = {"color": "black", "linewidth": 0.9}
    side = np.geomspace(0.05, 20.0 if features == 2 else 1.0, 201)  # with the corner at equal importance
    axis.plot(superposition_boundary(side, features), side, **style)
    axis.plot([2.0, TRIPLE_POINT[1] if features == 2 else 1e-3], [1.0, 1.0], **style)


def map_axes(results, axes, titles):
    """Maps of every size, a row for each: their titles, the labels of their axes, and the boundaries."""
    for row, (model, label) in zip(axes, results.labels.items(), strict=True):
        for axis, title in zip(row, titles, strict=False):
            draw_boundaries(axis, results.size(model)[0])
            axis.set_xticks([1, 0.1, 0.01], ["1", "0.1", "0.01"])
            axis.set_yticks([0.1, 1, 10], ["0.1", "1", "10"] if axis is row[0] else ["", "", ""])
            axis.set(title=title, xlabel=LABELS["density"])
        row[0].set_ylabel(f"{label}\n{LABELS['relative_importance']}")
    label_outer(axes)


def label_outer(axes):
    """Leave titles to the first row and the names of the x axes to the last."""
    for axis in axes[1:].flat:
        axis.set_title("")
    for axis in axes[:-1].flat:
        axis.set_xlabel("")


@figure("diagram")
def diagram(results):
    """What becomes of the extra feature: closed forms, exact optimum, and what most trained models do."""
    table = diagrams(results)
    sources = list(table["source"].unique())
    canvas, axes = panels(len(results.labels), len(sources), 2.0)
    notes = []
    for row, (model, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        for axis, (_, points) in zip(row, part.groupby("source", sort=False), strict=True):
            kind_map(axis, points)
        shares = part[part["off_boundary"]].groupby("source", sort=False)["agrees"].mean().drop(EXACT)
        notes.append(f"{model}: " + ", ".join(f"{source} {percent(share)}" for source, share in shares.items()))
    map_axes(results, axes, sources)
    shown = [kind for kind in KINDS if (table["kind"] == kind).any()]
    swatches(canvas, {kind: COLOURS[KINDS.index(kind)] for kind in shown}, ncols=3)
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table,
        "Phase diagrams: what becomes of the extra feature, over the density of all features, sparser to the right, "
        "and its importance relative to the others'. From the left: the best of the published closed forms; the exact "
        f"optimum of the expected loss; and what most of {len(results.seeds)} trained models a point do, the one of "
        "highest loss left out, under the authors' settings and under tuned ones. Ways of sharing a dimension are told "
        "apart by the angles between the represented features; the closed forms know the antipodal pair only, drawn "
        "as such. Black lines: the closed forms' boundaries. Share of the points more than one cell off the optimum's "
        f"boundaries whose phase is the optimum's: {escape(told)}.",
        "Maps in which grey is not represented, blue a dedicated dimension and other colours superposition, with the "
        "closed forms' boundaries. Superposition lies on the sparse side; above it in importance the extra feature has "
        f"a dimension, below it is not represented. Share of points whose phase is the optimum's: {told}.",
    )


def pooled(results):
    """Norm and superposition as rules pool the models of a point: authors' settings."""
    parts = []
    for model, label in results.labels.items():
        models = shown_grid(results, model)
        for name, rule in RULES.items():
            columns = {
                "norm": models.pooled(rule, models.norm),
                "superposition": models.pooled(rule, models.shared),
                "between": models.between(rule),
            }
            parts.append(labelled(tidy(columns, **axes_of(models)), model=label, rule=name))
    return pd.concat(parts, ignore_index=True)


@figure("measured")
def measured(results):
    """Norm and superposition in one colour, as the paper shows them, with its legend; and how they spread."""
    table = pooled(results)
    canvas, axes = panels(len(results.labels), 4, 2.0)
    for row, (_, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        for column, (rule, points) in enumerate(part.groupby("rule", sort=False)):
            *at, norm = positions(points, "norm")
            colour_map(row[column], *at, mixed(norm, positions(points, "superposition")[-1], MIXED))
            draw_key(row[2 + column], points, f"{rule}:\ncolour key, points")
        row[2].set_ylabel("norm")
        row[3].set_yticklabels([])
    map_axes(results, axes, [f"{rule}:\nthe diagram" for rule in RULES])
    shares = table.groupby(["model", "rule"], sort=False)["between"].mean()
    told = "; ".join(f"{model}, {rule}: {percent(share)}" for (model, rule), share in shares.items())
    return Drawing(
        canvas,
        table,
        "What the paper's diagram is made of, under the authors' settings: the norm $\\lVert W_i \\rVert$ of the extra "
        "feature and its superposition $\\sum_{j \\ne i} (\\hat W_i \\cdot W_j)^2$, mixed into one colour: the "
        "background of the panels on the right is its legend, and each dot there a point of the diagram. Left without "
        "the worst model of a point, then the best model alone. Share of the points with either number between "
        f"{BETWEEN[0]:g} and {BETWEEN[1]:g}: {escape(told)}.",
        "Maps in which light grey is not represented, blue a dedicated dimension and orange superposition; scatter "
        f"plots of norm against superposition on the legend of that colour. Share of the points in between: {told}.",
    )


def draw_key(axis, points, title):
    """The colours of norm and superposition, named, and the points among them."""
    shades = np.linspace(0, 1.6, 33)
    axis.imshow(
        mixed(*np.meshgrid(shades, shades, indexing="ij"), MIXED),
        extent=(0, 1.6, 0, 1.6), origin="lower", aspect="auto", interpolation="bilinear", zorder=-1,
    )  # fmt: skip
    dots = {"s": 3, "alpha": 0.3, "color": "black", "linewidth": 0, "rasterized": True}
    sns.scatterplot(points, x="superposition", y="norm", ax=axis, **dots)
    axis.set(xlim=(-0.08, 1.6), ylim=(-0.08, 1.6), ylabel="", title=title)
    for x, y, name, colour in zip((0.05, 0.05, 0.83), (0.06, 1.27, 1.27), PHASES, ("k", "w", "w"), strict=True):
        axis.text(x, y, name.replace(" ", "\n", 1), fontsize=5.8, color=colour)


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


@figure("agreement")
def agreement(results):
    """Where models agree with the optimum, under either training, and what single models are."""
    table = outcomes(results)
    canvas, axes = panels(len(results.labels), 4, 2.3)
    notes, shown = [], set()
    for row, (model, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        for column, (training, points) in enumerate(part.groupby("training", sort=False)):
            *at, share = positions(points, "as the optimum")
            colour_map(row[column], *at, plt.colormaps["viridis"](share)[..., :3])
            means = points[points["off_boundary"]].groupby("optimum")[["without worst", *KINDS]].mean().reindex(PHASES)
            draw_bars(row[2 + column], means[list(KINDS)])
            row[2 + column].set_title(training.replace(" ", "\n"))
            shown |= {kind for kind in KINDS if means[kind].max() >= 0.005}
            told = ", ".join(f"{name} {percent(share)}" for name, share in means["without worst"].dropna().items())
            notes.append(f"{model}, {training}: {told}")
        row[3].set_yticklabels([])
    map_axes(results, axes[:, :2], [name.replace(" ", "\n") for name in TRAINED_BY.values()])
    colour_bar(canvas, axes[:, :2], "share of models as the optimum", (0, 1), "viridis", shrink=0.6, aspect=30)
    label_outer(axes)
    axes[-1, 2].set_xlabel("share of single models")
    swatches(canvas, {kind: COLOURS[KINDS.index(kind)] for kind in KINDS if kind in shown}, ncols=3)
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table,
        "Agreement with the exact optimum, under the authors' settings and under tuned ones. Left the share of a "
        "point's models whose phase is the optimum's; right, by the optimum's phase and for points more than one cell "
        "off its boundaries, what single models make of the extra feature. Share of models whose phase is the "
        f"optimum's, the worst of each point left out: {escape(told)}.",
        f"Maps of the share of models that agree with the optimum, and bars of what models are. {told}.",
    )


def draw_bars(axis, shares):
    """Stacked bars of shares (region, kind)."""
    regions = shares.rename(lambda name: name.replace(" ", "\n", 1))
    regions.plot.barh(ax=axis, legend=False, width=0.75, xlabel="", ylabel="", stacked=True, color=COLOURS)
    axis.set(xlim=(0, 1), xticks=(0, 0.5, 1))
    axis.axvline(AGREED, **REFERENCE | {"color": "black", "zorder": 2})
    axis.invert_yaxis()


@figure("cut")
def cut(results):
    """Minimum loss along a cut in density and one in importance, with the closed forms, and its derivative."""
    sizes = {label: shown_grid(results, model) for model, label in results.labels.items()}
    optima = [shown_grid(results, model, OPTIMUM) for model in results.labels]
    table = pd.concat(
        [cuts(*size, exact) for size, exact in zip(sizes.items(), optima, strict=True)], ignore_index=True
    )
    canvas, axes = panels(len(sizes), 3, 2.2)
    notes = []
    for row, (model, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        for axis, (panel, lines) in zip(row, part.groupby("panel", sort=False), strict=True):
            draw_lines(axis, lines)
            axis.set(title=panel, ylabel="")
        notes.append(f"{model}: {kink(row[0], sizes[model])}")
        row[0].set_ylabel(f"{model}\nminimum loss")
        row[2].set_ylabel("∂ loss / ∂ importance")
    label_outer(axes)
    entries = {text: mark for axis in axes.flat for mark, text in zip(*axis.get_legend_handles_labels(), strict=True)}
    canvas.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=3)
    told = ". ".join(notes)
    return Drawing(
        canvas,
        table,
        f"Minimum held-out loss of {len(results.seeds)} models under the authors' settings (dots) along a cut in "
        "density (left) and one in importance (middle), the exact optimum's expected loss (black) and that of each "
        "closed-form solution (lines). Right the derivative by the importance of the extra feature, by the envelope "
        "theorem that feature's mean squared error in the best model, beside the closed forms' (dashed). The arrow "
        "marks the closed forms' kink on the cut in density. "
        f"{escape(told)}.",
        f"Line plots of the minimum loss, the exact optimum and the closed forms, and of the derivative. {told}.",
    )
