"""The three correlated pairs: their principal components, which of them are collapsed, and losses on common samples."""

import numpy as np
from superposition.measure.features import feature_norms
from superposition.measure.ranking import losses_on

MODEL, ARCHITECTURE = "relu", "relu-output"
FIRST, SECOND = slice(0, None, 2), slice(1, None, 2)  # features 1, 3, 5 and their partners 2, 4, 6
# From which norm on a feature has a direction: three sums that share the plane as a projection have features of norm
# 1/√3 = 0.58, so less than half of that.
PRESENT = 0.25
TOLERANCE = 15.0  # degrees, of a hexagon's 60


def density(sparsity):
    """1 − S of a quoted sparsity, without the rounding of the subtraction."""
    return round(1 - float(sparsity), 9)


def cosines(W):
    """Cosine between the features of each pair (model, pair); NaN where either has no direction.

    Args:
        W: weights (model, hidden, feature).
    """
    norms = feature_norms(W)
    norms = np.where(norms >= PRESENT, norms, np.nan)
    return (W[:, :, FIRST] * W[:, :, SECOND]).sum(axis=1) / (norms[:, FIRST] * norms[:, SECOND])


def collapsed(W, cosine):
    """Number of pairs whose features share a direction (model,).

    Args:
        W: weights (model, hidden, feature).
        cosine: from which on they do.
    """
    return (cosines(W) >= cosine).sum(axis=1)


def sums(W):
    """W on the sums (a + b)/√2, the three leading principal components (model, hidden, pair)."""
    return (W[:, :, FIRST] + W[:, :, SECOND]) / np.sqrt(2)


def share_of_sums(W):
    """Share of ‖W‖² in the span of the three leading principal components (model,); the rest is in the differences."""
    return np.square(sums(W)).sum(axis=(1, 2)) / np.square(W).sum(axis=(1, 2))


def distance_from_pca(W):
    """‖WᵀW − P‖² / ‖P‖² (model,), P the nearest projection on `hidden` of the leading principal components.

    The three sums have equal variances, so every plane in their span is principal. With C = W on the sums = U Σ Vᵀ,
    tr(WᵀW P) is largest, Σ σ², where the plane is V's: ‖WᵀW − P‖² = ‖WᵀW‖² − 2 ‖C‖² + m.
    """
    gram = np.square(np.swapaxes(W, 1, 2) @ W).sum(axis=(1, 2))
    hidden = W.shape[1]
    return (gram - 2 * np.square(sums(W)).sum(axis=(1, 2)) + hidden) / hidden


def variances(p):
    """Variances of (a + b)/√2 and (a − b)/√2 at density p: both on or both off, their values independent U[0, 1].

    Var(a) = p/3 − p²/4, Cov(a, b) = p/4 − p²/4.
    """
    own, common = p / 3 - p**2 / 4, p / 4 - p**2 / 4
    return own + common, own - common


def pca_loss(p, hidden=2, pairs=3):
    """Loss of the best linear model with bias, summed over features: the variance of all components but the leading."""
    total, difference = variances(p)
    return (pairs - hidden) * total + pairs * difference


def gaps(W):
    """Angles between neighbouring directions in the plane, degrees, in the order of the angles (model, feature)."""
    angles = np.sort(_angles(W), axis=1)
    return np.diff(angles, axis=1, append=angles[:, :1] + 360)


def side_by_side(W):
    """Whether a pair's features are neighbours in the order of the angles (model, pair)."""
    features = W.shape[2]
    places = _angles(W).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    between = np.abs(places[:, FIRST] - places[:, SECOND])
    return (between == 1) | (between == features - 1)


def hexagon(W, norm):
    """Whether all features have at least this norm, and neighbours are 60° apart, ± TOLERANCE (model,)."""
    even = np.abs(gaps(W) - 360 / W.shape[2]).max(axis=1) <= TOLERANCE
    return even & (feature_norms(W).min(axis=1) >= norm)


def common_losses(products, sparsity, variant=None):
    """Loss of every seed's model (seed,), all on the held-out sets of all seeds.

    Args:
        products: evidence, or results.
        sparsity: at which.
        variant: of results, another than the first.
    """
    read = {} if variant is None else {"variant": variant}
    W, b = (products.weights(MODEL, sparsity, name, **read) for name in ("W", "b"))
    return losses_on(products.data(sparsity), ARCHITECTURE, W, b, products.importance)


def _angles(W):
    """Direction of each feature in the plane, degrees from 0 to 360 (model, feature)."""
    return np.degrees(np.arctan2(W[:, 1], W[:, 0])) % 360
