"""Numerical fingerprints: a hash that says whether two arrays are equal, a sketch that says how far apart they are.

The sketch of x is s_j · x for eight vectors s_j of random signs (Johnson and Lindenstrauss; Achlioptas 2003). Of two
arrays the difference of the sketches is that of a − b, and E (s_j · d)² = ‖d‖². So the estimate sqrt(mean_j (s_j · d)²)
is exact where one value differs, and else lies within a factor of two of ‖d‖ with 95 % probability (chi-square with
eight degrees of freedom: 0.52 to 1.48 times ‖d‖).
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SKETCHES = 8  # numbers in a sketch
SEED = 20241222  # of the signs; they are part of every published manifest
CHUNK = 1 << 20  # values at a time


@dataclass(frozen=True)
class Difference:
    """How far an array is from the published one.

    Args:
        relative: estimated root mean square difference, in units of the published root mean square; infinite where
            the arrays cannot be compared.
        words: the same for people.
    """

    relative: float
    words: str


def fingerprint(array: np.ndarray) -> dict:
    """What a manifest holds of an array: dtype, shape, hash; of floats also RMS and sketch, and where they are finite.

    Values that are not finite count as zero in the sketch; where they lie is a hash of its own.
    """
    record = {"dtype": str(array.dtype), "shape": list(array.shape), "sha256": short_hash(_bytes(array))}
    if array.dtype.kind != "f":
        return record
    values = array.ravel()
    finite = np.isfinite(values)
    if not finite.all():
        record["finite"] = short_hash(np.packbits(finite).tobytes())
        values = np.where(finite, values, 0)
    total, sketch = 0.0, np.zeros(SKETCHES)
    for part, signs in _chunks(values):
        part = part.astype(np.float64)
        total += float(np.square(part).sum())
        sketch += [np.where(sign, -part, part).sum() for sign in signs]
    rms = float(np.sqrt(total / max(values.size, 1)))
    return {**record, "rms": float(f"{rms:.6g}"), "sketch": base64.b64encode(sketch.astype("<f8").tobytes()).decode()}


def difference(published: dict, here: dict) -> Difference | None:
    """How far one array is from another, by their fingerprints; None where they are the same bits."""
    if all(published[key] == here[key] for key in ("dtype", "shape", "sha256")):
        return None
    if published["dtype"] != here["dtype"] or published["shape"] != here["shape"]:
        return Difference(np.inf, f"is {_kind(here)}, published {_kind(published)}")
    if "sketch" not in published:
        return Difference(np.inf, "differs")
    if published.get("finite") != here.get("finite"):
        return Difference(np.inf, "differs in where its values are not finite")
    return _estimate(published, here)


def _estimate(published: dict, here: dict) -> Difference:
    changes = np.abs(_sketch(here) - _sketch(published))
    size, rms = int(np.prod(published["shape"], dtype=np.int64)), published["rms"]
    norm = float(np.sqrt(np.square(changes).mean()))
    if norm == 0:
        return Difference(0.0, "differs by less than rounding, or in the sign of a zero")
    relative = norm / size**0.5 / rms if rms else np.inf
    if np.ptp(changes) < 1e-6 * norm:
        return Difference(relative, f"one value differs by {norm:.3g} (relative RMS difference {relative:.1e})")
    return Difference(relative, f"relative RMS difference about {relative:.1e} (within a factor of 2)")


def short_hash(content: bytes) -> str:
    """The first 16 hex digits of a SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


def _chunks(values: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Values (value,) in parts, each with its signs (sketch, value): one byte of PCG64's stream for every value."""
    stream = np.random.PCG64(SEED)
    for start in range(0, values.size, CHUNK):
        part = values[start : start + CHUNK]
        words = stream.random_raw(-(-part.size // 8)).astype("<u8")
        drawn = words.view(np.uint8)[: part.size]
        yield part, np.stack([drawn & (1 << bit) for bit in range(SKETCHES)]) > 0


def _sketch(record: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(record["sketch"]), "<f8")


def _bytes(array: np.ndarray) -> bytes:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()


def _kind(record: dict) -> str:
    return f"{record['dtype']} {tuple(record['shape'])}"
