"""The figures of penalties on hidden activations, sparse recovery, and two features in one number."""

import numpy as np
import pandas as pd
import seaborn as sns
from superposition.draw.canvas import INK, PALETTE, REFERENCE, Drawing, counted, figure, panels
from superposition.measure.features import feature_norms, features_per_dimension
from superposition.measure.tables import labelled, tidy

from .nonlinear import LINEAR, STEPS, WIDTH, decode, encode, expected_loss
from .penalised import MODEL, alignment, penalties, represented, superposed
from .sensing import SPARSITY, WIDTHS, basis_pursuit, gaussian, read_out, samples_recovered, sparse_samples

INTERFERENCE = 0.1  # from which a feature is in superposition: the default reading
LAYERS = {MODEL: "linear hidden layer", "neurons": "hidden layer with a ReLU"}
QUANTITIES = {
    "per dimension": "features per dimension",
    "superposed": "features in superposition",
    "alignment": "alignment with units",
    "loss": "loss, relative to λ = 0",
}
DECODERS = {
    "model": "read-out of the model",
    "pursuit": "basis pursuit, the model's weights",
    "random": "basis pursuit, random weights",
}


@figure("penalty")
def over_the_penalty(results):
    """Features per dimension, superposition, alignment and loss over the penalty."""
    parts = [_penalised(results, name, s) for name in LAYERS for s in results.sparsities]
    table = pd.concat(parts, ignore_index=True)
    canvas, axes = panels(2, 2, 2.1)
    steps_shown = penalties(results)
    for axis, (column, label) in zip(axes.flat, QUANTITIES.items(), strict=True):
        for place, layer in enumerate(LAYERS.values()):
            for colour, sparsity in zip(PALETTE, results.sparsities, strict=False):
                part = table[(table["layer"] == layer) & (table["sparsity"] == sparsity)]
                sns.lineplot(
                    part, x="penalty", y=column, ax=axis, color=colour, dashes=False, linestyle=("-", "--")[place],
                    estimator="median", errorbar=("pi", 80) if place == 0 else None, marker="os"[place], markersize=4,
                    err_kws={"linewidth": 0, "alpha": 0.15},
                    label=f"S = {sparsity}, {layer}" if column == "loss" else None,
                )  # fmt: skip
        axis.set(xlabel="penalty λ", ylabel=label, xlim=(-0.01, 1.03 * steps_shown.max()))
    axes[0, 0].axhline(1, **REFERENCE)
    axes[0, 1].axhline(0, **REFERENCE)
    axes[1, 0].axhline(0, **REFERENCE)
    axes[1, 1].axhline(1, **REFERENCE)
    axes[1, 1].get_legend().remove()
    canvas.legend(*axes[1, 1].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    told = _told(table, ["per dimension", "superposed", "loss"])
    return Drawing(
        canvas,
        table,
        f"Models of {counted(len(results.seeds), 'seed')} trained with λ‖h‖₁ added to the loss: medians, and as a band "
        "the middle 80 % of models with a linear hidden layer. Dotted: one feature per dimension; no feature in "
        "superposition (represented, with interference of 0.1 or more); directions at random (1: each feature along "
        f"one hidden unit); the loss without a penalty. Medians of the first, second and fourth: {told}.",
        f"Four panels of curves over the penalty. Medians: {told}.",
    )


def _penalised(results, name, sparsity):
    """Every model's four quantities at one sparsity."""
    W = results.weights(name, sparsity, "W").astype(np.float64)
    loss = results.metric(name, sparsity, "test_loss")
    columns = {
        "per dimension": features_per_dimension(W),
        "superposed": superposed(W, INTERFERENCE).sum(axis=-1),
        "alignment": alignment(W),
        "loss": loss / loss[0],
    }
    return labelled(
        tidy(columns, penalty=penalties(results), seed=results.seeds), layer=LAYERS[name], sparsity=sparsity
    )


def _told(table, columns):
    """Medians in words, of models with a linear hidden layer."""
    linear = table[table["layer"] == LAYERS[MODEL]]
    lines = []
    for sparsity, part in linear.groupby("sparsity"):
        medians = part.groupby("penalty")[columns].median()
        each = ", ".join(
            f"λ = {step:g}: {' / '.join(f'{value:.3g}' for value in row)}"
            for step, row in zip(medians.index, medians.to_numpy(), strict=True)
        )
        lines.append(f"S = {sparsity}, {each}")
    return "; ".join(lines)


@figure("killed")
def survivors(results):
    """The share of models that represent each feature, over the penalty."""
    parts = [
        labelled(
            tidy(
                {"norm": feature_norms(W), "represented": represented(W)},
                penalty=penalties(results), seed=results.seeds, feature=np.arange(1, results.features + 1),
            ),
            layer=layer, sparsity=sparsity,
        )
        for name, layer in LAYERS.items()
        for sparsity in results.sparsities
        for W in [results.weights(name, sparsity, "W").astype(np.float64)]
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    canvas, axes = panels(len(LAYERS), len(results.sparsities), 2.2, sharex=True, sharey=True)
    told = []
    for axis, part in zip(axes.flat, parts, strict=True):
        shares = part.pivot_table("represented", "penalty", "feature")
        mesh = axis.imshow(shares.to_numpy(dtype=float), cmap="Blues", vmin=0, vmax=1, aspect="auto", origin="lower")
        layer, sparsity = part["layer"].iloc[0], part["sparsity"].iloc[0]
        axis.set_title(f"S = {sparsity}, {layer}", fontsize=8.5)
        axis.set_yticks(range(len(shares)), [f"{step:g}" for step in shares.index])
        axis.set_xticks([0, 4, 9, 14, 19], [1, 5, 10, 15, 20])
        numbers = ", ".join(f"{step:g}: {row.sum():.1f}" for step, row in shares.iterrows())
        told.append(f"S = {sparsity}, {layer}, {numbers}")
    for axis in axes[:, 0]:
        axis.set_ylabel("penalty λ")
    for axis in axes[-1]:
        axis.set_xlabel("feature, by importance")
    canvas.colorbar(mesh, ax=axes, label="share of models", shrink=0.6)
    words = "; ".join(told)
    return Drawing(
        canvas,
        table,
        f"Share of the models of {counted(len(results.seeds), 'seed')} in which a feature is represented (norm 0.5 or "
        f"more), the most important on the left, by penalty. Mean number of features by penalty: {words}.",
        f"Maps of features against penalties. Mean number of features by penalty: {words}.",
    )


@figure("recovery")
def recovered(results):
    """Share of samples recovered over the hidden dimensions, by decoder and weights."""
    parts = [_recovered(results, name) for name in WIDTHS]
    table = pd.concat(parts, ignore_index=True)
    canvas, axes = panels(1, 2, 2.5)
    for place, (decoder, label) in enumerate(DECODERS.items()):
        sns.lineplot(
            table, x="dimensions", y=decoder, ax=axes[0, 0], color=PALETTE[place], marker="osD"[place], markersize=4,
            errorbar=("pi", 80), err_kws={"linewidth": 0, "alpha": 0.15}, label=label,
        )  # fmt: skip
    axes[0, 0].set(ylabel="share of samples recovered", ylim=(-0.03, 1.03), title="two active features of twenty")
    axes[0, 0].get_legend().remove()
    for place, sparsity in enumerate(results.sparsities):
        numbers = pd.concat([
            tidy({"number": represented(results.weights(name, sparsity, "W")[0].astype(np.float64)).sum(axis=-1)},
                 seed=results.seeds).assign(dimensions=results.size(name)[1])
            for name in WIDTHS
        ])  # fmt: skip
        sns.lineplot(
            numbers, x="dimensions", y="number", ax=axes[0, 1], color=INK, linestyle=("--", "-", ":")[place],
            marker="o", markersize=4, errorbar=("pi", 80), err_kws={"linewidth": 0, "alpha": 0.15},
            label=f"S = {sparsity}",
        )  # fmt: skip
    axes[0, 1].plot(table["dimensions"].unique(), table["dimensions"].unique(), **REFERENCE)
    axes[0, 1].set(ylabel="features represented", title="without a penalty", ylim=(0, results.features + 1))
    for axis in axes[0]:
        axis.set(xlabel="hidden dimensions m", xticks=sorted(table["dimensions"].unique()))
    canvas.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    means = table.groupby("dimensions")[list(DECODERS)].mean()
    told = "; ".join(
        f"m = {m:g}: " + ", ".join(f"{DECODERS[d]} {row[d]:.2f}" for d in DECODERS) for m, row in means.iterrows()
    )
    return Drawing(
        canvas,
        table,
        f"Left: share of samples of two active features all of whose features are recovered to 0.1, from models of "
        f"{counted(len(results.seeds), 'seed')} trained at S = {SPARSITY} without a penalty, and from random Gaussian "
        "weights; mean and middle 80 %. Basis pursuit finds the least Σx with the same hidden activations, x ≥ 0. "
        f"Right: number of features represented; dotted: as many as dimensions. Means: {told}.",
        f"Curves over hidden dimensions. Means: {told}.",
    )


def _recovered(results, name):
    """Every seed's share of samples recovered, by decoder."""
    hidden = results.size(name)[1]
    W, b = (results.weights(name, SPARSITY, array)[0].astype(np.float64) for array in "Wb")
    shares = {decoder: [] for decoder in DECODERS}
    for i, (weights, bias) in enumerate(zip(W, b, strict=True)):
        x = sparse_samples(results.features, i)
        random = gaussian(hidden, results.features, i)
        for decoder, answers in (
            ("model", read_out(weights, bias, x)),
            ("pursuit", basis_pursuit(weights, x)),
            ("random", basis_pursuit(random, x)),
        ):
            shares[decoder].append(samples_recovered(answers, x))
    columns = {decoder: np.array(values) for decoder, values in shares.items()}
    return labelled(tidy(columns, seed=results.seeds), dimensions=hidden)


@figure("nonlinear")
def two_in_one(results):
    """The code, what comes back, and the loss over the width of the segments."""
    at = np.linspace(0, 1, 1001)
    widths = np.concatenate([[0.001], np.arange(0.01, 0.16, 0.01)])
    ramps = ("centred", "before")
    code = encode(at, 0.5, STEPS, WIDTH, "centred")
    back = decode(at, STEPS, WIDTH, "centred")
    losses = {ramp: [expected_loss(STEPS, width, ramp) for width in widths] for ramp in ramps}
    table = pd.concat([
        tidy({"value": code}, at=at).assign(panel="t at y = 0.5, over x"),
        tidy({"value": back[0]}, at=at).assign(panel="answer to x, over t"),
        tidy({"value": back[1]}, at=at).assign(panel="answer to y, over t"),
        *(tidy({"value": np.array(losses[ramp])}, at=widths).assign(panel=f"loss, {ramp}") for ramp in ramps),
    ])  # fmt: skip
    canvas, axes = panels(1, 3, 2.4)
    for place, y in enumerate((0.0, 0.5, 1.0)):
        axes[0, 0].plot(at, encode(at, y, STEPS, WIDTH, "centred"), color=PALETTE[place], label=f"y = {y:g}")
    axes[0, 0].set(title="encode", xlabel="x", ylabel="t")
    axes[0, 1].plot(at, back[0], color=PALETTE[3], label="x′")
    axes[0, 1].plot(at, back[1], color=PALETTE[4], label="y′")
    axes[0, 1].set(title="decode", xlabel="t", ylabel="answer")
    for ramp, look in zip(ramps, ("-", "--"), strict=True):
        axes[0, 2].plot(widths, losses[ramp], look, color=INK, label=f"segments {ramp}")
    linear = LINEAR["the average"]
    axes[0, 2].axhline(linear, color=PALETTE[1], linewidth=1, linestyle=":", label="linear")
    axes[0, 2].set(title="loss", xlabel="ε", ylabel="E Σ squared error", ylim=(0, None))
    for axis in axes[0]:
        axis.legend(fontsize=7, handlelength=1.4)
    at_width = ", ".join(f"{ramp} {expected_loss(STEPS, WIDTH, ramp):.4f}" for ramp in ramps)
    return Drawing(
        canvas,
        table,
        f"Two independent features, uniform from 0 to 1, in one $t = (\\lfloor Zx \\rfloor + y)/Z$, Z = {STEPS}, "
        f"its jumps replaced by segments ε = {WIDTH} wide (left and middle: centred on the jumps). Right: expected "
        f"loss over ε, {len(widths)} widths, by quadrature. Keeping one feature and keeping the average both lose "
        f"1/12 = {linear:.4f} (dotted). At ε = {WIDTH}: {at_width}; for vanishing ε {1 / 12 / STEPS**2:.4f}.",
        f"Three panels: code, answers and loss. At ε = {WIDTH} the loss is {at_width}; linear {linear:.4f}.",
    )
