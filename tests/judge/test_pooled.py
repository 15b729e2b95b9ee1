"""Values that carry a pooled statistic and how far it varies."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition.judge.pooled import pooled_values


@pytest.mark.parametrize("seeds", [2, 3, 4, 7, 10])
def test_the_values_of_a_mean_are_the_seeds_own(seeds):
    values = np.random.default_rng(seeds).normal(size=seeds)
    assert pooled_values(lambda chosen: values[chosen].mean(), seeds) == pytest.approx(values)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=14))
def test_their_mean_is_the_statistic_of_all_seeds(values):
    values = np.array(values)
    found = pooled_values(lambda chosen: values[chosen].max(), len(values))
    assert found.mean() == pytest.approx(values.max(), abs=1e-9)


def test_their_variance_over_n_is_that_of_the_jackknife_that_deletes_half():
    """Shao and Wu's estimator with d of n deleted: (n − d)/d times the variance over all subsets."""
    values = np.random.default_rng(3).normal(size=7)
    kept = [np.median(values[list(half)]) for half in combinations(range(7), 3)]
    found = pooled_values(lambda chosen: np.median(values[chosen]), 7)
    assert found.var(ddof=1) / 7 == pytest.approx(3 / 4 * np.var(kept))


def test_seeds_without_influence_give_equal_values():
    assert pooled_values(lambda chosen: 0.25, 10).tolist() == [0.25] * 10


def test_a_statistic_in_which_no_seed_matters_alone_still_varies():
    """Whether seeds 0 and 1, and 2 and 3, are in the same half: each seed's halves are as often one as the other."""
    together = {(0, 1): 1.0, (2, 3): 1.0, (0, 2): -1.0, (1, 3): -1.0}
    found = pooled_values(lambda chosen: together.get(tuple(chosen.tolist()), 0.0), 4)
    assert found.std() > 0.1
    assert found.mean() == pytest.approx(0.0)


def test_of_many_seeds_the_same_halves_are_drawn_each_time_in_complementary_pairs():
    drawn = []
    pooled_values(lambda chosen: drawn.append(tuple(chosen.tolist())) or 0.0, 13)
    again = []
    pooled_values(lambda chosen: again.append(tuple(chosen.tolist())) or 0.0, 13)
    assert drawn == again
    assert len(drawn) == 253
    whole, *halves = drawn
    assert whole == tuple(range(13))
    assert all(len(half) == 6 and list(half) == sorted(half) for half in halves)
    assert all(not set(one) & set(other) for one, other in zip(halves[::2], halves[1::2], strict=True))
