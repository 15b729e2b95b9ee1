"""Ranges of a sweep and of densities: their points, and the decimals that name sparsities."""

from superposition.spec.ranges import Densities, Range


def test_a_geometric_range_has_equal_ratios_and_a_linear_one_equal_differences():
    assert Range(first=0.1, last=10, points=5).values == (0.1, 0.316228, 1.0, 3.16228, 10.0)
    assert Range(first=10, last=0.1, points=3).values == (10.0, 1.0, 0.1)
    assert Range(first=1, last=2, points=5, spacing="linear").values == (1.0, 1.25, 1.5, 1.75, 2.0)


def test_densities_name_sparsities_as_decimals():
    assert Densities(first=1, last=0.01, points=3).sparsities == ("0", "0.9", "0.99")
    assert Densities(first=1, last=0.001, points=2).sparsities == ("0", "0.999")
