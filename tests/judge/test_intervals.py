"""Intervals that fit the effect: against tables, scipy.stats and sampling, and what holds of all of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from superposition.judge.intervals import INTERVALS, estimate, rounded
from superposition.spec.claims import Scale

REAL = st.floats(-1e6, 1e6).map(lambda value: float(rounded([value])[0]))
VALUES = {
    Scale.DIFFERENCE: REAL,
    Scale.POOLED: REAL,
    Scale.MEDIAN: REAL,
    Scale.SHARE: st.floats(0, 1) | st.sampled_from([0.0, 1.0]) | st.integers(0, 20).map(lambda k: k / 20),
    Scale.BINARY: st.sampled_from([0.0, 1.0]),
    Scale.RATIO: st.floats(1e-6, 1e6),
}
EFFECTS = st.sampled_from(list(Scale)).flatmap(
    lambda scale: st.tuples(st.just(scale), st.lists(VALUES[scale], min_size=2, max_size=20))
)
LEVELS = st.floats(0.9, 1 - 2 * 0.025 / 20)


def test_a_difference_has_student_s_t():
    # Values 1, 2, 3, 4: mean 2.5, standard error sqrt(5/3)/2 = 0.645497, t(0.975, 3) = 3.182446 (tables).
    effect = estimate(np.array([1.0, 2.0, 3.0, 4.0]), Scale.DIFFERENCE)
    half = 3.182446 * 0.645497
    assert (effect.mean, effect.low, effect.high) == pytest.approx((2.5, 2.5 - half, 2.5 + half), rel=1e-5)


@pytest.mark.parametrize("scale", [Scale.DIFFERENCE, Scale.POOLED])
@pytest.mark.parametrize("level", [0.8, 0.95, 1 - 2 * 0.025 / 20])
def test_differences_and_pooled_values_have_scipy_s_t(scale, level):
    values = np.random.default_rng(1).normal(3, 2, 10)
    low, high = stats.t.interval(level, 9, values.mean(), stats.sem(values))
    effect = estimate(values, scale, level)
    assert (effect.low, effect.high) == pytest.approx((low, high), rel=1e-10)


@pytest.mark.parametrize("scale", [Scale.DIFFERENCE, Scale.MEDIAN, Scale.POOLED, Scale.RATIO])
def test_real_numbers_without_noise_have_no_interval(scale):
    effect = estimate(np.full(10, 3.0), scale)
    assert effect.low == effect.mean == effect.high == pytest.approx(3.0)


@pytest.mark.parametrize(("seeds", "low"), [(3, 0.2924), (5, 0.4782), (10, 0.6915), (20, 0.8316)])
@pytest.mark.parametrize("scale", [Scale.BINARY, Scale.SHARE])
def test_seeds_that_all_succeed_are_no_certainty(scale, seeds, low):
    """Clopper and Pearson's lower limit of n of n is 0.025 to the power of 1/n."""
    effect = estimate(np.ones(seeds), scale)
    assert (effect.mean, effect.high) == (1.0, 1.0)
    assert effect.low == pytest.approx(low, abs=5e-5) == 0.025 ** (1 / seeds)


@pytest.mark.parametrize("scale", [Scale.BINARY, Scale.SHARE])
@pytest.mark.parametrize("seeds", [2, 3, 10, 20])
@pytest.mark.parametrize("level", [0.8, 0.95, 1 - 2 * 0.025 / 20])
def test_zeros_and_ones_have_the_exact_binomial_interval(scale, seeds, level):
    for ones in range(seeds + 1):
        effect = estimate(np.repeat([1.0, 0.0], [ones, seeds - ones]), scale, level)
        exact = stats.binomtest(ones, seeds).proportion_ci(level, "exact")
        assert (effect.mean, effect.low, effect.high) == pytest.approx((ones / seeds, *exact), rel=1e-9, abs=1e-12)


def test_shares_that_agree_may_hide_one_in_three_seeds_that_fail():
    """Ten times x: the mean may be x · 0.025^(1/10), of seeds that are x or 0, and its complement alike."""
    effect = estimate(np.full(10, 0.4), Scale.SHARE)
    assert effect.low == pytest.approx(0.4 * 0.025**0.1, rel=1e-10)
    assert effect.high == pytest.approx(1 - 0.6 * 0.025**0.1, rel=1e-10)


@pytest.mark.parametrize("seeds", [5, 10, 20])
def test_a_share_s_bound_is_the_quantile_of_means_with_random_weights(seeds):
    generator = np.random.default_rng(seeds)
    values = generator.beta(4, 2, seeds)
    weights = generator.dirichlet(np.ones(seeds + 1), 200_000)
    means = weights @ np.append(values, 0.0), weights @ np.append(values, 1.0)
    effect = estimate(values, Scale.SHARE)
    assert (means[0] <= effect.low).mean() == pytest.approx(0.025, abs=0.0015)
    assert (means[1] >= effect.high).mean() == pytest.approx(0.025, abs=0.0015)


@pytest.mark.parametrize("error", [0.025, 0.025 / 7])
@pytest.mark.parametrize(("seeds", "middle"), [(3, 0.5), (5, 0.2), (5, 0.5), (5, 0.9), (10, 0.5), (10, 0.95)])
def test_a_share_s_bound_errs_no_more_than_it_says_for_any_mixture_of_three_values(error, seeds, middle):
    """Gaffke's bound is proven for two values and conjectured for all: here every sample of 0, middle, 1 is counted."""
    counts = np.array([(i, j, seeds - i - j) for i in range(seeds + 1) for j in range(seeds + 1 - i)])  # (sample, 3)
    atoms = np.array([0.0, middle, 1.0])
    low = np.array([estimate(np.repeat(atoms, count), Scale.SHARE, 1 - 2 * error).low for count in counts])
    grid = np.linspace(0, 1, 101)
    rates = np.array([(a, b, 1 - a - b) for a in grid for b in grid if a + b <= 1 + 1e-9]).clip(0)  # (mixture, 3)
    chance = np.exp(
        special.gammaln(seeds + 1)
        - special.gammaln(counts + 1).sum(axis=1)
        + special.xlogy(counts, rates[:, None]).sum(axis=2)
    )  # (mixture, sample)
    wrong = low > (rates @ atoms)[:, None] + 1e-9
    assert (chance * wrong).sum(axis=1).max() <= error + 1e-9


@pytest.mark.parametrize(("seeds", "rank"), [(6, 1), (8, 1), (9, 2), (10, 2), (12, 3), (15, 4), (20, 6), (25, 8)])
def test_a_median_lies_between_the_seeds_that_the_sign_test_s_table_says(seeds, rank):
    """Two-sided 5 % points of the sign test: the published table's rank of the seed that bounds the median."""
    values = np.random.default_rng(seeds).permutation(np.arange(1.0, seeds + 1))
    effect = estimate(values, Scale.MEDIAN)
    assert (effect.mean, effect.low, effect.high) == (np.median(values), rank, seeds + 1 - rank)


def test_too_few_seeds_bound_no_median():
    effect = estimate(np.arange(5.0), Scale.MEDIAN)
    assert (effect.mean, effect.low, effect.high) == (2.0, -math.inf, math.inf)


def test_at_a_smaller_error_the_outermost_seeds_bound_a_median():
    effect = estimate(np.arange(10.0), Scale.MEDIAN, 1 - 2 * 0.025 / 3)  # one below with 1.1 %, none with 0.1 %
    assert (effect.low, effect.high) == (0.0, 9.0)


def test_a_ratio_and_its_inverse_say_the_same():
    values = np.random.default_rng(2).lognormal(1, 1, 10)
    effect, inverse = estimate(values, Scale.RATIO), estimate(1 / values, Scale.RATIO)
    assert effect.mean == pytest.approx(stats.gmean(values))
    assert (inverse.mean, inverse.low, inverse.high) == pytest.approx(
        (1 / effect.mean, 1 / effect.high, 1 / effect.low)
    )


@given(EFFECTS, LEVELS, LEVELS)
def test_intervals_hold_their_mean_and_are_nested(effect, one, other):
    scale, values = effect
    narrow, wide = (estimate(np.array(values), scale, level) for level in sorted((one, other)))
    assert wide.low <= narrow.low <= narrow.mean <= narrow.high <= wide.high


@given(EFFECTS, LEVELS)
def test_an_interval_stays_in_its_scale_s_range_whatever_the_seeds_order(effect, level):
    scale, values = effect
    found = estimate(np.array(values), scale, level)
    if scale in (Scale.SHARE, Scale.BINARY):
        assert 0 <= found.low < found.high <= 1
    if scale == Scale.RATIO:
        assert found.low > 0
    assert estimate(np.array(values[::-1]), scale, level) == found


@given(st.lists(VALUES[Scale.SHARE], min_size=2, max_size=20), LEVELS)
def test_a_share_and_what_is_missing_to_one_say_the_same(values, level):
    share, missing = (estimate(array, Scale.SHARE, level) for array in (np.array(values), 1 - np.array(values)))
    assert (missing.low, missing.high) == pytest.approx((1 - share.high, 1 - share.low), abs=1e-9)


@pytest.mark.parametrize("scale", Scale)
@pytest.mark.parametrize("values", [[1.0], [1.0, np.nan], [[1.0, 1.0]], []])
def test_an_interval_needs_two_finite_values(scale, values):
    with pytest.raises(ValueError, match=r"at least two seeds|not finite"):
        estimate(np.array(values), scale)


@pytest.mark.parametrize(
    ("scale", "values", "problem"),
    [
        (Scale.BINARY, [1.0, 0.5], r"a binary is 0 or 1; found \[0.5\]"),
        (Scale.SHARE, [1.2, 0.5, -0.1], r"a share is from 0 to 1; found \[1.2, -0.1\]"),
        (Scale.RATIO, [1.2, 0.0], r"a ratio is above 0; found \[0.0\]"),
    ],
)
def test_a_value_out_of_its_scale_s_range_is_refused(scale, values, problem):
    with pytest.raises(ValueError, match=problem):
        estimate(np.array(values), scale)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_of_confidence_lies_between_0_and_1(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate(np.array([0.0, 1.0]), Scale.DIFFERENCE, level)


def test_every_scale_s_interval_has_a_name_for_the_report():
    assert INTERVALS.keys() == set(Scale)


def test_effects_keep_nine_significant_digits():
    assert rounded(np.array([math.pi, -1e-7 / 3])).tolist() == [3.14159265, -3.33333333e-8]
