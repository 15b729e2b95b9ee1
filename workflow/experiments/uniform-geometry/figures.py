"""Figures of uniform superposition: D*, the dimensionalities, the feature graphs, the polytopes."""

from collections import Counter

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.ticker import NullLocator
from superposition.draw.canvas import PALETTE, Drawing, figure, model_styles, panels, tidy
from superposition.draw.graphs import draw_component, named_components
from superposition.measure.features import REPRESENTED
from superposition.measure.geometry import EDGE, NOT_REPRESENTED, feature_polytopes
from superposition.measure.plateaus import FRACTIONS, chance_of_sticking, plateaus, sticky
from superposition.measure.polytopes import BY_NAME, several

LARGE, WIDE, SMALL = "large", "wide", "small"  # 2m of n, m of n and m of n/2
RATIO_TOLERANCE, D_TOLERANCE = 0.05, 0.03  # as the claims'
POSITIVE_FRACTIONS = tuple(fraction for fraction in FRACTIONS if fraction > 0)
COLOURS = dict(zip(("tetrahedron", "triangle", "digon", "pentagon", "square antiprism"), PALETTE, strict=False))
OTHER, OTHER_COLOUR, ABSENT_COLOUR = "other", "#b8b8b8", "#ececec"
FRACTION_NAMES = ("3/4 tetrahedron", "2/3 triangle", "1/2 digon", "2/5 pentagon", "3/8 antiprism", "0 not learned")
TICKS = (1, 2, 3, 5, 10, 20)
GRAPHS = (1.4, 1.6, 1.9, 3.0, 4.8, 6.6)  # 1/(1 − S) of the models whose graphs are drawn, or the nearest trained
ROW, RADIUS, GAP = 5.8, 0.27, 0.1  # of a row of components, about inches: its length, a component, between two kinds
VALUES = "viridis"  # of D_i


def ordered(results):
    """The sparsities, the densest first."""
    return sorted(results.sparsities, key=float)


def inverse_densities(results):
    """1/(1 − S) of each (sparsity,), ascending."""
    return np.array([1.0 / (1.0 - float(s)) for s in ordered(results)])


def inverse_axis(axis, inverse):
    """A logarithmic axis of 1/(1 − S) with plain numbers."""
    axis.set_xscale("log")
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks([tick for tick in TICKS if tick <= 1.1 * inverse[-1]], minor=False)
    axis.set_xticklabels([str(tick) for tick in TICKS if tick <= 1.1 * inverse[-1]])
    axis.set(xlabel="1/(1 − S)", xlim=bar_edges(inverse)[[0, -1]])


def bar_edges(inverse):
    """Edges (sparsity + 1,) half way, on a logarithmic axis, between neighbours; at the ends as far as inside."""
    if len(inverse) == 1:
        return inverse * np.array([0.9, 1.1])
    inner = np.sqrt(inverse[1:] * inverse[:-1])
    return np.concatenate([[inverse[0] ** 2 / inner[0]], inner, [inverse[-1] ** 2 / inner[-1]]])


def learned(results, model):
    """‖W‖² (seed, sparsity)."""
    return np.stack([results.metric(model, s, "frobenius_squared") for s in ordered(results)], axis=1)


@figure("dimensions-per-feature")
def dimensions_per_feature(results):
    """D* of every seed and its plateaus; ratios of ‖W‖² between the models."""
    inverse = inverse_densities(results)
    figure, axes = panels(1, 2, 3.1, width_ratios=(1.7, 1))
    tables, notes = [], []
    left, right = axes[0]
    for level in (1, 0.5):
        left.axhline(level, color="#777777", linewidth=0.8, linestyle=":", zorder=0)
    for model, style in model_styles([LARGE, WIDE, SMALL]).items():
        values = results.size(model)[1] / learned(results, model)
        median = np.median(values, axis=0)
        left.plot(inverse, median, label=results.labels[model], **style)
        left.plot(inverse, values.T, ".", color=style["color"], markersize=3.5, alpha=0.6)
        tables.append(tidy(values, "value", quantity="D*", model=model, seed=results.seeds, sparsity=ordered(results)))
        found = plateaus(np.log(median), np.log(inverse), RATIO_TOLERANCE, 2)
        for plateau in found:
            ends = np.exp([plateau.first, plateau.last])
            left.plot(ends, [np.exp(plateau.level)] * 2, color=style["color"], linewidth=6, alpha=0.25, zorder=1)
        words = [
            f"{np.exp(p.level):.3f} for 1/(1 − S) from {np.exp(p.first):.2f} to {np.exp(p.last):.2f}"
            for p in sorted(found, key=lambda p: p.first)
        ]
        notes.append(f"{results.labels[model]}: {' and '.join(words) or 'none'}")
    inverse_axis(left, inverse)
    left.set(ylabel="D* = m / ‖W‖²", ylim=(0, None), title="hidden dimensions per feature")
    left.legend()
    ratios = {
        f"twice the dimensions: {LARGE} / {WIDE}": (LARGE, WIDE, 2),
        f"twice the features: {WIDE} / {SMALL}": (WIDE, SMALL, 1),
    }
    for (label, (first, second, expected)), colour in zip(ratios.items(), PALETTE[3:], strict=False):
        values = learned(results, first) / learned(results, second)
        right.axhline(expected, color="#777777", linewidth=0.8, linestyle=":", zorder=0)
        right.plot(inverse, np.median(values, axis=0), color=colour, label=label)
        right.plot(inverse, values.T, ".", color=colour, markersize=3.5, alpha=0.6)
        tables.append(
            tidy(values, "value", quantity="ratio", model=label, seed=results.seeds, sparsity=ordered(results))
        )
        notes.append(f"‖W‖², {label}: {np.median(values, axis=0).min():.2f} to {np.median(values, axis=0).max():.2f}")
    inverse_axis(right, inverse)
    right.set(ylim=(0, 3), title="ratio of ‖W‖²", yticks=(0, 1, 2, 3))
    right.legend(loc="upper left", handlelength=1.2)
    return Drawing(
        figure,
        pd.concat(tables),
        f"Left: $D^*$, the hidden dimensions per feature learned, over $1/(1 - S)$: each of {len(results.seeds)} seeds "
        f"(dots) and their median (line). Thick bars: the two widest stretches of each median that stay within "
        f"{RATIO_TOLERANCE:.0%} of their level, found without being told any. Right: $\\lVert W \\rVert_F^2$, the "
        "number of features learned, of models that differ in one size by a factor of two. Plateaus and ranges of the "
        f"ratios' medians: {'; '.join(notes)}.",
        "Line plots over a logarithmic axis. Plateaus of D* and ranges of ratios: " + "; ".join(notes) + ".",
    )


@figure("dimensionality")
def dimensionality(results):
    """D_i of every feature of the large model, the lines of the polytopes, and how many lie on them."""
    inverse, m = inverse_densities(results), results.size(LARGE)[1]
    D, norms = (
        np.stack([results.matrices(LARGE, s, name) for s in ordered(results)]) for name in ("dimensionality", "norm")
    )
    represented = norms >= REPRESENTED  # (sparsity, seed, feature)
    figure, axes = panels(2, 1, 2.5, sharex=True, height_ratios=(3.6, 1))
    top, bottom = axes[:, 0]
    for level, name in zip(FRACTIONS, FRACTION_NAMES, strict=True):
        top.axhline(level, color="#888888", linewidth=0.6, zorder=0)
        nudge = {2 / 5: 0.012, 3 / 8: -0.012}.get(level, 0.0)  # these two lines are closer than their words
        top.text(1.01, level + nudge, name, transform=top.get_yaxis_transform(), va="center", fontsize=6.5)
    low, high = bar_edges(inverse)[:-1, None, None], bar_edges(inverse)[1:, None, None]
    place = np.random.default_rng(0).uniform(0.1, 0.9, D.shape)  # within the stretch that is nearest to each sparsity
    jittered = low ** (1 - place) * high**place
    for flags, colour, label in (
        (represented, PALETTE[0], "represented"),
        (~represented, PALETTE[4], "not represented"),
    ):
        top.scatter(jittered[flags], D[flags], s=2, color=colour, alpha=0.35, linewidth=0, label=label, rasterized=True)
    star = np.median(m / learned(results, LARGE), axis=0)
    top.plot(inverse, star, color="#222222", linewidth=1.1, label="D* (median)")
    top.set(ylabel="dimensionality $D_i$", ylim=(-0.04, 1.1))
    legend = top.legend(loc="upper right", markerscale=4)
    for handle in legend.legend_handles:
        handle.set_alpha(1)
    near = sticky(D, D_TOLERANCE, POSITIVE_FRACTIONS) & represented
    count = represented.sum(axis=2)  # (sparsity, seed)
    shares = np.divide(near.sum(axis=2), count, out=np.full(count.shape, np.nan), where=count > 0)
    chance = chance_of_sticking(D_TOLERANCE, POSITIVE_FRACTIONS)
    some = (count > 0).any(axis=1)
    bottom.plot(inverse[some], np.nanmedian(shares[some], axis=1), color=PALETTE[0])
    bottom.plot(inverse, shares, ".", color=PALETTE[0], markersize=3.5, alpha=0.6)
    bottom.axhline(chance, color="#777777", linewidth=0.9, linestyle=":")
    bottom.text(1.01, chance, "chance", transform=bottom.get_yaxis_transform(), va="center", fontsize=7.5)
    bottom.set(ylabel="share at a\nfraction", ylim=(-0.04, 1.04), yticks=(0, 0.5, 1))
    inverse_axis(bottom, inverse)
    table = tidy(
        D, "dimensionality", sparsity=ordered(results), seed=results.seeds, feature=np.arange(1, D.shape[2] + 1)
    )
    words = [
        f"{np.nanmedian(share):.0%} at 1/(1 − S) = {x:.2f}"
        for x, share, any_ in zip(inverse, shares, some, strict=True)
        if any_
    ]
    return Drawing(
        figure,
        table.assign(represented=represented.ravel()),
        f"Dimensionality $D_i$ of each of the {D.shape[2]} features of the model “{results.labels[LARGE]}”, all "
        f"{len(results.seeds)} seeds, spread sideways about its sparsity; lines: the fractions of the polytopes; "
        f"black: the median $D^*$. Below: the share of the represented features "
        f"($\\lVert W_i \\rVert$ ≥ {REPRESENTED:g}) within {D_TOLERANCE:g} of one of the five positive fractions, "
        f"every seed and the median; dotted: that share among numbers spread evenly over [0, 1], {chance:.3f}. "
        f"Medians: {'; '.join(words)}.",
        "Scatter plot of dimensionalities over a logarithmic axis, with lines at 3/4, 2/3, 1/2, 2/5, 3/8 and 0. Median "
        f"share of represented features within {D_TOLERANCE:g} of a positive fraction: " + "; ".join(words) + ".",
    )


@figure("feature-graphs")
def feature_graphs(results):
    """The feature graph of one seed's model at several sparsities, component by component."""
    inverse = inverse_densities(results)
    rows = list(dict.fromkeys(int(np.abs(np.log(inverse / wanted)).argmin()) for wanted in GRAPHS))
    figure, axes = panels(len(rows), 1, 1.15)
    colours = ScalarMappable(matplotlib.colors.Normalize(0, 1), matplotlib.colormaps[VALUES])
    tables, notes = [], []
    for axis, row in zip(axes[:, 0], rows, strict=True):
        sparsity = ordered(results)[row]
        seed = results.representative(LARGE, sparsity)
        W = results.weights(LARGE, sparsity, "W")[seed]
        D = results.matrices(LARGE, sparsity, "dimensionality")[seed]
        found = named_components(W)
        number = Counter(component.name for component in found)
        absent = W.shape[1] - sum(len(component.features) for component in found)
        left_out = draw_graph(axis, W, colours.to_rgba(D), found)
        beside = f"{absent} features not represented" + (f", {left_out} components not drawn" if left_out else "")
        title = f"1/(1 − S) = {inverse[row]:.2f}, seed {results.seeds[seed]}: {beside}"
        axis.set_title(title, loc="left", fontsize=8, pad=2)
        words = ", ".join(several(count, name) for name, count in number.items()) or "no component"
        notes.append(f"1/(1 − S) = {inverse[row]:.2f}: {words}; {absent} features not represented")
        member = {feature: (place, c.name) for place, c in enumerate(found) for feature in c.features}
        table = tidy(
            D, "dimensionality", sparsity=sparsity, seed=str(results.seeds[seed]), feature=np.arange(1, len(D) + 1)
        )
        component, polytope = zip(*(member.get(i, (-1, NOT_REPRESENTED)) for i in range(len(D))), strict=True)
        tables.append(table.assign(component=component, polytope=polytope))
    figure.colorbar(colours, ax=list(axes[:, 0]), label="dimensionality $D_i$", shrink=0.4, aspect=30, pad=0.01)
    return Drawing(
        figure,
        pd.concat(tables),
        f"The feature graph of the model “{results.labels[LARGE]}” at several sparsities, one representative seed "
        "each, that of median held-out loss: a dot is a feature, coloured by its dimensionality; an edge joins two "
        f"that are not orthogonal (|cosine| ≥ {EDGE:g}), as wide as their |cosine|. Components are grouped by their "
        "polytope; those without a name are called by their features and dimensions. Distances are as near to those "
        f"between the unit vectors as the plane allows. Components at {'. '.join(notes)}.",
        "Graphs of features, component by component. " + ". ".join(notes) + ".",
    )


def draw_graph(axis, W, colours, found):
    """Draw a model's components in a row, those of one kind together; returns how many do not fit."""
    groups = {}
    for component in found:
        groups.setdefault(component.name, []).append(component)
    drawn, left_out = fitting(groups)
    x = 0.0
    for name, components in drawn.items():
        step, width = spacing(components[0]), group_width(components)
        start = x + (width - step * len(components)) / 2
        for place, component in enumerate(components):
            features = list(component.features)
            centre = (start + (place + 0.5) * step, 0.0)
            draw_component(axis, W[:, features], colours[features], centre, RADIUS, np.clip(90 / len(features), 5, 20))
        axis.text(x + width / 2, -RADIUS - 0.1, words_of(name, len(groups[name])), ha="center", va="top", fontsize=6.5)
        x += width + GAP
    if not found:
        axis.text(0.1, 0, "no feature is represented", va="center", fontsize=8)
    axis.set(xlim=(0, ROW), ylim=(-RADIUS - 0.42, RADIUS + 0.08), aspect="equal", anchor="W", xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    return left_out


def fitting(groups):
    """As many components of each kind as fit a row, and how many do not; kinds with the fewest features go first."""
    drawn = {name: list(components) for name, components in groups.items()}
    while sum(map(group_width, drawn.values())) + GAP * (len(drawn) - 1) > ROW:
        longest = max(drawn, key=lambda name: len(drawn[name]))
        if len(drawn[longest]) > 1:
            drawn[longest].pop()
        else:
            del drawn[min(drawn, key=lambda name: len(drawn[name][0].features))]
    return drawn, sum(map(len, groups.values())) - sum(map(len, drawn.values()))


def spacing(component):
    """Width of a component's place in a row: digons stand side by side."""
    return 2 * RADIUS + 0.08 if len(component.features) > 2 else 0.26


def group_width(components):
    """Width of the place of components of one kind, their name below them included."""
    return max(spacing(components[0]) * len(components), 0.62 if components[0].name in BY_NAME else 0.85)


def words_of(name, number):
    """The number and name of a kind of component, over two lines where it is long."""
    if name in BY_NAME:
        words = several(number, name) if number > 1 else f"1 {name}"
        return words.replace("square ", "square\n")
    features, _, _, dimensions, unit = name.split()
    return f"{number} × {features} features\nin {dimensions} {unit}"


@figure("polytopes")
def polytopes(results):
    """Features per hidden dimension by polytope against sparsity, mean over seeds, and those not represented."""
    models, inverse = [LARGE, WIDE, SMALL], inverse_densities(results)
    figure, axes = panels(2, len(models), 2.0, sharex=True, sharey="row", height_ratios=(2.4, 1))
    edges = bar_edges(inverse)
    tables, notes = [], []
    for model, (top, bottom) in zip(models, axes.T, strict=True):
        names = np.stack([feature_polytopes(results.weights(model, s, "W")) for s in ordered(results)])
        n, m = results.size(model)
        kinds = np.where(np.isin(names, [*COLOURS, NOT_REPRESENTED]), names, OTHER)  # (sparsity, seed, feature)
        base = np.zeros(len(inverse))
        for kind, colour in (COLOURS | {OTHER: OTHER_COLOUR}).items():
            counts = (kinds == kind).sum(axis=2)  # (sparsity, seed)
            height = counts.mean(axis=1) / m
            top.bar(edges[:-1], height, np.diff(edges), base, align="edge", color=colour, label=kind, linewidth=0)
            base += height
            most = int(height.argmax())
            if kind != OTHER and height[most] > 0:
                notes.append(f"{results.labels[model]}, {kind}: at most {height[most]:.2f}, at {inverse[most]:.2f}")
        absent = (kinds == NOT_REPRESENTED).sum(axis=2)
        bottom.bar(edges[:-1], absent.mean(axis=1) / n, np.diff(edges), align="edge", color="#555555", linewidth=0)
        for kind in (*COLOURS, OTHER, NOT_REPRESENTED):
            counts = (kinds == kind).sum(axis=2)
            tables.append(
                tidy(counts, "features", model=model, polytope=kind, sparsity=ordered(results), seed=results.seeds)
            )
        inverse_axis(bottom, inverse)
        top.set(title=results.labels[model], xlabel="")
        bottom.set(ylim=(0, 1))
    axes[0, 0].set_ylabel("features per\nhidden dimension")
    axes[1, 0].set_ylabel("share not\nrepresented")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=6, columnspacing=1.2)
    return Drawing(
        figure,
        pd.concat(tables),
        f"Features in each polytope per hidden dimension (top) and the share of features that are not represented "
        f"($\\lVert W_i \\rVert$ < {REPRESENTED:g}, bottom), mean over {len(results.seeds)} seeds. Other: features "
        "alone in their dimension, larger simplices, hexagons, and arrangements without a name. Most per dimension, "
        f"at which $1/(1 - S)$: {'; '.join(notes)}.",
        "Stacked bars over a logarithmic axis. Most features per hidden dimension, at which 1/(1 − S): "
        + "; ".join(notes)
        + ".",
    )
