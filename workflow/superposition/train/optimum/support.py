"""Which models have an optimum that can be computed; imports nothing, so that a plan can ask before any job starts."""

MOST_FEATURES, MOST_HIDDEN = 3, 2  # with ReLU


def refusal(
    *,
    architecture: str,
    features: int,
    hidden: int,
    tied: bool,
    bias: bool,
    target: str,
    values: str,
    sets: bool,
    l1: float,
    snapshots: bool,
) -> str | None:
    """Why a model's optimum is not computed, what was found and what is allowed; None where it is.

    Args:
        architecture: a built-in model's name.
        features: number of features.
        hidden: size of the hidden layer.
        tied: whether the decoder is the encoder.
        bias: whether the model has one.
        target: "identity" or "absolute".
        values: "unit" or "signed".
        sets: whether features come in sets.
        l1: factor of the hidden activations' penalty.
        snapshots: whether weights are asked for along the way.
    """
    relu, linear = architecture == "relu-output", architecture == "linear"
    rules = (
        (relu or linear, f"architecture {architecture}", "relu-output or linear"),
        (linear or features <= MOST_FEATURES, f"features {features}", f"at most {MOST_FEATURES} under relu-output"),
        (linear or hidden <= MOST_HIDDEN, f"hidden {hidden}", f"at most {MOST_HIDDEN} under relu-output"),
        (hidden <= features, f"hidden {hidden}", f"at most the {features} features"),
        (tied, "untied weights", "tied"),
        (relu or bias, "no bias", "a bias under linear"),
        (target == "identity", f"target {target}", "identity"),
        (linear or values == "unit", f"values {values}", "unit under relu-output"),
        (not sets, "sets of features", "independent features"),
        (l1 == 0.0, f"l1 {l1:g}", "0"),
        (not snapshots, "snapshots", "none: nothing is trained"),
    )
    return next((f"{found}; allowed: {allowed}" for holds, found, allowed in rules if not holds), None)
