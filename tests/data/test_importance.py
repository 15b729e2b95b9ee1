"""The curves of importance give every feature the value that the formula says."""

import pytest
from superposition.data.instances import importance_vector


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"curve": "linear", "first": 1.0, "last": 0.1}, [1, 0.7, 0.4, 0.1]),
        ({"curve": "geometric", "ratio": 0.5}, [1, 0.5, 0.25, 0.125]),
        ({"curve": "constant", "value": 2.0}, [2, 2, 2, 2]),
        ({"curve": "explicit", "values": [3.0, 1.0, 0.0, 2.0]}, [3, 1, 0, 2]),
    ],
)
def test_importance_curves(curve, expected):
    assert importance_vector(curve, 4) == pytest.approx(expected)
