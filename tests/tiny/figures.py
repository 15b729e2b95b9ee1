"""The figure of an experiment that takes seconds."""

from superposition.draw.canvas import Drawing, figure
from superposition.draw.grids import lines


@figure("losses")
def losses(results):
    """Held-out loss of every seed."""
    table = results.table("metrics", "test_loss")
    facets = lines(table, x="seed", y="test_loss", hue="model", col="sparsity", height=2.0, titles="S = {col_name}")
    return Drawing(facets.figure, table, "One line a model, over its seeds.", "A line for each model.")
