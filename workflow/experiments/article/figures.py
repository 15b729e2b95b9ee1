"""The article's figures, and those that show what the article's text describes."""

import numpy as np
import pandas as pd
from superposition.draw.canvas import Drawing, band, figure, heatmap, model_styles, panels, tidy
from superposition.measure.theory import linear_optimum
from superposition.store.markdown import escape

SHOWN_SAMPLES = 24  # rows of the data set in the picture of it


def feature_numbers(results):
    """Features counted from 1, the most important first."""
    return np.arange(1, results.features + 1)


def optimum(results, model, sparsity):
    """Closed-form optimum of the linear model's held-out loss."""
    instance = results.first_instance(model, sparsity)
    return linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)


@figure("sample")
def sample(results):
    """Rows of the data at each sparsity, and the importance curve."""
    sparsities, numbers = results.sparsities, feature_numbers(results)
    figure, axes = panels(1, len(sparsities) + 1, 2.3)
    tables = []
    for axis, sparsity in zip(axes[0], sparsities, strict=False):
        rows = results.data(sparsity)[0, :SHOWN_SAMPLES]  # (sample, feature)
        image = axis.imshow(
            rows,
            cmap="viridis",
            vmin=0,
            vmax=1,
            aspect="auto",
            extent=(0.5, results.features + 0.5, len(rows) + 0.5, 0.5),
        )
        axis.set(title=f"S = {sparsity}", xlabel="feature", yticks=[])
        tables.append(
            tidy(
                rows,
                "value",
                part="sample",
                sparsity=sparsity,
                row=np.arange(1, len(rows) + 1),
                feature=numbers,
            )
        )
    axes[0, 0].set_ylabel(f"{SHOWN_SAMPLES} samples")
    figure.colorbar(image, ax=list(axes[0, :-1]), label="value", shrink=0.9, pad=0.02)
    axis = axes[0, -1]
    axis.plot(numbers, results.importance, color="#444444")
    axis.set(title="importance", xlabel="feature", ylim=(0, 1.08 * results.importance.max()))
    axis.grid(True)
    tables.append(tidy(results.importance, "value", part="importance", feature=numbers))
    zeros = {s: float((results.data(s) == 0).mean()) for s in sparsities}
    shares = ", ".join(f"{share:.3f} at S = {s}" for s, share in zeros.items())
    first, last = results.importance[[0, -1]]
    return Drawing(
        figure,
        pd.concat(tables),
        f"The data. {SHOWN_SAMPLES} samples of the held-out set at each sparsity $S$, and the importance of each of "
        f"the {results.features} features, from {first:g} to {last:g}. Measured share of zeros: {shares}.",
        f"Heatmaps of {SHOWN_SAMPLES} samples by {results.features} features; the share of zeros is {shares}. A line "
        f"shows importance from {first:g} for feature 1 to {last:g} for feature {results.features}.",
    )


@figure("loss-curves")
def loss_curves(results):
    """Training loss against the step, models in colour, a panel for each sparsity."""
    figure, axes = panels(1, len(results.sparsities), 2.4, sharey=False)
    styles = model_styles(list(results.labels))
    tables, ends = [], []
    for axis, sparsity in zip(axes[0], results.sparsities, strict=True):
        for model, label in results.labels.items():
            losses = results.weights(model, sparsity, "loss")  # (seed, record)
            steps = results.weights(model, sparsity, "loss_step")[0]
            losses, steps = losses[:, steps > 0], steps[steps > 0]
            band(axis, steps, losses, label, styles[model])
            tables.append(tidy(losses, "loss", model=model, sparsity=sparsity, seed=results.seeds, step=steps))
            ends.append(f"{label} at S = {sparsity}: {np.median(losses[:, 0]):.4f} to {np.median(losses[:, -1]):.4f}")
        best = optimum(results, next(iter(results.labels)), sparsity)
        axis.axhline(best, color="#777777", linewidth=0.9, linestyle=":", label="linear optimum")
        axis.set(xscale="log", title=f"S = {sparsity}", xlabel="step")
        axis.grid(True)
    axes[0, 0].set_ylabel("weighted loss")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=len(styles) + 1)
    return Drawing(
        figure,
        pd.concat(tables),
        f"Training loss against the step: median (line) and range (band) over {len(results.seeds)} seeds. Each point "
        "is the mean over the steps since the point before. Dotted: the closed-form optimum of the linear model.",
        "Loss curves over a logarithmic step axis. Median over seeds from the first to the last record: "
        + "; ".join(ends)
        + ".",
    )


@figure("held-out-loss")
def held_out_loss(results):
    """Held-out weighted loss of every seed relative to the linear optimum, by model and sparsity."""
    figure, axes = panels(1, len(results.sparsities), 2.3, sharey=True)
    styles = model_styles(list(results.labels))
    tables, medians = [], []
    for axis, sparsity in zip(axes[0], results.sparsities, strict=True):
        best = optimum(results, next(iter(results.labels)), sparsity)
        for position, (model, label) in enumerate(results.labels.items()):
            losses = results.metrics(model, sparsity)["test_loss"].to_numpy()
            spread = np.linspace(-0.22, 0.22, len(losses))  # side by side, so that equal losses stay apart
            axis.scatter(position + spread, losses / best, s=11, color=styles[model]["color"], linewidth=0, alpha=0.75)
            median = np.median(losses)
            axis.hlines(median / best, position - 0.32, position + 0.32, color=styles[model]["color"], linewidth=1)
            table = tidy(losses, "test_loss", model=model, sparsity=sparsity, seed=results.seeds)
            tables.append(table.assign(linear_optimum=best, relative=losses / best))
            medians.append(f"{label} {median:.5f} at S = {sparsity} ({median / best:.3f} of the optimum)")
        axis.axhline(1, color="#777777", linewidth=0.9, linestyle=":", zorder=0)
        axis.set(
            title=f"S = {sparsity}",
            xticks=range(len(results.labels)),
            xticklabels=list(results.labels.values()),
        )
        axis.set_xlim(-0.6, len(results.labels) - 0.4)
        axis.grid(True, axis="y")
    axes[0, 0].set_ylabel("held-out loss / linear optimum")
    return Drawing(
        figure,
        pd.concat(tables),
        f"Held-out weighted loss, relative to the closed-form optimum of the linear model (dotted): each of the "
        f"{len(results.seeds)} seeds (dots, in their order) and the median (bar). The axis does not start at zero.",
        "Dots for every seed. Median held-out loss: " + "; ".join(medians) + ".",
    )


@figure("bias")
def bias(results):
    """The article's "reconstructed bias" in both readings."""
    readings = {"bias": "parameter b", "error_mean": "error E[x′ − x]"}
    figure, axes = panels(len(readings), len(results.sparsities), 1.9, sharex=True, sharey="row")
    styles, numbers = model_styles(list(results.labels)), feature_numbers(results)
    tables, means = [], []
    for row, (name, reading) in enumerate(readings.items()):
        for axis, sparsity in zip(axes[row], results.sparsities, strict=True):
            axis.axhline(0, color="#999999", linewidth=0.7)
            for model, label in results.labels.items():
                values = results.matrices(model, sparsity, name)  # (seed, feature)
                band(axis, numbers, values, label, styles[model])
                tables.append(
                    tidy(
                        values,
                        "value",
                        reading=name,
                        model=model,
                        sparsity=sparsity,
                        seed=results.seeds,
                        feature=numbers,
                    )
                )
                means.append(f"{reading}, {label}, S = {sparsity}: {values.mean():.3f}")
            axis.grid(True)
        axes[row, 0].set_ylabel(reading)
    for column, sparsity in enumerate(results.sparsities):
        axes[0, column].set_title(f"S = {sparsity}")
        axes[-1, column].set_xlabel("feature")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=len(styles))
    return Drawing(
        figure,
        pd.concat(tables),
        f"“Reconstructed bias” over the {results.features} features, the most important first, in both readings: "
        "the parameter $b$ (top) and the mean held-out reconstruction error $\\mathrm{E}[x' - x]$ (bottom). "
        f"Median (line) and range (band) over {len(results.seeds)} seeds.",
        "Line plots with bands. Mean over features and seeds: " + "; ".join(means) + ".",
    )


@figure("gram")
def gram(results):
    """WᵀW of each model at each sparsity, one seed each, on one colour scale."""
    models, sparsities, numbers = list(results.labels), results.sparsities, feature_numbers(results)
    chosen = {(m, s): results.representative(m, s) for m in models for s in sparsities}
    matrices = {cell: results.matrices(*cell, "gram")[seed] for cell, seed in chosen.items()}
    limit = max(np.abs(matrix).max() for matrix in matrices.values())
    figure, axes = panels(len(sparsities), len(models), 3.0)
    tables, notes = [], []
    for row, sparsity in enumerate(sparsities):
        for column, model in enumerate(models):
            matrix, axis, seed = (
                matrices[model, sparsity],
                axes[row, column],
                results.seeds[chosen[model, sparsity]],
            )
            image = heatmap(axis, matrix, limit, extent=(0.5, results.features + 0.5, results.features + 0.5, 0.5))
            axis.set(title=f"{results.labels[model]}, S = {sparsity} (seed {seed})")
            axis.set_xlabel("feature" if row == len(sparsities) - 1 else "")
            axis.set_ylabel("feature" if column == 0 else "")
            off = matrix[~np.eye(len(matrix), dtype=bool)]
            share = np.square(off).sum() / np.square(matrix).sum()
            notes.append(f"{results.labels[model]} at S = {sparsity}, seed {seed}: {share:.0%}")
            tables.append(
                tidy(
                    matrix,
                    "value",
                    model=model,
                    sparsity=sparsity,
                    seed=str(seed),
                    row=numbers,
                    column=numbers,
                )
            )
    figure.colorbar(image, ax=axes, label="$W^{\\top} W$", shrink=0.5, aspect=30)
    return Drawing(
        figure,
        pd.concat(tables),
        "$W^\\top W$ of each model at each sparsity, on one colour scale centred at zero. One representative seed "
        "each, that of median held-out loss, named in the title. Share of the squared entries off the diagonal: "
        + escape("; ".join(notes))
        + ".",
        f"Heatmaps, {results.features} by {results.features}. Share of the squared entries off the diagonal: "
        + "; ".join(notes)
        + ".",
    )
