"""The claims about correlated pairs, on models whose answers are known."""

from types import SimpleNamespace

import numpy as np
import pytest
from superposition.data.sampling import Distribution, draw
from superposition.judge.evidence import claim as known
from superposition.store.plugins import experiment_module
from superposition.train.controls import planted

SPARSITIES = ("0.1", "0.3", "0.6", "0.7", "0.8", "0.825", "0.85", "0.9", "0.925", "0.95", "0.97", "0.98")
SETS = ((0, 1), (2, 3), (4, 5))


def samples(sparsity, number=4000):
    source = Distribution((float(sparsity),) * 6, sets=SETS)
    return draw(np.random.default_rng(0), number, source)


class Models:
    """Evidence of given weights and biases, by sparsity."""

    features = 6
    importance = np.ones(6)
    sparsities = SPARSITIES

    def __init__(self, weights, run="every", cosine=0.95):
        self.arrays = {s: (np.stack(W), np.stack(b)) for s, (W, b) in weights.items()}
        self.options = {"run": run, "cosine": cosine}

    def option(self, name):
        return self.options[name]

    def weights(self, model, sparsity, array):
        return self.arrays[sparsity]["Wb".index(array)]

    def data(self, sparsity):
        return samples(sparsity).reshape(4, -1, 6)


@pytest.fixture(scope="module", autouse=True)
def folder():
    experiment_module("collapse", "planted")
    experiment_module("collapse", "claims")
    return SimpleNamespace(
        pairs=experiment_module("collapse", "pairs"), planted=experiment_module("collapse", "planted")
    )


def at(angles, norms=1.0):
    """Weights (2, 6) of features in these directions, degrees."""
    return norms * np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))])


HEXAGON = at(np.arange(0, 360, 60))
TWO_DEDICATED = np.repeat(np.eye(2, 3), 2, axis=1) / np.sqrt(2)  # the projection on the sums of the first two pairs


def effects(claim, weights, **options):
    """Effects by part, of weights without bias."""
    evidence = Models({s: (W, np.zeros((len(W), 6))) for s, W in weights.items()}, **options)
    return {part: values.tolist() for part, values in known["collapse", claim](evidence).items()}


def test_closed_forms_are_the_spectrum_of_the_data(folder):
    for sparsity in ("0.1", "0.6", "0.9"):
        spectrum = np.sort(np.linalg.eigvalsh(np.cov(samples(sparsity, 200_000).T.astype(float))))
        p = 1 - float(sparsity)
        total, difference = folder.pairs.variances(p)
        assert spectrum[:3] == pytest.approx([difference] * 3, rel=0.02)
        assert spectrum[3:] == pytest.approx([total] * 3, rel=0.03)
        # Two components are kept, of six.
        assert folder.pairs.pca_loss(p) == pytest.approx(spectrum[:4].sum(), rel=0.02)


def test_features_that_are_always_on_have_no_principal_component(folder):
    assert folder.pairs.variances(1.0) == pytest.approx((1 / 12, 1 / 12))


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_planted_arrangement_has_as_many_collapsed_pairs(folder, number):
    W = folder.planted.arrangement(number)[None]
    assert folder.pairs.collapsed(W, 0.99).tolist() == [number]
    assert folder.pairs.side_by_side(W).all() or number > 0
    # As many even directions as groups.
    directions = np.unique(folder.pairs.gaps(W).round(6))
    assert directions[-1] == pytest.approx(360 / (6 - number))


def test_a_pair_is_collapsed_from_the_angle_on_that_the_reading_says(folder):
    W = at([0, 10, 90, 115, 180, 207])[None]  # cosines 0.985, 0.906 and 0.891
    assert [int(folder.pairs.collapsed(W, cosine)[0]) for cosine in (0.99, 0.95, 0.9)] == [0, 1, 2]
    faint = W * np.where(np.arange(6) < 1, 0.2, 1.0)
    assert folder.pairs.collapsed(faint, 0.95).tolist() == [0]


def test_two_pairs_and_three_are_principal_planes_and_others_are_not(folder):
    three = folder.planted.pca_plane()
    far = folder.pairs.distance_from_pca(np.stack([TWO_DEDICATED, three, 0 * three, 2**0.5 * three]))
    # Without weights all of P is missed; twice the projection is as far.
    assert far == pytest.approx([0, 0, 1, 1])
    turned = at([30], 1.0)  # one component only, in a direction of its own
    one = np.concatenate([np.repeat(turned, 2, axis=1) / np.sqrt(2), np.zeros((2, 4))], axis=1)
    assert folder.pairs.distance_from_pca(one[None]) == pytest.approx([0.5])


def test_the_distance_is_that_of_the_nearest_of_many_planes(folder):
    W = np.random.default_rng(1).normal(size=(2, 6))
    sums = np.kron(np.eye(3), np.ones((2, 1))) / np.sqrt(2)  # (feature, pair)
    normals = np.random.default_rng(2).normal(size=(20_000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    planes = sums @ (np.eye(3) - normals[:, :, None] * normals[:, None, :]) @ sums.T
    sampled = np.square(W.T @ W - planes).sum(axis=(1, 2)).min() / 2
    found = folder.pairs.distance_from_pca(W[None])[0]
    assert found <= sampled + 1e-12
    assert found == pytest.approx(sampled, abs=1e-3)


def test_a_hexagon_counts_with_its_pairs_side_by_side_only():
    across = HEXAGON[:, [0, 3, 1, 4, 2, 5]]  # pairs are antipodal
    around = HEXAGON[:, [5, 0, 1, 2, 3, 4]]  # features 1 and 2 are the last and the first direction
    weights = [HEXAGON, across, around, 0.4 * HEXAGON, at([0, 40, 120, 180, 240, 300])]
    sparse = {s: weights for s in ("0.97", "0.98")}
    assert effects("sparse-hexagon", sparse)["0.97"] == [1, 0, 1, 0, 0]
    assert effects("side-by-side", sparse)["0.98"] == [1, 0, 1, 1, 1]
    assert effects("none-collapsed", sparse)["0.97"] == [1, 1, 1, 0, 1]


def test_differences_have_a_quarter_of_a_hexagon_and_nothing_of_sums():
    weights = {s: [HEXAGON, TWO_DEDICATED, TWO_DEDICATED * [1, -1, 1, 1, 1, 1]] for s in ("0.6", "0.7")}
    assert effects("difference-ignored", weights)["0.6"] == pytest.approx([0.25, 0, 0.5], abs=1e-9)


def test_the_best_of_a_block_decides_for_it(folder):
    three = folder.planted.arrangement(3)
    weights = {s: [three, HEXAGON, HEXAGON, 0 * three] for s in ("0.6", "0.7")}
    # Of dense pairs three sums are the better model, and any is better than none.
    assert effects("three-collapsed", weights, run="best")["0.6"] == [1, 0]
    assert effects("three-collapsed", weights)["0.6"] == [1, 0, 0, 0]


def test_models_that_are_worse_than_principal_components_save_nothing():
    # Without weights and bias the loss is E x² of all features, 2 p, that of principal components at most 5 p / 6.
    nothing = {s: [np.zeros((2, 6))] * 4 for s in ("0.3", "0.6", "0.825", "0.9", "0.97")}
    assert list(effects("superposition-better", nothing).values()) == [[0] * 4] * 4


@pytest.mark.parametrize("cosine", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("run", ["every", "best"])
def test_the_planted_panels_are_what_the_claims_speak_of(run, cosine):
    ideal = {s: planted["collapse", "relu"](SimpleNamespace(features=6, sparsity=s)) for s in SPARSITIES}
    evidence = Models({s: ([W] * 4, [b] * 4) for s, (W, b) in ideal.items()}, run, cosine)
    for claim in ("three-collapsed", "two-collapsed", "one-collapsed", "none-collapsed", "sparse-hexagon"):
        assert {float(value) for values in known["collapse", claim](evidence).values() for value in values} == {1}
    bounds = {"dense-pca": (None, 0.1), "difference-ignored": (None, 0.05), "side-by-side": (0.7, None),
              "progressive": (0.5, None), "superposition-better": (0.05, None), "trade-off": (None, -0.5)}  # fmt: skip
    for claim, (least, most) in bounds.items():
        for part, values in known["collapse", claim](evidence).items():
            assert least is None or values.min() > least, (claim, part)
            assert most is None or values.max() < most, (claim, part)
    for values in known["collapse", "sum-matters-more"](evidence).values():
        assert (values > 1).all()
