"""Neurons as stacks of weights: whose they are, in which order they stand, and how they are drawn."""

import numpy as np
from superposition.measure.tables import labelled, tidy

from .neurons import SERVED, primary, rescaled, served

KINDS = {"one feature": "#0072B2", "2 to 4 features": "#E69F00", "5 or more": "#D55E00"}  # what a neuron serves
BOUNDS = (1, 2, 5)  # least number of features of each kind
LEAST = 0.02  # of a stack drawn: smaller weights are too thin to be seen


def rescaled_weights(results, model, sparsity):
    """Rescaled input and output weights (seed, neuron, feature), float64."""
    return rescaled(*(results.weights(model, sparsity, name).astype(np.float64) for name in ("W", "V")))


def shown_weights(results, model, sparsity):
    """Rescaled weights of the model of median loss, its neurons sorted by their largest feature, unused ones last."""
    seed = results.representative(model, sparsity)
    w, v = (array[seed] for array in rescaled_weights(results, model, sparsity))
    number = served(w, v, SERVED).sum(axis=-1)
    order = np.lexsort((-w[np.arange(len(w)), primary(w)], primary(w), number == 0))
    axes = {"neuron": np.arange(1, len(w) + 1), "feature": np.arange(1, w.shape[1] + 1)}
    names = np.repeat(kind_of(number[order]), w.shape[1])
    table = tidy({"input": w[order], "output": v[order]}, **axes).assign(kind=names)
    return labelled(table, density=density_of(sparsity), seed=results.seeds[seed])


def kind_of(number):
    """Which of KINDS a neuron of so many features is; not in use where it serves none."""
    return np.array(["not in use", *KINDS], dtype=object)[np.digitize(number, BOUNDS)]


def sides(group):
    """How many neurons serve a feature's positive side and its negative one, in words."""
    largest = group[group["input"].abs() == 1]["input"]
    return f"{(largest > 0).sum()} + {(largest < 0).sum()} for feature {group['feature'].iloc[0]}"


def stack(axis, table, column, colours):
    """Each neuron's weights stacked, from the largest out, positive ones up and negative ones down."""
    weights = table.pivot(index="neuron", columns="feature", values=column).to_numpy()  # (neuron, feature)
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")
    ranked = np.take_along_axis(weights, order, axis=1)
    ranked[np.abs(ranked) < LEAST] = 0
    bottoms = np.where(ranked > 0, *(np.cumsum(part, axis=1) - part for part in (ranked.clip(0), ranked.clip(None, 0))))
    for rank in range(np.count_nonzero(ranked, axis=1).max()):
        seen = np.flatnonzero(ranked[:, rank])
        shades = [colours[feature] for feature in order[seen, rank]]
        axis.bar(seen + 1, ranked[seen, rank], bottom=bottoms[seen, rank], color=shades, width=0.8, linewidth=0)


def density_of(sparsity):
    """1 − S, as it is written."""
    return f"{1 - float(sparsity):.3g}"
