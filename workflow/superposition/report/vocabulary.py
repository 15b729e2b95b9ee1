"""What an experiment's text may name: its settings, the numbers of its results, its figures."""

import math
import re

import numpy as np
import pandas as pd

from ..measure.results import Results
from ..measure.theory import linear_optimum
from ..store.errors import UserError
from ..store.markdown import Markdown
from ..store.paths import product_path
from .figure_links import actions
from .numbering import anchor, label, reference

NAME = "[a-z0-9-]+"


class Section:
    """The names of a text.md, backed by an experiment's results.

    Args:
        results: the experiment's results, metrics readable.
        figures: the figures that the text may show.
        formats: the files that there are of each.
    """

    def __init__(self, results: Results, figures: list[str], formats: tuple[str, ...]):
        self._results = results
        self._figures = figures
        self._formats = formats

    def names(self) -> dict:
        """Everything that the text may use, by name."""
        results = self._results
        return {
            "experiment": Markdown(results.experiment),  # an id: letters, digits and hyphens, for anchors
            "features": results.features,
            "importance": results.importance.tolist(),
            "sparsities": results.sparsities,
            "sweep": results.sweep,
            "seeds": results.seeds,
            "models": results.described["models"],
            "data": results.described["data"],
            "training": results.described["training"],
            "engines": results.described["engines"],
            "median": self.median,
            "low": self.low,
            "high": self.high,
            "optimum": self.optimum,
            "figure": self.figure,
            "table": self.table,
            "ref": self.ref,
            "number": number,
            "count": count,
            "percent": percent,
        }

    def median(self, model: str, sparsity: str, column: str) -> float:
        """Median over seeds of a column of metrics.csv."""
        return float(np.median(self._column(model, sparsity, column)))

    def low(self, model: str, sparsity: str, column: str) -> float:
        """Smallest value over seeds of a column of metrics.csv."""
        return float(self._column(model, sparsity, column).min())

    def high(self, model: str, sparsity: str, column: str) -> float:
        """Largest value over seeds of a column of metrics.csv."""
        return float(self._column(model, sparsity, column).max())

    def optimum(self, model: str, sparsity: str) -> float:
        """Closed-form optimum of the linear model of a model's size (theory.linear_optimum)."""
        self._known("model", model, self._results.labels)
        instance = self._results.first_instance(model, sparsity)
        return linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)

    def figure(self, name: str) -> Markdown:
        """A figure with its number, caption, alternative text, and the row of its files."""
        self._known("figure", name, self._figures)
        identifier = f"{self._results.experiment}-{name}"
        bundle = product_path("figure", identifier)
        caption, alt = (" ".join((bundle / file).read_text("utf-8").split()) for file in ("caption.md", "alt.txt"))
        quoted = alt.replace("\\", "\\\\").replace('"', '\\"')
        experiment = self._results.experiment
        head = f"![{label('figure', experiment, name)} {caption}](figures/{identifier}/figure.svg)"
        attributes = f'{{#{anchor("figure", experiment, name)} alt="{quoted}"}}'
        return Markdown(f"{head}{attributes}\n\n{actions(experiment, name, self._formats)}")

    def table(self, name: str) -> Markdown:
        """The head of a table's caption, under a name that ref knows: `: {{ table("loss") }} Held-out loss.`."""
        if not re.fullmatch(NAME, name):
            raise UserError(f"table {name!r}: not a name; allowed: lower-case letters, digits, hyphens")
        return label("table", self._results.experiment, name)

    def ref(self, name: str) -> Markdown:
        """A link to a figure or table of this experiment, by its name: becomes “Figure 4”."""
        return reference(self._results.experiment, name)

    def _column(self, model: str, sparsity: str, column: str) -> pd.Series:
        self._known("model", model, self._results.labels)
        self._known("sparsity", sparsity, self._results.sparsities)
        table = self._results.metrics(model, sparsity)
        self._known("column", column, list(table.columns))
        return table[column]

    @staticmethod
    def _known(kind: str, name: str, allowed) -> None:
        if name not in allowed:
            raise UserError(f"unknown {kind} {name!r}; allowed: {', '.join(allowed)}")


def number(value: float, digits: int = 3) -> Markdown:
    """A number to so many significant digits."""
    return Markdown(f"{value:#.{digits}g}".rstrip(".").replace("-", "−"))


def interval(part: dict) -> Markdown:
    """An effect with its interval, to two digits of the interval's half width."""
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
