"""The models of §2 by size, and where their biases belong: what claims and figures share."""

import numpy as np

LINEAR = {"small": "linear-small", "large": "linear-large"}
RELU = {"small": "relu-small", "large": "relu-large"}
UNBIASED = "relu-small-unbiased"  # the small ReLU model, trained without a bias


def bias_error(b, sparsity, hidden):
    """A linear model's bias (seed, feature) minus its expected value, relative to a feature's mean (1 − S)/2.

    Expected is zero for the features that have a hidden dimension, and the mean for the others.
    """
    return b / ((1 - float(sparsity)) / 2) - (np.arange(b.shape[-1]) >= hidden)
