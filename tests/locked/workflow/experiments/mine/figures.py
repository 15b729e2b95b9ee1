"""The figure that shows both claims; nobody draws it."""

from superposition.draw.canvas import figure


@figure("losses")
def losses(results):
    """Held-out losses."""
    raise NotImplementedError
