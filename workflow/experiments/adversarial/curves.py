"""Vulnerability and features per dimension over densities, of every seed's model."""

import numpy as np

from .attacks import SAMPLES, budget, rise

MODEL, LINEAR = "relu", "linear"
DENSE = "0"  # sparsity of the models without superposition


def density(sparsity):
    """1 − S of a quoted sparsity, without the rounding of the subtraction."""
    return round(1 - float(sparsity), 9)


def rises(products, sparsity, attack, trained_at=None, model=MODEL, variant=None):
    """By how much an attack raises the loss of each seed's model on its own held-out inputs (seed,).

    Args:
        products: evidence, or results.
        sparsity: of the inputs.
        attack: as in `attacks.rise`.
        trained_at: sparsity at which the model was trained, if another.
        model: name of the model.
        variant: of results, another than the first.
    """
    read = {} if variant is None else {"variant": variant}
    W, b = (products.weights(model, trained_at or sparsity, name, **read).astype(np.float64) for name in ("W", "b"))
    x = products.data(sparsity).astype(np.float64)
    return np.array(
        [rise(attack, one[:SAMPLES], budget(one), *of, relu=model == MODEL) for one, *of in zip(x, W, b, strict=True)]
    )


def squared_budgets(products, sparsity):
    """ε² (seed,): by how much any attack within the dimensions that it keeps raises the loss of a projection."""
    return np.array([budget(one) ** 2 for one in products.data(sparsity)])


def vulnerabilities(products, sparsity, attack, reference="projection", variant=None):
    """(L' − L) / (L'_0 − L_0) of each seed's model (seed,).

    Args:
        products: evidence, or results.
        sparsity: of the inputs.
        attack: as in `attacks.rise`.
        reference: "projection", or "dense", the model trained at density 1 on the same inputs.
        variant: of results, another than the first.
    """
    own = rises(products, sparsity, attack, variant=variant)
    if reference == "projection":
        return own / squared_budgets(products, sparsity)
    return own / rises(products, sparsity, attack, trained_at=DENSE, variant=variant)


def packed(products, sparsity, variant=None):
    """Features per dimension 1/D* = ‖W‖² / m of each seed's model (seed,)."""
    read = {} if variant is None else {"variant": variant}
    W = products.weights(MODEL, sparsity, "W", **read).astype(np.float64)
    return np.square(W).sum(axis=(1, 2)) / W.shape[1]
