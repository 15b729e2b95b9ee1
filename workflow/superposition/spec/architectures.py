"""The built-in model family, without torch: activations by name.

`models.py` defines what the models compute; this module says the same for code that must start fast, and tests hold
the two together.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """Whether ReLU follows the hidden layer and the output."""

    hidden_relu: bool
    output_relu: bool


BUILT_IN = {
    "linear": Architecture(hidden_relu=False, output_relu=False),
    "linear-hidden-relu": Architecture(hidden_relu=True, output_relu=False),
    "relu": Architecture(hidden_relu=True, output_relu=True),
    "relu-output": Architecture(hidden_relu=False, output_relu=True),
}
