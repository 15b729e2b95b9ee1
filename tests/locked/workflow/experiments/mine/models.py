"""A model of the experiment's own; nobody trains it."""

from superposition.train.models import register


@register("doubled")
class Doubled:
    """Twice what its features are."""

    factor = 2
