"""What a product's file holds, as named arrays with fingerprints: safetensors, CSV tables, claims.json, figures."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..store.files import sha256
from ..store.tensors import read_tensors
from .fingerprints import fingerprint, short_hash


def described_file(path: Path) -> dict:
    """What a manifest holds of a file: its SHA-256, and fingerprints of what it holds.

    Raises:
        UserError: the file is missing, or is not what its name says.
    """
    return {"sha256": sha256(path), **described_content(path)}


def described_content(path: Path) -> dict:
    """Fingerprints of a file's arrays, columns or numbers, by name; verdicts in full, other text as a hash.

    Raises:
        UserError: the file is missing, or is not what its name says.
        ValueError: the same, for text.
    """
    if path.suffix == ".safetensors":
        arrays, _ = read_tensors(path)
        return {"arrays": {name: fingerprint(array) for name, array in sorted(arrays.items())}}
    text = path.read_bytes().decode()
    try:
        return _table(text) if path.suffix == ".csv" else _document(json.loads(text))
    except (csv.Error, RecursionError) as error:  # a cell longer than such have, lists thousands deep
        raise ValueError(f"{path}: {error}") from None


def described_files(folder: Path, files: Sequence[Path]) -> dict:
    """What a manifest holds of a product of several files: a hash of each, and the columns of a figure's data.

    Args:
        folder: the one that their names are relative to.
        files: the files.
    """
    hashes = {path.relative_to(folder).as_posix(): sha256(path)[:16] for path in files}
    data = next((path for path in files if path.name == "data.csv"), None)
    return {"files": hashes, **(described_content(data) if data else {"arrays": {}, "texts": {}})}


def _table(text: str) -> dict:
    """Columns of numbers as arrays (an empty cell is NaN), the others as hashes of their text."""
    header, *rows = csv.reader(io.StringIO(text))
    arrays, texts = {}, {}
    for name, cells in zip(header, zip(*rows, strict=True), strict=True):
        try:
            values = np.array([float(cell or "nan") for cell in cells])
        except ValueError:
            texts[name] = short_hash("\n".join(cells).encode())
        else:
            arrays[name] = fingerprint(values)
    return {"arrays": arrays, "texts": texts}


def _document(judgement: dict) -> dict:
    """claims.json: its numbers in order as one array, its words as a hash, the verdicts under the default reading."""
    numbers: list[float] = []
    words = _without_numbers(judgement, numbers)
    return {
        "arrays": {"numbers": fingerprint(np.array(numbers))},
        "texts": {"words": short_hash(json.dumps(words).encode())},
        "verdicts": {claim["claim"]: claim["verdict"] for claim in judgement["claims"]},
    }


def _without_numbers(value: Any, numbers: list[float]) -> Any:
    """A JSON value with every number moved to the list, a zero in its place: null, where there is none, is a word."""
    if isinstance(value, dict):
        return {key: _without_numbers(item, numbers) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_numbers(item, numbers) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        numbers.append(float(value))
        return 0
    return value
