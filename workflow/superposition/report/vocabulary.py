"""What an experiment's text may name: its settings, the numbers of its results, its verdicts, its figures."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..judge.shown import one_at_a_time, part_name
from ..measure.results import Results
from ..measure.theory import linear_optimum
from ..pipeline.inventory import BOARD, CLAIM_FIGURE
from ..store.errors import UserError, check_known
from ..store.markdown import Markdown, escape
from ..store.paths import product_path
from .expected import NAME
from .figure_links import actions
from .numbering import anchor, label, plain, reference
from .numbers import count, number, percent
from .outcomes import Outcomes


class Section:
    """The names of a text.md, backed by an experiment's results.

    Args:
        results: the experiment's results, metrics readable.
        outcomes: the verdicts on its claims.
        figures: the figures that the text may show.
        formats: the files that there are of each.
    """

    def __init__(self, results: Results, outcomes: Outcomes, figures: list[str], formats: tuple[str, ...]):
        self._results = results
        self._outcomes = outcomes
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
            **self._outcomes.names(),
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
        check_known("model", model, self._results.labels)
        instance = self._results.first_instance(model, sparsity)
        return linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)

    def figure(self, name: str) -> Markdown:
        """A figure with its number, caption, alternative text, and the row of its files."""
        check_known("figure", name, self._figures)
        identifier = f"{self._results.experiment}-{name}"
        bundle = product_path("figure", identifier)
        caption, alt = (" ".join((bundle / file).read_text("utf-8").split()) for file in ("caption.md", "alt.txt"))
        quoted = alt.replace("\\", "\\\\").replace('"', '\\"')
        experiment = self._results.experiment
        head = f"![{label('figure', experiment, name)} {caption}](figures/{identifier}/figure.svg)"
        attributes = f'{{#{anchor("figure", experiment, name)} alt="{quoted}"}}'
        return Markdown(f"{head}{attributes}\n\n{actions(experiment, name, self._formats)}")

    def board(self) -> Markdown:
        """The verdict board; nothing where no claim is evidence."""
        return self.figure(BOARD) if BOARD in self._figures else Markdown("")

    def picture(self, name: str) -> Markdown:
        """The picture of a figure alone, a link to where it stands with its caption."""
        check_known("figure", name, self._figures)
        experiment = self._results.experiment
        target = f"figures/{experiment}-{name}/figure.svg"
        return Markdown(
            f"[![{plain(experiment, name)}]({target}){{.small}}](#{anchor('figure', experiment, name)}){{.picture}}"
        )

    def has_curve(self, claim: Mapping) -> bool:
        """Whether a claim's specification curve is drawn, and so shown."""
        return f"{CLAIM_FIGURE}{claim['claim']}" in self._figures

    def curves(self, judgement: Mapping) -> Markdown:
        """The specification curves that are drawn, if any; narrow ones, of one choice a reading, two in a row."""
        drawn = [claim for claim in judgement["claims"] if self.has_curve(claim)]
        figures = [self.figure(f"{CLAIM_FIGURE}{claim['claim']}") for claim in drawn]
        if not drawn or not all(one_at_a_time(judgement, claim["readings"]) for claim in drawn):
            return Markdown("\n\n".join(figures))
        return Markdown("\n\n".join((":::: pair", *(f"::: half\n{figure}\n:::" for figure in figures), "::::")))

    def part(self, name: str) -> Markdown:
        """What a claim's part is called; no line breaks at its equals sign."""
        called = escape(part_name(name, self._results.described["models"]))
        return Markdown(called.replace(r" \= ", "&nbsp;=&nbsp;"))

    def table(self, name: str) -> Markdown:
        """The head of a table's caption, under a name that ref knows: `: {{ table("loss") }} Held-out loss.`."""
        if not re.fullmatch(NAME, name):
            raise UserError(f"table {name!r}: not a name; allowed: lower-case letters, digits, hyphens")
        return label("table", self._results.experiment, name)

    def ref(self, name: str) -> Markdown:
        """A link to a figure or table of this experiment, by its name: becomes “Figure 4”."""
        return reference(self._results.experiment, name)

    def _column(self, model: str, sparsity: str, column: str) -> pd.Series:
        check_known("model", model, self._results.labels)
        check_known("sparsity", sparsity, self._results.sparsities)
        table = self._results.metrics(model, sparsity)
        check_known("column", column, list(table.columns))
        return table[column]
