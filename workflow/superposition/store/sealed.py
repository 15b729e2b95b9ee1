"""Documents of record: JSON for people and for comparison, and records that notice their own damage."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from .errors import MissingError, UserError
from .files import check_regular


def as_json(value: object) -> str:
    """JSON for people and for comparison: keys in the order given, two spaces, a final newline."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_lines(value: dict) -> str:
    """JSON for comparison line by line: a line for every entry, and for every entry of an entry that is an object."""
    return "{\n" + ",\n".join(f"  {json.dumps(key)}: {_block(item)}" for key, item in value.items()) + "\n}\n"


def _block(value: object) -> str:
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    lines = (f"    {json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}" for key, item in value.items())
    return "{\n" + ",\n".join(lines) + "\n  }"


def sealed(record: dict, layout: Callable[[dict], str] = as_json) -> str:
    """A record as JSON that notices its own damage: its last entry is the SHA-256 of the text without that entry."""
    return layout({**record, "record": hashlib.sha256(layout(record).encode()).hexdigest()})


def read_sealed(path: Path, remedy: str, layout: Callable[[dict], str] = as_json) -> dict:
    """The record that `sealed` made a file of, in the same layout.

    Raises:
        UserError: the file is missing, none, or not, to the byte, as it was written; ends with the remedy.
    """
    check_regular(path, remedy)
    try:
        text = path.read_bytes().decode()
        record = json.loads(text)
        record.pop("record")
        if sealed(record, layout) == text:
            return record
    except FileNotFoundError:
        raise MissingError(f"{path}: no such file; {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise UserError(f"{path}: damaged: not as it was written; {remedy}")
