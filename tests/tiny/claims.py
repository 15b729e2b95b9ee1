"""The claim of an experiment that takes seconds."""

from superposition.judge.evidence import claim


@claim("relu-spreads")
def relu_spreads(evidence):
    """Features per hidden dimension of the ReLU model."""
    return {s: evidence.metric("relu", s, "features_per_dimension") for s in evidence.sparsities}
