"""Effects of the experiment uniform-geometry, on weights and curves made by hand whose geometry is known."""

from functools import partial
from math import sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.linalg import block_diag
from superposition.judge.evidence import claim as known
from superposition.judge.intervals import estimate
from superposition.judge.quantifiers import decided
from superposition.judge.verdicts import Verdict, verdict
from superposition.measure.features import dimensionality, feature_norms
from superposition.measure.polytopes import polygon, simplex, square_antiprism
from superposition.spec.loading import load_experiment
from superposition.store.plugins import experiment_module
from superposition.train.controls import planted

TRIANGLE = np.array([[1, 0], [-1 / 2, sqrt(3) / 2], [-1 / 2, -sqrt(3) / 2]]).T
DIGON = np.array([[1.0, -1.0]])
SEEDS = 2
COUNT = 10  # of the seeds behind a verdict: as many as preset standard has
MODELS = ("large", "wide", "small")
OPTIONS = {"represented": 0.5, "fraction": 0.03, "plateau": 0.05, "angles": 0.1}


class Made:
    """Evidence of weights: {model: {sparsity: W (hidden, feature)}}, the same for every seed.

    What other models do not share of the large one's sparsities are its controls.
    """

    def __init__(self, weights, **options):
        self._weights = weights
        self._options = OPTIONS | options
        shared = [s for s in weights["large"] if all(s in by_sparsity for by_sparsity in weights.values())]
        self.sparsities = shared
        self.controls = {s: ["large"] for s in weights["large"] if s not in shared}

    def hidden(self, model):
        return len(next(iter(self._weights[model].values())))

    def option(self, name):
        return self._options[name]

    def weights(self, model, sparsity, name):
        assert name == "W"
        return np.stack([np.asarray(self._weights[model][sparsity], dtype=np.float64)] * SEEDS)

    def matrix(self, model, sparsity, name):
        return {"dimensionality": dimensionality, "norm": feature_norms}[name](self.weights(model, sparsity, "W"))

    def metric(self, model, sparsity, name):
        assert name == "frobenius_squared"
        return np.square(self.weights(model, sparsity, "W")).sum(axis=(1, 2))


def effects(claim, evidence):
    """The effect of each part; it is the same for every seed."""
    found = known["uniform-geometry", claim](evidence)
    for values in found.values():
        assert values.shape == (SEEDS,)
        assert values[0] == values[1] or np.isnan(values).all()
    return {part: values[0] for part, values in found.items()}


@pytest.fixture(autouse=True)
def claims():
    """The experiment's claims and ideal weights, registered."""
    experiment_module("uniform-geometry", "claims")
    experiment_module("uniform-geometry", "planted")


@pytest.fixture(scope="module")
def specification():
    return load_experiment("uniform-geometry", "standard").experiment


def alike(by_sparsity, **options):
    """The three models with the same weights."""
    return Made(dict.fromkeys(MODELS, by_sparsity), **options)


def padded(W, features=12):
    """W with features of length zero."""
    return np.hstack([W, np.zeros((len(W), features - W.shape[1]))])


def large(effect):
    return effect["large"]


def of_curve(D):
    """Evidence of a curve D* by sparsity: four dimensions that are the lengths of four orthogonal features."""
    return alike({s: padded(np.eye(4)) / sqrt(d) for s, d in D.items()})


# --- the curve of D* -------------------------------------------------------------------------------------------------


def test_a_curve_that_stays_and_then_falls_stays_longer_than_a_cubic():
    """It leaves 1 at 1/(1 − S) = 2 and falls along a line to 1/4 at 4: 0.95 and 3/4 are crossed at known places."""
    D = {"0": 1, "0.5": 1, "0.75": 0.25}
    left, fallen = (np.log(2) * (1 + np.log(1 / at) / np.log(4)) for at in (0.95, 0.75))
    cubic = np.cbrt(np.log(0.95) / np.log(0.75))
    assert large(effects("sticky-at-one", of_curve(D))) == pytest.approx(left / fallen / cubic)


def test_a_curve_that_stays_at_one_half_is_compared_with_a_straight_line():
    """A line from 1 to 1/2, a plateau and a line from 1/2 to 1/4, of log 2 each in position."""
    D = {"0": 1, "0.5": 0.5, "0.75": 0.5, "0.875": 0.25}
    tilted = 2 * np.log(1.05) + np.log(2)  # both slopes are −1
    whole = np.log(2) + np.log(3 / 4 / (1 / 3))
    straight = 2 * np.log(1.05) / np.log(3 / 4 / (1 / 3))
    assert large(effects("sticky-at-half", of_curve(D))) == pytest.approx(tilted / whole / straight)


def test_the_level_of_the_widest_plateau_beyond_zero_is_found():
    D = {"0": 1, "0.2": 1, "0.5": 0.55, "0.6": 0.55, "0.75": 0.55, "0.8": 0.3, "0.9": 0.1}
    assert large(effects("sticky", of_curve(D))) == pytest.approx(0.05)


def test_a_curve_that_never_comes_to_a_level_has_nothing_to_measure_or_no_width():
    assert np.isnan(large(effects("sticky-at-one", of_curve({"0": 1, "0.5": 1}))))
    assert np.isnan(large(effects("sticky-at-half", of_curve({"0": 1, "0.5": 0.5}))))
    assert large(effects("sticky-at-one", of_curve({"0": 11, "0.5": 11}))) == 0  # untrained weights: far from 1
    assert np.isnan(large(effects("sticky-at-half", of_curve({"0": 11, "0.5": 11}))))
    assert large(effects("sticky", of_curve({"0": 1, "0.5": 0.5, "0.75": 0.25}))) == -0.5


# Smooth curves of 1/(1 − S) from 1 downwards, without a plateau.
SMOOTH = {
    "power": lambda v: v**-0.8,
    "steeper power": lambda v: 1 / v,
    "all but S": lambda v: 1 - 0.95 * (1 - 1 / v),
    "square of S": lambda v: 1 - 0.95 * (1 - 1 / v) ** 2,
    "cosine of S": lambda v: 0.05 + 0.95 * (1 + np.cos(np.pi * (1 - 1 / v))) / 2,
    "parabola": lambda v: np.exp(-0.3 * np.log(v) ** 2),
    "cubic": lambda v: np.exp(-0.4 * np.log(v) ** 3),
    "Lorentzian": lambda v: 1 / (1 + (np.log(v) / 1.2) ** 2),
    "S-shaped": lambda v: np.exp(-2.5 * (3 * (np.log(v) / np.log(20)) ** 2 - 2 * (np.log(v) / np.log(20)) ** 3)),
    "logistic": lambda v: 1 / (1 + np.exp((np.log(v) - 1) / 0.3)),
}


@pytest.mark.parametrize("curve", SMOOTH)
@pytest.mark.parametrize("tolerance", [0.02, 0.05, 0.1])
def test_smooth_curves_pass_no_claim_of_stickiness(specification, curve, tolerance):
    """At the very densities that are trained."""
    trained = sorted([*specification.sparsities, *specification.controls], key=float)
    weights = {s: padded(np.eye(4)) / sqrt(SMOOTH[curve](1 / (1 - float(s)))) for s in trained}
    for claim in ("sticky-at-one", "sticky-at-half", "sticky"):
        assert judged(claim, alike(weights, plateau=tolerance), specification) is not Verdict.REPRODUCED, claim


# --- single features -------------------------------------------------------------------------------------------------

# Four dimensions: four orthogonal features at two sparsities, digons at three, then ten features of which each is a
# little shorter at every sparsity, so that D* is 1, 1, 0.5, 0.5, 0.5, then falls.
DEDICATED, DIGONS = padded(np.eye(4)), padded(block_diag(*[DIGON] * 4))
CROWD = np.vstack([np.ones((1, 12)), np.eye(3, 12)])
PLATEAUS = {
    "0": DEDICATED,
    "0.2": DEDICATED,
    "0.5": DIGONS,
    "0.6": DIGONS,
    "0.75": DIGONS,
    "0.8": CROWD,
    "0.9": 1.5 * CROWD,
}


def test_pairs_are_counted_on_the_plateau_and_over_the_stretch_where_they_prevail():
    """Every represented feature is in a digon from S = 0.5 to 0.75, and half of them half way to 0.2 and to 0.8."""
    assert large(effects("pairs-at-half", alike(PLATEAUS))) == 1.0
    first, last = sqrt(1 / 0.8 * 2), sqrt(4 * 5)
    assert large(effects("pairs-preferred", alike(PLATEAUS))) == pytest.approx(last / first)


def test_pairs_that_prevail_up_to_the_end_do_so_no_further():
    assert large(effects("pairs-preferred", alike({"0.5": DIGONS, "0.75": DIGONS}))) == pytest.approx(2.0)
    assert large(effects("pairs-preferred", alike({"0.5": DEDICATED, "0.75": DEDICATED}))) == 1.0


def test_without_a_plateau_or_a_represented_feature_there_are_no_pairs_to_count():
    nothing = {s: 0.1 * W for s, W in PLATEAUS.items()}
    assert np.isnan(large(effects("pairs-at-half", alike({"0": DEDICATED, "0.5": DEDICATED}))))
    assert np.isnan(large(effects("pairs-preferred", alike(nothing))))
    assert np.isnan([*effects("structures", alike(nothing)).values()]).all()


def test_a_feature_with_a_dimension_of_its_own_is_seen_on_the_plateau_at_one():
    """Four of twelve features have D = 1."""
    assert large(effects("no-line-at-one", alike(PLATEAUS))) == pytest.approx(4 / 12)
    assert np.isnan(large(effects("no-line-at-one", alike({"0.5": DIGONS, "0.6": DIGONS}))))


# Three dimensions: a triangle and a digon make a triangular bipyramid; nine features are not represented.
BIPYRAMID = padded(block_diag(TRIANGLE, DIGON))


def test_a_triangular_bipyramid_is_a_triangle_and_a_digon():
    """Its D_i are 2/3 and 1/2, none 3/5, and they add up to three."""
    evidence = alike({"0.5": BIPYRAMID, "0.75": BIPYRAMID})
    assert large(effects("triangles-with-pairs", evidence)) == 1.0
    assert np.isnan(large(effects("pentagons-with-pairs", evidence)))
    assert large(effects("no-bipyramid-line", evidence)) == 0.0
    assert np.isnan(large(effects("no-pentagonal-bipyramid-line", evidence)))
    assert effects("packed", evidence) == pytest.approx({"0.5": 0.0, "0.75": 0.0})
    assert effects("tegum-factors", evidence) == pytest.approx({"0.5": 0.0, "0.75": 0.0})
    expected = {"tetrahedron": 0, "triangle": 1, "digon": 1, "pentagon": 0, "square antiprism": 0}
    assert effects("structures", evidence) == expected


def test_what_never_forms_has_no_line_and_no_company():
    """Neither counts as a share of zero."""
    evidence = alike({"0.5": DIGONS, "0.75": DIGONS})
    found = effects("lines", evidence)
    assert found["digon"] == 1.0
    assert np.isnan(found["triangle"])
    assert np.isnan(large(effects("triangles-with-pairs", evidence)))
    assert np.isnan(large(effects("no-bipyramid-line", evidence)))


def test_lines_are_of_the_features_that_have_their_polytope_s_fraction():
    """A triangle with a vertex of 1.5 times the length is one by its directions, but not by its dimensionalities."""
    uneven = padded(block_diag(TRIANGLE * [1.5, 1, 1], DIGON))
    found = effects("lines", alike({"0.5": BIPYRAMID, "0.75": uneven}))
    assert found["triangle"] == 0.5
    assert found["digon"] == found["not represented"] == 1.0


def test_where_no_feature_is_represented_none_is_not_learned():
    """A subspace in no basis leaves D_i = m/n, which is no line at zero."""
    subspace = np.linalg.qr(np.random.default_rng(0).standard_normal((12, 3)))[0].T
    assert effects("lines", alike({"0": 0.4 * subspace, "0.5": BIPYRAMID}))["not represented"] == 1.0


def evenly_spread(count=150):
    """Weights whose D_i are spread evenly over 0.05 to 0.95: pairs in a dimension have D = a/(a + b) and b/(a + b)."""
    share = np.linspace(0.05, 0.95, count)
    return block_diag(*[np.sqrt([[s, 1 - s]]) * [1, -1] for s in share]) * sqrt(2)


def test_even_dimensionalities_are_no_denser_at_the_fractions_than_beside_them():
    found = effects("fractions", alike({"0.9": evenly_spread(), "0.95": evenly_spread()}, represented=0.0))
    assert np.isnan(found.pop("1-2"))  # D* is 1/2 itself
    assert [*found.values()] == pytest.approx([0.5] * 4, abs=0.06)
    spread = block_diag(TRIANGLE, DIGON, evenly_spread())
    assert large(effects("no-bipyramid-line", alike({"0.9": spread}, represented=0.1))) == pytest.approx(0.5, abs=0.1)


def test_dimensionalities_at_the_fractions_are_denser_there():
    found = effects("fractions", alike({"0.5": BIPYRAMID, "0.75": BIPYRAMID}))
    assert found["2-3"] == found["1-2"] == 1.0
    assert np.isnan(found["2-5"])


def test_a_cluster_around_the_mean_is_no_cluster_at_a_fraction():
    """Digons alone have D* = 1/2 too."""
    assert np.isnan(effects("fractions", alike({"0.5": DIGONS[:, :8]}))["1-2"])


def test_a_rare_line_at_three_fifths_is_seen():
    """One of 211 features, where none are beside it: a dimension's features have D = a/(a + b), here 3/5 and 2/5."""
    rare = block_diag(TRIANGLE, np.array([[sqrt(3), -sqrt(2)]]), *[DIGON] * 103)
    assert large(effects("no-bipyramid-line", alike({"0.5": rare}))) == 1.0


def test_a_line_at_three_sevenths_is_seen_and_that_of_pentagons_beside_it_is_not_counted():
    pentagons = block_diag(polygon(5), DIGON)
    line = block_diag(pentagons, np.array([[sqrt(3 / 7), -sqrt(4 / 7)]]) * 1.2)
    assert large(effects("no-pentagonal-bipyramid-line", alike({"0.9": padded(pentagons)}))) == 0.0
    assert large(effects("no-pentagonal-bipyramid-line", alike({"0.9": padded(line)}))) == 1.0


def test_norms_that_are_half_way_are_counted():
    half = padded(np.sqrt(0.5) * np.eye(4), 8)
    found = effects("norms", alike({"0.5": half, "0.75": padded(np.eye(4), 8), "0.9": 0.1 * half}))
    assert found["0.5"] == 0.5
    assert found["0.75"] == 1.0
    assert np.isnan(found["0.9"])  # what represents nothing has norms near 0, and shows nothing


# --- components ------------------------------------------------------------------------------------------------------


def test_the_polytopes_are_arranged_as_charges_and_random_vectors_are_not():
    regular = block_diag(TRIANGLE, simplex(4), polygon(5), square_antiprism(1 / sqrt(3)))
    assert effects("thomson", alike({"0.5": regular})) == {f"{k} features": 1.0 for k in (3, 4, 5, 8)}
    leaning = block_diag([[1, -0.9, -0.5], [0, 0.5, -0.9]], DIGON)
    found = effects("thomson", alike({"0.5": leaning}))
    assert found["3 features"] == 0.0
    assert np.isnan(found["5 features"])


def test_a_regular_simplex_loses_the_dense_direction():
    found = effects("simplex", alike({"0.5": block_diag(TRIANGLE, simplex(4))}))
    assert found == pytest.approx({"3 features": 1.0, "4 features": 1.0})


def test_the_direction_that_three_features_lose_is_the_kernel_of_their_weights():
    """(1, 0), (0, 1) and −(a, b) lose (a, b, 1)."""
    features = np.array([[1, 0, -2], [0, 1, -1.0]])
    assert effects("simplex", alike({"0.5": features}))["3 features"] == pytest.approx(4 / sqrt(3 * 6))
    assert np.isnan(effects("simplex", alike({"0.5": DIGONS}))["3 features"])


def test_interference_between_components_is_told_from_that_within():
    """Two digons whose axes have a cosine of 0.1: each feature has 1 from its antipode, 2 · 0.01 from the others."""
    leaning = np.array([[1, -1, 0.1, -0.1], [0, 0, sqrt(0.99), -sqrt(0.99)]])
    assert effects("tegum-factors", alike({"0.5": leaning})) == pytest.approx({"0.5": 0.02 / 1.02})


def test_one_component_has_nothing_to_be_apart_from():
    assert np.isnan(effects("tegum-factors", alike({"0.5": TRIANGLE}))["0.5"])


# --- models ----------------------------------------------------------------------------------------------------------


def test_numbers_of_features_are_compared_between_models():
    """Two digons against one: twice as many; the same digon among more features: as many."""
    one, two = {"0.5": padded(DIGON)}, {"0.5": padded(block_diag(DIGON, DIGON)), "0.75": padded(DIGON)}
    evidence = Made({"large": two, "wide": one, "small": {"0.5": DIGON}})
    assert effects("doubling", evidence) == pytest.approx({"0.5": 0.0})
    assert effects("number-of-features", evidence) == pytest.approx({"0.5": 0.0})


def ideal(specification, **options):
    """Evidence of the ideal weights, at the sparsities and sizes of preset standard."""
    weights = {}
    for name, model in specification.models.items():
        trained = sorted(
            [*specification.sparsities, *(s for s, m in specification.controls.items() if name in m)], key=float
        )
        sizes = {"features": specification.size(name), "hidden": model.hidden, "seed": 100}
        weights[name] = {s: planted["uniform-geometry", name](SimpleNamespace(sparsity=s, **sizes))[0] for s in trained}
    return Made(weights, **options)


def judged(claim, evidence, specification):
    """The verdict on a claim, by its own test."""
    test = specification.claims[claim]

    def one(values, error):
        return verdict(estimate(values, test.scale, 1 - 2 * error), test.direction, test.threshold)

    parts = [np.repeat(values[:1], COUNT) for values in known["uniform-geometry", claim](evidence).values()]
    return decided([partial(one, values) for values in parts if not np.isnan(values).any()], test.quantifier).verdict


def test_every_claim_is_reproduced_where_its_truth_is_planted(specification):
    evidence = ideal(specification)
    for claim in specification.claims:
        assert judged(claim, evidence, specification) is Verdict.REPRODUCED, claim


@pytest.mark.parametrize("option", [{"represented": 0.25}, {"represented": 0.75}, {"fraction": 0.02}, {"fraction": 0.04},
                                    {"plateau": 0.02}, {"plateau": 0.1}, {"angles": 0.05}, {"angles": 0.15}])  # fmt: skip
def test_ideal_weights_are_recognised_whatever_the_choices_of_analysis(specification, option):
    evidence = ideal(specification, **option)
    for claim in specification.claims:
        assert judged(claim, evidence, specification) is Verdict.REPRODUCED, claim


def test_random_weights_reproduce_no_claim_about_geometry(specification):
    """Of features that are represented, in as many models."""
    generator = np.random.default_rng(0)
    weights = {
        model: {s: generator.standard_normal(W.shape) / sqrt(len(W)) for s, W in by_sparsity.items()}
        for model, by_sparsity in ideal(specification)._weights.items()
    }
    claims = ("pairs-at-half", "pairs-preferred", "fractions", "lines", "triangles-with-pairs", "thomson", "simplex")
    for claim in claims:
        assert judged(claim, Made(weights), specification) is not Verdict.REPRODUCED, claim
