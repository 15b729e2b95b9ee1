"""The specification curves that are drawn are those that an experiment asks for, of claims that it has."""

import pytest
from conftest import ROOT
from pydantic import ValidationError
from superposition.pipeline.inventory import figures_of
from superposition.spec.experiment import Experiment
from superposition.store.strict_yaml import read_yaml

TINY = ROOT / "tests/tiny/experiment.yaml"


def with_curves(*names):
    """The tiny experiment, which asks for the curves of these claims."""
    document = {key: value for key, value in read_yaml(TINY).items() if key != "presets"}
    return Experiment.model_validate(document | {"curves": list(names)}, strict=False)


@pytest.mark.parametrize(("curves", "figures"), [((), []), (("relu-spreads",), ["claim-relu-spreads"])])
def test_a_claim_has_a_curve_where_one_is_asked_for(curves, figures):
    assert figures_of(with_curves(*curves)) == ["losses", "verdict-board", *figures]


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        (("relu-spread",), "curves: found 'relu-spread'; allowed: relu-spreads"),
        (("relu-spreads", "relu-spreads"), "each value once"),
    ],
)
def test_a_curve_of_no_claim_and_one_asked_for_twice_are_refused(curves, message):
    with pytest.raises(ValidationError, match=message):
        with_curves(*curves)
