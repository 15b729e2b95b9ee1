"""The built-in model family, without torch: activations by name, and the forward pass on arrays.

`models.py` defines what the models compute; this module says the same for code that must start fast, and a test
holds the two together.
"""

from dataclasses import dataclass

import numpy as np


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


def reconstruct(architecture: Architecture, W, V, b, x) -> np.ndarray:
    """Reconstruction x̂ = act(act(x Wᵀ) V + b).

    Args:
        architecture: which activations apply.
        W: encoder (hidden, feature).
        V: decoder (hidden, feature); W itself where weights are tied.
        b: bias (feature,).
        x: samples (sample, feature).

    Returns:
        x̂ (sample, feature).
    """
    h = x @ W.T  # (sample, hidden)
    if architecture.hidden_relu:
        h = np.maximum(h, 0)
    y = h @ V + b  # (sample, feature)
    return np.maximum(y, 0) if architecture.output_relu else y
