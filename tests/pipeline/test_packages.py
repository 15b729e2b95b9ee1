"""The packages whose versions a stage keeps are those that the code it reaches imports."""

import sys

import pytest
from superposition.pipeline.code import read_code
from superposition.pipeline.digest import library, uses_of
from superposition.pipeline.stages import BOARDS, CURVES, ENGINE_PACKAGES, PACKAGES, ROOTS

# Imported, but of no influence on what a product holds: input and output, progress, processes.
NEUTRAL = {"click", "psutil", "safetensors", "tqdm", "yaml", "snakemake"}
DISTRIBUTIONS = {"pypandoc": "pypandoc_binary", "PIL": "pillow", "cycler": "matplotlib"}
# A module of an experiment's own is measured by torch, whose version then counts too.
KNOWN = {"extract": {"torch"}}


def third_party(roots):
    """Packages that the definitions reached from the roots take names from."""
    origins = {target.split(".")[0] for target in uses_of(roots) if isinstance(target, str)}
    outside = {name for name in origins if name and name not in sys.stdlib_module_names}
    return {DISTRIBUTIONS.get(name, name) for name in outside} - NEUTRAL


@pytest.mark.parametrize("stage", [name for name in PACKAGES if name != "train"])
def test_a_stage_names_what_it_imports(stage):
    drawn = [library(f"draw.{module}", "draw") for module in (BOARDS, CURVES)] if stage == "figure" else []
    roots = [ROOTS[stage], *drawn]
    assert third_party(roots) - KNOWN.get(stage, set()) <= set(PACKAGES[stage])


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_an_engine_names_what_it_imports(engine):
    roots = [ROOTS["train"], library(f"train.engines.{engine}", "train")]
    named = {*PACKAGES["train"], *ENGINE_PACKAGES[engine]}
    assert third_party(roots) <= named
    assert "numba" in third_party(roots) or engine == "torch"


def test_every_root_is_a_function_of_the_library():
    for path, name in ROOTS.values():
        assert name in read_code(path).definitions
