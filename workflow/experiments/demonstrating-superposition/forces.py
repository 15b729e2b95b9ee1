"""Feature benefit against interference, on inputs with one active feature or none (the source paper's L_1 and L_0)."""

import numpy as np
from superposition.measure.decomposition import one_feature_responses, sparse_loss

from .states import between, represented, share


def made_free(W, b, importance, least):
    """Share of the one-active interference between represented features that ReLU and bias take away (seed,).

    1 − Σ I_j ∫ ReLU(W_j · W_i x + b_j)² dx / Σ I_j ∫ (W_j · W_i x)² dx; NaN where no two of them interfere.
    """
    seen = represented(W, least)
    both = seen[..., :, None] & seen[..., None, :] & ~np.eye(W.shape[-1], dtype=bool)
    weight = np.where(both, importance[:, None], 0.0)  # (seed, output, input)
    linear = weight * np.square(between(W, least)) / 3
    left = weight * one_feature_responses(W, b)
    return 1 - share(left.sum(axis=(-1, -2)), linear.sum(axis=(-1, -2)))


def worth(W, b, importance, sparsity):
    """By how much the loss on inputs with at most one active feature would rise without each feature (seed, feature).

    Without it are neither its vector nor its bias: what the model misses of it, less the interference that it makes and
    suffers.
    """
    S = np.full(len(W), float(sparsity))
    whole = sparse_loss(W, b, importance, S).loss
    rises = []
    for i in range(W.shape[-1]):
        kept = np.arange(W.shape[-1]) != i
        rises.append(sparse_loss(W * kept, b * kept, importance, S).loss - whole)
    return np.stack(rises, axis=-1)
