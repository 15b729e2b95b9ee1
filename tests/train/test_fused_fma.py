"""The fused multiply-add, by hardware and emulated, against exact rational arithmetic rounded to float32."""

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import torch
from numba import njit
from superposition.train.fused import fma
from superposition.train.fused.memory import load, store

FORMS = {"the engine's": fma.multiply_add, "emulated": fma.emulated_multiply_add}
MANTISSA, LOWEST, HIGHEST = 23, -149, 127  # stored bits; exponents of the smallest subnormal and of the largest number


@pytest.fixture(autouse=True)
def subnormals_kept():
    """The engine torch tells its thread to take subnormal numbers for zero, and other tests may have run it here."""
    flushed = np.float32(2.0**-149) * np.float32(1) == 0
    torch.set_flush_denormal(False)
    yield
    torch.set_flush_denormal(bool(flushed))


def rounded(value, sign_of_zero):
    """A Fraction as the nearest float32, ties to even; `sign_of_zero` is the result where the value is zero itself."""
    if value == 0:
        return np.float32(sign_of_zero)
    sign, value = np.sign(float(value.numerator)), abs(value)
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    exponent -= value < Fraction(2) ** exponent
    unit = Fraction(2) ** max(exponent - MANTISSA, LOWEST)
    nearest = round(value / unit) * unit  # Fraction rounds half to even
    if nearest >= Fraction(2) ** (HIGHEST + 1):
        return np.float32(sign * np.inf)
    return np.float32(np.copysign(float(nearest), sign))


def exact(a, b, c):
    """fusedMultiplyAdd of three finite float32."""
    product = Fraction(float(a)) * Fraction(float(b))
    both_minus = np.signbit(a) != np.signbit(b) and np.signbit(c)
    return rounded(product + Fraction(float(c)), -0.0 if both_minus and product == 0 else 0.0)


def bits(words):
    return np.array(words, np.uint32).view(np.float32)


def finite(values):
    return np.where(np.isfinite(values), values, np.float32(1.5))


def random_bits(count, seed):
    return finite(np.random.default_rng(seed).integers(0, 1 << 32, (3, count), np.uint32).view(np.float32))


def comparable(count, seed):
    """Products and addends of like size: every bit of both counts."""
    rng = np.random.default_rng(seed)
    a, b = (rng.uniform(1, 2, count).astype(np.float32) * rng.choice([-1, 1], count) for _ in range(2))
    scale = np.exp2(rng.integers(-50, 50, count))
    return np.stack([a, b, (rng.uniform(-2, 2, count) * scale).astype(np.float32)]).astype(np.float32)


def cancelling(count, seed):
    """Addends that take the product's own rounding away: what is left is its error."""
    a, b, _ = comparable(count, seed)
    return np.stack([a, b, -(a * b)])


def subnormal(count, seed):
    """Products and sums around the smallest normal and the smallest subnormal number."""
    rng = np.random.default_rng(seed)
    a = (rng.uniform(-2, 2, count) * np.exp2(rng.integers(-80, -60, count))).astype(np.float32)
    b = (rng.uniform(-2, 2, count) * np.exp2(rng.integers(-80, -60, count))).astype(np.float32)
    c = (rng.integers(-(1 << 24), 1 << 24, count) * 2.0**-149).astype(np.float32)
    return np.stack([a, b, np.where(rng.random(count) < 0.3, np.float32(0), c)])


def near_halfway(count, seed):
    """c ± half a unit of c ± a sliver: rounding the sum to float64 first, and then again, would go wrong."""
    rng = np.random.default_rng(seed)
    c = bits(rng.integers(0x3F800000, 0x40800000, count)) * rng.choice([-1, 1], count).astype(np.float32)
    half = np.exp2(np.floor(np.log2(np.abs(c))) - 24)
    a = (1 + rng.choice([-1, 0, 1], count) * 2.0**-23).astype(np.float32)
    b = (half * (1 + rng.choice([-1, 0, 1], count) * 2.0**-23) * rng.choice([-1, 1], count)).astype(np.float32)
    return np.stack([a, b, c.astype(np.float32)])


def far_apart(count, seed):
    """Addends exactly half way between two float32 of a lower precision, and products far below them."""
    rng = np.random.default_rng(seed)
    a = rng.uniform(-1, 1, count).astype(np.float32) * np.float32(2.0**-60)
    c = (rng.integers(1, 1 << 10, count) * 2.0 + 1).astype(np.float32) * np.float32(2.0**-149)
    return np.stack([a, rng.uniform(-1, 1, count).astype(np.float32) * np.float32(2.0**-90), c])


SPECIAL = bits([0, 0x80000000, 1, 0x80000001, 0x007FFFFF, 0x00800000, 0x80800000, 0x3F800000, 0xBF800000, 0x3F800001])
SPECIAL = np.append(SPECIAL, bits([0x7F7FFFFF, 0xFF7FFFFF, 0x1A000000, 0x9A000000, 0x33800000, 0x33800001]))
KINDS = [random_bits, comparable, cancelling, subnormal, near_halfway, far_apart]


def every_special(_count, _seed):
    return np.stack([grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL, SPECIAL)])


def applied(multiply_add, values):
    """The compiled operation on (3, count) float32."""

    @njit
    def run(a, b, c, out):
        for at in range(0, len(a), 16):
            store(out, at, multiply_add(load(a, at), load(b, at), load(c, at)))

    count = values.shape[1]
    padded = np.zeros((3, -(-count // 16) * 16), np.float32)
    padded[:, :count] = values
    out = np.empty(padded.shape[1], np.float32)
    run(*padded, out)
    return out[:count]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [*KINDS, every_special], ids=lambda kind: kind.__name__)
def test_a_product_and_a_sum_are_rounded_once(form, kind):
    values = kind(4000, 1)
    expected = np.array([exact(*triple) for triple in values.T], np.float32)
    found = applied(FORMS[form], values)
    np.testing.assert_array_equal(found.view(np.uint32), expected.view(np.uint32))


def test_the_cases_are_such_that_two_roundings_would_show():
    for kind in (comparable, cancelling, near_halfway):
        a, b, c = kind(4000, 1)
        expected = np.array([exact(*triple) for triple in zip(a, b, c, strict=True)], np.float32)
        assert (a * b + c != expected).any()
    a, b, c = near_halfway(4000, 1).astype(np.float64)
    assert ((a * b + c).astype(np.float32) != expected).any()  # float64 in between is one rounding too many


@pytest.mark.parametrize("form", FORMS)
def test_infinities_and_nan_are_passed_on(form):
    inf, nan, one = np.inf, np.nan, 1.0
    cases = [(inf, one, one), (one, one, -inf), (inf, one, -inf), (0.0, inf, one), (nan, one, one), (one, one, nan)]
    found = applied(FORMS[form], np.array(cases, np.float32).T)
    np.testing.assert_array_equal(found, [inf, -inf, nan, nan, nan, nan])


@pytest.mark.parametrize("flush", [False, True])
def test_hardware_and_emulation_agree_over_a_million_bit_patterns(flush):
    """Also where torch has told the processor, for this thread, to take subnormal numbers for zero."""
    program = (
        "import sys, numpy as np, torch, test_fused_fma as t\n"
        f"torch.set_flush_denormal({flush})\n"
        "for kind in (t.random_bits, t.subnormal, t.near_halfway, t.cancelling):\n"
        "    values = kind(1 << 18, 7)\n"
        "    ours, theirs = (t.applied(form, values).view(np.uint32) for form in t.FORMS.values())\n"
        "    assert (ours == theirs).all(), (kind.__name__, np.flatnonzero(ours != theirs)[:5])\n"
    )
    paths = os.pathsep.join([os.path.dirname(__file__), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
