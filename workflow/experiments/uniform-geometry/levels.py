"""What it is for D* and D_i to stay at a level, and over which models and sparsities: for claims and figures alike."""

from superposition.measure.plateaus import FRACTIONS, plateaus

MODELS = ("large", "wide", "small")  # 2m of n, m of n and m of n/2
SWEPT = "large"  # the model that is trained at every sparsity, and of which single features are judged and shown
RATIO_TOLERANCE = 0.05  # D* is on a plateau while it stays within this share of the plateau's level
D_TOLERANCE = 0.03  # a dimensionality is at a fraction
POSITIVE_FRACTIONS = tuple(fraction for fraction in FRACTIONS if fraction > 0)
NAMED = ("tetrahedron", "triangle", "digon", "pentagon", "square antiprism")  # the paper's


def densest_first(sparsities):
    """The sparsities in order."""
    return sorted(sparsities, key=float)


def trained_at(source, model):
    """The sparsities at which a model is trained, the densest first.

    Args:
        source: results or evidence: every model is trained at its sparsities, some at those of its controls too.
        model: the model's name.
    """
    more = [sparsity for sparsity, models in source.controls.items() if model in models]
    return densest_first([*source.sparsities, *more])


def widest_plateaus(curve, positions):
    """The two widest plateaus of a curve of log D* over log 1/(1 − S), the widest first; fewer where it has fewer."""
    return plateaus(curve, positions, RATIO_TOLERANCE, 2)
