"""The data have the documented distribution, and depend on seed and purpose alone."""

import numpy as np
import pytest
from superposition.data.sampling import Distribution, distribution, draw
from superposition.data.streams import Purpose, stream

N = 200_000


def moments(sparsity, values):
    """Exact mean and second moment of a feature: zero with probability S, else uniform."""
    return ((1 - sparsity) / 2 if values == "unit" else 0.0), (1 - sparsity) / 3


@pytest.mark.parametrize("values", ["unit", "signed"])
@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_mean_second_moment_and_zeros_are_those_of_the_distribution(sparsity, values):
    x = draw(stream(7, Purpose.TEST_SET), N, Distribution((sparsity,) * 5, values)).astype(np.float64)
    mean, second = moments(sparsity, values)
    count = x.size
    fourth = (1 - sparsity) / 5
    assert abs(x.mean() - mean) < 4 * np.sqrt((second - mean**2) / count)
    assert abs((x**2).mean() - second) < 4 * np.sqrt((fourth - second**2) / count)
    assert abs((x == 0).mean() - sparsity) < 4 * np.sqrt(max(sparsity * (1 - sparsity), 1e-9) / count) + 1e-6


def test_active_values_are_uniform():
    x = draw(stream(1, Purpose.TEST_SET), N, Distribution((0.9,)))
    active = np.sort(x[x > 0].astype(np.float64))
    distance = np.abs(active - (np.arange(len(active)) + 0.5) / len(active)).max()
    assert distance < 1.95 / np.sqrt(len(active))  # Kolmogorov-Smirnov at p = 0.001


def test_features_are_independent():
    x = draw(stream(3, Purpose.TRAINING_SET), N, Distribution((0.5,) * 6))
    off = np.corrcoef(x.T)[~np.eye(6, dtype=bool)]
    assert np.abs(off).max() < 4.5 / np.sqrt(N)


def test_values_lie_in_their_range():
    assert draw(stream(0, Purpose.TEST_SET), N, Distribution((0.5,))).min() >= 0
    signed = draw(stream(0, Purpose.TEST_SET), N, Distribution((0.5,), "signed"))
    assert -1 <= signed.min() < -0.99
    assert 0.99 < signed.max() <= 1


def test_seeds_and_purposes_have_streams_of_their_own():
    draws = {(seed, purpose): stream(seed, purpose).random(4).tobytes() for seed in range(20) for purpose in Purpose}
    assert len(set(draws.values())) == len(draws)
    assert stream(4, Purpose.TEST_SET).random(4).tobytes() == draws[4, Purpose.TEST_SET]


def test_features_may_have_densities_of_their_own():
    settings = {"values": "unit", "relative_density": [1.0, 0.4, 2.0], "sets": None}
    source = distribution(settings, 0.9, 3)
    assert source.sparsity == pytest.approx((0.9, 0.96, 0.8))
    on = (draw(stream(2, Purpose.TEST_SET), N, source) != 0).mean(axis=0)
    assert on == pytest.approx([0.1, 0.04, 0.2], abs=0.004)


@pytest.mark.parametrize("kind", ["correlated", "anticorrelated"])
def test_sets_are_on_together_or_one_at_a_time(kind):
    settings = {"values": "unit", "relative_density": None, "sets": {"kind": kind, "members": [[1, 2, 3]]}}
    x = draw(stream(5, Purpose.TEST_SET), N, distribution(settings, 0.7, 4))
    on = x > 0  # (sample, feature); an active value is zero with probability 0
    members = on[:, :3].sum(axis=1)
    assert set(np.unique(members)) == ({0, 3} if kind == "correlated" else {0, 1})
    assert (members > 0).mean() == pytest.approx(0.3, abs=0.005)
    each = 0.3 if kind == "correlated" else 0.1
    assert on.mean(axis=0) == pytest.approx([each, each, each, 0.3], abs=0.005)
    values = x[on[:, 0], 0].astype(np.float64)
    assert values.mean() == pytest.approx(0.5, abs=0.01)
    assert values.var() == pytest.approx(1 / 12, abs=0.004)
    both = on[:, 0] & on[:, 1]
    if kind == "correlated":
        assert abs(np.corrcoef(x[both, 0], x[both, 1])[0, 1]) < 0.02  # their values are independent
    assert abs(np.corrcoef(on[:, 0], on[:, 3])[0, 1]) < 0.01
