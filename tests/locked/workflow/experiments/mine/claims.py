"""Two claims: one that counts features, one that reads a loss."""

from superposition.judge.evidence import claim
from superposition.measure.features import off_diagonal

from .counting import LEAST


@claim("relu-spreads")
def relu_spreads(evidence):
    """Features per hidden dimension of the ReLU model."""
    return {s: _counted(evidence.metric("relu", s, "features_per_dimension")) for s in evidence.sparsities}


@claim("relu-learns")
def relu_learns(evidence):
    """Held-out loss, where it is no larger than the overlaps."""
    return {
        s: evidence.metric("relu", s, "test_loss").clip(max=off_diagonal(evidence.matrix("relu", s, "gram")))
        for s in evidence.sparsities
    }


def _counted(features):
    """Features, from the least number on."""
    return features.clip(min=LEAST)


def _beside(values):
    largest = max(values)
    return largest
