"""Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations (Golub and Van Loan, §8.5).

LAPACK would order its sums by the processor; this needs only sums, products, quotients and roots in a fixed order.
"""

import numpy as np

from ..fused.compiled import subroutine

SWEEPS = 50  # six are typical
ROUNDING = 2.0**-52


@subroutine
def eigen(matrix, values, vectors):
    """Fill values (size,), in no order, and vectors (size, size), in columns; the matrix is made diagonal in place."""
    size = len(matrix)
    vectors[:] = 0.0
    for j in range(size):
        vectors[j, j] = 1.0
    for _ in range(SWEEPS):
        rotated = False
        for p in range(size):
            for q in range(p + 1, size):
                if abs(matrix[p, q]) > 0.5 * ROUNDING * np.sqrt(abs(matrix[p, p]) * abs(matrix[q, q])):
                    rotated = _rotate(matrix, vectors, p, q) or rotated
        if not rotated:
            break
    for j in range(size):
        values[j] = matrix[j, j]


@subroutine
def _rotate(matrix, vectors, p, q):
    """Rotate the plane of p and q so that matrix[p, q] becomes zero; whether that changed anything."""
    off = matrix[p, q]
    if abs(off) < 1e-300:  # its square is no number of full precision
        matrix[p, q] = matrix[q, p] = 0.0
        return False
    ratio = 0.5 * (matrix[q, q] - matrix[p, p]) / off
    tangent = 1.0 / (abs(ratio) + np.sqrt(ratio * ratio + 1.0))
    if ratio < 0.0:
        tangent = -tangent
    cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for j in range(len(matrix)):
        if j not in (p, q):
            a, b = matrix[j, p], matrix[j, q]
            matrix[j, p] = matrix[p, j] = cosine * a - sine * b
            matrix[j, q] = matrix[q, j] = sine * a + cosine * b
        a, b = vectors[j, p], vectors[j, q]
        vectors[j, p], vectors[j, q] = cosine * a - sine * b, sine * a + cosine * b
    matrix[p, p] -= tangent * off
    matrix[q, q] += tangent * off
    matrix[p, q] = matrix[q, p] = 0.0
    return True
