"""How a verdict looks, wherever it is shown: on the page, on paper, in the terminal, in figures."""

from dataclasses import dataclass

from .verdicts import Verdict


@dataclass(frozen=True)
class Sign:
    """A verdict's look.

    Args:
        glyph: stands before its word.
        colour: on white; a text in it has a contrast of 4.5 or more.
        on_dark: the same on a dark page.
        marker: matplotlib's, in figures.
    """

    glyph: str
    colour: str
    on_dark: str
    marker: str


SIGNS = {
    Verdict.REPRODUCED: Sign("✔", "#0b5c94", "#7cc0f2", "o"),
    Verdict.UNDETERMINED: Sign("?", "#5b6067", "#a3a9b0", "s"),
    Verdict.NOT_REPRODUCED: Sign("✘", "#a63e00", "#ff9b5e", "X"),
    Verdict.NOT_APPLICABLE: Sign("–", "#5b6067", "#a3a9b0", "_"),
}
