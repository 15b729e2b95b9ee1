"""Importance curves as vectors."""

import numpy as np


def importance_vector(curve: dict, features: int) -> np.ndarray:
    """Importance of each feature, float64 (feature,), from a curve's settings (settings.Importance)."""
    match curve["curve"]:
        case "linear":
            return np.linspace(curve["first"], curve["last"], features)
        case "geometric":
            return np.multiply.accumulate(np.r_[1.0, np.full(features - 1, curve["ratio"])])
        case "constant":
            return np.full(features, curve["value"], dtype=np.float64)
        case "explicit":
            return np.array(curve["values"], dtype=np.float64)
        case "extra":
            return np.r_[np.full(features - 1, curve["value"], dtype=np.float64), curve["last"]]
    raise ValueError(f"unknown importance curve {curve['curve']!r}")
