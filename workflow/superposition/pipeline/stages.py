"""What determines each product: the stage that makes it, from the configuration, the code and the packages as they are.

Snakemake compares a stage's record to decide what is stale, and the job that makes the product its digest, to notice an
edit made in the middle of a run.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.instances import CONTINUED, MADE, PLANTED
from ..spec.architectures import BUILT_IN
from ..spec.experiment import Experiment
from ..store import project
from ..store.paths import KINDS, WHOLE
from ..store.plugins import registered
from ..store.project import software
from ..store.provenance import Stage
from ..train import gpu
from .digest import Definition, library
from .inventory import BOARD
from .known_digests import digest_of
from .versions import versions

if TYPE_CHECKING:
    from .plan import Plan

# Packages whose version can change a stage's products; tests/pipeline hold them against what the code imports.
PACKAGES = {
    "data": ("numpy",),
    "train": ("numpy",),
    "extract": ("numpy", "numba", "llvmlite"),
    "judge": ("numpy", "numba", "pandas", "pydantic", "scipy"),
    "figure": ("numpy", "numba", "scipy", "pandas", "matplotlib", "seaborn", "pypandoc_binary"),
    # The document states what everything was computed and drawn with.
    "report": (
        "snakemake", "numpy", "scipy", "torch", "numba", "safetensors", "pydantic", "pandas", "matplotlib", "seaborn",
        "jinja2", "pypandoc_binary", "plotly", "typst",
    ),
}  # fmt: skip
ENGINE_PACKAGES = {
    "torch": ("torch", "numba", "llvmlite"),
    "fused": ("numba", "llvmlite"),
    "cuda": ("numba", "llvmlite", gpu.PACKAGE),
}
SHOWN = {"title", "quotes"}  # of an experiment, in the document alone
CURVES, BOARDS = "specification_curve", "verdict_board"  # the modules of draw that draw the figures of claims
# What each stage starts with.
ROOTS = {
    "data": library("data.stage", "generate"),
    "train": library("train.stage", "train"),
    "extract": library("measure.stage", "extract"),
    "judge": library("judge.stage", "judge"),
    "figure": library("draw.stage", "draw"),
    "report": library("report.stage", "write"),
}


def data(plan: "Plan", experiment: str, stretch: str) -> Stage:
    """The data sets of a stretch of sparsities."""
    spec = plan.specification(experiment, stretch=stretch)
    fixed = [v.data.train_samples for v in plan.variants(experiment).values() if v.data.source == "fixed"]
    rows = [*fixed, *plan.sweep(experiment).get("data.train_samples", [])]
    settings = {
        "sparsities": list(spec.stretches[stretch]),
        "features": spec.most_features,
        "seeds": list(spec.seeds),
        "distribution": spec.data.distribution,
        "train_samples": max(rows, default=0),
        "test_samples": spec.data.test_samples,
    }
    return _stage("data", (experiment, stretch), settings)


def train(plan: "Plan", experiment: str, model: str, stretch: str) -> Stage:
    """A cell's weights."""
    settings = _cell_settings(plan, experiment, model, stretch)
    engine = settings["engine"] = plan.engine(experiment, model)
    methods = {variant["training"]["method"] for variant in settings["variants"].values()}
    engines = [engine, *(["optimum"] if "optimum" in methods else [])]
    roots = [library(f"train.engines.{name}", "train") for name in engines]
    roots += [*own_model(experiment, settings["architecture"]), *_planted(plan, experiment, model)]
    return _stage("train", (experiment, model, stretch), settings, roots, ENGINE_PACKAGES[engine])


def extract(plan: "Plan", experiment: str, model: str, stretch: str) -> Stage:
    """A cell's matrices and metrics."""
    settings = _cell_settings(plan, experiment, model, stretch)
    settings["distribution"] = plan.experiments[experiment].data.distribution
    own = own_model(experiment, settings["architecture"])
    return _stage("extract", (experiment, model, stretch), settings, own, ("torch",) if own else ())


def judge(plan: "Plan", experiment: str) -> Stage:
    """The verdicts on an experiment's claims."""
    spec = plan.specification(experiment)
    asked = spec.model_dump(mode="json", include={"claims", "axes", "design", "convergence", "amendments"})
    settings = {"experiment": experiment, **plan.described(experiment, labels=False), **asked}
    file = project.EXPERIMENTS / experiment / "claims.py"
    functions = registered(file, "claim")
    return _stage("judge", (experiment,), settings, [(file, functions[name]) for name in spec.claims])


def figure(plan: "Plan", identifier: str) -> Stage:
    """A figure's bundle, by the figure's id."""
    experiment, name = plan.owner(identifier)
    drawn_by = None if name in plan.experiments[experiment].figures else BOARDS if name == BOARD else CURVES
    settings = {
        "experiment": experiment,
        "figure": name,
        "title": plan.title(experiment, name),
        "reads": list(plan.reads(experiment, name)),
        "formats": list(plan.configuration.formats),
        "citation": software(),
        "drawn_by": drawn_by,
        **plan.described(experiment),
    }
    file = project.EXPERIMENTS / experiment / "figures.py"
    root = library(f"draw.{drawn_by}", "draw") if drawn_by else (file, _registered(plan, file, "figure")[name])
    stage = _stage("figure", (identifier,), settings, [root])
    return replace(stage, lineage=_lineage(plan, experiment, name, stage))


def report(plan: "Plan", document: str) -> Stage:
    """A document; the whole report names the parts that are apart."""
    apart = {name: part.title for name, part in plan.configuration.apart.items() if document == WHOLE}
    plan = plan.of(document)
    settings = {
        "preset": plan.configuration.preset,
        "formats": list(plan.configuration.formats),
        "parts": {
            name: {"title": part.title, "experiments": list(part.experiments)}
            for name, part in plan.configuration.parts.items()
        },
        **({"apart": apart} if apart else {}),
        "experiments": {
            name: {**spec.model_dump(mode="json", include=SHOWN), "figures": list(spec.figures), **plan.described(name)}
            for name, spec in plan.experiments.items()
        },
    }
    return _stage("report", (document,), settings)


STAGES: dict[str, Callable[..., Stage]] = {
    "data": data, "train": train, "extract": extract, "judge": judge, "figure": figure, "report": report,
}  # fmt: skip


@cache
def cell_variants(plan: "Plan", experiment: str, model: str) -> tuple[dict[str, dict], dict[str, str]]:
    """What the variants mean for one model, those included that claims are judged on beside the readings'.

    Where an experiment makes claims, each model has beside its first variant the controls that are made from it
    (train.controls), and one that trains on where convergence.continued asks for that.

    Returns:
        The settings of every variant that differs from those before it, by name; and for every variant's name the
        name under which it is trained, its own or that of its twin.
    """
    distinct: dict[str, dict] = {}
    names = {}
    for name, variant in plan.variants(experiment).items():
        settings = variant_settings(variant, model)
        names[name] = next((twin for twin, known in distinct.items() if known == settings), name)
        distinct.setdefault(names[name], settings)
    base = next(iter(names))
    spec = plan.experiments[experiment]
    if not spec.claims:
        return distinct, names
    times, first = spec.convergence.continued, distinct[base]
    if times is not None and first["training"]["method"] == "descent":
        longer = {**first["training"], "steps": times * first["training"]["steps"]}
        distinct[CONTINUED] = {**first, "training": longer, "like": base}
    for origin in MADE:
        if origin != PLANTED or _planted(plan, experiment, model):
            distinct[origin] = {**first, "origin": origin, "like": base}
    return distinct, names | {name: name if name in distinct else base for name in (CONTINUED, *MADE)}


@cache
def _registered(plan: "Plan", file: Path, decorator: str) -> dict[str, str]:
    """What a file registers (plugins.registered), read once for a plan."""
    return registered(file, decorator)


def _planted(plan: "Plan", experiment: str, model: str) -> list[Definition]:
    """The function that an experiment registers for ideal weights of a model, where it has one."""
    file = project.EXPERIMENTS / experiment / "planted.py"
    known = _registered(plan, file, "planted")
    return [(file, known[model])] if model in known else []


def variant_settings(variant: Experiment, model: str) -> dict:
    """What a variant means for one model, as data.instances.expand reads it."""
    options, samples = variant.models[model], variant.data
    return {
        "importance": (options.importance or variant.importance).model_dump(mode="json"),
        "data": {
            **samples.distribution,
            **samples.model_dump(mode="json", include={"source", "target"}),
            "train_samples": samples.train_samples if samples.source == "fixed" else None,
        },
        "model": options.model_dump(mode="json", include={"tied", "bias", "initialisation", "stacked"}),
        "training": variant.training.model_dump(mode="json"),
    }


def _cell_settings(plan: "Plan", experiment: str, model: str, stretch: str) -> dict:
    """What the instances of a cell depend on."""
    spec = plan.specification(experiment, model, stretch)
    return {
        "experiment": experiment,
        "model": model,
        "sparsities": list(spec.stretches[stretch]),
        "features": spec.size(model),
        "seeds": list(spec.seeds),
        "architecture": spec.models[model].architecture,
        "hidden": spec.models[model].hidden,
        "streams": spec.streams,
        "variants": cell_variants(plan, experiment, model)[0],
        "sweep": plan.sweep(experiment),
    }


def own_model(experiment: str, architecture: str) -> list[Definition]:
    """The module that an experiment registers for an architecture, where it is not the library's."""
    if architecture in BUILT_IN:
        return []
    file = project.EXPERIMENTS / experiment / "models.py"
    return [(file, registered(file, "register")[architecture])]


def _lineage(plan: "Plan", experiment: str, name: str, stage: Stage) -> str:
    """Digest of everything that a figure rests on: its own stage and every one before it."""
    read = plan.reads(experiment, name)
    kinds = dict.fromkeys(kind for known in read for kind in (*KINDS[known].rests_on, known))
    hidden = "claims" in read or plan.shows_controls(experiment, name)
    stages = [maker for kind in kinds for maker in plan.product_stages(experiment, kind, hidden).values()]
    digests = sorted({stage.digest, *(maker.digest for maker in stages)})
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:16]


def _stage(
    name: str, target: tuple[str, ...], settings: dict, roots: list[Definition] = (), packages: tuple[str, ...] = ()
) -> Stage:
    roots = (ROOTS[name], *roots)
    return Stage(name, target, settings, digest_of(roots), versions((*PACKAGES[name], *packages)), roots=roots)
