"""Documents of record: JSON for people and for comparison, and records that notice their own damage."""

import hashlib
import json
from pathlib import Path

from .errors import UserError


def as_json(value: object) -> str:
    """JSON for people and for comparison: keys in the order given, two spaces, a final newline."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def sealed(record: dict) -> str:
    """A record as JSON that notices its own damage: its last entry is the SHA-256 of the text without that entry."""
    return as_json({**record, "record": hashlib.sha256(as_json(record).encode()).hexdigest()})


def read_sealed(path: Path, remedy: str) -> dict:
    """The record that `sealed` made a file of.

    Raises:
        UserError: the file is missing or is not, to the byte, as it was written; ends with the remedy.
    """
    try:
        text = path.read_bytes().decode()
        record = json.loads(text)
        record.pop("record")
        if sealed(record) == text:
            return record
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise UserError(f"{path}: damaged: not as it was written; {remedy}")
