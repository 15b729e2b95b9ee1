"""What the document says of convergence: how many cells have converged, and which have not, a line for each variant."""

from collections.abc import Callable, Iterable, Mapping

from ..data.instances import CONTINUED


def convergence(judgement: Mapping, first: Callable[[str], str]) -> dict:
    """The names of templates/convergence.md.

    Args:
        judgement: claims.json (judge.record.Judgement).
        first: the name under which the variant of the default reading was trained, by model.
    """
    cells = [cell for cell in judgement["convergence"] if cell["variant"] != CONTINUED]  # its own end tells nothing
    return {
        "times": judgement["continued"],
        "default": _counts(cell for cell in cells if cell["variant"] == first(cell["model"])),
        "continued": _counts(cell for cell in cells if cell["moved"] is not None),
        "ended": _counts(cell for cell in cells if cell["moved"] is None),
        "loose": [_line(group, cells) for group in _groups(cell for cell in cells if not cell["converged"])],
    }


def _counts(cells: Iterable[Mapping]) -> dict[str, int]:
    converged = [cell["converged"] for cell in cells]
    return {"cells": len(converged), "converged": sum(converged)}


def _groups(cells: Iterable[Mapping]) -> list[list[Mapping]]:
    """Cells by model and variant."""
    groups: dict[tuple[str, str], list[Mapping]] = {}
    for cell in cells:
        groups.setdefault((cell["model"], cell["variant"]), []).append(cell)
    return list(groups.values())


def _line(group: list[Mapping], cells: Iterable[Mapping]) -> dict:
    """The cells of a model and a variant that have not converged, and by how much the worst of them misses."""
    model, variant = group[0]["model"], group[0]["variant"]
    return {
        "model": model,
        "variant": variant,
        "cells": len(group),
        "of": sum((cell["model"], cell["variant"]) == (model, variant) for cell in cells),
        "moved": _worst(group, "moved"),
        "slope": _worst(group, "slope"),
        "excess": _worst(group, "excess"),
    }


def _worst(group: list[Mapping], quantity: str) -> float | None:
    return max((cell[quantity] for cell in group if cell[quantity] is not None), default=None)
