"""The article under the smoke preset: its cells, its figures and where its code lies."""

from itertools import product

ARTICLE = "workflow/experiments/article"
LIBRARY = "workflow/superposition"
DRAWN = ("sample", "loss-curves", "held-out-loss", "bias", "gram", "explained")
CURVES = {
    f"article-claim-{name}"
    for name in (
        "linear-keeps-top", "relu-spreads", "less-important-served", "unit-serves-several", "linear-bias-order",
        "relu-bias-no-order", "relu-bias-lower", "superposition-rises", "both-conditions", "sparsity-needed",
    )
}  # fmt: skip
OF_CLAIMS = CURVES | {"article-verdict-board"}
ALL_FIGURES = {f"article-{name}" for name in DRAWN} | OF_CLAIMS
MODELS = ("linear", "relu", "linear-hidden-relu", "relu-output")
SPARSITIES = ("0.1", "0.5", "0.9", "0")


def cells(models=MODELS, sparsities=SPARSITIES):
    """Every cell of these models and sparsities; at sparsity 0 only the models with a ReLU on the output are trained."""
    return {
        ("article", model, f"S{sparsity}")
        for model, sparsity in product(models, sparsities)
        if sparsity != "0" or model in ("relu", "relu-output")
    }
