"""Figures of the phase change: theory beside what was trained."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from superposition.draw.canvas import PALETTE, REFERENCE, Drawing, figure, panels
from superposition.draw.grids import colour_bar
from superposition.draw.log_maps import category_map, colour_map, mixed, swatches
from superposition.measure.over_seeds import median, of_best, without_worst
from superposition.measure.tables import labelled, tidy
from superposition.store.markdown import escape

from .diagram import BETWEEN, grid
from .phases import (
    PHASES,
    SOLUTIONS,
    TRIPLE_POINT,
    best_solution,
    confused,
    loss_slopes,
    off_boundary,
    packing_boundary,
    solution_losses,
    superposition_boundary,
)

COLOURS = ("#e2e2e2", PALETTE[0], PALETTE[1])  # of PHASES
RULES = {"mean without worst": without_worst, "median": median, "best model": of_best}
OUTCOMES = {  # what a model is, held against the predicted phase, and its colour
    "as predicted": "#F0E442",
    "two features in one direction": "#009E73",
    "not represented instead": "#c8c8c8",
    "dedicated dimension instead": PALETTE[0],
    "in superposition instead": PALETTE[1],
}
IN_PART = "one direction, at least in part"
PARTLY = 0.2  # norm from which a feature counts as sharing another's direction in part
AGREED = 0.85  # share of points that the claims ask for
LABELS = {"density": "density 1 − S", "relative_importance": "importance of the extra"}
CUT_IMPORTANCE, CUT_DENSITY = 0.5, 0.3  # the grid's nearest are drawn
TRAINED, CLOSED = "lowest of the trained models", "derivative of the least closed form"
LINES = dict(zip((*SOLUTIONS, CLOSED), (*PALETTE[:4], "black"), strict=True))
DASHES = dict(zip(LINES, ("", (4, 1.5), (4, 1.25, 1.5, 1.25), (1, 1), (3, 1)), strict=True))


def grids(results):
    """Every size's label and its models over the diagram."""
    return {label: grid(results, results.matrices, model) for model, label in results.labels.items()}


def over_diagram(models, columns, **constants):
    """Quantities (density, relative) as a table, with the closed forms' phase."""
    theory = {"closed_forms": np.take(PHASES, models.theory), "off_boundary": off_boundary(models.theory)}
    axes = {"density": models.density, "relative_importance": models.relative}
    return labelled(tidy(columns | theory, **axes), **constants)


def pooled(results):
    """The diagram as every rule pools the models of a point."""
    parts = []
    for label, models in grids(results).items():
        for name, rule in RULES.items():
            columns = {
                "norm": models.pooled(rule, "norm"),
                "superposition": models.pooled(rule, "shared"),
                "phase": np.take(PHASES, models.pooled_phases(rule)),
                "between": models.between(rule),
            }
            parts.append(over_diagram(models, columns, model=label, rule=name))
    return pd.concat(parts, ignore_index=True)


def percent(share):
    """A share in words; of nothing, none."""
    return "–" if np.isnan(share) else f"{100 * share:.1f} %"


def positions(part, column):
    """Densities, importances and a column's values (importance, density), as maps take them."""
    values = part.pivot(index="relative_importance", columns="density", values=column).iloc[:, ::-1]
    return values.columns.to_numpy(), values.index.to_numpy(), values.to_numpy()


def phase_map(axis, part, column):
    """A map of phases."""
    category_map(axis, *positions(part.assign(code=part[column].map(PHASES.index)), "code"), COLOURS)


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
    """What becomes of the extra feature: closed forms, and three rules that pool the models of a point."""
    table = pooled(results)
    canvas, axes = panels(len(results.labels), 1 + len(RULES), 2.0)
    notes = []
    for row, (model, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        shares = []
        for axis, (rule, points) in zip(row[1:], part.groupby("rule", sort=False), strict=True):
            phase_map(axis, points, "phase")
            inside = points[points["off_boundary"]]
            shares.append(f"{percent((inside['phase'] == inside['closed_forms']).mean())} ({rule})")
        phase_map(row[0], points, "closed_forms")
        notes.append(f"{model}: {', '.join(shares)}")
    map_axes(results, axes, ["closed forms", *RULES])
    swatches(canvas, dict(zip(PHASES, COLOURS, strict=True)))
    told = "; ".join(notes)
    return Drawing(
        canvas,
        table.drop(columns="between"),
        "Phase diagrams: what becomes of the extra feature, over the density of all features, sparser to the right, "
        "and its importance relative to the others'. Left the solution of least loss among the closed forms; then "
        f"{len(results.seeds)} trained models a point: the mean norm and superposition of all but the worst, as in the "
        "paper; their medians; and the best model alone. A feature is represented from a norm of 1/2 on, and shares "
        "its dimension from a superposition $\\sum_{j \\ne i} (\\hat W_i \\cdot W_j)^2$ of 1/2 on. Black lines: the "
        "closed forms' boundaries. Share of the points more than one cell off them that agree: " + escape(told) + ".",
        "Maps of three phases, not represented, dedicated dimension and in superposition, with the boundaries. "
        "Superposition lies on the sparse side; above it in importance the extra feature has a dimension, below it is "
        f"not represented. Share of points off the boundaries that agree with the closed forms: {told}.",
    )


@figure("measured")
def measured(results):
    """Norm and superposition in one colour, as the paper shows them, with its legend; and how they spread."""
    table = pooled(results).query("rule != 'median'")
    canvas, axes = panels(len(results.labels), 4, 2.0)
    for row, (_, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        for column, (rule, points) in enumerate(part.groupby("rule", sort=False)):
            *at, norm = positions(points, "norm")
            colour_map(row[column], *at, mixed(norm, positions(points, "superposition")[-1], COLOURS))
            draw_key(row[2 + column], points, f"{rule}:\ncolour key, points")
        row[2].set_ylabel("norm")
        row[3].set_yticklabels([])
    map_axes(results, axes, [f"{rule}:\nthe diagram" for rule in RULES if rule != "median"])
    shares = table.groupby(["model", "rule"], sort=False)["between"].mean()
    told = "; ".join(f"{model}, {rule}: {percent(share)}" for (model, rule), share in shares.items())
    return Drawing(
        canvas,
        table,
        "What the phases are made from: the norm $\\lVert W_i \\rVert$ of the extra feature and its superposition "
        "$\\sum_{j \\ne i} (\\hat W_i \\cdot W_j)^2$, mixed into one colour: the background of the panels on the right "
        "is its legend, and each dot there a point of the diagram. Left without the worst model of a point, then the "
        f"best model alone. Share of the points with either number between {BETWEEN[0]:g} and {BETWEEN[1]:g}: "
        f"{escape(told)}.",
        "Maps in which light grey is not represented, blue a dedicated dimension and orange superposition; scatter "
        "plots of norm against superposition on the legend of that colour. The best models gather at three corners: "
        f"norm 0, norm 1 alone, norm 1 with superposition 1. Share of the points in between: {told}.",
    )


def draw_key(axis, points, title):
    """The colours of norm and superposition, named, and the points among them."""
    shades = np.linspace(0, 1.6, 33)
    axis.imshow(
        mixed(*np.meshgrid(shades, shades, indexing="ij"), COLOURS),
        extent=(0, 1.6, 0, 1.6), origin="lower", aspect="auto", interpolation="bilinear", zorder=-1,
    )  # fmt: skip
    dots = {"s": 3, "alpha": 0.3, "color": "black", "linewidth": 0, "rasterized": True}
    sns.scatterplot(points, x="superposition", y="norm", ax=axis, **dots)
    axis.set(xlim=(-0.08, 1.6), ylim=(-0.08, 1.6), ylabel="", title=title)
    for x, y, phase, colour in zip((0.05, 0.05, 0.83), (0.06, 1.27, 1.27), PHASES, ("k", "w", "w"), strict=True):
        axis.text(x, y, phase.replace(" ", "\n", 1), fontsize=5.8, color=colour)


def outcomes(results):
    """The share of a point's models of each outcome, and whether each rule's phase is the closed forms'."""
    parts = []
    for (label, models), model in zip(grids(results).items(), results.labels, strict=True):
        W = np.stack([results.weights(model, s, "W") for s in results.sparsities])
        wrong = np.where(confused(W), 1, 2 + models.phases)
        outcome = np.where(models.phases == models.theory[..., None], 0, wrong)  # index into OUTCOMES
        columns = {name: models.pooled_phases(rule) == models.theory for name, rule in RULES.items()}
        columns |= {name: (outcome == i).mean(axis=-1) for i, name in enumerate(OUTCOMES)}
        columns[IN_PART] = confused(W, PARTLY).mean(axis=-1)
        parts.append(over_diagram(models, columns, model=label))
    return pd.concat(parts, ignore_index=True)


@figure("agreement")
def agreement(results):
    """Where models agree with the closed forms, by region, and what the others are."""
    table = outcomes(results)
    canvas, axes = panels(len(results.labels), 3, 2.4)
    notes, shown = [], {*RULES, "as predicted"}
    for row, (model, part) in zip(axes, table.groupby("model", sort=False), strict=True):
        *at, share = positions(part, "as predicted")
        colour_map(row[0], *at, plt.colormaps["viridis"](share)[..., :3])
        means = part[part["off_boundary"]].groupby("closed_forms")[[*RULES, *OUTCOMES]].mean().reindex(PHASES)
        draw_bars(row[1], means[list(RULES)], color=("#4d4d4d", "#999999", "#CC79A7"))
        row[1].axvline(AGREED, **REFERENCE | {"color": "black", "zorder": 2})
        draw_bars(row[2], means[list(OUTCOMES)], color=OUTCOMES, stacked=True)
        row[2].set_yticklabels([])
        shown |= {name for name in OUTCOMES if means[name].max() >= 0.0005}
        notes.append(f"{model}: " + "; ".join([*described(means), in_one_direction(part)]))
    map_axes(results, axes[:, :1], ["models as predicted"])
    colour_bar(canvas, axes[:, 0], "share of models", (0, 1), "viridis", shrink=0.6, aspect=30)
    axes[0, 1].set_title("points that agree")
    axes[0, 2].set_title("what single models are")
    for axis, side in zip(axes[0, 1:], ("left", "right"), strict=True):
        entries = {text: mark for mark, text in zip(*axis.get_legend_handles_labels(), strict=True) if text in shown}
        canvas.legend(entries.values(), entries.keys(), title=axis.get_title(), loc=f"outside lower {side}", ncols=2)
    told = ". ".join(notes)
    return Drawing(
        canvas,
        table,
        "Agreement with the closed forms. Left the share of a point's models that are in the closed forms' phase; "
        "middle, by the region of the closed forms and for points more than one cell off its boundary, the share of "
        f"points that agree under each rule (dotted: {100 * AGREED:g} %); right what all single models of those points "
        f"are. Two features are in one direction in part if the shorter has a norm of at least {PARTLY}. Shares of "
        f"points ({', '.join(RULES)}) and of single models as predicted: {escape(told)}.",
        f"Maps of the share of models that agree, and bars by region. {told}.",
    )


def draw_bars(axis, shares, **options):
    """Bars of shares (region, kind)."""
    regions = shares.rename(lambda phase: phase.replace(" ", "\n", 1))
    regions.plot.barh(ax=axis, legend=False, width=0.75, xlabel="", ylabel="", **options)
    axis.set(xlim=(0, 1), xticks=(0, 0.5, 1))
    axis.invert_yaxis()


def described(means):
    """A phrase for every region that the grid has."""
    for phase, shares in means.dropna().iterrows():
        others = [f", {percent(shares[name])} {name}" for name in list(OUTCOMES)[1:] if shares[name] >= 0.0005]
        rules = ", ".join(percent(shares[name]) for name in RULES)
        yield f"{phase} {rules}; models {percent(shares['as predicted'])}{''.join(others)}"


def in_one_direction(part):
    """How many models, anywhere on the grid, have two features along one direction, at least in part, and where."""
    share = part[IN_PART]
    spans = [" to ".join(f"{end:.2g}" for end in part.loc[share > 0, axis].quantile([0.25, 0.75])) for axis in LABELS]
    where = f" (half of those points at densities {spans[0]}, importances {spans[1]})" if share.any() else ""
    return f"of all models of the grid {percent(share.mean())} have two features in {share.name}{where}"


def nearest(values, value):
    """Index of the value that is nearest on a logarithmic scale."""
    return int(np.abs(np.log(values / value)).argmin())


def cuts(label, models):
    """The minimum loss and the closed forms along a cut in density and one in importance, and its derivative."""
    row, column = nearest(models.density, CUT_DENSITY), nearest(models.relative, CUT_IMPORTANCE)
    s, r = models.density[row], models.relative[column]
    closed_forms = solution_losses(models.density[:, None], models.relative, models.features)
    lines = dict(zip(SOLUTIONS, closed_forms, strict=False)) | {TRAINED: models.pooled(of_best, "loss")}
    losses = tidy(lines, density=models.density, relative_importance=models.relative)
    slope = loss_slopes(s, models.features)[best_solution(s, models.relative, models.features)]
    slopes = {CLOSED: slope[None], TRAINED: models.pooled(of_best, "error")[[row]]}
    parts = {
        f"loss at importance {r:.3g}": losses[losses["relative_importance"] == r],
        f"loss at density {s:.3g}": losses[losses["density"] == s],
        f"slope at density {s:.3g}": tidy(slopes, density=[s], relative_importance=models.relative),
    }
    melted = {name: part.melt(list(LABELS), var_name="line") for name, part in parts.items()}
    return pd.concat([labelled(part, model=label, panel=name) for name, part in melted.items()])


@figure("cut")
def cut(results):
    """Minimum loss along a cut in density and one in importance, with the closed forms, and its derivative."""
    sizes = grids(results)
    table = pd.concat([cuts(*size) for size in sizes.items()], ignore_index=True)
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
        f"Minimum held-out loss of {len(results.seeds)} models (dots) along a cut in density (left) and one in "
        "importance (middle), and the loss of each closed-form solution (lines). Right its derivative by the "
        "importance of the extra feature, by the envelope theorem that feature's mean squared error in the best model, "
        "beside the closed forms' (dashed). The arrow marks the closed forms' kink on the cut in density. "
        f"{escape(told)}.",
        "Line plots: the measured minimum follows the lowest of the closed forms' lines, with a kink where they cross; "
        f"the derivative falls in steps. {told}.",
    )


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
    r, lowest = models.relative[column], models.pooled(of_best, "loss")[:, column]
    boundary = float(packing_boundary(r, models.features))
    closed = solution_losses(models.density, r, models.features).min(axis=0)
    level = float(solution_losses(boundary, r, models.features).min())
    arrow = {"arrowstyle": "->", "linewidth": 0.8, "color": "black"}
    text = {"xytext": (-2, -42), "textcoords": "offset points", "fontsize": 7}
    axis.annotate("closed forms' kink", (boundary, level), arrowprops=arrow, **text)
    last = int(np.clip((models.density > boundary).sum(), 2, len(models.density) - 2))  # interval on the dense side
    slopes = np.diff([lowest, closed]) / np.diff(models.density)  # (interval), from dense to sparse
    dense, sparse = slopes[:, last - 2], slopes[:, last]
    return (
        f"kink of the measured minimum at density {models.kinks()[column]:.3f}, of the closed forms at {boundary:.3f}; "
        f"slope on its sparse side {sparse[0]:.3f} (closed forms {sparse[1]:.3f}), on its dense side {dense[0]:.3f} "
        f"({dense[1]:.3f})"
    )
