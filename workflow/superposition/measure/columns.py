"""The columns of metrics.csv that are measured, after experiment, model, sparsity, variant and those of the sweep."""

METRICS = (
    "seed", "steps", "train_loss", "test_loss", "loss_slope",
    "optimum_excess", "features_represented", "features_per_dimension", "dimensionality_sum", "frobenius_squared",
)  # fmt: skip
