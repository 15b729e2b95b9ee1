"""The effects of the phase change's claims, on models set to the closed forms' solutions, and on wrong ones."""

import numpy as np
import pytest
from superposition.judge.evidence import claim as known
from superposition.spec.ranges import Densities, Range
from superposition.store.plugins import experiment_module

phases = experiment_module("phase-change", "phases")
WEIGHTS = experiment_module("phase-change", "planted").WEIGHTS  # of each of phases.SOLUTIONS; the extra is the last
DENSITIES = Densities(first=1, last=0.01, points=20)
RELATIVE = Range(first=0.1, last=10, points=20).values
SEEDS = 10
FEATURES = {"two": 2, "three": 3}
OPTIONS = {"theory": "published", "pooling": "worst-discarded", "represented": 0.5}


class Made:
    """Evidence of models, trained and optimal, that are at the closed forms' best solution, until told otherwise."""

    def __init__(self):
        self.sparsities = DENSITIES.sparsities
        self.sweep = {"importance.last": list(RELATIVE)}
        self.density = 1.0 - np.array(self.sparsities, dtype=float)
        self.options = dict(OPTIONS)
        self.W, self.loss, self.error = {}, {}, {}
        for model, n in FEATURES.items():
            s, r = self.density[:, None], np.array(RELATIVE)
            best, losses = phases.best_solution(s, r, n), phases.solution_losses(s, r, n)
            # Losses are linear in r, so that their derivative is a difference: the extra feature's squared error.
            slopes = losses - phases.solution_losses(s, r - 1.0, n)
            chosen = lambda values, best=best: np.take_along_axis(values, best[None], axis=0)[0]  # noqa: E731
            self.W[model] = np.repeat(WEIGHTS[n][best][:, :, None], SEEDS, axis=2)
            self.loss[model] = chosen(losses)[..., None] * (1.0 + 1e-6 * np.arange(SEEDS))
            self.error[model] = np.repeat(chosen(slopes)[..., None], SEEDS, axis=-1)
        self.optimum = self

    def option(self, name):
        return self.options[name]

    def under(self, choice):
        assert choice == "training.optimum"
        return self.optimum

    def metric(self, model, sparsity, column):
        return self.loss[model][self.sparsities.index(sparsity)]

    def weights(self, model, sparsity, name):
        i = self.sparsities.index(sparsity)
        return {"W": self.W[model][i], "loss": self.loss[model][i][..., None]}[name]

    def matrix(self, model, sparsity, array):
        assert array == "error_square"
        return np.repeat(self.error[model][self.sparsities.index(sparsity)][..., None], FEATURES[model], axis=-1)


@pytest.fixture(scope="module", autouse=True)
def claims():
    experiment_module("phase-change", "claims")


@pytest.fixture
def made():
    return Made()


def effects(name, evidence):
    found = known["phase-change", name](evidence)
    assert all(values.shape == (SEEDS,) for values in found.values())
    return {part: values.mean() for part, values in found.items()}


@pytest.mark.parametrize("theory", ["published", "exact"])
@pytest.mark.parametrize("pooling", ["worst-discarded", "all", "best"])
def test_models_at_the_closed_forms_have_the_closed_forms_effects(made, theory, pooling):
    made.options |= {"theory": theory, "pooling": pooling}
    assert effects("two-features-agree", made) == {"two": 1.0}
    assert effects("three-features-agree", made) == {"three": 1.0}
    assert effects("sparsity-needed", made) == {"two": 0.0, "three": 0.0}
    assert effects("outcomes-sharp", made) == {"two": 0.0, "three": 0.0}


def test_models_at_the_closed_forms_jump_and_use_the_natural_ways(made):
    assert set(effects("weights-jump", made).values()) == {1.0}
    assert effects("three-ways", made) == {"two": 1.0}
    assert effects("four-ways", made) == {"three": 1.0}
    assert effects("others-pair", made) == {"three": 1.0}
    assert effects("closed-forms-complete", made) == {"two": 1.0, "three": 1.0}


def test_an_optimum_of_triangles_is_superposition_that_the_closed_forms_do_not_have(made):
    angles = 2 * np.pi * np.arange(3) / 3
    triangle = 0.9 * np.stack([np.cos(angles), np.sin(angles)])
    made.W["three"][:] = triangle
    dense = made.density > 4 / 7  # where the closed forms have no superposition
    share = effects("closed-forms-complete", made)["three"]
    inside = phases.off_boundary(phases.extra_phase(made.density[:, None], np.array(RELATIVE), 3))
    expected = (phases.extra_phase(made.density[:, None], np.array(RELATIVE), 3) == 2)[inside].mean()
    assert share == pytest.approx(expected)
    assert effects("four-ways", made) == {"three": 0.0}
    assert effects("others-pair", made) == {"three": 0.0}
    assert dense.any()
    assert effects("sparsity-needed", made)["three"] == 1.0


def test_the_direction_of_a_feature_that_is_not_represented_is_no_superposition(made):
    """A vector of almost no length beside another has a superposition of one, on either side of the boundary."""
    for model in FEATURES:
        W = made.W[model]
        extra = W[..., -1]
        W[..., -1] = np.where(np.abs(extra).sum(axis=-1, keepdims=True) == 0, 1e-3 * W[..., 0], extra)
    assert list(effects("weights-jump", made).values()) == pytest.approx([1.0] * 4, abs=2e-3)


def test_superposition_reaches_as_much_denser_as_the_boundaries_say(made):
    near = RELATIVE[9], RELATIVE[10]
    expected = {
        "two, extra less important": (4 * near[0] / (2 + 5 * near[0])) / (0.4 / 2.5),
        "two, extra more important": (4 / (5 + 2 * near[1])) / (4 / 25),
        "three, extra less important": (4 * near[0] / (2 + 5 * near[0])) / (0.4 / 2.5),
    }
    found = effects("importance-matters", made)
    assert found == pytest.approx(expected, rel=0.28)  # both densities are the grid's, 27 % apart


def test_the_derivative_of_crossing_losses_jumps_by_all_that_they_say(made):
    assert effects("first-order", made) == pytest.approx({"two": 1.0, "three": 1.0})
    assert effects("derivative-jumps-in-training", made) == pytest.approx({"two": 1.0, "three": 1.0})


def test_a_derivative_that_falls_over_many_cells_does_not_jump(made):
    falling = np.linspace(0.3, 0.0, len(RELATIVE))[:, None] * made.density[:, None, None]
    for model in FEATURES:
        made.error[model] = np.repeat(falling, SEEDS, axis=-1)
    assert max(effects("first-order", made).values()) < 0.15


def test_the_kink_of_crossing_losses_lies_where_they_cross(made):
    for name in ("kink-where-predicted", "kink-in-training"):
        for offset in effects(name, made).values():
            assert abs(offset) < 0.12  # half a cell


def test_the_kink_moves_with_the_losses(made):
    """Losses of the next cell's density: every kink lies one cell, 27 %, denser, but for those of the dense edge."""
    before = effects("kink-where-predicted", made)
    for model in FEATURES:
        made.loss[model] = np.concatenate([made.loss[model][:1], made.loss[model][:-1]])
    after = effects("kink-where-predicted", made)
    for model, offset in after.items():
        assert offset - before[model] == pytest.approx(-np.log(100) / 19, abs=0.03)


def test_one_bad_model_a_point_changes_neither_rule(made):
    for model in FEATURES:
        made.W[model][:, :, 3] = 0.0
        made.loss[model][:, :, 3] += 1.0
    assert effects("two-features-agree", made) == {"two": 1.0}
    assert effects("outcomes-sharp", made) == {"two": 0.0, "three": 0.0}
    assert effects("three-ways", made) == {"two": pytest.approx(0.9)}


def test_half_of_the_models_untrained_disagree_and_lie_between(made):
    made.W["two"][:, :, :6] = 0.0
    made.loss["two"][:, :, :6] += 1.0
    assert effects("two-features-agree", made)["two"] < 0.6
    assert effects("outcomes-sharp", made)["two"] > 0.5
    made.options["pooling"] = "best"
    assert effects("two-features-agree", made)["two"] == 1.0


def test_two_features_in_one_direction_are_no_natural_way(made):
    made.W["two"][:] = np.sqrt(0.5)
    assert effects("three-ways", made) == {"two": 0.0}


def test_the_norm_that_counts_as_represented_decides(made):
    made.W["two"][:] = [[1.0, -0.4]]
    assert effects("three-ways", made) == {"two": 1.0}
    made.options["represented"] = 0.25
    assert effects("three-ways", made) == {"two": 1.0}
    made.W["two"][:] = [[1.0, 0.4]]
    assert effects("three-ways", made) == {"two": 0.0}
    made.options["represented"] = 0.5
    assert effects("three-ways", made) == {"two": 1.0}


def test_without_a_point_that_can_be_asked_there_is_nothing_to_measure(made):
    for model in FEATURES:
        made.W[model][:] = 0.0
    assert np.isnan(list(effects("weights-jump", made).values())).all()
