"""What there is to do: for every product, the settings, code and package versions that determine it.

A stage's description is one dict: Snakemake compares it to decide what is stale, the job that makes the product
compares its digest to notice an edit made in the middle of a run, and the provenance beside the product keeps it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .configuration import Configuration, load_configuration
from .digest import code_digest
from .errors import UserError
from .experiments import load_experiment
from .products import cell_path, data_path, figure_folder
from .sources import FOLDER, TEMPLATES, folder, local, registered
from .specification import Experiment

# Packages whose version can change a stage's products.
PACKAGES = {
    "data": ("numpy",),
    "train": ("numpy", "torch"),
    "extract": ("numpy",),
    "figure": ("numpy", "pandas", "matplotlib", "seaborn"),
    "report": ("pandas", "jinja2", "pypandoc_binary"),
}


@dataclass(frozen=True)
class Plan:
    """The configured experiments under the configured preset."""

    configuration: Configuration
    experiments: dict[str, Experiment]
    variants: dict[str, dict[str, Experiment]]

    def data(self, experiment: str, sparsity: str) -> dict:
        """Stage description of a sparsity's data sets."""
        spec = self._experiment(experiment, sparsity=sparsity)
        fixed = [
            variant.data.train_samples
            for variant in self.variants[experiment].values()
            if variant.data.source == "fixed"
        ]
        settings = {
            "sparsity": sparsity,
            "features": spec.features,
            "seeds": list(spec.seeds),
            "values": spec.data.values,
            "train_samples": max(fixed, default=0),
            "test_samples": spec.data.test_samples,
        }
        return _described("data", [experiment, sparsity], settings, code_digest(("stages.data",)))

    def train(self, experiment: str, model: str, sparsity: str) -> dict:
        """Stage description of a cell's training."""
        spec = self._experiment(experiment, model, sparsity)
        settings = {
            "experiment": experiment,
            "model": model,
            "sparsity": sparsity,
            "features": spec.features,
            "seeds": list(spec.seeds),
            "architecture": spec.models[model].architecture,
            "hidden": spec.models[model].hidden,
            "variants": {name: _trained(variant, model) for name, variant in self.variants[experiment].items()},
            "engine": self.configuration.engine,
        }
        modules = ("stages.train", f"engines.{self.configuration.engine}")
        return _described("train", [experiment, model, sparsity], settings, _code(modules, experiment, "models.py"))

    def extract(self, experiment: str, model: str, sparsity: str) -> dict:
        """Stage description of a cell's matrices and metrics."""
        trained = self.train(experiment, model, sparsity)["settings"]
        settings = {key: value for key, value in trained.items() if key != "engine"}
        code = _code(("stages.extract",), experiment, "models.py")
        return _described("extract", [experiment, model, sparsity], settings, code)

    def figure(self, identifier: str) -> dict:
        """Stage description of a figure, by its id."""
        experiment, figure = self._figure(identifier)
        file = FOLDER / experiment / "figures.py"
        settings = {
            "experiment": experiment,
            "figure": figure,
            "reads": list(self.experiments[experiment].figures[figure].reads),
            "formats": list(self.configuration.formats),
            **self.described(experiment),
        }
        code = code_digest(("stages.figure",), file, registered(file, "figure")[figure])
        return _described("figure", [identifier], settings, code)

    def report(self) -> dict:
        """Stage description of the document."""
        settings = {
            "preset": self.configuration.preset,
            "experiments": {
                name: {"title": spec.title, "figures": list(spec.figures), **self.described(name)}
                for name, spec in self.experiments.items()
            },
        }
        return _described("report", [], settings, code_digest(("stages.report",)))

    def described(self, experiment: str) -> dict:
        """What figures and text may say of an experiment: everything but its presentation."""
        spec = self.experiments[experiment]
        return {
            "features": spec.features,
            "importance": spec.importance.model_dump(mode="json"),
            "sparsities": list(spec.sparsities),
            "seeds": list(spec.seeds),
            "models": {name: model.model_dump(mode="json") for name, model in spec.models.items()},
            "variants": {
                name: {
                    "data": variant.data.model_dump(mode="json"),
                    "training": variant.training.model_dump(mode="json"),
                }
                for name, variant in self.variants[experiment].items()
            },
            "engine": self.configuration.engine,
        }

    def cells(self, experiment: str) -> list[tuple[str, str]]:
        """(model, sparsity) of every cell."""
        spec = self.experiments[experiment]
        return [(model, sparsity) for model in spec.models for sparsity in spec.sparsities]

    def products(self, experiment: str, kind: str) -> list[Path]:
        """The files of one kind: data, weights, matrices or metrics."""
        if kind == "data":
            return [data_path(experiment, sparsity) for sparsity in self.experiments[experiment].sparsities]
        name = "metrics.csv" if kind == "metrics" else f"{kind}.safetensors"
        return [cell_path(experiment, model, sparsity, name) for model, sparsity in self.cells(experiment)]

    def product_stages(self, experiment: str, kind: str) -> list[tuple[Path, dict]]:
        """The files of one kind, each with the description of the stage that makes it."""
        paths = self.products(experiment, kind)
        if kind == "data":
            stages = [self.data(experiment, sparsity) for sparsity in self.experiments[experiment].sparsities]
        else:
            stage = self.train if kind == "weights" else self.extract
            stages = [stage(experiment, model, sparsity) for model, sparsity in self.cells(experiment)]
        return list(zip(paths, stages, strict=True))

    def figures(self) -> dict[str, tuple[str, str]]:
        """(experiment, figure) of every figure, by the figure's id."""
        return {
            f"{name}-{figure}": (name, figure) for name, spec in self.experiments.items() for figure in spec.figures
        }

    def figure_inputs(self, identifier: str) -> list[Path]:
        """The products that a figure is drawn from."""
        experiment, figure = self._figure(identifier)
        kinds = self.experiments[experiment].figures[figure].reads
        return [path for kind in kinds for path in self.products(experiment, kind)]

    def figure_files(self, identifier: str) -> list[Path]:
        """The files of a figure's bundle."""
        names = [
            *(f"figure.{kind}" for kind in self.configuration.formats),
            "data.csv",
            "caption.md",
            "alt.txt",
        ]
        return [figure_folder(identifier) / name for name in [*names, "provenance.json"]]

    def report_sources(self) -> list[Path]:
        """Files that the document is written from, besides the results: templates, texts and bibliographies."""
        templates = [TEMPLATES / name for name in ("report.md", "page.html", "style.css")]
        texts = [folder(name) / "text.md" for name in self.experiments]
        return [*map(local, templates), *texts, *self.bibliographies()]

    def bibliographies(self) -> list[Path]:
        """The experiments' references.bib, where they have one."""
        found = [folder(name) / "references.bib" for name in self.experiments]
        return [path for path in found if path.is_file()]

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
        if sparsity is not None and sparsity not in spec.sparsities:
            raise UserError(f"{experiment}: no sparsity {sparsity!r}; allowed: {', '.join(spec.sparsities)}")
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


def _trained(variant: Experiment, model: str) -> dict:
    """What a variant means for one model's training."""
    options = variant.models[model]
    return {
        "importance": variant.importance.model_dump(mode="json"),
        "values": variant.data.values,
        "source": variant.data.source,
        "train_samples": variant.data.train_samples if variant.data.source == "fixed" else None,
        "tied": options.tied,
        "bias": options.bias,
        "initialisation": options.initialisation,
        "training": variant.training.model_dump(mode="json"),
    }


def _code(modules: tuple[str, ...], experiment: str, own: str) -> str:
    file = FOLDER / experiment / own
    return code_digest(modules, file if file.is_file() else None)


def _described(stage: str, target: list[str], settings: dict, code: str) -> dict:
    description = {
        "stage": stage,
        "target": target,
        "settings": settings,
        "code": code,
        "packages": {name: _version(name) for name in PACKAGES[stage]},
    }
    content = json.dumps(description, sort_keys=True).encode()
    return {**description, "digest": hashlib.sha256(content).hexdigest()[:16]}


@cache
def _version(package: str) -> str:
    return version(package)
