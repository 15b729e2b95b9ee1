"""Figures of the phase change: theory beside what was trained."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from superposition.draw.canvas import PALETTE, Drawing, figure, model_styles, panels, tidy
from superposition.draw.log_maps import category_map, colour_map, mixed, swatches
from superposition.measure.over_seeds import median, of_best, without_worst

from .phases import (
    PHASES,
    SOLUTIONS,
    TRIPLE_POINT,
    best_solution,
    classify,
    confused,
    extra_phase,
    off_boundary,
    packing_boundary,
    solution_losses,
    superposition_boundary,
)

COLOURS = ("#e2e2e2", PALETTE[0], PALETTE[1])  # of PHASES
RULES = {"worst discarded": without_worst, "median": median, "best": of_best}
# What a model is that is not at the predicted phase, and the colour of each.
OUTCOMES = {
    "as predicted": "#0072B2",
    "two features in one direction": "#009E73",
    "not represented instead": "#c8c8c8",
    "dedicated dimension instead": "#56B4E9",
    "in superposition instead": "#D55E00",
}
PARTLY = 0.2  # norm from which a feature counts as sharing another's direction in part
CUT_IMPORTANCE, CUT_DENSITY = 0.5, 0.3  # the grid's nearest are drawn


def grid(results, model):
    """A size's models over the diagram: arrays (density, relative, seed), and the closed forms' phase."""
    (relative,) = results.sweep.values()
    features, _ = results.size(model)
    density = 1.0 - np.array(results.sparsities, dtype=np.float64)
    stacked = {
        name: np.stack([results.matrices(model, s, array)[..., -1] for s in results.sparsities]).astype(np.float64)
        for name, array in (("norm", "norm"), ("shared", "interference"), ("error", "error_square"))
    }
    return SimpleNamespace(
        features=features,
        density=density,
        relative=np.array(relative),
        loss=np.stack([results.metric(model, s, "test_loss") for s in results.sparsities]),
        theory=extra_phase(density[:, None], np.array(relative), features),
        **stacked,
    )


def pooled_phases(one, rule):
    """The phases (density, relative) of the norm and the superposition that a rule makes of a point's models."""
    return classify(rule(one.norm, one.loss), rule(one.shared, one.loss))


def percent(share):
    """A share in words; of nothing, none."""
    return "–" if np.isnan(share) else f"{100 * share:.1f} %"


def mean(found):
    """Mean of what there is; of nothing, not a number."""
    return float(found.mean()) if found.size else float("nan")


def draw_boundaries(axis, features):
    """The closed forms' boundaries between what becomes of the extra feature."""
    style = {"color": "black", "linewidth": 0.9}
    for side in (np.geomspace(0.05, 1.0, 100), np.geomspace(1.0, 20.0, 100)[: 100 if features == 2 else 0]):
        if side.size:
            axis.plot(superposition_boundary(side, features), side, **style)
    axis.plot([2.0, TRIPLE_POINT[1] if features == 2 else 1e-3], [1.0, 1.0], **style)


def map_axes(results, axes, titles):
    """Titles of the columns, labels of the axes, a row for each size; the boundaries on every panel."""
    for row, (model, label) in enumerate(results.labels.items()):
        for column, title in enumerate(titles):
            axis = axes[row, column]
            draw_boundaries(axis, results.size(model)[0])
            axis.set_xticks([1, 0.1, 0.01], ["1", "0.1", "0.01"])
            axis.set_yticks([0.1, 1, 10], ["0.1", "1", "10"] if column == 0 else ["", "", ""])
            axis.set_title(title if row == 0 else "")
            axis.set_xlabel("density 1 − S" if row == len(results.labels) - 1 else "")
        axes[row, 0].set_ylabel(f"{label}\nimportance of the extra")


@figure("diagram")
def diagram(results):
    """What becomes of the extra feature: closed forms, and three rules that pool the models of a point."""
    figure, axes = panels(len(results.labels), 1 + len(RULES), 2.0)
    tables, notes = [], []
    for row, (model, label) in enumerate(results.labels.items()):
        one = grid(results, model)
        inside = off_boundary(one.theory)
        maps = {"closed forms": one.theory} | {name: pooled_phases(one, rule) for name, rule in RULES.items()}
        for column, (name, phases) in enumerate(maps.items()):
            category_map(axes[row, column], one.density, one.relative, phases.T, COLOURS)
            table = tidy(phases, "phase", model=model, rule=name, density=one.density, relative_importance=one.relative)
            tables.append(table.assign(phase=np.array(PHASES)[phases.ravel()]))
        shares = ", ".join(f"{percent(mean((maps[name] == one.theory)[inside]))} ({name})" for name in RULES)
        notes.append(f"{label}: {shares}")
    map_axes(results, axes, ["closed forms", *RULES])
    swatches(figure, dict(zip(PHASES, COLOURS, strict=True)))
    models = len(results.seeds)
    return Drawing(
        figure,
        pd.concat(tables),
        "Phase diagrams: what becomes of the extra feature, over the density of all features, sparser to the right, "
        "and its importance relative to the others'. Left the solution of least loss among the closed forms; then "
        f"{models} trained models a point: the mean norm and superposition of all but the worst, as in the paper; "
        "their medians; and the best model alone. A feature is represented from a norm of 1/2 on, and shares its "
        "dimension from a superposition $\\sum_{j \\ne i} (\\hat W_i \\cdot W_j)^2$ of 1/2 on. Black lines: the closed "
        "forms' boundaries. Share of the points more than one cell off them that agree: " + "; ".join(notes) + ".",
        "Maps of three phases, not represented, dedicated dimension and in superposition, with the boundaries. "
        "Superposition lies on the sparse side; above it in importance the extra feature has a dimension, below it is "
        "not represented. Share of points off the boundaries that agree with the closed forms: "
        + "; ".join(notes)
        + ".",
    )


@figure("measured")
def measured(results):
    """Norm and superposition in one colour, as the paper shows them, with its legend; and how they spread."""
    figure, axes = panels(len(results.labels), 4, 2.0)
    rules = {"worst discarded": without_worst, "best": of_best}
    tables, notes = [], []
    for row, (model, label) in enumerate(results.labels.items()):
        one = grid(results, model)
        at = {"density": one.density, "relative_importance": one.relative}
        for column, (name, rule) in enumerate(rules.items()):
            norm, shared = rule(one.norm, one.loss), rule(one.shared, one.loss)
            colour_map(axes[row, column], one.density, one.relative, mixed(norm, shared, COLOURS).transpose(1, 0, 2))
            table = tidy(norm, "norm", model=model, rule=name, **at)
            tables.append(table.assign(superposition=tidy(shared, "superposition", **at)["superposition"]))
            between = ((norm > 0.25) & (norm < 0.75)) | ((shared > 0.25) & (shared < 0.75))
            notes.append(f"{label}, {name}: {percent(between.mean())}")
            spread = axes[row, 2 + column]
            spread.scatter(shared, norm, s=3, alpha=0.3, color="black", linewidth=0, rasterized=True)
            spread.set(xlim=(-0.08, 1.6), ylim=(-0.08, 1.6), title=f"{name}: points" if row == 0 else "")
            shades = np.linspace(0, 1.6, 33)
            spread.imshow(
                mixed(*np.meshgrid(shades, shades, indexing="ij"), COLOURS),
                extent=(0, 1.6, 0, 1.6), origin="lower", aspect="auto", interpolation="bilinear", zorder=-1,
            )  # fmt: skip
            spread.set_xlabel("superposition" if row == len(results.labels) - 1 else "")
        axes[row, 2].set_ylabel("norm")
        axes[row, 3].set_yticklabels([])
    map_axes(results, axes, list(rules))
    return Drawing(
        figure,
        pd.concat(tables),
        "What the phases are made from: the norm $\\lVert W_i \\rVert$ of the extra feature and its superposition "
        "$\\sum_{j \\ne i} (\\hat W_i \\cdot W_j)^2$, mixed into one colour: the background of the panels on the right "
        "is its legend, and each dot there a point of the diagram. Left without the worst model of a point, then the "
        "best model alone. Share of the points with either number between 1/4 and 3/4: " + "; ".join(notes) + ".",
        "Maps in which light grey is not represented, blue a dedicated dimension and orange superposition; scatter "
        "plots of norm against superposition on the legend of that colour. The best models gather at three corners: "
        "norm 0, norm 1 alone, norm 1 with superposition 1. Share of the points in between: " + "; ".join(notes) + ".",
    )


def outcomes(one, W):
    """What each model is: an index into OUTCOMES (density, relative, seed)."""
    phases = classify(one.norm, one.shared)
    found = np.where(confused(W), 1, 2 + phases)
    return np.where(phases == one.theory[..., None], 0, found)


@figure("agreement")
def agreement(results):
    """Where models agree with the closed forms, by region, and what the others are."""
    figure, axes = panels(len(results.labels), 3, 2.2, width_ratios=(1, 1, 1.15))
    tables, notes = [], []
    for row, (model, label) in enumerate(results.labels.items()):
        one = grid(results, model)
        inside = off_boundary(one.theory)
        W = np.stack([results.weights(model, s, "W") for s in results.sparsities])
        found = outcomes(one, W)
        share = (found == 0).mean(axis=-1)
        image = axes[row, 0].pcolormesh(
            one.density, one.relative, share.T, vmin=0, vmax=1, cmap="viridis", rasterized=True, shading="nearest"
        )
        axes[row, 0].set(xscale="log", yscale="log", xlim=one.density[[0, -1]], ylim=one.relative[[0, -1]])
        axes[row, 0].minorticks_off()
        tables.append(
            tidy(share, "share", model=model, of="models as predicted", density=one.density, relative=one.relative)
        )
        by_rule, by_outcome = _by_region(one, inside, found)
        draw_rules(axes[row, 1], by_rule)
        draw_outcomes(axes[row, 2], by_outcome)
        tables += [
            tidy(by_rule, "share", model=model, of="points that agree", region=list(PHASES), rule=list(RULES)),
            tidy(by_outcome, "share", model=model, of="models", region=list(PHASES), outcome=list(OUTCOMES)),
        ]
        notes.append(f"{label}: " + "; ".join([*_described(by_rule, by_outcome), _confused(one, W)]))
    map_axes(results, axes[:, :1], ["models as predicted"])
    axes[0, 1].set_title("points that agree")
    axes[0, 2].set_title("what single models are")
    figure.colorbar(image, ax=list(axes[:, 0]), shrink=0.6, aspect=30)
    rules = [
        (bar.get_facecolor(), name) for bar, name in zip(axes[0, 1].containers, RULES, strict=False) for bar in bar[:1]
    ]
    swatches(figure, {name: colour for colour, name in rules} | OUTCOMES, ncols=4)
    return Drawing(
        figure,
        pd.concat(tables),
        "Agreement with the closed forms. Left the share of a point's models that are in the closed forms' phase; "
        "middle, by the region of the closed forms and for points more than one cell off its boundary, the share of "
        "points that agree under each rule; right what all single models of those points are. Two features are in "
        f"one direction in part if the shorter has a norm of at least {PARTLY}. Shares of points "
        f"({', '.join(RULES)}) and of single models as predicted: " + ". ".join(notes) + ".",
        "Maps of the share of models that agree, and bars by region. " + ". ".join(notes) + ".",
    )


def _by_region(one, inside, found):
    """Share of points that agree (region, rule), and of models by outcome (region, outcome); nan where no region is."""
    regions = [inside & (one.theory == phase) for phase in range(len(PHASES))]
    agrees = [pooled_phases(one, rule) == one.theory for rule in RULES.values()]
    by_rule = [[mean(agree[region]) for agree in agrees] for region in regions]
    by_outcome = [[mean(found[region] == i) for i in range(len(OUTCOMES))] for region in regions]
    return np.array(by_rule), np.array(by_outcome)


def _described(by_rule, by_outcome):
    """A phrase for every region that the grid has."""
    for phase, rules, models in zip(PHASES, by_rule, by_outcome, strict=True):
        if not np.isnan(rules).any():
            others = {name: share for name, share in list(zip(OUTCOMES, models, strict=True))[1:] if share >= 0.0005}
            rest = "".join(f", {percent(share)} {name}" for name, share in others.items())
            yield f"{phase} {', '.join(map(percent, rules))}; models {percent(models[0])}{rest}"


def _confused(one, W):
    """How many models, anywhere on the grid, have two features along one direction, at least in part, and where."""
    shared = confused(W, PARTLY)
    at = np.argwhere(shared.any(axis=-1))
    where = ""
    if len(at):
        s, r = one.density[at[:, 0]], one.relative[at[:, 1]]
        where = (
            f" (half of those points at densities {np.quantile(s, 0.25):.2g} to {np.quantile(s, 0.75):.2g}, "
            f"importances {np.quantile(r, 0.25):.2g} to {np.quantile(r, 0.75):.2g})"
        )
    share = percent(shared.mean())
    return f"of all models of the grid {share} have two features in one direction, at least in part{where}"


def draw_rules(axis, by_rule):
    """Bars of the share of points that agree, by region; a line at 85 %."""
    for i, colour in enumerate(("#4d4d4d", "#E69F00", "#CC79A7")):
        axis.barh(np.arange(len(PHASES)) + (i - 1) * 0.26, np.nan_to_num(by_rule[:, i]), height=0.24, color=colour)
    axis.axvline(0.85, color="black", linewidth=0.8, linestyle=":")
    axis.set(yticks=range(len(PHASES)), yticklabels=[name.replace(" ", "\n", 1) for name in PHASES], xlim=(0, 1))
    axis.invert_yaxis()


def draw_outcomes(axis, by_outcome):
    """Stacked bars of what models are, by region."""
    left = np.zeros(len(PHASES))
    for share, colour in zip(np.nan_to_num(by_outcome).T, OUTCOMES.values(), strict=True):
        axis.barh(range(len(PHASES)), share, left=left, color=colour, height=0.7)
        left += share
    axis.set(yticks=range(len(PHASES)), yticklabels=[], xlim=(0, 1))
    axis.invert_yaxis()


@figure("cut")
def cut(results):
    """Minimum loss along a cut in density and one in importance, with the closed forms, and its derivative."""
    figure, axes = panels(len(results.labels), 3, 2.2)
    tables, notes = [], []
    for row, (model, label) in enumerate(results.labels.items()):
        one = grid(results, model)
        column = int(np.abs(np.log(one.relative / CUT_IMPORTANCE)).argmin())
        line = int(np.abs(np.log(one.density / CUT_DENSITY)).argmin())
        lowest, error = of_best(one.loss, one.loss), of_best(one.error, one.loss)
        r, s = one.relative[column], one.density[line]
        draw_losses(axes[row, 0], one.density, lowest[:, column], solution_losses(one.density, r, one.features))
        draw_losses(axes[row, 1], one.relative, lowest[line], solution_losses(s, one.relative, one.features))
        notes.append(f"{label}: " + kink(axes[row, 0], one, column, lowest[:, column]))
        closed = closed_derivative(s, one.relative, one.features)
        axes[row, 2].step(one.relative, closed, where="mid", color="black", linewidth=1.0, linestyle="--")
        axes[row, 2].plot(one.relative, error[line], "o", color="#444444", markersize=2.5)
        axes[row, 0].set(title=f"importance {r:.3g}", ylabel=f"{label}\nminimum loss")
        top = 1.1 * lowest[line].max()
        axes[row, 1].set(title=f"density {s:.3g}", xscale="log", ylim=(0, top))
        axes[row, 2].set(title=f"density {s:.3g}", xscale="log", ylabel="∂ loss / ∂ importance")
        axes[row, 0].set_ylim(0, 1.1 * lowest[:, column].max())
        for axis, name in zip(axes[row], ("density 1 − S", *["importance of the extra"] * 2), strict=True):
            axis.set_xlabel(name if row == len(results.labels) - 1 else "")
            axis.grid(True)
        tables += [
            tidy(lowest[:, column], "value", model=model, cut="density", of="minimum loss", at=one.density),
            tidy(lowest[line], "value", model=model, cut="importance", of="minimum loss", at=one.relative),
            tidy(error[line], "value", model=model, cut="importance", of="derivative", at=one.relative),
        ]
    handles = {
        text: handle for axis in axes[:, 0] for handle, text in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=3)
    return Drawing(
        figure,
        pd.concat(tables),
        f"Minimum held-out loss of {len(results.seeds)} models (dots) along a cut in density (left) and one in "
        "importance (middle), and the loss of each closed-form solution (lines). Right its derivative by the "
        "importance of the extra feature, by the envelope theorem that feature's mean squared error in the best model, "
        "beside the closed forms' (dashed). The arrow marks the closed forms' kink on the cut in density. "
        + ". ".join(notes)
        + ".",
        "Line plots: the measured minimum follows the lowest of the closed forms' lines, with a kink where they cross; "
        "the derivative falls in steps. " + ". ".join(notes) + ".",
    )


def draw_losses(axis, x, lowest, losses):
    """The minimum over the models as dots, every closed-form solution as a line."""
    for i, style in enumerate(model_styles(list(SOLUTIONS[: len(losses)])).values()):
        axis.plot(x, losses[i], label=SOLUTIONS[i], **style)
    axis.plot(x, lowest, "o", color="#444444", markersize=2.5, label="lowest of the trained models")


def kink(axis, one, column, lowest):
    """Mark the closed forms' kink on a cut in density, and say how the slopes on either side of it compare."""
    r = one.relative[column]
    boundary = float(packing_boundary(r, one.features))
    closed = solution_losses(one.density, r, one.features).min(axis=0)
    level = float(solution_losses(boundary, r, one.features).min())
    axis.annotate(
        "",
        (boundary, level),
        (boundary, level - 0.35 * lowest.max()),
        arrowprops={"arrowstyle": "->", "linewidth": 0.8, "color": "black"},
    )
    found = [np.diff(values) / np.diff(one.density) for values in (lowest, closed)]  # (interval,), from dense to sparse
    last = int(np.clip((one.density > boundary).sum(), 2, len(one.density) - 2))  # intervals that lie on the dense side
    dense, sparse = ([float(slope[i]) for slope in found] for i in (last - 2, last))
    at = one.density[1 + np.diff(found[0]).argmax()]
    return (
        f"kink of the measured minimum at density {at:.3f}, of the closed forms at {boundary:.3f}; slope on its sparse "
        f"side {sparse[0]:.3f} (closed forms {sparse[1]:.3f}), on its dense side {dense[0]:.3f} ({dense[1]:.3f})"
    )


def closed_derivative(density, relative, features):
    """Derivative (relative,) of the least closed-form loss by the extra's importance: losses are linear in it."""
    slopes = np.diff(solution_losses(density, np.array([1.0, 2.0]), features), axis=1)[:, 0]
    return slopes[best_solution(density, relative, features)]
