"""Claims about penalties, sparse recovery and nonlinear compression: for each, the effect of every seed."""

import numpy as np
from scipy.stats import spearmanr
from superposition.judge.evidence import claim
from superposition.measure.features import features_per_dimension

from .nonlinear import LINEAR, STEPS, WIDTH, expected_loss
from .penalised import (
    MODEL,
    STRONG,
    alignment,
    in_order,
    mean_of_known,
    penalties,
    represented,
    without_superposition,
)
from .sensing import (
    SPARSITY,
    WIDTHS,
    basis_pursuit,
    features_recovered,
    gaussian,
    read_out,
    samples_recovered,
    sparse_samples,
)


@claim("superposition-gone")
def superposition_gone(evidence):
    """1 where superposition is gone at one penalty above zero or more, and at least three features are left."""
    return {s: _free(evidence, s).any(axis=0).astype(np.float64) for s in evidence.sparsities}


@claim("higher-loss")
def higher_loss(evidence):
    """L(λ) / L(0) − 1 at the lowest penalty without superposition; NaN where there is none."""
    return {s: _cost(evidence, s) for s in evidence.sparsities}


@claim("large-cost")
def large_cost(evidence):
    """L(λ) / L(0) − 1 at the lowest penalty without superposition, sparsest features; NaN where there is none."""
    return {evidence.sparsities[-1]: _cost(evidence, evidence.sparsities[-1])}


@claim("killed-by-importance")
def killed_by_importance(evidence):
    """Share of pairs of a represented and an absent feature in order of importance, mean over penalties above zero."""
    return {s: mean_of_known(in_order(_penalised(evidence, s, 0.0))) for s in evidence.sparsities}


@claim("threshold-rises")
def threshold_rises(evidence):
    """Spearman's correlation of penalty and number of represented features; 0 where the number never changes."""
    steps = penalties(evidence)

    def correlation(numbers):
        return spearmanr(steps, numbers).statistic if np.ptp(numbers) > 0 else 0.0

    return {
        s: np.array([correlation(of_seed) for of_seed in represented(_weights(evidence, s)).sum(axis=-1).T])
        for s in evidence.sparsities
    }


@claim("aligned")
def aligned(evidence):
    """Alignment with hidden units at penalties from STRONG on, mean over those that leave a feature."""
    return {s: _strongly_aligned(evidence, s) for s in evidence.sparsities}


@claim("alignment-rises")
def alignment_rises(evidence):
    """Alignment at penalties from STRONG on minus that at penalty zero."""
    return {s: _strongly_aligned(evidence, s) - alignment(_weights(evidence, s)[0]) for s in evidence.sparsities}


@claim("decoder-stronger")
def decoder_stronger(evidence):
    """Share of samples recovered by basis pursuit minus that by the read-out."""

    def gain(W, b, x):
        return samples_recovered(basis_pursuit(W, x), x) - samples_recovered(read_out(W, b, x), x)

    return _over_widths(evidence, gain)


@claim("learned-encoder")
def learned_encoder(evidence):
    """Share of the features that are not represented."""
    return _over_widths(evidence, lambda W, b, x: 1 - represented(W).mean())


@claim("others-easier")
def others_easier(evidence):
    """Share of the more important half's features that basis pursuit recovers, minus that from Gaussian weights."""
    effects = {}
    for name in WIDTHS:
        hidden, features = evidence.hidden(name), evidence.features
        learned = _unpenalised(evidence, name, lambda W, b, x: features_recovered(basis_pursuit(W, x), x, 0))
        random = [
            features_recovered(basis_pursuit(gaussian(hidden, features, i), x), x, 0)
            for i in range(len(learned))
            for x in [sparse_samples(features, i)]
        ]
        effects[name] = learned - np.array(random)
    return effects


@claim("important-first")
def important_first(evidence):
    """Share of active features that the read-out recovers, more important half minus less important half."""

    def preference(W, b, x):
        answers = read_out(W, b, x)
        return features_recovered(answers, x, 0) - features_recovered(answers, x, 1)

    return _over_widths(evidence, preference)


@claim("increases-with-sparsity")
def increases_with_sparsity(evidence):
    """Features per dimension at the sparsest features minus at the densest, without a penalty."""

    def number(name, sparsity):
        return features_per_dimension(evidence.weights(name, sparsity, "W")[0])

    return {name: number(name, SPARSITY) - number(name, evidence.sparsities[0]) for name in WIDTHS}


@claim("sensing-bound")
def sensing_bound(evidence):
    """Share of samples that basis pursuit recovers from Gaussian weights, twelve dimensions minus four."""
    features = evidence.features

    def share(name, seed):
        x = sparse_samples(features, seed)
        return samples_recovered(basis_pursuit(gaussian(evidence.hidden(name), features, seed), x), x)

    seeds = range(_number_of_seeds(evidence))
    return {"random weights": np.array([share("twelve", i) - share("four", i) for i in seeds])}


@claim("nonlinear-beats")
def nonlinear_beats(evidence):
    """1 − L / L(linear) of the closed construction, the same for every seed."""
    loss = expected_loss(STEPS, WIDTH, evidence.option("ramp"))
    return {name: np.full(_number_of_seeds(evidence), 1 - loss / linear) for name, linear in LINEAR.items()}


def _weights(evidence, sparsity):
    """W (penalty, seed, hidden, feature)."""
    return evidence.weights(MODEL, sparsity, "W")


def _penalised(evidence, sparsity, least):
    """W at penalties above zero, and from `least` on."""
    steps = penalties(evidence)
    return _weights(evidence, sparsity)[(steps > 0) & (steps >= least)]


def _free(evidence, sparsity):
    """Whether superposition is gone (penalty above zero, seed)."""
    return without_superposition(_penalised(evidence, sparsity, 0.0), evidence.option("interference"))


def _cost(evidence, sparsity):
    """L(λ) / L(0) − 1 (seed,) at the lowest penalty without superposition; NaN where there is none."""
    loss = evidence.metric(MODEL, sparsity, "test_loss")
    free = _free(evidence, sparsity)
    at = free.argmax(axis=0)
    cost = loss[penalties(evidence) > 0][at, np.arange(len(at))] / loss[0] - 1
    return np.where(free.any(axis=0), cost, np.nan)


def _strongly_aligned(evidence, sparsity):
    return mean_of_known(alignment(_penalised(evidence, sparsity, STRONG)))


def _over_widths(evidence, measure):
    return {name: _unpenalised(evidence, name, measure) for name in WIDTHS}


def _unpenalised(evidence, name, measure):
    """measure(W, b, samples) of every seed's model without a penalty (seed,)."""
    W, b = (evidence.weights(name, SPARSITY, array)[0] for array in "Wb")
    return np.array(
        [
            measure(weights, bias, sparse_samples(evidence.features, i))
            for i, (weights, bias) in enumerate(zip(W, b, strict=True))
        ]
    )


def _number_of_seeds(evidence):
    return evidence.data(evidence.sparsities[0]).shape[0]
