"""What there is to do: the configured experiments, their cells, products and figures, and what determines each."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from platform import python_version
from typing import Any

from .architecture import BUILT_IN
from .citation import software
from .configuration import Configuration, load_configuration
from .descriptions import ENGINE_PACKAGES, code_with_own, described, trained_variants
from .digest import code_digest
from .errors import UserError
from .experiments import load_experiment
from .products import cell_path, claims_path, data_path, figure_folder
from .sources import FOLDER, TEMPLATES, folder, local, registered
from .specification import Experiment

CLAIM_FIGURE = "claim-"  # the specification curve of a claim is the figure of this name and the claim's
# The templates of the document.
DOCUMENT = (
    "report.md", "claims.md", "explorer.md", "reproduction.md",
    "page.html", "explorer.html", "style.css", "page.js", "explorer.js",
    "document.typ",
    "document.lua",
)  # fmt: skip


@dataclass(frozen=True, eq=False)  # a plan is itself alone, so that what follows from it can be cached
class Plan:
    """The configured experiments under the configured preset."""

    configuration: Configuration
    experiments: dict[str, Experiment]
    variants: dict[str, dict[str, Experiment]]

    # What determines a product.

    def data(self, experiment: str, sparsity: str) -> dict:
        """Stage description of a sparsity's data sets."""
        spec = self._experiment(experiment, sparsity=sparsity)
        variants = self.variants[experiment].values()
        settings = {
            "sparsity": sparsity,
            "features": spec.features,
            "seeds": list(spec.seeds),
            "distribution": spec.data.distribution,
            "train_samples": max((v.data.train_samples for v in variants if v.data.source == "fixed"), default=0),
            "test_samples": spec.data.test_samples,
        }
        return described("data", [experiment, sparsity], settings, code_digest(("stages.data",)))

    def train(self, experiment: str, model: str, sparsity: str) -> dict:
        """Stage description of a cell's training."""
        settings = self._cell_settings(experiment, model, sparsity)
        engine = settings["engine"] = self.engine(experiment, model)
        code = code_with_own(("stages.train", f"engines.{engine}"), experiment, "models.py")
        return described("train", [experiment, model, sparsity], settings, code, ENGINE_PACKAGES[engine])

    def extract(self, experiment: str, model: str, sparsity: str) -> dict:
        """Stage description of a cell's matrices and metrics."""
        settings = self._cell_settings(experiment, model, sparsity)
        settings["distribution"] = self.experiments[experiment].data.distribution
        code = code_with_own(("stages.extract",), experiment, "models.py")
        return described("extract", [experiment, model, sparsity], settings, code)

    def judge(self, experiment: str) -> dict:
        """Stage description of the verdicts on an experiment's claims."""
        spec = self._experiment(experiment)
        asked = ("claims", "axes", "design", "convergence")
        settings = {
            "experiment": experiment,
            **self.described(experiment),
            **spec.model_dump(mode="json", include=set(asked)),
        }
        code = code_with_own(("stages.judge",), experiment, "claims.py")
        return described("judge", [experiment], settings, code)

    def figure(self, identifier: str) -> dict:
        """Stage description of a figure, by its id."""
        experiment, figure = self._figure(identifier)
        settings = {
            "experiment": experiment,
            "figure": figure,
            "reads": list(self._reads(experiment, figure)),
            "formats": list(self.configuration.formats),
            "citation": software(),
            "drawn_by": "specification_curve" if figure.startswith(CLAIM_FIGURE) else None,
            **self.described(experiment),
        }
        if settings["drawn_by"]:
            code = code_digest(("stages.figure", settings["drawn_by"]))
        else:
            file = FOLDER / experiment / "figures.py"
            code = code_digest(("stages.figure",), file, registered(file, "figure")[figure])
        stage = described("figure", [identifier], settings, code)
        return {**stage, "lineage": self._lineage(experiment, figure, stage)}

    def report(self) -> dict:
        """Stage description of the document."""
        settings = {
            "preset": self.configuration.preset,
            "formats": list(self.configuration.formats),
            "python": python_version(),
            "experiments": {
                name: {"title": spec.title, "figures": list(spec.figures), **self.described(name)}
                for name, spec in self.experiments.items()
            },
        }
        return described("report", [], settings, code_digest(("stages.report",)))

    def described(self, experiment: str) -> dict:
        """What figures, claims and text may say of an experiment: everything but its presentation."""
        spec, variants = self.experiments[experiment], self.variants[experiment]
        return {
            "features": spec.features,
            "importance": spec.importance.model_dump(mode="json"),
            "sparsities": list(spec.sparsities),
            "controls": {sparsity: list(models) for sparsity, models in spec.controls.items()},
            "seeds": list(spec.seeds),
            "streams": spec.streams,
            "models": {name: model.model_dump(mode="json") for name, model in spec.models.items()},
            "data": next(iter(variants.values())).data.model_dump(mode="json"),
            "training": next(iter(variants.values())).training.model_dump(mode="json"),
            "variants": {model: trained_variants(variants, model)[1] for model in spec.models},
            "engines": {model: self.engine(experiment, model) for model in spec.models},
        }

    def engine(self, experiment: str, model: str) -> str:
        """The engine that trains a model: the configured one, or under auto the fused one wherever it can.

        Raises:
            UserError: the fused engine is asked for and cannot.
        """
        wanted, architecture = self.configuration.engine, self.experiments[experiment].models[model].architecture
        if wanted == "torch" or architecture in BUILT_IN:
            return "torch" if wanted == "torch" else "fused"
        if wanted == "fused":
            raise UserError(
                f"config/config.yaml: engine: found 'fused', which cannot train architecture {architecture!r} of "
                f"{experiment}.{model}; allowed: auto or torch, or an architecture among {', '.join(BUILT_IN)}"
            )
        return "torch"

    # What there is.

    def sparsities(self, experiment: str) -> list[str]:
        """The sparsities that are trained: those shown, then the controls."""
        spec = self.experiments[experiment]
        return [*spec.sparsities, *spec.controls]

    def cells(self, experiment: str, hidden: bool = True) -> list[tuple[str, str]]:
        """(model, sparsity) of every cell; with the models and controls that no figure shows or without."""
        spec = self.experiments[experiment]
        models = [name for name, model in spec.models.items() if hidden or model.shown]
        shown = [(model, sparsity) for model in models for sparsity in spec.sparsities]
        controls = [(model, sparsity) for sparsity, names in spec.controls.items() for model in names]
        return [*shown, *controls] if hidden else shown

    def products(self, experiment: str, kind: str, hidden: bool = True) -> list[Path]:
        """The files of one kind: data, weights, matrices, metrics or claims; with what no figure shows or without."""
        return list(self.product_stages(experiment, kind, hidden))

    def product_stages(self, experiment: str, kind: str, hidden: bool = True) -> dict[Path, dict]:
        """The files of one kind, each with the description of the stage that makes it."""
        if kind == "claims":
            return {claims_path(experiment): self.judge(experiment)}
        if kind == "data":
            sparsities = dict.fromkeys(sparsity for _, sparsity in self.cells(experiment, hidden))
            return {data_path(experiment, sparsity): self.data(experiment, sparsity) for sparsity in sparsities}
        name = "metrics.csv" if kind == "metrics" else f"{kind}.safetensors"
        stage = self.train if kind == "weights" else self.extract
        return {cell_path(experiment, *cell, name): stage(experiment, *cell) for cell in self.cells(experiment, hidden)}

    def judged(self) -> list[str]:
        """The experiments that make claims."""
        return [name for name, spec in self.experiments.items() if spec.claims]

    def figures(self) -> dict[str, tuple[str, str]]:
        """(experiment, figure) of every figure, by the figure's id; claims' specification curves come last."""
        return {
            f"{name}-{figure}": (name, figure)
            for name, spec in self.experiments.items()
            for figure in (*spec.figures, *(f"{CLAIM_FIGURE}{claim}" for claim in spec.claims))
        }

    def figure_inputs(self, identifier: str) -> dict[Path, dict]:
        """The products that a figure is drawn from, each with the description of the stage that makes it."""
        experiment, figure = self._figure(identifier)
        kinds = self._reads(experiment, figure)
        return {
            path: stage for kind in kinds for path, stage in self.product_stages(experiment, kind, hidden=False).items()
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
        """The experiments' references.bib, where they have one."""
        found = [folder(name) / "references.bib" for name in self.experiments]
        return [path for path in found if path.is_file()]

    def _cell_settings(self, experiment: str, model: str, sparsity: str) -> dict:
        """What the instances of a cell depend on."""
        spec = self._experiment(experiment, model, sparsity)
        return {
            "experiment": experiment,
            "model": model,
            "sparsity": sparsity,
            "features": spec.features,
            "seeds": list(spec.seeds),
            "architecture": spec.models[model].architecture,
            "hidden": spec.models[model].hidden,
            "streams": spec.streams,
            "variants": trained_variants(self.variants[experiment], model)[0],
        }

    def _lineage(self, experiment: str, figure: str, stage: dict) -> str:
        """Digest of everything that a figure rests on: its own description and that of every stage before it."""
        before = {"data": [], "weights": ["data"], "matrices": ["data", "weights"], "metrics": ["data", "weights"]}
        before["claims"] = ["data", "weights", "matrices"]
        read = self._reads(experiment, figure)
        kinds = dict.fromkeys(kind for one in read for kind in (*before[one], one))
        stages = [made for kind in kinds for made in self.product_stages(experiment, kind, "claims" in read).values()]
        digests = sorted({stage["digest"], *(made["digest"] for made in stages)})
        return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:16]

    def _reads(self, experiment: str, figure: str) -> tuple[str, ...]:
        if figure.startswith(CLAIM_FIGURE):
            return ("claims",)
        return self.experiments[experiment].figures[figure].reads

    def _figure(self, identifier: str) -> tuple[str, str]:
        known = self.figures()
        if identifier not in known:
            raise UserError(f"no configured figure {identifier!r}; allowed: {', '.join(known) or 'none'}")
        return known[identifier]

    def _experiment(self, experiment: str, model: str | None = None, sparsity: str | None = None) -> Experiment:
        if experiment not in self.experiments:
            raise UserError(f"no configured experiment {experiment!r}; allowed: {', '.join(self.experiments)}")
        spec = self.experiments[experiment]
        if model is not None and model not in spec.models:
            raise UserError(f"{experiment}: no model {model!r}; allowed: {', '.join(spec.models)}")
        if sparsity is not None and sparsity not in self.sparsities(experiment):
            raise UserError(
                f"{experiment}: no sparsity {sparsity!r}; allowed: {', '.join(self.sparsities(experiment))}"
            )
        return spec


def load_plan(overrides: Mapping[str, Any] | None = None) -> Plan:
    """Read and check the configuration and every configured experiment.

    Args:
        overrides: configuration keys set on the command line.

    Raises:
        UserError: anything is wrong; one line with file, key, found and allowed.
    """
    configuration = load_configuration(overrides)
    loaded = {name: load_experiment(name, configuration.preset) for name in configuration.experiments}
    return Plan(
        configuration,
        {name: experiment for name, (experiment, _) in loaded.items()},
        {name: variants for name, (_, variants) in loaded.items()},
    )
