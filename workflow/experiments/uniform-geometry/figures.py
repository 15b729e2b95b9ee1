"""Figures of uniform superposition: D*, the dimensionalities, the feature graphs, the polytopes."""

from collections import Counter

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.ticker import NullLocator
from superposition.drawing import PALETTE, Drawing, figure, model_styles, panels, tidy
from superposition.geometry import NOT_REPRESENTED, feature_polytopes
from superposition.graphs import draw_component, named_components
from superposition.levels import FRACTIONS, chance_of_sticking, plateaus, sticky
from superposition.measures import REPRESENTED
from superposition.polytopes import BY_NAME, several

LARGE, WIDE, SMALL = "large", "wide", "small"  # 2m of n, m of n and m of n/2
RATIO_TOLERANCE, D_TOLERANCE = 0.05, 0.03  # as the claims'
POSITIVE_FRACTIONS = tuple(fraction for fraction in FRACTIONS if fraction > 0)
COLOURS = dict(zip(("tetrahedron", "triangle", "digon", "pentagon", "square antiprism"), PALETTE, strict=False))
OTHER, OTHER_COLOUR, ABSENT_COLOUR = "other", "#b8b8b8", "#ececec"
FRACTION_NAMES = ("3/4 tetrahedron", "2/3 triangle", "1/2 digon", "2/5 pentagon", "3/8 antiprism", "0 not represented")
TICKS = (1, 2, 3, 5, 10, 20)
GRAPHS = (1.6, 2.2, 3.0, 5.0, 9.0)  # 1/(1 − S) of the models whose graphs are drawn, or the nearest trained
COLUMNS = 8  # of drawn components
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
    axis.set(xlabel="1/(1 − S)", xlim=(inverse[0] / 1.12, inverse[-1] * 1.12))


def bar_edges(inverse):
    """Edges (sparsity + 1,) half way, on a logarithmic axis, between neighbours; at the ends as far as to the inside."""
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
        top.text(1.01, level + nudge, name, transform=top.get_yaxis_transform(), va="center", fontsize=7.5)
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
    """Components of one seed's feature graph at several sparsities: one of each polytope, with their number."""
    inverse = inverse_densities(results)
    rows = list(dict.fromkeys(int(np.abs(np.log(inverse / wanted)).argmin()) for wanted in GRAPHS))
    figure, axes = panels(len(rows), 1, 1.18)
    colours = ScalarMappable(matplotlib.colors.Normalize(0, 1), matplotlib.colormaps[VALUES])
    tables, notes = [], []
    for axis, row in zip(axes[:, 0], rows, strict=True):
        sparsity = ordered(results)[row]
        seed = results.representative(LARGE, sparsity)
        W = results.weights(LARGE, sparsity, "W")[seed]
        D = results.matrices(LARGE, sparsity, "dimensionality")[seed]
        found = named_components(W)
        absent = W.shape[1] - sum(len(component.features) for component in found)
        number = Counter(component.name for component in found)
        shown, rest = chosen(found, number)
        for column, component in enumerate(shown):
            features = list(component.features)
            size = np.clip(90 / len(features), 6, 22)
            draw_component(axis, W[:, features], colours.to_rgba(D[features]), (column, 0), 0.3, size)
            axis.text(column, -0.44, caption_of(component.name, number), ha="center", va="top", fontsize=6.5)
        if not found:
            axis.text(0, 0, "no feature is represented", va="center", fontsize=8)
        axis.set(xlim=(-0.55, COLUMNS - 0.45), ylim=(-0.78, 0.42), aspect="equal", xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        beside = f" · {rest} more components, of other kinds" if rest else ""
        title = (
            f"1/(1 − S) = {inverse[row]:.2f} (seed {results.seeds[seed]}) · {absent} features not represented{beside}"
        )
        axis.set_title(title, loc="left", fontsize=8, pad=2)
        words = ", ".join(several(count, name) for name, count in number.items()) or "nothing represented"
        notes.append(f"1/(1 − S) = {inverse[row]:.2f}: {words}; {absent} not represented")
        members = {feature: (place, c.name) for place, c in enumerate(found) for feature in c.features}
        tables.append(
            pd.DataFrame(
                [
                    (sparsity, results.seeds[seed], i + 1, *members.get(i, (-1, NOT_REPRESENTED)), D[i])
                    for i in range(W.shape[1])
                ],
                columns=["sparsity", "seed", "feature", "component", "polytope", "dimensionality"],
            )
        )
    figure.colorbar(colours, ax=list(axes[:, 0]), label="dimensionality $D_i$", shrink=0.5, aspect=30, pad=0.01)
    return Drawing(
        figure,
        pd.concat(tables),
        f"Components of the feature graph of the model “{results.labels[LARGE]}” at several sparsities, one "
        "representative seed each, that of median held-out loss: a dot is a feature, coloured by its dimensionality; "
        "an edge joins two that are not orthogonal, as wide as their |cosine|. One component of each kind is drawn, "
        "with the number of its kind; distances are as near to those between the unit vectors as the plane allows. The "
        f"commonest {COLUMNS} kinds are shown.",
        "Graphs of features. Components at " + ". ".join(notes) + ".",
    )


def chosen(found, number):
    """One component of each of the kinds with most features, in their order, and the number of components left out."""
    firsts = {}
    for component in found:
        firsts.setdefault(component.name, component)
    weight = {name: number[name] * len(component.features) for name, component in firsts.items()}
    kept = sorted(sorted(firsts, key=lambda name: -weight[name])[:COLUMNS], key=list(firsts).index)
    return [firsts[name] for name in kept], sum(count for name, count in number.items() if name not in kept)


def caption_of(name, number):
    """The number and name of a kind of component, over two lines."""
    if name in BY_NAME:
        words = several(number[name], name) if number[name] > 1 else f"1 {name}"
        return words.replace("square anti", "square\nanti")
    features, _, _, dimensions, *_ = name.split()
    return f"{number[name]} × {features} in\n{dimensions} dimensions"


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
        bottom.set(ylim=(0, 1), xlim=(edges[0], edges[-1]))
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
