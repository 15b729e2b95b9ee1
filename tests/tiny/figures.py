"""The figure of an experiment that takes seconds."""

import pandas as pd
from superposition.draw.canvas import Drawing, figure, panels, tidy


@figure("losses")
def losses(results):
    """Held-out loss of every seed."""
    drawn, axes = panels(1, 1, 2.0)
    tables = []
    for model in results.labels:
        for sparsity in results.sparsities:
            values = results.metrics(model, sparsity)["test_loss"].to_numpy()
            axes[0, 0].plot(values, label=f"{model} {sparsity}")
            tables.append(tidy(values, "test_loss", model=model, sparsity=sparsity, seed=results.seeds))
    return Drawing(drawn, pd.concat(tables), "Held-out losses of every model.", "A line for each model.")
