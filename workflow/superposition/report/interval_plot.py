"""A claim's effects as a picture of a table's height: intervals on one axis, the threshold, the claim's side shaded.

It is drawn when the page is built, as SVG whose colours are the verdicts' classes; the numbers stand beside it.
"""

from collections.abc import Iterable, Mapping, Sequence

from ..judge.verdicts import Verdict
from ..store.markdown import Markdown

WIDTH, HEIGHT = 76, 16  # CSS pixels
MARGIN = 7  # left and right of all that is drawn, so that marks at the ends are whole
R = 3.2  # half of a mark's size


def interval_plot(claim: Mapping, parts: Sequence[Mapping], shown: Iterable[Mapping]) -> Markdown:
    """The effects of some parts with their intervals, as raw HTML: other output formats leave it out.

    Args:
        claim: its direction and threshold.
        parts: all the claim's parts, for which there is one axis.
        shown: those that this picture shows.
    """
    measured = [part for part in shown if part["mean"] is not None]
    if not measured:
        return Markdown("")
    bounds = [claim["threshold"], *([-claim["threshold"]] if claim["direction"] == "within" else [])]
    place = _axis([*bounds, *(part[key] for part in parts for key in ("mean", "low", "high"))])
    drawn = [_side(claim["direction"], sorted(map(place, bounds)))]
    drawn += [f'<path class="threshold" d="M{x:.1f} 0V{HEIGHT}"/>' for x in map(place, bounds)]
    drawn += [_mark(part, place) for part in measured]
    head = f'<svg class="interval" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">'
    return Markdown(f"`{head}{''.join(drawn)}</svg>`{{=html}}")


def _axis(values: Iterable[float | None]):
    """From an effect to a place in the picture."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    scale = (WIDTH - 2 * MARGIN) / (high - low) if high > low else 0.0
    return lambda value: MARGIN + (value - low) * scale


def _side(direction: str, bounds: list[float]) -> str:
    """The side of the threshold on which the claim holds."""
    start, end = {"above": (bounds[0], WIDTH), "below": (0, bounds[0])}.get(direction, (bounds[0], bounds[-1]))
    return f'<rect class="side" x="{start:.1f}" y="0" width="{max(end - start, 0):.1f}" height="{HEIGHT}"/>'


def _mark(part: Mapping, place) -> str:
    """An interval and its mean, in the verdict's shape; hollow where the part has not converged."""
    x, y = place(part["mean"]), HEIGHT / 2
    line = f'<path d="M{place(part["low"]):.1f} {y:g}H{place(part["high"]):.1f}"/>' if part["low"] is not None else ""
    cross = f"M{x - R:.1f} {y - R:g}l{2 * R:g} {2 * R:g}m0 {-2 * R:g}l{-2 * R:g} {2 * R:g}"
    shapes = {
        Verdict.REPRODUCED: f'<circle cx="{x:.1f}" cy="{y:g}" r="{R}"/>',
        Verdict.NOT_REPRODUCED: f'<path class="cross" d="{cross}"/>',
    }
    square = f'<rect x="{x - R:.1f}" y="{y - R:g}" width="{2 * R:g}" height="{2 * R:g}"/>'
    hollow = "" if part["converged"] else " hollow"
    return f'<g class="{part["verdict"].replace(" ", "-")}{hollow}">{line}{shapes.get(part["verdict"], square)}</g>'
