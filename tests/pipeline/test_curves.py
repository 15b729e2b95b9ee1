"""A claim has a specification curve where its experiment has many readings; of fewer the report shows a table."""

import pytest
from conftest import ROOT
from superposition.pipeline.inventory import CURVE_POINTS, figures_of
from superposition.spec.experiment import Experiment
from superposition.store.strict_yaml import read_yaml

TINY = ROOT / "tests/tiny/experiment.yaml"


def with_readings(count):
    """The tiny experiment with an axis of so many choices, and so as many readings."""
    choices = {f"c{i}": {"says": "so"} for i in range(count)}
    axis = {"question": "which?", "default": "c0", "why": "the first", "choices": choices}
    document = {key: value for key, value in read_yaml(TINY).items() if key != "presets"}
    return Experiment.model_validate(document | {"axes": {"way": axis}}, strict=False)


@pytest.mark.parametrize(
    ("count", "figures"),
    [
        (CURVE_POINTS - 1, ["losses", "verdict-board"]),
        (CURVE_POINTS, ["losses", "verdict-board", "claim-relu-spreads"]),
    ],
)
def test_a_claim_has_a_curve_where_readings_are_many(count, figures):
    assert figures_of(with_readings(count)) == figures
