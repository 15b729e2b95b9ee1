"""What determines each product: the description of the stage that makes it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from platform import python_version
from typing import Any

from ..spec.architectures import BUILT_IN
from ..spec.configuration import load_configuration
from ..spec.loading import load_experiment
from ..store import project
from ..store.errors import UserError
from ..store.plugins import registered
from ..store.project import folder, software
from ..train import gpu
from .digest import code_digest
from .inventory import CLAIM_FIGURE, Inventory
from .on_demand import OnDemand
from .stages import ENGINE_PACKAGES, code_with_own, described, trained_variants


@dataclass(frozen=True, eq=False)  # a plan is itself alone, so that what follows from it can be cached
class Plan(Inventory):
    """What there is, with what determines each product: the description of the stage that makes it."""

    def data(self, experiment: str, stretch: str) -> dict:
        """Stage description of the data sets of a stretch of sparsities."""
        spec = self.specification(experiment, stretch=stretch)
        rows = [v.data.train_samples for v in self.variants[experiment].values() if v.data.source == "fixed"]
        rows += self.sweeps[experiment].get("data.train_samples", [])
        settings = {
            "sparsities": list(spec.stretches[stretch]),
            "features": spec.most_features,
            "seeds": list(spec.seeds),
            "distribution": spec.data.distribution,
            "train_samples": max(rows, default=0),
            "test_samples": spec.data.test_samples,
        }
        return described("data", [experiment, stretch], settings, code_digest(("data.stage",)))

    def train(self, experiment: str, model: str, stretch: str) -> dict:
        """Stage description of a cell's training."""
        settings = self._cell_settings(experiment, model, stretch)
        engine = settings["engine"] = self.engine(experiment, model)
        code = code_with_own(("train.stage", f"train.engines.{engine}"), experiment, "models.py")
        return described("train", [experiment, model, stretch], settings, code, ENGINE_PACKAGES[engine])

    def extract(self, experiment: str, model: str, stretch: str) -> dict:
        """Stage description of a cell's matrices and metrics."""
        settings = self._cell_settings(experiment, model, stretch)
        settings["distribution"] = self.experiments[experiment].data.distribution
        code = code_with_own(("measure.stage",), experiment, "models.py")
        return described("extract", [experiment, model, stretch], settings, code)

    def judge(self, experiment: str) -> dict:
        """Stage description of the verdicts on an experiment's claims."""
        spec = self.specification(experiment)
        asked = ("claims", "axes", "design", "convergence")
        settings = {
            "experiment": experiment,
            **self.described(experiment),
            **spec.model_dump(mode="json", include=set(asked)),
        }
        code = code_with_own(("judge.stage",), experiment, "claims.py")
        return described("judge", [experiment], settings, code)

    def figure(self, identifier: str) -> dict:
        """Stage description of a figure, by its id."""
        experiment, figure = self.owner(identifier)
        settings = {
            "experiment": experiment,
            "figure": figure,
            "reads": list(self.reads(experiment, figure)),
            "formats": list(self.configuration.formats),
            "citation": software(),
            "drawn_by": "specification_curve" if figure.startswith(CLAIM_FIGURE) else None,
            **self.described(experiment),
        }
        if settings["drawn_by"]:
            code = code_digest(("draw.stage", f"draw.{settings['drawn_by']}"))
        else:
            file = project.EXPERIMENTS / experiment / "figures.py"
            code = code_digest(("draw.stage",), file, registered(file, "figure")[figure])
        stage = described("figure", [identifier], settings, code)
        return {**stage, "lineage": self._lineage(experiment, figure, stage)}

    def report(self) -> dict:
        """Stage description of the document."""
        settings = {
            "preset": self.configuration.preset,
            "formats": list(self.configuration.formats),
            "python": python_version(),
            "parts": {
                name: {"title": part.title, "experiments": list(part.experiments)}
                for name, part in self.configuration.parts.items()
            },
            "experiments": {
                name: {"title": spec.title, "figures": list(spec.figures), **self.described(name)}
                for name, spec in self.experiments.items()
            },
        }
        return described("report", [self.document], settings, code_digest(("report.stage",)))

    def described(self, experiment: str) -> dict:
        """What figures, claims and text may say of an experiment: everything but its presentation."""
        spec, variants = self.experiments[experiment], self.variants[experiment]
        return {
            "features": spec.features,
            "importance": spec.importance.model_dump(mode="json"),
            "sparsities": list(spec.sparsities),
            "stretches": {name: list(sparsities) for name, sparsities in spec.stretches.items()},
            "controls": {sparsity: list(models) for sparsity, models in spec.controls.items()},
            "seeds": list(spec.seeds),
            "streams": spec.streams,
            "models": {
                name: {
                    **model.model_dump(mode="json"),
                    "features": spec.size(name),
                    "importance": (model.importance or spec.importance).model_dump(mode="json"),
                }
                for name, model in spec.models.items()
            },
            "sweep": self.sweeps[experiment],
            "data": next(iter(variants.values())).data.model_dump(mode="json"),
            "training": next(iter(variants.values())).training.model_dump(mode="json"),
            "variants": {model: trained_variants(variants, model)[1] for model in spec.models},
            "engines": {model: self.engine(experiment, model) for model in spec.models},
        }

    def engine(self, experiment: str, model: str) -> str:
        """The engine that trains a model: the configured one, or under auto the fastest that can.

        Raises:
            UserError: an engine is asked for that cannot.
        """
        wanted, architecture = self.configuration.engine, self.experiments[experiment].models[model].architecture
        if wanted == "torch":
            return "torch"
        if architecture in BUILT_IN:
            return wanted if wanted != "auto" else "cuda" if gpu.present() else "fused"
        if wanted != "auto":
            raise UserError(
                f"config/config.yaml: engine: found {wanted!r}, which cannot train architecture {architecture!r} of "
                f"{experiment}.{model}; allowed: auto or torch, or an architecture among {', '.join(BUILT_IN)}"
            )
        return "torch"

    def product_stages(self, experiment: str, kind: str, hidden: bool = True) -> dict[Path, dict]:
        """The files of one kind, each with the description of the stage that makes it."""
        paths = self.products(experiment, kind, hidden)
        if kind in ("claims", "table"):
            return dict.fromkeys(paths, self.judge(experiment))
        if kind == "data":
            return {path: self.data(experiment, path.stem.removeprefix("S")) for path in paths}
        stage = self.train if kind == "weights" else self.extract
        return {
            path: stage(experiment, *cell) for path, cell in zip(paths, self.cells(experiment, hidden), strict=True)
        }

    def figure_inputs(self, identifier: str) -> dict[Path, dict]:
        """The products that a figure is drawn from, each with the description of the stage that makes it."""
        experiment, figure = self.owner(identifier)
        kinds = self.reads(experiment, figure)
        return {
            path: stage for kind in kinds for path, stage in self.product_stages(experiment, kind, hidden=False).items()
        }

    def _cell_settings(self, experiment: str, model: str, stretch: str) -> dict:
        """What the instances of a cell depend on."""
        spec = self.specification(experiment, model, stretch)
        return {
            "experiment": experiment,
            "model": model,
            "sparsities": list(spec.stretches[stretch]),
            "features": spec.size(model),
            "seeds": list(spec.seeds),
            "architecture": spec.models[model].architecture,
            "hidden": spec.models[model].hidden,
            "streams": spec.streams,
            "variants": trained_variants(self.variants[experiment], model)[0],
            "sweep": self.sweeps[experiment],
        }

    def _lineage(self, experiment: str, figure: str, stage: dict) -> str:
        """Digest of everything that a figure rests on: its own description and that of every stage before it."""
        before = {"data": [], "weights": ["data"], "matrices": ["data", "weights"], "metrics": ["data", "weights"]}
        before["claims"] = ["data", "weights", "matrices"]
        read = self.reads(experiment, figure)
        kinds = dict.fromkeys(kind for one in read for kind in (*before[one], one))
        stages = [made for kind in kinds for made in self.product_stages(experiment, kind, "claims" in read).values()]
        digests = sorted({stage["digest"], *(made["digest"] for made in stages)})
        return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:16]


def load_plan(overrides: Mapping[str, Any] | None = None, eager: bool = True) -> Plan:
    """Read and check the configuration and every configured experiment.

    Args:
        overrides: configuration keys set on the command line.
        eager: whether experiments are read at once; else each is when it is first asked for, as jobs need one only.

    Raises:
        UserError: anything is wrong; one line with file, key, found and allowed.
    """
    configuration = load_configuration(overrides)
    if configuration.engine == "cuda":
        gpu.require()
    load = cache(lambda name: load_experiment(name, configuration.preset))
    names = configuration.experiments
    if eager:
        for name in names:
            load(name)
    plan = Plan(
        configuration,
        OnDemand(names, lambda name: load(name).experiment),
        OnDemand(names, lambda name: load(name).variants),
        OnDemand(names, lambda name: load(name).sweep),
    )
    if eager:
        _check_identifiers(plan)
    return plan


def _check_identifiers(plan: Plan) -> None:
    """Two experiments' figures never share an id, and so a folder, as a's b-c and a-b's c would."""
    owners: dict[str, str] = {}
    for name, spec in plan.experiments.items():
        for figure in (*spec.figures, *(f"{CLAIM_FIGURE}{claim}" for claim in spec.claims)):
            if (identifier := f"{name}-{figure}") in owners:
                raise UserError(
                    f"{folder(name)}/experiment.yaml: figures.{figure}: found the id {identifier}, which "
                    f"{owners[identifier]} has; allowed: another name"
                )
            owners[identifier] = name
