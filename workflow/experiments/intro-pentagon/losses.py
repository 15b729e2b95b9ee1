"""The model of §1, and its loss on common samples: what claims and figures share."""

from superposition.measure.ranking import losses_on

MODEL, ARCHITECTURE = "relu", "relu-output"


def common_losses(products, sparsity):
    """Loss of every seed's model (seed,), all on the held-out sets of all seeds.

    Args:
        products: evidence, or results.
        sparsity: at which.
    """
    W, b = (products.weights(MODEL, sparsity, name) for name in ("W", "b"))
    return losses_on(products.data(sparsity), ARCHITECTURE, W, b, products.importance)
