"""Instances start at weights of the stated deviation, and record losses at steps spread over the training."""

import numpy as np
import pytest
from superposition.data.instances import expand, initial_weights, record_steps
from training_cells import settings


def test_initial_weights_have_the_stated_deviation():
    cell = settings({"a": {}, "x": {"initialisation": "xavier-normal"}}, features=400, hidden=100, seeds=[5])
    first, second = (initial_weights(instance)[0] for instance in expand(cell))
    tolerance = 4 / np.sqrt(2 * first.size)
    assert first.std() == pytest.approx(np.sqrt(1 / 400), rel=tolerance)
    assert second.std() == pytest.approx(np.sqrt(2 / 500), rel=tolerance)


def test_record_steps_start_with_the_first_and_end_with_the_last():
    for steps, records in ((1, 1), (5, 100), (10_000, 100), (7, 1)):
        chosen = record_steps(steps, records)
        assert chosen[-1] == steps
        assert len(chosen) <= records + 1
        assert (np.diff(chosen) > 0).all()
    assert record_steps(10_000, 100)[0] == 1
