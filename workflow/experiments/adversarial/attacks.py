"""L2 attacks on a tied model x' = f(WᵀW x + b): the source paper's, random directions and projected gradient ascent."""

import numpy as np

BUDGET = 0.1  # of the mean norm of the inputs
SAMPLES = 400  # of the held-out set of each seed that are attacked
STEPS = 30  # of gradient ascent
FIRST_STEP = 0.5  # of the budget; steps fall to zero linearly


def budget(x):
    """Largest norm of an attack on inputs (sample, feature)."""
    return BUDGET * np.sqrt(np.square(x, dtype=np.float64).sum(axis=-1)).mean()


def losses(x, delta, W, b, relu=True):
    """Loss Σ_i (x_i − x'_i)² of each input where x' is computed of x + δ (sample,).

    Args:
        x: inputs (sample, feature).
        delta: attack (feature,), or one for each input (sample, feature).
        W: weights (hidden, feature).
        b: bias (feature,).
        relu: whether the outputs have a ReLU.
    """
    return np.square(_outputs(_before(x + delta, W, b), relu) - x).sum(axis=1)


def candidates(W):
    """The paper's attacks ± (WᵀW)_i / ‖(WᵀW)_i‖ for each feature (2 · feature, feature); zero where the row is."""
    gram = W.T @ W
    norms = np.sqrt(np.square(gram).sum(axis=1, keepdims=True))
    directions = np.divide(gram, norms, out=np.zeros_like(gram), where=norms > 0)
    return np.concatenate([directions, -directions])


def random_directions(number, features):
    """Directions evenly over the sphere (number, feature), the same at each call."""
    directions = np.random.default_rng(0).standard_normal((number, features))
    return directions / np.sqrt(np.square(directions).sum(axis=1, keepdims=True))


def losses_under(directions, x, radius, W, b, relu=True):
    """Loss of each input under each attack of this norm (direction, sample)."""
    before, moved = _before(x, W, b), radius * _before(directions, W, 0.0)
    return np.stack([np.square(_outputs(before + one, relu) - x).sum(axis=1) for one in moved])


def ascended(start, x, radius, W, b, relu=True):
    """The highest loss of each input that gradient ascent from an attack finds within the budget (sample,).

    Steps of falling length go along the gradient, and what leaves the ball is brought back; where the gradient is zero
    nothing moves.

    Args:
        start: attack on each input (sample, feature), of no more than the budget.
        x, radius, W, b, relu: inputs, budget and model, as in `losses`.
    """
    delta, best = start.copy(), losses(x, start, W, b, relu)
    for step in range(STEPS):
        slope = gradient(delta, x, W, b, relu)
        delta = delta + radius * FIRST_STEP * (1 - step / STEPS) * _unit(slope)
        norms = np.sqrt(np.square(delta).sum(axis=1, keepdims=True))
        delta *= np.minimum(1.0, radius / np.maximum(norms, radius))
        best = np.maximum(best, losses(x, delta, W, b, relu))
    return best


def gradient(delta, x, W, b, relu=True):
    """Gradient of each input's loss by its attack (sample, feature)."""
    before = _before(x + delta, W, b)
    error = _outputs(before, relu) - x
    if relu:
        error = error * (before > 0)
    return 2 * (error @ W.T) @ W


def rise(attack, x, radius, W, b, relu=True):
    """By how much an attack raises the mean loss of inputs.

    Args:
        attack: "model", the paper's attack that harms most over all inputs; "sample", the one that harms most for each
            input; "gradient", ascent from that; "random", the worst of as many random directions over all inputs;
            "blind", ascent from a random direction for each input.
        x, radius, W, b, relu: inputs, budget and model, as in `losses`.
    """
    clean = losses(x, np.zeros(x.shape[1]), W, b, relu).mean()
    if attack == "blind":
        return ascended(radius * random_directions(*x.shape), x, radius, W, b, relu).mean() - clean
    if attack == "random":
        directions = random_directions(2 * x.shape[1], x.shape[1])
        return losses_under(directions, x, radius, W, b, relu).mean(axis=1).max() - clean
    directions = candidates(W)
    harmed = losses_under(directions, x, radius, W, b, relu)
    if attack == "model":
        return harmed.mean(axis=1).max() - clean
    if attack == "sample":
        return harmed.max(axis=0).mean() - clean
    return ascended(radius * directions[harmed.argmax(axis=0)], x, radius, W, b, relu).mean() - clean


def _before(x, W, b):
    return (x @ W.T) @ W + b


def _outputs(before, relu):
    return np.maximum(before, 0.0) if relu else before


def _unit(vectors):
    norms = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
