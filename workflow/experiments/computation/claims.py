"""The claims of the source paper's §9: for each, the effect of every seed. Thresholds stand in experiment.yaml."""

import numpy as np
from superposition.judge.evidence import claim

from . import motifs
from .neurons import LARGE, SMALL, above, explained, primary, pure, ratio, rescaled, served, two_sides, variances

DENSE, HALFWAY = ("0", "0.7", "0.9"), "0.99"  # the paper's dense panels, and the one that it shows enlarged
WITHOUT = ("output-small", "linear-small")  # models without a ReLU on the hidden layer
HIGHLY = 5  # features of a neuron from which on it is highly polysemantic


@claim("two-sides")
def two_sides_of_every_feature(evidence):
    """1 where every feature of the small model has a neuron for each side, both added to the output once, else 0."""
    return {s: two_sides(*_neurons(evidence, SMALL, s)).all(axis=1).astype(float) for s in evidence.sparsities}


@claim("dense-monosemantic")
def dense_monosemantic(evidence):
    """Share of the neurons in use that serve one feature alone, one of the m most important."""
    return {s: _pure_share(evidence, s) for s in _shown(evidence, DENSE)}


@claim("two-neurons-a-feature")
def two_neurons_a_feature(evidence):
    """Represented features per hidden neuron less 1/2."""
    return {s: _per_neuron(evidence, s) - 0.5 for s in _shown(evidence, DENSE)}


@claim("more-than-neurons")
def more_than_neurons(evidence):
    """Represented features per hidden neuron."""
    return {s: _per_neuron(evidence, s) for s in evidence.sparsities}


@claim("useful-approximation")
def useful_approximation(evidence):
    """L / L(without superposition), the m/2 most important features computed exactly and the mean for the others.

    Nothing where no more than half of the neurons in use serve several features.
    """
    kept, importance = evidence.hidden(LARGE) // 2, evidence.importance_of(LARGE)
    effects = {}
    for s in evidence.sparsities:
        number = _neurons(evidence, LARGE, s)[2].sum(axis=-1)
        mixed = (number >= 2).sum(axis=1) > (number == 1).sum(axis=1)
        without = variances(evidence, LARGE, s)[:, kept:] @ importance[kept:]
        effects[s] = np.where(mixed, ratio(evidence.metric(LARGE, s, "test_loss"), without), np.nan)
    return effects


@claim("relu-needed")
def relu_needed(evidence):
    """L / L(without the hidden ReLU), paired by seed, the largest over the sparsities: the small models."""
    losses = {name: _losses(evidence, name) for name in (SMALL, *WITHOUT)}
    return {name: (losses[SMALL] / losses[name]).max(axis=0) for name in WITHOUT}


@claim("both-in-one-model")
def both_in_one_model(evidence):
    """The smaller one of two shares of the neurons in use: the pure ones, and those of several features."""
    effects = {}
    for s in _shown(evidence, (HALFWAY,)):
        several = _neurons(evidence, LARGE, s)[2].sum(axis=-1) >= 2
        effects[s] = np.minimum(_pure_share(evidence, s), ratio(several.sum(axis=1), _used(evidence, s)))
    return effects


@claim("pure-and-highly-polysemantic")
def pure_and_highly_polysemantic(evidence):
    """1 where at least half of the neurons in use are pure and at least two serve five features or more, else 0."""
    effects = {}
    for s in evidence.sparsities:
        highly = _neurons(evidence, LARGE, s)[2].sum(axis=-1) >= HIGHLY
        effects[s] = ((_pure_share(evidence, s) >= 0.5) & (highly.sum(axis=1) >= 2)).astype(float)
    return effects


@claim("important-monosemantic")
def important_monosemantic(evidence):
    """Of pairs of a monosemantic and a polysemantic neuron: the share in which the first one's primary feature is the
    more important one, less the share in which the other's is."""
    effects = {}
    for s in evidence.sparsities:
        w, _, serves = _neurons(evidence, LARGE, s)
        number = serves.sum(axis=-1)
        effects[s] = above(primary(w), number == 1, number >= 2)
    return effects


@claim("primary-and-secondary")
def primary_and_secondary(evidence):
    """Share of the neurons of several features of which one weight is twice every other, less what chance gives."""
    effects = {}
    shuffle = motifs.among_neurons(evidence.option("served"))
    for s in evidence.sparsities:
        neurons = _neurons(evidence, LARGE, s)
        effects[s] = motifs.primary_share(*neurons) - motifs.by_chance(motifs.primary_share, shuffle, *neurons)
    return effects


@claim("asymmetric-superposition")
def asymmetric_superposition(evidence):
    """Share of the neurons of several features that are asymmetric, less what chance gives."""
    effects = {}
    for s in evidence.sparsities:
        neurons = _neurons(evidence, LARGE, s)
        effects[s] = motifs.asymmetric_share(*neurons) - motifs.by_chance(
            motifs.asymmetric_share, motifs.outputs, *neurons
        )
    return effects


@claim("inhibiting-neuron")
def inhibiting_neuron(evidence):
    """Share of the asymmetric neurons that another one inhibits, less what chance gives."""
    effects = {}
    for s in evidence.sparsities:
        neurons = _neurons(evidence, LARGE, s)
        pairs = motifs.asymmetric(*neurons)
        held = motifs.inhibited(*neurons, pairs).any(axis=-1).sum(axis=1)
        effects[s] = ratio(held, pairs.any(axis=-1).sum(axis=1)) - motifs.inhibited_by_chance(*neurons, pairs)
    return effects


def _neurons(evidence, model, sparsity):
    """Rescaled input and output weights (seed, neuron, feature), and which features each neuron serves."""
    w, v = rescaled(*(evidence.weights(model, sparsity, name) for name in ("W", "V")))
    return w, v, served(w, v, evidence.option("served"))


def _represented(evidence, sparsity):
    """Which features the large model represents (seed, feature)."""
    errors = evidence.matrix(LARGE, sparsity, "error_square")
    return explained(errors, variances(evidence, LARGE, sparsity)) >= evidence.option("represented")


def _per_neuron(evidence, sparsity):
    return _represented(evidence, sparsity).sum(axis=1) / evidence.hidden(LARGE)


def _used(evidence, sparsity):
    """Number of neurons in use (seed,)."""
    return _neurons(evidence, LARGE, sparsity)[2].any(axis=-1).sum(axis=1)


def _pure_share(evidence, sparsity):
    """Share of the neurons in use that are pure (seed,); nothing where none is in use."""
    w, _, serves = _neurons(evidence, LARGE, sparsity)
    return ratio(pure(w, serves).sum(axis=1), serves.any(axis=-1).sum(axis=1))


def _losses(evidence, model):
    """Held-out losses (sparsity, seed)."""
    return np.stack([evidence.metric(model, s, "test_loss") for s in evidence.sparsities])


def _shown(evidence, sparsities):
    """Those of the sparsities that are trained."""
    return [s for s in sparsities if s in evidence.sparsities]
