"""Which differences between two products are tolerated: by kind of product, and never a changed verdict."""

import json

import numpy as np
import pytest
from superposition.store.paths import KINDS
from superposition.verify.comparison import compared
from superposition.verify.fingerprints import fingerprint
from superposition.verify.summaries import described_file


@pytest.mark.parametrize(("kind", "size", "tolerated"), [
    ("weights", 1e-6, True), ("weights", 0.1, False), ("matrices", 1e-3, True), ("data", 1e-7, False),
])  # fmt: skip
def test_what_is_tolerated_depends_on_the_kind_of_product(kind, size, tolerated):
    generator = np.random.default_rng(0)
    x = generator.standard_normal((4, 5, 6))
    lines = [
        {"sha256": str(i), "arrays": {"W": fingerprint(x + i * size * generator.standard_normal(x.shape))}}
        for i in (0, 1)
    ]
    found = compared("a/file", kind, *lines)
    assert found.tolerated is tolerated
    assert found.tolerance == KINDS[kind].tolerance


def test_a_verdict_that_changed_is_never_tolerated():
    lines = [
        {"sha256": v, "arrays": {}, "texts": {"words": v}, "verdicts": {"spreads": v}}
        for v in ("undetermined", "reproduced")
    ]
    found = compared("a/file", "claims", *lines)
    assert found.words == "verdict on spreads: reproduced, published undetermined"
    assert not found.tolerated


def test_the_same_numbers_in_other_bytes_are_tolerated():
    arrays = {"gram": fingerprint(np.ones(3))}
    found = compared("a/file", "matrices", {"sha256": "a", "arrays": arrays}, {"sha256": "b", "arrays": arrays})
    assert found.tolerated
    assert not found.numbers


def test_nothing_to_measure_is_a_word_and_no_number(tmp_path):
    """An effect that is there in one run and null in the other changes the words, not only the count of numbers."""
    lines = []
    for mean in (0.5, 0.25, None):
        path = tmp_path / "claims.json"
        path.write_text(json.dumps({"claims": [{"claim": "packs", "verdict": "undetermined", "mean": mean}]}))
        lines.append(described_file(path))
    published, other, nothing = lines
    assert set(published["texts"].items()) == set(other["texts"].items()) != set(nothing["texts"].items())
    assert compared("a/claims.json", "claims", published, nothing).relative == np.inf
