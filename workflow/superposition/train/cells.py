"""A file of weights as `models.load` is given it: whether it lies in its place, and which of its models is meant."""

import os
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ..store.errors import MissingError, UserError
from ..store.files import rebuild_command
from ..store.paths import KINDS, product_path

KNOWN = 12  # values that an error names


def check_file(path: Path) -> None:
    """Refuse what is no file; what our commands would make is answered with the command."""
    file = KINDS["weights"].file
    if path.is_file():
        return
    if path.exists():
        raise UserError(f"{path}: no regular file; a model's weights are {file}")
    if is_ours(path):
        raise MissingError(f"{path}: no such file; build it: {rebuild_command(path)}")
    raise MissingError(f"{path}: no such file; a model's weights are {file}")


def check_place(path: Path, header: dict) -> None:
    """Refuse weights that lie where another cell's belong; anywhere else they may lie.

    Raises:
        UserError: they are another cell's.
        ValueError: they are no cell's.
    """
    if not all(re.fullmatch("[a-z0-9-]+", header[name]) for name in ("experiment", "model")):
        raise ValueError  # no id, and a path would leave the experiments' folder
    sparsities, place = header["sparsities"], _cell_of(Path(os.path.abspath(path)))
    stretch = "-".join(dict.fromkeys((sparsities[0], sparsities[-1])))
    own = product_path("weights", header["experiment"], header["model"], stretch)
    if place and Path(*place) != own:
        raise UserError(f"{path}: holds another cell's weights, those of {own}; rebuild it: {rebuild_command(path)}")


def is_ours(path: Path) -> bool:
    """Whether a path is a cell's place in the working directory."""
    cell = _cell_of(path)
    return cell is not None and path == Path(*cell)


def _cell_of(path: Path) -> tuple[str, ...] | None:
    """The end of a path that is a cell's place, results/EXPERIMENT/MODEL/S…/weights.safetensors; None of another."""
    wanted = Path(KINDS["weights"].file).parts
    parts = path.parts[-len(wanted) :]
    fits = len(parts) == len(wanted) and (parts[0], parts[-1]) == (wanted[0], wanted[-1]) and parts[-2].startswith("S")
    return parts if fits else None


def index_of(path: Path, instances: Sequence[dict], wanted: dict) -> int:
    """The first instance that has the wanted values.

    Raises:
        UserError: there is none; names those that there are.
    """
    values = {name: _named(value, [instance[name] for instance in instances]) for name, value in wanted.items()}
    for index, instance in enumerate(instances):
        if all(instance[name] in found for name, found in values.items()):
            return index
    known = list(dict.fromkeys(f"{name} {instance[name]}" for instance in instances for name in wanted))
    some = ", ".join(known[:KNOWN]) + f" and {len(known) - KNOWN} more" * (len(known) > KNOWN)
    words = ", ".join(f"{name} {value}" for name, value in wanted.items())
    raise UserError(f"{path}: holds no model of {words or 'ours'}; allowed: {some or 'a file of the stage train'}")


def _named(value: object, known: list) -> list:
    """The known values that a value names: itself, or else the only one that is the same number."""
    value = value.tolist() if hasattr(value, "tolist") else list(value) if isinstance(value, tuple) else value
    if value in known:
        return [value]
    same = [other for other in known if _number(other) is not None and _number(other) == _number(value)]
    return same if all(other == same[0] for other in same) else []


def _number(value: object) -> Decimal | tuple | None:
    """A number, or a text that is one, or a row of such; None of anything else."""
    if isinstance(value, list):
        return tuple(item if (number := _number(item)) is None else number for item in value)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
