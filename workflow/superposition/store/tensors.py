"""Arrays on disk: safetensors with a header of plain values."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .errors import MissingError, UserError
from .files import rebuild_command, write_bytes


def write_tensors(path: Path, tensors: dict[str, np.ndarray], header: dict) -> None:
    """Write arrays as safetensors with a header of plain values.

    The header is one entry of the format's metadata, as JSON: several would be written in an arbitrary order. The
    library's own writing to a file goes by way of another one, which a killed job would leave behind unrecognised.
    """
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    write_bytes(path, save(arrays, metadata={"superposition": json.dumps(header, sort_keys=True)}))


def read_tensors(path: Path, names: Iterable[str] | None = None) -> tuple[dict[str, np.ndarray], dict]:
    """Read arrays, all or the named ones, and the header of a safetensors file.

    Raises:
        UserError: the file is missing, damaged, or lacks an array.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            present = set(file.keys())
            wanted = list(present if names is None else names)
            if missing := [name for name in wanted if name not in present]:
                raise UserError(f"{path}: holds no array {missing[0]!r}; rebuild it: {rebuild_command(path)}")
            header = json.loads((file.metadata() or {}).get("superposition", "{}"))
            return {name: file.get_tensor(name) for name in wanted}, header
    except FileNotFoundError:
        raise MissingError(f"{path}: no such file; build it: {rebuild_command(path)}") from None
    except (SafetensorError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: damaged ({reason}); rebuild it: {rebuild_command(path)}") from None
