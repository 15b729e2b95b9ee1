"""A sketch estimates the true difference of two arrays: exactly for one value, within a factor of two for many."""

import json

import numpy as np
import pytest
from superposition.verify.fingerprints import CHUNK, difference, fingerprint
from superposition.verify.summaries import described_content


def relative_rms(published, here):
    """The quantity that the sketch estimates, computed from both arrays."""
    change = here.astype(np.float64) - published
    return np.sqrt(np.square(change).mean()) / np.sqrt(np.square(published.astype(np.float64)).mean())


def stored(array):
    """A fingerprint as it comes back from a manifest."""
    return json.loads(json.dumps(fingerprint(array)))


@pytest.mark.parametrize("size", [1, 7, 1000, CHUNK + 3])
def test_one_changed_value_is_measured_exactly(size):
    published = np.random.default_rng(0).standard_normal(size).astype(np.float32)
    here = published.copy()
    here[size // 2] = np.nextafter(here[size // 2], np.float32(9))
    found = difference(stored(published), stored(here))
    assert found.relative == pytest.approx(relative_rms(published, here), rel=1e-4)
    assert f"one value differs by {here[size // 2] - published[size // 2]:.3g} " in found.words


@pytest.mark.parametrize("size", [1e-7, 1e-3, 1.0])
def test_many_changed_values_are_measured_within_a_factor_of_two_19_times_in_20(size):
    generator = np.random.default_rng(1)
    ratios = []
    for _ in range(300):
        published = generator.standard_normal((5, 40))
        here = published + size * generator.standard_normal((5, 40))
        ratios.append(difference(stored(published), stored(here)).relative / relative_rms(published, here))
    assert np.mean((np.array(ratios) > 0.5) & (np.array(ratios) < 2)) > 0.95
    assert np.mean(np.square(ratios)) == pytest.approx(1, abs=0.1)  # no bias: 300 draws of variance 2/8


def test_the_same_bits_are_the_same_and_the_sign_of_zero_is_not():
    x = np.array([1.0, 0.0, np.nan])
    assert difference(stored(x), stored(x.copy())) is None
    assert difference(stored(x), stored(np.array([1.0, -0.0, np.nan]))).relative == 0


def test_what_cannot_be_compared_is_infinitely_far():
    x = np.arange(6.0)
    for other in (x.reshape(2, 3), x.astype(np.float32), np.where(x == 2, np.nan, x)):
        assert difference(stored(x), stored(other)).relative == np.inf
    assert difference(stored(x.astype(int)), stored(x.astype(int) + 1)).relative == np.inf


def test_the_signs_are_those_of_the_published_manifests():
    """Computed once and kept: other signs would make every manifest in the repository useless."""
    assert (
        fingerprint(np.ones(1000))["sketch"]
        == "AAAAAAAARsAAAAAAAAAgwAAAAAAAAEbAAAAAAAAAMMAAAAAAAABCwAAAAAAAADTAAAAAAAAAQsAAAAAAAAAkQA=="
    )


@pytest.mark.parametrize(("name", "text"), [("a.csv", "x" * 200_000), ("a.json", "[" * 200_000), ("b.json", "\xff")])
def test_text_that_no_reader_takes_is_a_value_error(tmp_path, name, text):
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"a\.csv: field larger|a\.json: maximum recursion|codec can't decode"):
        described_content(tmp_path / name)
