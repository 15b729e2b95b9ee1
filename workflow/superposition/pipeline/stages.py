"""What determines a product: a stage's settings, the code that it runs, the versions of the packages it computes with.

A description is one dict: Snakemake compares it to decide what is stale, the job that makes the product compares its
digest to notice an edit made in the middle of a run, and the provenance beside the product keeps it.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from ..spec.experiment import Experiment
from ..store import project
from ..train import gpu
from .digest import code_digest

# Packages whose version can change a stage's products.
PACKAGES = {
    "data": ("numpy",),
    "train": ("numpy",),
    "extract": ("numpy", "numba", "llvmlite"),
    "judge": ("numpy", "numba", "scipy", "pydantic"),
    "figure": ("numpy", "numba", "scipy", "pandas", "matplotlib"),
    # The document states what everything was computed and drawn with.
    "report": (
        "snakemake",
        "numpy",
        "scipy",
        "torch",
        "numba",
        "safetensors",
        "pydantic",
        "pandas",
        "matplotlib",
        "jinja2",
        "pypandoc_binary",
        "plotly",
        "typst",
    ),
}
ENGINE_PACKAGES = {
    "torch": ("torch", "numba", "llvmlite"),
    "fused": ("numba", "llvmlite"),
    "cuda": ("numba", "llvmlite", gpu.PACKAGE),
}


def trained_variants(variants: Mapping[str, Experiment], model: str) -> tuple[dict[str, dict], dict[str, str]]:
    """What the variants mean for one model's training.

    Returns:
        The settings of every variant that differs from those before it, by name; and for every variant's name the
        name under which it is trained, its own or that of its twin.
    """
    distinct: dict[str, dict] = {}
    names = {}
    for name, variant in variants.items():
        settings = _trained(variant, model)
        names[name] = next((twin for twin, known in distinct.items() if known == settings), name)
        distinct.setdefault(names[name], settings)
    return distinct, names


def _trained(variant: Experiment, model: str) -> dict:
    options, data = variant.models[model], variant.data
    fixed = data.source == "fixed"
    return {
        "importance": (options.importance or variant.importance).model_dump(mode="json"),
        "data": {
            **data.distribution,
            **data.model_dump(mode="json", include={"source", "target"}),
            "train_samples": data.train_samples if fixed else None,
        },
        "model": options.model_dump(mode="json", include={"tied", "bias", "initialisation"}),
        "training": variant.training.model_dump(mode="json"),
    }


def code_with_own(modules: tuple[str, ...], experiment: str, own: str) -> str:
    """Digest of library modules and, where an experiment has it, of its own file of that name."""
    file = project.EXPERIMENTS / experiment / own
    return code_digest(modules, file if file.is_file() else None)


def described(stage: str, target: list[str], settings: dict, code: str, packages: tuple[str, ...] = ()) -> dict:
    """The description of a stage that makes a target's products."""
    description = {
        "stage": stage,
        "target": target,
        "settings": settings,
        "code": code,
        "packages": {name: _version(name) for name in (*PACKAGES[stage], *packages)},
    }
    content = json.dumps(description, sort_keys=True).encode()
    return {**description, "digest": hashlib.sha256(content).hexdigest()[:16]}


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # numba-cuda alone may be absent, where Numba's own simulator stands in
        return "absent"
