"""What there is: the configured experiments, their cells, products, figures and documents."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from ..spec.configuration import WHOLE, Configuration
from ..spec.experiment import Experiment
from ..store import project
from ..store.errors import UserError
from ..store.products import JUDGED, cell_path, claims_path, data_path, figure_folder, with_provenance
from ..store.project import TEMPLATES, folder, local
from .on_demand import OnDemand

BIBLIOGRAPHY = "references.bib"
CLAIM_FIGURE = "claim-"  # the specification curve of a claim is the figure of this name and the claim's
# The templates of the document.
DOCUMENT = (
    "report.md", "claims.md", "explorer.md", "reproduction.md",
    "page.html", "explorer.html", "style.css", "page.js", "explorer.js",
    "document.typ",
    "document.lua",
)  # fmt: skip


@dataclass(frozen=True, eq=False)  # it is itself alone, so that what follows from it can be cached
class Inventory:
    """The configured experiments under the configured preset, or those of one part of the report.

    Args:
        configuration: the configuration.
        experiments: the experiments by id, in the report's order.
        variants: for each, the experiment as each of its variants changes it.
        sweeps: for each, the values of each swept setting.
        document: the document that they are written in.
    """

    configuration: Configuration
    experiments: Mapping[str, Experiment]
    variants: Mapping[str, dict[str, Experiment]]
    sweeps: Mapping[str, dict[str, list]]
    document: str = WHOLE

    def of(self, document: str) -> Self:
        """What there is for one document: the whole report, or a part.

        Raises:
            UserError: no such document.
        """
        configuration = self.configuration.only(document)
        chosen = OnDemand(configuration.experiments, self.experiments.__getitem__)
        return replace(self, configuration=configuration, experiments=chosen, document=document)

    def cells(self, experiment: str, hidden: bool = True) -> list[tuple[str, str]]:
        """(model, stretch of sparsities) of every cell; with or without models and controls that no figure shows."""
        spec = self.experiments[experiment]
        models = [name for name, model in spec.models.items() if hidden or model.shown]
        shown = [(model, stretch) for model in models for stretch in spec.stretches if stretch not in spec.controls]
        controls = [(model, sparsity) for sparsity, names in spec.controls.items() for model in names]
        return [*shown, *controls] if hidden else shown

    def products(self, experiment: str, kind: str, hidden: bool = True) -> list[Path]:
        """The files of a kind: data, weights, matrices, metrics, claims, table (claims.csv); all, or what is shown."""
        if kind in ("claims", "table"):
            path = claims_path(experiment)
            return [path if kind == "claims" else path.with_suffix(".csv")]
        cells = self.cells(experiment, hidden)
        if kind == "data":
            return [data_path(experiment, stretch) for stretch in dict.fromkeys(stretch for _, stretch in cells)]
        name = "metrics.csv" if kind == "metrics" else f"{kind}.safetensors"
        return [cell_path(experiment, *cell, name) for cell in cells]

    def every(self, *kinds: str, hidden: bool = True) -> list[Path]:
        """The files of some kinds of every experiment that has them."""
        return [
            path
            for kind in kinds
            for name in (self.judged() if kind in ("claims", "table") else self.experiments)
            for path in self.products(name, kind, hidden)
        ]

    def everything(self) -> list[Path]:
        """Every file that the document rests on: products with their provenance, and the figures' bundles."""
        figures = [path for identifier in self.figures() for path in self.figure_files(identifier)]
        return [*with_provenance(self.every(*JUDGED, "claims")), *figures]

    def judged(self) -> list[str]:
        """The experiments that make claims."""
        return [name for name, spec in self.experiments.items() if spec.claims]

    def figures(self) -> dict[str, tuple[str, str]]:
        """(experiment, figure) of every figure, by the figure's id.

        Claims' specification curves come last, where there are readings to be compared.
        """
        return {
            f"{name}-{figure}": (name, figure)
            for name, spec in self.experiments.items()
            for figure in (*spec.figures, *(f"{CLAIM_FIGURE}{claim}" for claim in spec.claims if spec.axes))
        }

    def figure_files(self, identifier: str) -> list[Path]:
        """The files of a figure's bundle."""
        pictures = [f"figure.{kind}" for kind in self.configuration.formats]
        texts = ["data.csv", "caption.md", "alt.txt", "cite.bib", "citation.txt", "provenance.json"]
        return [figure_folder(identifier) / name for name in (*pictures, *texts)]

    def report_sources(self) -> list[Path]:
        """Files that the document is written from, besides the results: templates, texts and bibliographies."""
        templates = [TEMPLATES / name for name in DOCUMENT]
        texts = [folder(name) / "text.md" for name in self.experiments]
        return [*map(local, templates), *texts, *self.bibliographies()]

    def bibliographies(self) -> list[Path]:
        """The references.bib that all experiments share, and those that some have of their own."""
        found = [local(project.EXPERIMENTS) / BIBLIOGRAPHY, *(folder(name) / BIBLIOGRAPHY for name in self.experiments)]
        return [path for path in found if path.is_file()]

    def reads(self, experiment: str, figure: str) -> tuple[str, ...]:
        """The kinds of product that a figure is drawn from."""
        if figure.startswith(CLAIM_FIGURE):
            return ("claims",)
        return self.experiments[experiment].figures[figure].reads

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
