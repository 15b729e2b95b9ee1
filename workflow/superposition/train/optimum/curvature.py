"""The second-order certificate of a stationary point: the least curvature of the loss along any straight line."""

import numpy as np

from ..fused.compiled import subroutine
from .eigen import eigen
from .expected_loss import evaluate
from .newton import length

ASIDE = 1e-7  # how far along a direction its curvature is taken
ROUNDS = 50
SETTLED = 1e-12  # fall of the curvature below which a search ends
SHORTEST = 1e-3  # part of the way to an eigenvector that a search still tries


@subroutine
def least_curvature(parameters, m, density, loss_weights, direction):
    """Smallest second derivative along a unit vector v of the free parameters, rotations of the hidden layer left out.

    It is the smallest eigenvalue of the Hessian where there is one. But the curvature jumps where an output is zero on
    a set of positive probability: a feature with a dimension of its own has b = 0, and its output is zero whenever the
    feature is off. There the second derivative along v is q(v) = vᵀ H(v) v, H(v) being the Hessian ASIDE along v, a
    function of v with a continuous gradient, 2 H(v) v. So v is an eigenvector of H(v) at its minimum over unit
    vectors. That is searched for from either sign of the two lowest eigenvectors of the Hessians with all biases ASIDE
    below and above. An output that is never positive has neither slope nor curvature: that counts as zero.

    Fills direction (free,) with v.
    """
    size, free, n = len(parameters), len(direction), len(density)
    tangent = _rotation(parameters, free, m, n)
    values, vectors, hessian = np.zeros(free), np.zeros((free, free)), np.zeros((free, free))
    moved = np.zeros(size)
    least = np.inf
    for side in (-ASIDE, ASIDE):
        moved[:] = 0.0
        moved[m * n :] = side
        _hessian_beside(parameters, moved, tangent, m, density, loss_weights, hessian)
        eigen(hessian, values, vectors)
        for _ in range(min(2, free)):
            k = values.argmin()
            for sign in (-1.0, 1.0):
                found = sign * vectors[:, k]
                curvature = _descend(parameters, found, tangent, m, density, loss_weights)
                if curvature < least:
                    least = curvature
                    direction[:] = found
            values[k] = np.inf
    return least


@subroutine
def _rotation(parameters, free, m, n):
    """Unit tangent of W → RW with two hidden units, along (−W_2, W_1), in which the loss does not change; else zero."""
    tangent = np.zeros(free)
    if m == 2:
        for j in range(n):
            tangent[j] = -parameters[n + j]
            tangent[n + j] = parameters[j]
        stretch = length(tangent)
        if stretch > 0.0:
            tangent /= stretch
    return tangent


@subroutine
def _descend(parameters, direction, tangent, m, density, loss_weights):
    """A local minimum of q(v) over unit vectors, from a direction, which is moved there.

    The lowest eigenvector u of H(v) is where q falls to: along u − (u·v) v its slope is 2 (u·v)(λ − q(v)), λ the lowest
    eigenvalue. The way there is halved until q falls.
    """
    free = len(direction)
    values, vectors, hessian = np.zeros(free), np.zeros((free, free)), np.zeros((free, free))
    trial = np.zeros(free)
    lowest = _along(parameters, direction, tangent, m, density, loss_weights, hessian)
    for _ in range(ROUNDS):
        eigen(hessian, values, vectors)
        k = values.argmin()
        towards = 0.0
        for p in range(free):
            towards += vectors[p, k] * direction[p]
        sign = 1.0 if towards >= 0.0 else -1.0
        share, before = 1.0, lowest
        while share > SHORTEST:
            for p in range(free):
                trial[p] = (1.0 - share) * direction[p] + share * sign * vectors[p, k]
            trial /= length(trial)
            curvature = _along(parameters, trial, tangent, m, density, loss_weights, hessian)
            if curvature < lowest:
                direction[:] = trial
                lowest = curvature
                break
            share *= 0.5
        if before - lowest <= SETTLED:
            break
    return lowest


@subroutine
def _along(parameters, direction, tangent, m, density, loss_weights, hessian):
    """q(v) of a unit vector v; fills hessian with H(v)."""
    free = len(direction)
    moved = np.zeros(len(parameters))
    moved[:free] = ASIDE * direction
    _hessian_beside(parameters, moved, tangent, m, density, loss_weights, hessian)
    curvature = 0.0
    for p in range(free):
        for q in range(free):
            curvature += direction[p] * hessian[p, q] * direction[q]
    return curvature


@subroutine
def _hessian_beside(parameters, moved, tangent, m, density, loss_weights, hessian):
    """Fill hessian (free, free) with that at parameters + moved, the tangent t made an eigenvector of value ‖H‖.

    P H P + ‖H‖ t tᵀ, P the projection onto the complement of t: the lowest eigenvector is then never t.
    """
    size, free = len(parameters), len(tangent)
    gradient, whole = np.zeros(size), np.zeros((size, size))
    evaluate(parameters + moved, m, density, loss_weights, gradient, whole)
    norm, twice = 0.0, 0.0
    along = np.zeros(free)  # H t
    for p in range(free):
        for q in range(free):
            norm += whole[p, q] * whole[p, q]
            along[p] += whole[p, q] * tangent[q]
        twice += tangent[p] * along[p]
    lift = np.sqrt(norm) + twice
    for p in range(free):
        for q in range(free):
            hessian[p, q] = whole[p, q] + lift * tangent[p] * tangent[q]
            hessian[p, q] -= tangent[p] * along[q] + along[p] * tangent[q]
