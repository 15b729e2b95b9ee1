"""The expected loss by inclusion and exclusion in rational arithmetic: an oracle without any rounding.

For c without a zero, ∫_{[0,1]^k} ReLU(c·x + b)² dx = 2/((k + 2)! Π c_j) Σ_{v∈{0,1}^k} (−1)^{k−|v|} ReLU(c·v + b)^{k+2},
and ∫ x_j ReLU(c·x + b) is half its derivative by c_j.
"""

from fractions import Fraction
from itertools import product
from math import factorial, prod


def exact_loss(W, b, sparsity, loss_weights):
    """As `superposition.train.optimum.expected_loss.expected_loss`, for weights without orthogonal features."""
    rational = lambda values: [Fraction(float(value)) for value in values]  # noqa: E731
    W, b, weights = [rational(row) for row in W], rational(b), rational(loss_weights)
    density = [1 - S for S in rational(sparsity)]
    n, total = len(b), Fraction(0)
    for members in product((False, True), repeat=n):
        probability = prod(p if on else 1 - p for p, on in zip(density, members, strict=True))
        active = [j for j in range(n) if members[j]]
        for i in range(n):
            c = [sum(row[i] * row[j] for row in W) for j in active]
            square, products = _integrals(c, b[i])
            error = square + (Fraction(1, 3) - 2 * products[active.index(i)] if members[i] else 0)
            total += weights[i] * probability * error
    return float(total)


def _integrals(c, b):
    """∫ ReLU(c·x + b)² and, for each j, ∫ x_j ReLU(c·x + b), over the cube."""
    k = len(c)
    scale, square, slopes = Fraction(2, factorial(k + 2)) / prod(c, start=Fraction(1)), Fraction(0), [Fraction(0)] * k
    for corner in product((0, 1), repeat=k):
        y = max(sum(cj * v for cj, v in zip(c, corner, strict=True)) + b, Fraction(0))
        sign = (-1) ** (k - sum(corner))
        square += sign * y ** (k + 2)
        for j, v in enumerate(corner):
            slopes[j] += sign * v * (k + 2) * y ** (k + 1)
    square *= scale
    return square, [(scale * slope - square / cj) / 2 for slope, cj in zip(slopes, c, strict=True)]
