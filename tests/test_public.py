"""`import superposition`: what it gives, how little it loads, and what editors are told of it."""

import ast
import inspect
import os
import subprocess
import sys
from importlib import import_module

import pytest
import superposition
from conftest import ROOT

LIBRARY = ROOT / "workflow/superposition"
HEAVY = {"numpy", "torch", "matplotlib", "pandas", "numba", "scipy", "pydantic", "seaborn"}


def said(program):
    """What a program prints in a fresh interpreter."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow")}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()


def loaded(program):
    return set(said(f"{program}\nimport sys; print(*(name for name in sys.modules if '.' not in name))")) & HEAVY


def test_importing_loads_nothing_heavy_until_it_is_used():
    assert loaded("import superposition; dir(superposition); callable(superposition.train)") == set()
    assert loaded("import superposition; superposition.UserError") == set()
    assert not loaded("import superposition; superposition.measures.norms([[1.0]])") & {"torch", "matplotlib", "pandas"}
    assert "torch" not in loaded("import superposition; superposition.plots; superposition.open_run")


def test_every_name_is_there_and_listed():
    for name in superposition.__all__:
        assert getattr(superposition, name) is not None
        assert name in dir(superposition)
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        superposition.trian  # noqa: B018


def test_the_function_and_the_room_of_one_name_do_not_hide_one_another():
    words = said(
        "import superposition\nimport superposition.train.models as models\nfrom superposition.train import engines\n"
        "from superposition import train\nprint(callable(train), callable(superposition.train), "
        "superposition.train.models is models, superposition.train(2, 1, steps=1, batch=1).W.shape == (1, 1, 2))"
    )
    assert words == ["True"] * 4
    assert list(inspect.signature(superposition.train).parameters)[:3] == ["features", "hidden", "sparsity"]
    assert "sparsity: probability S that a feature is zero" in superposition.train.__doc__


def test_editors_are_told_of_the_same_names_at_the_same_places():
    stub = ast.parse((LIBRARY / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    told = {
        alias.asname: getattr(import_module(".".join(filter(None, ("superposition", node.module)))), alias.name)
        for node in imports
        for alias in node.names
    }
    here = {name: getattr(superposition, name) for name in superposition.__all__}
    assert told == here | {"train": superposition.train.__wrapped__}
    assert (LIBRARY / "py.typed").is_file()


@pytest.mark.parametrize("module", ["measures", "plots"])
def test_every_function_says_what_it_takes_and_gives(module):
    module = getattr(superposition, module)
    for name in module.__all__:
        function = getattr(module, name)
        assert function.__doc__, name
        assert "Args:" in function.__doc__, name
        assert "return" in function.__annotations__, name
