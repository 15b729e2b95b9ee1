"""What all figures share: the looks of models, and numbers in captions."""

import re
from types import SimpleNamespace

import pytest
from conftest import ROOT
from superposition.draw.canvas import PALETTE, counted, looks

BLUE, VERMILION = PALETTE[:2]


def results(*architectures):
    """Stands in for Results: models by name and label, of these architectures."""
    models = {f"m{i}": {"architecture": architecture} for i, architecture in enumerate(architectures)}
    return SimpleNamespace(described={"models": models}, labels={name: name.upper() for name in models})


@pytest.mark.parametrize(
    ("architectures", "colours"),
    [
        (("linear", "relu"), [BLUE, VERMILION]),
        (("relu-output", "linear"), [VERMILION, BLUE]),
        (("relu",), [VERMILION]),
    ],
)
def test_a_model_has_its_architecture_s_colour_whatever_stands_beside_it(architectures, colours):
    assert list(looks(results(*architectures))["palette"].values()) == colours


@pytest.mark.parametrize("architectures", [("relu", "relu-output", "relu"), ("my-own", "linear", "another")])
def test_models_of_one_figure_differ_in_colour_dashes_and_marker(architectures):
    look = looks(results(*architectures))
    for kind in ("palette", "dashes", "markers"):
        assert list(look[kind]) == ["M0", "M1", "M2"]
        assert len(set(look[kind].values())) == 3, kind


def test_a_further_model_never_takes_the_colour_of_another_architecture():
    assert looks(results("my-own", "linear"))["palette"]["M0"] not in (BLUE, VERMILION)


def test_colours_of_many_models_run_out_and_are_given_again():
    assert len(looks(results(*["relu"] * 20))["palette"]) == 20


def test_one_is_singular():
    assert (counted(1, "seed"), counted(10, "seed")) == ("1 seed", "10 seeds")


def test_the_documented_figure_is_one_that_is_drawn_in_tests():
    documented = re.search(r"```python\n(.*?)```", (ROOT / "docs/figures.md").read_text(), re.S)[1]
    assert documented in (ROOT / "tests/tiny/figures.py").read_text()
