"""The claims about adversarial examples, on models whose vulnerability is known."""

from types import SimpleNamespace

import numpy as np
import pytest
from superposition.judge.evidence import claim as known
from superposition.store.plugins import experiment_module
from superposition.train.controls import planted

SPARSITIES = ("0", "0.3", "0.5", "0.7", "0.8", "0.9", "0.95", "0.98")
FEATURES, HIDDEN = 40, 4
DIGON = np.array([[1.0, -1.0]])
RADIUS = 0.01


@pytest.fixture(scope="module", autouse=True)
def folder():
    experiment_module("adversarial", "planted")
    experiment_module("adversarial", "claims")
    return SimpleNamespace(
        attacks=experiment_module("adversarial", "attacks"), planted=experiment_module("adversarial", "planted")
    )


def samples(sparsity, number=400, features=FEATURES):
    generator = np.random.default_rng(1)
    return generator.random((number, features)) * (generator.random((number, features)) >= float(sparsity))


class Models:
    """Evidence of given weights and biases, by model and sparsity."""

    sparsities = SPARSITIES

    def __init__(self, arrays, attack="model", reference="projection"):
        self.arrays = arrays
        self.options = {"attack": attack, "reference": reference}

    def option(self, name):
        return self.options[name]

    def weights(self, model, sparsity, array):
        return np.stack([self.arrays[model, sparsity]["Wb".index(array)]] * 2)

    def data(self, sparsity):
        return np.stack([samples(sparsity)] * 2)


def planted_models():
    return {
        (model, s): planted["adversarial", model](SimpleNamespace(features=FEATURES, hidden=HIDDEN, sparsity=s, seed=3))
        for model in ("relu", "linear")
        for s in SPARSITIES
    }


def effects(claim, arrays, **options):
    return {part: float(values[0]) for part, values in known["adversarial", claim](Models(arrays, **options)).items()}


@pytest.mark.parametrize("x", [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5)])
@pytest.mark.parametrize("attack", ["model", "sample", "gradient"])
def test_a_digon_loses_twice_the_squared_budget(folder, x, attack):
    # δ = ε (1, −1)/√2 moves h by ε √2, and the one output that is on by as much.
    found = folder.attacks.rise(attack, np.array([x]), RADIUS, DIGON, np.zeros(2))
    assert found == pytest.approx(2 * RADIUS**2)


@pytest.mark.parametrize("attack", ["model", "sample", "gradient"])
def test_features_at_right_angles_lose_the_squared_budget(folder, attack):
    x = np.array([[0.5, 0.3], [0.2, 0.9], [0.0, 0.4]])
    assert folder.attacks.rise(attack, x, RADIUS, np.eye(2), np.zeros(2)) == pytest.approx(RADIUS**2)


@pytest.mark.parametrize("attack", ["model", "sample", "gradient"])
def test_a_projection_loses_the_squared_budget(folder, attack):
    W, b = folder.planted.projection(SimpleNamespace(features=FEATURES, hidden=HIDDEN, sparsity="0.5", seed=0))
    found = folder.attacks.rise(attack, samples("0.5"), RADIUS, W, b, relu=False)
    assert found == pytest.approx(RADIUS**2)


def test_one_attack_for_all_inputs_is_worse_than_one_for_each(folder):
    # Two orthogonal features; outputs that are off turn on only under a positive attack on them, which must also beat −ε
    # where a bias keeps one off: of x = 0 only the first feature can be attacked, of the other input only the second.
    W, b = np.eye(2), np.array([0.0, -0.5])
    x = np.array([[0.0, 0.0], [0.0, 0.9]])
    # For each input: ε² by feature 1; by feature 2 of the second input (0.5 + ε)² − 0.5² = ε + ε².
    assert folder.attacks.rise("sample", x, RADIUS, W, b) == pytest.approx((2 * RADIUS**2 + RADIUS) / 2)
    assert folder.attacks.rise("model", x, RADIUS, W, b) == pytest.approx((RADIUS + RADIUS**2) / 2)


def test_ascent_does_no_less_harm_than_its_start_and_stays_within_the_budget(folder):
    generator = np.random.default_rng(5)
    W, b, x = generator.normal(size=(3, 8)) / 2, generator.normal(size=8) / 10, samples("0.7", 50, 8)
    kinds = [folder.attacks.rise(kind, x, RADIUS, W, b) for kind in ("model", "sample", "gradient")]
    assert kinds == sorted(kinds)
    # No loss within the ball is higher than by the spectral norm of WᵀW: √L' ≤ √L + ‖WᵀW‖ ε.
    clean = folder.attacks.losses(x, np.zeros(8), W, b)
    start = RADIUS * folder.attacks.random_directions(50, 8)
    harmed = folder.attacks.ascended(start, x, RADIUS, W, b)
    assert (np.sqrt(harmed) <= np.sqrt(clean) + np.linalg.norm(W, 2) ** 2 * RADIUS + 1e-12).all()
    assert (harmed >= folder.attacks.losses(x, start, W, b)).all()


def test_the_gradient_is_that_of_finite_differences(folder):
    generator = np.random.default_rng(6)
    W, b, x = generator.normal(size=(3, 5)), generator.normal(size=5), samples("0.5", 4, 5)
    delta, step = generator.normal(size=(4, 5)), 1e-6
    found = folder.attacks.gradient(delta, x, W, b)
    for i in range(5):
        moved = step * np.eye(5)[i]
        difference = folder.attacks.losses(x, delta + moved, W, b) - folder.attacks.losses(x, delta - moved, W, b)
        assert difference / (2 * step) == pytest.approx(found[:, i], rel=1e-4, abs=1e-6)


def test_where_every_output_is_off_a_gradient_finds_nothing(folder):
    x, b = np.zeros((3, 2)), np.full(2, -0.008)
    assert folder.attacks.rise("blind", x, 0.001, np.eye(2), b) == 0
    # Along a feature the budget suffices where it does not along the diagonal.
    diagonal = np.full((3, 2), RADIUS / np.sqrt(2))
    assert (folder.attacks.ascended(diagonal, x, RADIUS, np.eye(2), b) == 0).all()
    assert folder.attacks.rise("sample", x, RADIUS, np.eye(2), b) == pytest.approx(0.002**2)


def test_the_attacked_inputs_have_a_tenth_of_the_mean_norm(folder):
    assert folder.attacks.budget(np.array([[3.0, 4.0], [0.0, 1.0]])) == pytest.approx(0.3)


def test_polygons_have_the_features_per_dimension_that_they_say(folder):
    for k in (4, 5, 6):
        W = folder.planted.planes(k, HIDDEN, FEATURES)
        assert np.square(W).sum() / HIDDEN == pytest.approx(k / 2)
        assert np.linalg.eigvalsh(W @ W.T) == pytest.approx([k / 2] * HIDDEN)


def test_planted_arrangements_are_what_the_claims_speak_of():
    arrays = planted_models()
    assert effects("more-than-threefold", arrays)["most features"] > 3
    assert effects("as-it-forms", arrays)["first"] > 1.25
    # Ties: densities 1 and 0.7, 0.5 and 0.3, and the three sparsest, which samples tell apart.
    assert effects("sparser-more-vulnerable", arrays)["over densities"] > 0.75
    assert effects("highly-correlated", arrays)["over densities"] > 0.9
    assert max(effects("random-harms-less", arrays).values()) < 0.5
    assert effects("linear-stays", arrays) == pytest.approx(dict.fromkeys(SPARSITIES, 0), abs=1e-9)


@pytest.mark.parametrize("k", [4, 6])
def test_even_polygons_grow_more_vulnerable_with_the_square_of_features_per_dimension(folder, k):
    # WᵀW δ = (k/2) δ, and of every two opposite outputs one is on: k²/8 of the squared budget.
    W = folder.planted.planes(k, HIDDEN, FEATURES)
    for attack in ("model", "sample", "gradient"):
        found = folder.attacks.rise(attack, np.zeros((1, FEATURES)), RADIUS, W, np.zeros(FEATURES))
        assert found == pytest.approx(k**2 / 8 * RADIUS**2)


def test_without_superposition_nothing_grows():
    arrays = planted_models()
    same = {(model, s): arrays[model, "0"] for model, s in arrays}
    dense = {"reference": "dense"}  # of itself
    assert effects("more-than-threefold", same, **dense)["most features"] == pytest.approx(1)
    assert effects("sparser-more-vulnerable", same, **dense)["over densities"] == pytest.approx(0.5)
    assert np.isnan(effects("as-it-forms", same, **dense)["first"])
    assert np.isnan(effects("parallels", same, **dense)["over densities"])
