"""Numbers as the document says them."""

import math
from collections.abc import Mapping

from ..store.markdown import Markdown

NOTHING = Markdown("nothing to measure")


def number(value: float, digits: int = 3) -> Markdown:
    """A number to so many significant digits."""
    return Markdown(f"{value:#.{digits}g}".rstrip(".").replace("-", "−"))


def interval(part: Mapping) -> Markdown:
    """An effect with its interval, to two digits of the interval's half width."""
    if part["mean"] is None:
        return NOTHING
    if part["low"] is None:  # of a median's interval both ends are seeds, or neither
        return Markdown(f"{number(part['mean'])} (no interval: too few seeds)")
    half = (part["high"] - part["low"]) / 2
    decimals = min(max(1 - math.floor(math.log10(half)), 1), 5) if half > 0 else 2
    mean, low, high = (f"{part[key]:.{decimals}f}".replace("-", "−") for key in ("mean", "low", "high"))
    return Markdown(f"{mean} ({low} to {high})")


def count(value: int) -> Markdown:
    """A whole number, its thousands set apart by commas."""
    return Markdown(f"{value:,}")


def percent(value: float, digits: int = 1) -> Markdown:
    """A share as a percentage, the sign of a change shown by the text."""
    return Markdown(f"{100 * value:.{digits}f} %".replace("-", "−"))
