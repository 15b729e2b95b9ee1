"""From parts to a claim: truth tables by hand, and what holds of every table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition.judge.quantifiers import Count, decided, needed
from superposition.judge.verdicts import Verdict
from superposition.spec.claims import Quantifier

R, N, U, A = Verdict.REPRODUCED, Verdict.NOT_REPRODUCED, Verdict.UNDETERMINED, Verdict.NOT_APPLICABLE
EVERY, MOST, SOME, MEAN = Quantifier.EVERY, Quantifier.MOST, Quantifier.SOME, Quantifier.MEAN


def part(p):
    """A part that is reproduced at levels from p on, or refuted at levels from −p on, or open where p is None."""

    def at(level):
        if p is None or abs(p) > level:
            return U
        return R if p > 0 else N

    return at


def verdict(quantifier, *parts):
    return decided([part(p) for p in parts], quantifier).verdict


@pytest.mark.parametrize(
    ("quantifier", "counts"),
    [(EVERY, [1, 2, 3, 4, 5, 6, 7]), (MOST, [1, 2, 2, 3, 3, 4, 4]), (SOME, [1] * 7)],
)
def test_every_is_all_most_is_more_than_half_some_is_one(quantifier, counts):
    assert [needed(quantifier, k) for k in range(1, 8)] == counts


# p-values of three parts, negative where a part is refuted; α = .025, α/2 = .0125, α/3 = .00833.
@pytest.mark.parametrize(
    ("parts", "every", "most", "some"),
    [
        ((0.001, 0.001, 0.001), R, R, R),
        ((0.02, 0.02, 0.02), R, U, U),  # each at α is enough for every, which needs no correction
        ((0.012, 0.012, None), U, R, U),  # two at α/2 are most
        ((0.013, 0.012, None), U, U, U),
        ((0.008, None, None), U, U, R),  # one at α/3 is some
        ((0.009, None, None), U, U, U),
        ((0.008, -0.001, -0.001), N, N, R),
        ((0.001, 0.001, -0.008), N, R, R),  # one refuted at α/3 refutes every
        ((0.001, 0.001, -0.009), U, R, R),
        ((None, -0.012, -0.012), U, N, U),  # two refuted at α/2 refute most
        ((None, -0.013, -0.012), U, U, U),
        ((-0.02, -0.02, -0.02), U, U, N),  # all refuted at α refute some
        ((-0.02, -0.02, None), U, U, U),
        ((-0.001, -0.001, -0.026), N, N, U),
        ((None, None, None), U, U, U),
    ],
)
def test_three_parts(parts, every, most, some):
    assert [verdict(quantifier, *parts) for quantifier in (EVERY, MOST, SOME)] == [every, most, some]


# Of four parts most are three: reproduced at α/2 each, refuted where two are at α/3.
@pytest.mark.parametrize(
    ("parts", "most"),
    [
        ((0.012, 0.012, 0.012, None), R),
        ((0.012, 0.012, 0.013, None), U),
        ((0.012, 0.012, 0.012, -0.001), R),
        ((0.001, 0.001, None, None), U),
        ((0.001, 0.001, -0.008, -0.008), N),
        ((0.001, 0.001, -0.008, -0.009), U),
    ],
)
def test_most_of_four_parts(parts, most):
    assert verdict(MOST, *parts) is most


@pytest.mark.parametrize("quantifier", Quantifier)
@pytest.mark.parametrize(("p", "expected"), [(0.024, R), (0.026, U), (-0.024, N), (-0.026, U)])
def test_a_claim_of_one_part_is_that_part(quantifier, p, expected):
    assert verdict(quantifier, p) is expected


@pytest.mark.parametrize("quantifier", Quantifier)
def test_a_claim_without_parts_is_not_applicable(quantifier):
    assert decided([], quantifier) == Count(A, 0, 0)


def test_what_speaks_of_the_mean_has_one_part():
    with pytest.raises(ValueError, match="one part, the mean; found 2"):
        decided([part(0.01), part(0.01)], MEAN)


def test_a_claim_says_of_how_many_parts_it_holds_at_the_level_of_one():
    assert decided([part(0.02), part(0.02), part(-0.001)], EVERY) == Count(N, 2, 3)
    assert decided([part(0.02), part(None), part(None)], SOME) == Count(U, 1, 3)


P = st.none() | st.floats(1e-4, 0.5) | st.floats(-0.5, -1e-4)
MIRROR = {R: N, N: R, U: U}


@given(st.lists(P, min_size=1, max_size=8))
def test_some_is_the_mirror_image_of_every(parts):
    mirrored = [None if p is None else -p for p in parts]
    assert verdict(SOME, *parts) is MIRROR[verdict(EVERY, *mirrored)]


@given(st.lists(P, min_size=1, max_size=8))
def test_what_is_refuted_of_fewer_is_not_reproduced_of_more(parts):
    order = {N: 0, U: 1, R: 2}
    decisive = [verdict(quantifier, *parts) for quantifier in (EVERY, MOST, SOME)]
    for more, fewer in ((0, 1), (0, 2), (1, 2)):
        assert not (order[decisive[more]] == 2 and order[decisive[fewer]] == 0)


@given(st.lists(P, min_size=1, max_size=8), st.integers(0, 7), st.sampled_from([EVERY, MOST, SOME]))
def test_better_evidence_for_a_part_never_speaks_against_the_claim(parts, i, quantifier):
    order = {N: 0, U: 1, R: 2}
    better = list(parts)
    better[i % len(parts)] = 1e-9
    assert order[verdict(quantifier, *better)] >= order[verdict(quantifier, *parts)]
