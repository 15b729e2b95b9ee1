"""Descent to a stationary point by Newton's method, and its certificate."""

import numpy as np

from ..fused.compiled import subroutine
from .eigen import eigen
from .expected_loss import evaluate

STEPS = 300
STATIONARY = 1e-14  # gradient norm at which a descent ends; most end there or within rounding of it
LONGEST = 0.5  # Euclidean length of a step
FLATTEST = 1e-9  # a curvature counts as no smaller than this share of the largest
SUFFICIENT = 1e-4  # share of the first-order decrease that a step must have (Armijo)
HALVINGS = 40
ROUNDING = 1e-15


@subroutine
def descend(parameters, free, m, density, loss_weights):
    """Descend from parameters (parameter,), in place, moving the first `free` of them; the loss and gradient norm.

    Along each eigenvector of the Hessian the step is −slope/|curvature|: Newton's where the loss is convex, and away
    from a saddle where it is not (Dauphin et al. 2014, "saddle-free"). It is shortened to LONGEST, then halved until
    the loss falls enough. The loss has a continuous gradient, but its curvature jumps where an output's kink meets a
    corner of the features' cube: the halving makes sure of descent there.
    """
    size = len(parameters)
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    trial, trial_gradient, trial_hessian = np.zeros(size), np.zeros(size), np.zeros((size, size))
    step = np.zeros(free)
    loss = evaluate(parameters, m, density, loss_weights, gradient, hessian)
    norm = length(gradient[:free])
    for _ in range(STEPS):
        if norm <= STATIONARY:
            break
        promised = _newton_step(gradient, hessian, free, step)
        share, moved = 1.0, False
        for _ in range(HALVINGS):
            for p in range(size):
                trial[p] = parameters[p] + share * step[p] if p < free else parameters[p]
            trial_loss = evaluate(trial, m, density, loss_weights, trial_gradient, trial_hessian)
            trial_norm = length(trial_gradient[:free])
            falls = trial_loss <= loss + SUFFICIENT * share * promised
            if (falls and trial_loss < loss) or (trial_loss <= loss + ROUNDING and trial_norm < 0.5 * norm):
                moved = True
                break
            share *= 0.5
        if not moved:
            break
        parameters[:] = trial
        gradient[:] = trial_gradient
        hessian[:] = trial_hessian
        loss, norm = trial_loss, trial_norm
    return loss, norm


@subroutine
def _newton_step(gradient, hessian, free, step):
    """Fill step (free,); the change of the loss to first order that it promises."""
    values, vectors = np.zeros(free), np.zeros((free, free))
    eigen(hessian[:free, :free].copy(), values, vectors)
    largest = 0.0
    for k in range(free):
        largest = max(largest, abs(values[k]))
    step[:] = 0.0
    for k in range(free):
        slope = 0.0
        for p in range(free):
            slope += vectors[p, k] * gradient[p]
        curvature = max(abs(values[k]), FLATTEST * largest)
        if curvature > 0.0:
            for p in range(free):
                step[p] -= slope / curvature * vectors[p, k]
    stretch = length(step)
    if stretch > LONGEST:
        for p in range(free):
            step[p] *= LONGEST / stretch
    promised = 0.0
    for p in range(free):
        promised += gradient[p] * step[p]
    return promised


@subroutine
def length(vector):
    """Euclidean norm, summed in order."""
    total = 0.0
    for value in vector:
        total += value * value
    return np.sqrt(total)
