"""The expected squared error of one output ReLU(c·x + bias) over sparse features, and its derivatives, by quadrature.

The error is the sum, over the sets A of active features, of their probability Π_{j∈A} p_j Π_{j∉A} (1 − p_j) times

    ∫_{[0,1]^|A|} (ReLU(y) − x_i)² dx_A = [i ∈ A]/3 + ∫_{y>0} y (y − 2 x_i) dx_A,   y = c·x + bias.

With x̃ = (x, 1), its derivatives by (c, bias) are ∫_{y>0} 2 (y − x_i) x̃ and ∫_{y>0} 2 x̃ x̃ᵀ − ∫_{y=0} 2 x_i x̃ x̃ᵀ/‖c‖ dS:
the second integral is that of the step which −2 x_i y has in its slope.

Integration goes variable by variable, the one of largest |c_j| innermost, split where y = 0 meets the cube's corners
and edges. Between these, integrands are polynomials: of degree 2 in the innermost variable, 3 after one integration
and on y = 0, and 4 after two. Gauss-Legendre with 2, 2 and 3 nodes is exact for them, so that what is left is rounding.
"""

import numpy as np

from ..fused.compiled import subroutine

TWO_NODES = (0.21132486540518713, 0.7886751345948129)  # (1 ∓ √(1/3))/2, weights 1/2
THREE_NODES = (0.1127016653792583, 0.5, 0.8872983346207417)  # (1 ∓ √(3/5))/2
THREE_WEIGHTS = (5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0)


@subroutine
def output_error(i, c, bias, density, slope, curve):
    """Expected squared error of output i, y = c·x + bias; adds its derivatives by (c, bias) to slope and curve."""
    n = len(c)
    x, active, cuts = np.zeros(n + 1), np.zeros(n, np.int64), np.zeros(6)
    error = 0.0
    for members in range(1 << n):
        probability, count = 1.0, 0
        for j in range(n):
            x[j] = 0.0
            if members >> j & 1:
                probability *= density[j]
                place = count  # largest |c_j| first
                while place > 0 and abs(c[active[place - 1]]) < abs(c[j]):
                    active[place] = active[place - 1]
                    place -= 1
                active[place] = j
                count += 1
            else:
                probability *= 1.0 - density[j]
        if probability > 0.0:
            x[n] = 1.0
            if members >> i & 1:
                error += probability / 3.0
            error += _over_cube(i, probability, c, bias, active[:count], x, cuts, slope, curve)
    return _mirrored(error, curve)


@subroutine
def _mirrored(error, curve):
    for j in range(len(curve)):
        for k in range(j):
            curve[k, j] = curve[j, k]
    return error


@subroutine
def _over_cube(i, weight, c, bias, active, x, cuts, slope, curve):
    """∫_{y>0} y (y − 2 x_i) over the active features' cube, outermost variable first; one node where it has none."""
    count = len(active)
    if count == 0:
        return _node(i, weight, bias, x, slope, curve) if bias > 0.0 else 0.0
    if count < 3:
        return _over_square(i, weight, c, bias, active, x, cuts, slope, curve)
    first, second, third = c[active[0]], c[active[1]], c[active[2]]
    outer = np.zeros(6)
    pieces = _cut(outer, third, (bias, bias + first, bias + second, bias + first + second))
    error = 0.0
    for piece in range(pieces):
        width = outer[piece + 1] - outer[piece]
        if width > 0.0:
            for node in range(3):
                value = outer[piece] + width * THREE_NODES[node]
                x[active[2]] = value
                part = weight * width * THREE_WEIGHTS[node]
                error += _over_square(i, part, c, bias + third * value, active, x, cuts, slope, curve)
    return error


@subroutine
def _over_square(i, weight, c, offset, active, x, cuts, slope, curve):
    """The same over the two features of largest |c_j|, or the only one; offset is y without them."""
    first = c[active[0]]
    if len(active) == 1:
        return _over_line(i, weight, first, offset, active[0], x, slope, curve)
    second = c[active[1]]
    pieces = _cut(cuts, second, (offset, offset + first))
    error = 0.0
    for piece in range(pieces):
        width = cuts[piece + 1] - cuts[piece]
        if width > 0.0:
            for node in range(2):
                value = cuts[piece] + width * TWO_NODES[node]
                x[active[1]] = value
                error += _over_line(i, 0.5 * weight * width, first, offset + second * value, active[0], x, slope, curve)
    return error


@subroutine
def _over_line(i, weight, slant, offset, variable, x, slope, curve):
    """The same over one feature: y = offset + slant · x. The Hessian's part on y = 0 comes in here."""
    low, high = 0.0, 1.0
    if slant == 0.0:
        if offset <= 0.0:
            return 0.0
    else:
        kink = -offset / slant
        if slant > 0.0:
            low = min(max(kink, 0.0), 1.0)
        else:
            high = min(max(kink, 0.0), 1.0)
        if 0.0 < kink < 1.0:
            x[variable] = kink
            step = -2.0 * weight * x[i] / abs(slant)
            if step != 0.0:
                for j in range(len(x)):
                    for k in range(j + 1):
                        curve[j, k] += step * x[j] * x[k]
    error = 0.0
    if high > low:
        for node in range(2):
            x[variable] = low + (high - low) * TWO_NODES[node]
            y = offset + slant * x[variable]
            error += _node(i, 0.5 * weight * (high - low), y, x, slope, curve)
    return error


@subroutine
def _node(i, weight, y, x, slope, curve):
    """One node's part of the integral, y > 0; x ends with a one, so that x[i] is the target where i is active."""
    for j in range(len(x)):
        twice = 2.0 * weight * x[j]
        slope[j] += twice * (y - x[i])
        for k in range(j + 1):
            curve[j, k] += twice * x[k]
    return weight * y * (y - 2.0 * x[i])


@subroutine
def _cut(cuts, slant, offsets):
    """Fill cuts with 0, the roots in (0, 1) of offset + slant · x for each offset, and 1, ascending; the pieces."""
    cuts[0] = 0.0
    count = 1
    for offset in offsets:
        root = -offset / slant if slant != 0.0 else 0.0
        if 0.0 < root < 1.0:
            place = count
            while cuts[place - 1] > root:
                cuts[place] = cuts[place - 1]
                place -= 1
            cuts[place] = root
            count += 1
    cuts[count] = 1.0
    return count
