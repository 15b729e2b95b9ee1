"""From how many features on they count."""

LEAST = 0.5
