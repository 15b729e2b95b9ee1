"""The figure of an experiment that takes seconds."""

from superposition.draw.canvas import Drawing, counted, figure, looks
from superposition.draw.grids import lines


@figure("losses")
def losses(results):
    """Held-out loss of every seed."""
    table = results.table("metrics", "test_loss")
    facets = lines(
        table, x="seed", y="test_loss", col="sparsity", height=2.0, titles="S = {col_name}", **looks(results)
    )
    caption = f"Weighted loss on held-out samples, one line a model: {counted(len(results.seeds), 'seed')}."
    return Drawing(facets.figure, table, caption, "A line for each model.")
