"""The names of a text.md with stand-ins for what is not there yet, which note what the text shows and refers to."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from ..data.instances import importance_vector
from ..measure.columns import METRICS
from ..pipeline.inventory import BOARD, CLAIM_FIGURE
from ..spec.experiment import Experiment
from ..spec.readings import DEFAULT, readings
from ..store.errors import UserError, check_known
from ..store.markdown import Markdown
from .numbers import count, number, percent

NAME = "[a-z0-9-]+"
GENERATED = (
    "claims",
    "checks",
    "readings",
    "controls",
    "amendments",
    "convergence",
)  # tables that every section with claims may have
DESCRIBED = ("experiment", "model", "sparsity", "variant")  # columns of metrics.csv before those of the sweep


class Expected:
    """What vocabulary.Section is once there are results.

    Args:
        experiment: its id.
        described: what may be said of it (plan.Plan.described).
        spec: the experiment.
        figures: the figures that the text may show.

    Attributes:
        shown: the figures and tables that the text has shown, by name.
        mentioned: those, and the others that it spells out.
        referred: what it has referred to: the line, as ":3", where it is known, and the name.
    """

    def __init__(self, experiment: str, described: dict, spec: Experiment, figures: Collection[str]):
        self._experiment, self._described, self._spec, self._figures = experiment, described, spec, figures
        self._labels = [name for name, model in described["models"].items() if model["shown"]]
        self._readings = [reading.name for reading in readings(spec.axes, spec.design, "")]
        self._line = ""
        self.shown: list[str] = []
        self.mentioned: set[str] = set()
        self.referred: list[tuple[str, str]] = []

    def names(self) -> dict:
        """Everything that the text may use, by name."""
        described = self._described
        return {
            "experiment": Markdown(self._experiment),
            "features": described["features"],
            "importance": importance_vector(described["importance"], described["features"]).tolist(),
            **{name: described[name] for name in ("sparsities", "sweep", "seeds", "models", "data", "training")},
            "engines": described["engines"],
            **dict.fromkeys(("median", "low", "high"), self._metric),
            **{name: getattr(self, f"_{name}") for name in ("optimum", "figure", "table", "ref")},
            "number": number,
            "count": count,
            "percent": percent,
            **{name: getattr(self, f"_{name}") for name in ("verdict", "tally", "effect", "standing", "says")},
        }

    @contextmanager
    def spelled_out(self, line: int) -> Iterator[None]:
        """While a call is made that stands in a line of the text, though perhaps under a condition."""
        self._line = f":{line}"
        yield
        self._line = ""

    def has(self, name: str) -> bool:
        """Whether the section will have a figure or table of a name, as far as can be known."""
        generated = name in (*GENERATED, BOARD) or (name.startswith(CLAIM_FIGURE) and bool(self._spec.claims))
        return name in self.shown or name in self.mentioned or generated

    def _metric(self, model: str, sparsity: str, column: str) -> float:
        check_known("model", model, self._labels)
        check_known("sparsity", sparsity, self._described["sparsities"])
        check_known("column", column, [*DESCRIBED, *self._described["sweep"], *METRICS])
        return 1.0

    def _optimum(self, model: str, sparsity: str) -> float:
        check_known("model", model, self._labels)
        check_known("sparsity", sparsity, self._described["sparsities"])
        return 1.0

    def _figure(self, name: str) -> Markdown:
        check_known("figure", name, self._figures)
        return self._placed(name)

    def _table(self, name: str) -> Markdown:
        if not re.fullmatch(NAME, name):
            raise UserError(f"table {name!r}: not a name; allowed: lower-case letters, digits, hyphens")
        return self._placed(name)

    def _placed(self, name: str) -> Markdown:
        self.mentioned.add(name)
        if not self._line:
            self.shown.append(name)
        return Markdown("1")

    def _ref(self, name: str) -> Markdown:
        self.referred.append((self._line, name))
        return Markdown("1")

    def _verdict(self, claim: str, reading: str = DEFAULT) -> str:
        check_known("claim", claim, self._spec.claims)
        check_known(f"reading of claim {claim}", reading, self._readings)
        return "reproduced"

    def _tally(self, claim: str, reading: str = DEFAULT) -> str:
        self._verdict(claim, reading)
        return "1 of 1"

    def _effect(self, claim: str, part: str, reading: str = DEFAULT) -> Markdown:
        self._verdict(claim, reading)
        return Markdown("1.0 (1.0 to 1.0)")

    def _standing(self, claim: str) -> str:
        layered = any(axis.layers for axis in self._spec.axes.values())
        check_known("claim with layers", claim, [name for name, asked in self._spec.claims.items() if layered])
        return "1"

    def _says(self, claim: str, *, reproduced: str, refuted: str, otherwise: str, reading: str = DEFAULT) -> Markdown:
        self._verdict(claim, reading)
        return Markdown(" ".join((reproduced, refuted, otherwise)))  # whichever it will be
