"""The figures of penalties, sparse recovery and nonlinear compression."""

from superposition.draw.canvas import figure


@figure("penalty")
@figure("killed")
@figure("recovery")
@figure("nonlinear")
def stub(results):
    """Nothing yet."""
    raise NotImplementedError
