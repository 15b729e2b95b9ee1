"""Batches that the fused engine draws have the distributions of Toy Models of Superposition §2 and §5."""

import numpy as np
import pytest
from scipy import stats
from superposition.train.fused.data import BatchStream, DataSpec, compile_draws


def drawn(spec, samples=200_000, batch=1000, seed=0, key=(0,)):
    """Samples (samples, n) of a spec's stream."""
    n = len(spec.sparsity)
    return BatchStream(spec, batch, seed, key).take(samples // batch).reshape(-1, n)


def assert_frequency(occurred, probability):
    """Each column occurs with its probability, to five standard errors."""
    error = np.sqrt(np.maximum(np.asarray(probability) * (1 - np.asarray(probability)), 1e-12) / len(occurred))
    assert (np.abs(occurred.mean(0) - probability) <= 5 * error + 1e-9).all()


def test_features_are_zero_with_their_own_probability_and_uniform_otherwise():
    sparsity = np.array([0.0, 0.3, 0.9, 0.999, 1.0])
    x = drawn(DataSpec(sparsity))
    assert x.dtype == np.float32
    assert_frequency(x == 0, sparsity)
    assert x.min() >= 0
    assert x.max() < 1
    for column in x.T[:3]:
        assert stats.kstest(column[column > 0], "uniform").pvalue > 1e-4
    for a in range(4):
        for b in range(a):
            assert stats.chi2_contingency(np.histogram2d(x[:, a] > 0, x[:, b] > 0, 2)[0] + 1e-9).pvalue > 1e-4


def test_signed_values_are_uniform_on_both_sides():
    x = drawn(DataSpec(np.array([0.0, 0.9]), signed=True))
    assert_frequency(x == 0, [0.0, 0.9])
    for column in x.T:
        assert stats.kstest(column[column != 0], "uniform", (-1, 2)).pvalue > 1e-4
    assert not np.signbit(x[x == 0]).any()


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.5, 0.9, 0.999, 1 - 2**-20, 1 - 2**-31])
def test_the_largest_draw_stays_below_one(sparsity):
    draws = compile_draws(DataSpec(np.array([sparsity])))
    levels = 2**31 - int(draws.thresholds[0])
    assert 1 - 2**-22 - 1 / levels < np.float32(levels - 1) * draws.scales[0] < 1


def test_members_of_a_correlated_set_share_being_on_but_not_their_values():
    x = drawn(DataSpec(np.full(6, 0.7), set_id=np.array([0, 0, 1, 1, -1, 7])))
    assert_frequency(x > 0, 0.3)
    np.testing.assert_array_equal(x[:, 0] > 0, x[:, 1] > 0)
    np.testing.assert_array_equal(x[:, 2] > 0, x[:, 3] > 0)
    for a, b in ((0, 2), (0, 4), (4, 5)):
        assert_frequency((x[:, a] > 0) & (x[:, b] > 0), 0.09)
    on = x[x[:, 0] > 0]
    assert abs(np.corrcoef(on[:, 0], on[:, 1])[0, 1]) < 5 / np.sqrt(len(on))
    assert stats.kstest(on[:, 0], "uniform").pvalue > 1e-4


@pytest.mark.parametrize("signed", [False, True])
def test_an_anticorrelated_set_has_at_most_one_member_on(signed):
    x = drawn(DataSpec(np.full(7, 0.4), signed, np.array([3, 3, 3, 5, 5, 5, 5]), anticorrelated=True))
    on = x != 0
    assert on[:, :3].sum(1).max() == 1
    assert on[:, 3:].sum(1).max() == 1
    assert_frequency(on[:, :3].any(1), 0.6)
    assert_frequency(on, [0.2, 0.2, 0.2, 0.15, 0.15, 0.15, 0.15])
    assert_frequency(on[:, 0] & on[:, 3], 0.2 * 0.15)


def test_the_stream_goes_on_where_it_stopped_and_depends_on_its_own_name_only():
    spec = DataSpec(np.full(5, 0.5))
    whole, pieces = BatchStream(spec, 100, 0, (1,)), BatchStream(spec, 100, 0, (1,))
    BatchStream(spec, 100, 0, (2,)).take(3)
    np.testing.assert_array_equal(whole.take(7), np.concatenate([pieces.take(3), pieces.take(4)]))


def test_fixed_rows_come_once_an_epoch_in_a_fresh_order_without_the_remainder():
    rows = np.arange(1, 54, dtype=np.float32)[:, None] * np.ones(3, np.float32)
    batches = BatchStream(DataSpec(np.zeros(3), rows=rows), 10, 0, (1,)).take(10)[..., 0].astype(int)
    epochs = batches.reshape(2, 50)
    for epoch in epochs:
        assert len(set(epoch)) == 50
        assert set(epoch) <= set(range(1, 54))
    assert not np.array_equal(epochs[0], epochs[1])


def test_a_full_batch_keeps_the_rows_order():
    rows = np.random.default_rng(0).random((70, 4), np.float32)
    np.testing.assert_array_equal(BatchStream(DataSpec(np.zeros(4), rows=rows), 70, 0, ()).take(2), [rows, rows])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (DataSpec(np.array([0.5, 1.2])), "outside"),
        (DataSpec(np.array([0.5, 0.6]), set_id=np.zeros(2)), "differ in sparsity"),
        (DataSpec(np.zeros(3), rows=np.zeros((5, 2), np.float32)), "shape"),
    ],
)
def test_a_spec_that_makes_no_sense_is_refused(spec, message):
    with pytest.raises(ValueError, match=message):
        BatchStream(spec, 10, 0, ())
