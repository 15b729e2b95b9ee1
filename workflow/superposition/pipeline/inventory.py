"""What there is: the configured experiments, their cells, products, figures and documents."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from ..spec.configuration import Configuration
from ..spec.experiment import Experiment
from ..spec.loading import Loaded
from ..store import project
from ..store.errors import UserError
from ..store.paths import JUDGED, KINDS, WHOLE, document_path, product_path, with_provenance
from ..store.project import TEMPLATES, folder, local

BIBLIOGRAPHY = "references.bib"
CLAIM_FIGURE = "claim-"  # the specification curve of a claim is the figure of this name and the claim's
BOARD = "verdict-board"  # the figure of an experiment's verdicts at a glance


class OnDemand(Mapping):
    """A mapping whose values are made when they are first asked for.

    Args:
        names: the keys, in order.
        make: the value of a key.
    """

    def __init__(self, names: Iterable[str], make: Callable[[str], Any]):
        self._names = tuple(names)
        self._make = make

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, eq=False)  # it is itself alone, so that what follows from it can be cached
class Inventory:
    """The configured experiments under the configured preset, or those of one part of the report.

    Args:
        configuration: the configuration.
        loaded: the experiments by id, in the report's order, each with its variants and its sweep.
        document: the document that they are written in.
    """

    configuration: Configuration
    loaded: Mapping[str, Loaded]
    document: str = WHOLE

    def of(self, document: str) -> Self:
        """What there is for one document: the whole report, or a part.

        Raises:
            UserError: no such document.
        """
        configuration = self.configuration.only(document)
        chosen = OnDemand(configuration.experiments, self.loaded.__getitem__)
        return replace(self, configuration=configuration, loaded=chosen, document=document)

    @property
    def experiments(self) -> Mapping[str, Experiment]:
        """The experiments as they are specified, by id, in the report's order."""
        return OnDemand(self.loaded, lambda name: self.loaded[name].experiment)

    def cells(self, experiment: str, hidden: bool = True) -> list[tuple[str, str]]:
        """(model, stretch of sparsities) of every cell; with or without models and controls that no figure shows."""
        spec = self.experiments[experiment]
        models = [name for name, model in spec.models.items() if hidden or model.shown]
        shown = [(model, stretch) for model in models for stretch in spec.stretches if stretch not in spec.controls]
        controls = [(model, sparsity) for sparsity, names in spec.controls.items() for model in names]
        return [*shown, *controls] if hidden else shown

    def targets(self, experiment: str, kind: str, hidden: bool = True) -> list[tuple[str, ...]]:
        """What there is a product of a kind for: the experiment alone, each stretch, or each cell.

        Args:
            experiment: its id.
            kind: one of store.paths.KINDS, but no figure.
            hidden: whether models and controls that no figure shows count.
        """
        full = {"experiment": experiment}
        cells = [full | {"model": model, "stretch": stretch} for model, stretch in self.cells(experiment, hidden)]
        return list(dict.fromkeys(tuple(cell[name] for name in KINDS[kind].by) for cell in cells))

    def products(self, experiment: str, kind: str, hidden: bool = True) -> list[Path]:
        """The files of a kind. Arguments: `targets`."""
        return [product_path(kind, *target) for target in self.targets(experiment, kind, hidden)]

    def kinds(self, experiment: str) -> tuple[str, ...]:
        """The kinds of product that an experiment has, besides figures."""
        judged = ("claims", "table") if self.experiments[experiment].claims else ()
        return (*JUDGED, *judged)

    def every(self, *kinds: str, hidden: bool = True) -> list[Path]:
        """The files of some kinds of every experiment that has them."""
        return [
            path
            for kind in kinds
            for name in self.experiments
            if kind in self.kinds(name)
            for path in self.products(name, kind, hidden)
        ]

    def priority(self, experiment: str) -> int:
        """How soon an experiment's jobs run, the greater the sooner: those of the first part before all others."""
        parts = self.configuration.parts.items()
        return max((self.document_priority(name) for name, part in parts if experiment in part.experiments), default=0)

    def document_priority(self, document: str) -> int:
        """How soon a document is written, the greater the sooner: parts in their order, then the whole report."""
        return [WHOLE, *reversed(self.configuration.parts)].index(document)

    def documents(self) -> list[Path]:
        """The documents, each as Markdown, HTML and PDF."""
        return [document_path(name, kind) for name in self.configuration.documents for kind in ("md", "html", "pdf")]

    def everything(self) -> list[Path]:
        """Every file that the documents rest on: products with their provenance, and the figures' bundles."""
        figures = [path for identifier in self.figures() for path in self.figure_files(identifier)]
        return [*with_provenance(self.every(*JUDGED, "claims")), *figures]

    def shown(self) -> list[tuple[str, str]]:
        """Stage and target of what people read: every experiment's claims, every figure, every document."""
        targets = {"judge": self.judged(), "figure": self.figures(), "report": self.configuration.documents}
        return [(stage, target) for stage, known in targets.items() for target in known]

    def absent(self) -> list[str]:
        """The parts that are apart and of which nothing lies here."""
        return [name for name in self.configuration.apart if not any(map(Path.exists, self.of(name).everything()))]

    def judged(self) -> list[str]:
        """The experiments that make claims."""
        return [name for name, spec in self.experiments.items() if spec.claims]

    def figures(self) -> dict[str, tuple[str, str]]:
        """(experiment, figure) of every figure, by the figure's id."""
        return {
            f"{name}-{figure}": (name, figure) for name, spec in self.experiments.items() for figure in figures_of(spec)
        }

    def figure_files(self, identifier: str) -> list[Path]:
        """The files of a figure's bundle."""
        pictures = [f"figure.{kind}" for kind in self.configuration.formats]
        texts = ["data.csv", "caption.md", "alt.txt", "cite.bib", "citation.txt", "provenance.json"]
        return [product_path("figure", identifier) / name for name in (*pictures, *texts)]

    def report_sources(self) -> list[Path]:
        """Files that the document is written from, besides the results: templates, texts and bibliographies."""
        templates = sorted(path for path in TEMPLATES.iterdir() if not path.name.startswith("."))
        texts = [folder(name) / "text.md" for name in self.experiments]
        return [*map(local, templates), *texts, *self.bibliographies()]

    def bibliographies(self) -> list[Path]:
        """The references.bib that all experiments share, and those that some have of their own."""
        files = [local(project.EXPERIMENTS) / BIBLIOGRAPHY, *(folder(name) / BIBLIOGRAPHY for name in self.experiments)]
        return [path for path in files if path.is_file()]

    def title(self, experiment: str, figure: str) -> str:
        """What lists call a figure, and its caption begins with: plain text."""
        own = self.experiments[experiment].figures
        if figure in own:
            return own[figure].title
        if figure == BOARD:
            return f"The claims of {experiment} at a glance"
        return f"Readings of the claim “{figure.removeprefix(CLAIM_FIGURE).replace('-', ' ')}”"

    def reads(self, experiment: str, figure: str) -> tuple[str, ...]:
        """The kinds of product that a figure is drawn from."""
        own = self.experiments[experiment].figures
        return own[figure].reads if figure in own else ("claims",)

    def shows_controls(self, experiment: str, figure: str) -> bool:
        """Whether a figure is drawn from controls and models too that others do not show."""
        own = self.experiments[experiment].figures
        return figure in own and own[figure].controls

    def owner(self, identifier: str) -> tuple[str, str]:
        """(experiment, figure) of a figure, by its id.

        Raises:
            UserError: no such figure.
        """
        known = self.figures()
        if identifier not in known:
            raise UserError(f"no configured figure {identifier!r}; allowed: {', '.join(known) or 'none'}")
        return known[identifier]

    def specification(self, experiment: str, model: str | None = None, stretch: str | None = None) -> Experiment:
        """An experiment as it is specified.

        Raises:
            UserError: no such experiment, or it has no such model or stretch of sparsities.
        """
        if experiment not in self.experiments:
            raise UserError(f"no configured experiment {experiment!r}; allowed: {', '.join(self.experiments)}")
        spec = self.experiments[experiment]
        if model is not None and model not in spec.models:
            raise UserError(f"{experiment}: no model {model!r}; allowed: {', '.join(spec.models)}")
        if stretch is not None and stretch not in spec.stretches:
            raise UserError(f"{experiment}: no sparsity {stretch!r}; allowed: {', '.join(spec.stretches)}")
        return spec


def figures_of(spec: Experiment) -> list[str]:
    """An experiment's figures by name: its own, its verdict board, the specification curves that it asks for."""
    board = [BOARD] if any(claim.kind == "evidence" for claim in spec.claims.values()) else []
    return [*spec.figures, *board, *(f"{CLAIM_FIGURE}{claim}" for claim in spec.curves)]
