"""What there is, with what determines each product."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..spec.architectures import BUILT_IN
from ..spec.configuration import load_configuration
from ..spec.experiment import Experiment
from ..spec.loading import Loaded, load_experiment
from ..store.errors import UserError
from ..store.paths import JUDGED, KINDS, product_path
from ..store.project import folder
from ..store.provenance import Stage
from ..train import gpu
from ..train.optimum.support import refusal
from . import known_digests
from .inventory import Inventory, OnDemand, figures_of
from .stages import STAGES, cell_variants


@dataclass(frozen=True, eq=False)  # a plan is itself alone, so that what follows from it can be cached
class Plan(Inventory):
    """What there is, with what determines each product: the stage that makes it."""

    @cache  # noqa: B019 (a plan lives as long as the process)
    def stage(self, name: str, *target: str) -> Stage:
        """What determines the products of a stage.

        Args:
            name: data, train, extract, judge, figure or report.
            target: an experiment, with a stretch (data), a model and a stretch (train, extract) or alone (judge); a
                figure's id; a document.

        Raises:
            UserError: there is no such target.
        """
        return STAGES[name](self, *target)

    def product_stages(self, experiment: str, kind: str, hidden: bool = True) -> dict[Path, Stage]:
        """The files of one kind, each with the stage that makes it. Arguments: Inventory.targets."""
        targets = self.targets(experiment, kind, hidden)
        return {product_path(kind, *target): self.stage(KINDS[kind].stage, *target) for target in targets}

    def needs(self, name: str, *target: str) -> dict[Path, Stage]:
        """The products that a stage reads, but for a report, each with the stage that makes it. Arguments: `stage`."""
        if name == "figure":
            return self.figure_inputs(*target)
        if name == "judge":
            return {path: stage for kind in JUDGED for path, stage in self.product_stages(*target, kind).items()}
        reads = {"data": (), "train": ("data",), "extract": ("weights", "data")}[name]
        targets = {kind: target if "model" in KINDS[kind].by else (target[0], target[-1]) for kind in reads}
        return {product_path(kind, *of): self.stage(KINDS[kind].stage, *of) for kind, of in targets.items()}

    def figure_inputs(self, identifier: str) -> dict[Path, Stage]:
        """The products that a figure is drawn from, each with the stage that makes it."""
        experiment, name = self.owner(identifier)
        kinds, hidden = self.reads(experiment, name), self.shows_controls(experiment, name)
        return {path: stage for kind in kinds for path, stage in self.product_stages(experiment, kind, hidden).items()}

    def variants(self, experiment: str) -> dict[str, Experiment]:
        """The experiment as each of its variants changes it, those of its readings included."""
        return self.loaded[experiment].variants

    def sweep(self, experiment: str) -> dict[str, list]:
        """The values of each swept setting, by dotted key."""
        return self.loaded[experiment].sweep

    def described(self, experiment: str, labels: bool = True) -> dict:
        """What figures, claims and text may say of an experiment: everything but its presentation.

        Args:
            experiment: its id.
            labels: whether models have their labels; else, as where claims are judged, their names in place of them.
        """
        spec, variants = self.experiments[experiment], self.variants(experiment)
        shown = next(iter(variants.values()))
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
                    "label": model.label if labels else name,
                    "features": spec.size(name),
                    "importance": (model.importance or spec.importance).model_dump(mode="json"),
                }
                for name, model in spec.models.items()
            },
            "sweep": self.sweep(experiment),
            "data": shown.data.model_dump(mode="json"),
            "training": shown.training.model_dump(mode="json"),
            "variants": {model: cell_variants(self, experiment, model)[1] for model in spec.models},
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
    known_digests.forget()
    load = cache(lambda name: _checked(load_experiment(name, configuration.preset), name))
    plan = Plan(configuration, OnDemand(configuration.experiments, load))
    if eager:
        for name in configuration.experiments:
            load(name)
        _check_identifiers(plan)
    return plan


def _checked(loaded: Loaded, experiment: str) -> Loaded:
    """An experiment whose optima, where they are asked for, can be computed.

    Raises:
        UserError: one cannot; names the variant and the model.
    """
    for name, variant in loaded.variants.items():
        training, data = variant.training, variant.data
        for model, options in variant.models.items() if training.method == "optimum" else ():
            reason = refusal(
                architecture=options.architecture,
                features=variant.size(model),
                hidden=options.hidden,
                tied=options.tied,
                bias=options.bias,
                target=data.target,
                values=data.values,
                sets=data.sets is not None,
                l1=training.l1,
                snapshots=bool(training.snapshots),
            )
            if reason:
                raise UserError(
                    f"{folder(experiment)}/experiment.yaml: training.method: found optimum, in variant {name} of model "
                    f"{model} with {reason}"
                )
    return loaded


def _check_identifiers(plan: Plan) -> None:
    """Two experiments' figures never share an id, and so a folder, as a's b-c and a-b's c would."""
    owners: dict[str, str] = {}
    for name, spec in plan.experiments.items():
        for figure in figures_of(spec):
            if (identifier := f"{name}-{figure}") in owners:
                raise UserError(
                    f"{folder(name)}/experiment.yaml: figures.{figure}: found the id {identifier}, which "
                    f"{owners[identifier]} has; allowed: another name"
                )
            owners[identifier] = name
