"""What is wrong with a product by itself, or with what it was made from; and which files belong to no product."""

import os
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..pipeline.leftovers import PRODUCTS
from ..store.errors import MissingError, StaleError, UserError
from ..store.files import sha256
from ..store.paths import provenance_path
from ..store.provenance import read_provenance
from ..store.sealed import read_sealed
from .entries import Entry


@dataclass(frozen=True)
class Problem:
    """What is wrong with a product.

    Args:
        file: which of its files it is.
        words: what is wrong, and the command that makes the product anew.
        absent: whether the product is not there, or made by other settings or code, or from other inputs.
        readable: whether it is all there, in regular files.
    """

    file: Path
    words: str
    absent: bool = False
    readable: bool = True


class Inspection:
    """Looks at one product after another, and keeps what it has read: many products are made from one."""

    def __init__(self):
        self._recorded: dict[Path, str] = {}

    def problem(self, entry: Entry, suspects: Container[Path] = ()) -> Problem | None:
        """The first thing that is wrong with a product, or with its being made from what lies here.

        Args:
            entry: the product.
            suspects: products that something is wrong with: whether it was made from these is not asked.
        """
        remedy, makes = f"rebuild it: {entry.command()}", f"build it: {entry.command()}"
        for file in (*entry.files, entry.record):
            if not os.path.lexists(file):
                return Problem(file, f"No such file or directory; {makes}", absent=True, readable=False)
            if not file.is_file():  # nothing that would have to be waited for is opened
                return Problem(file, f"no regular file; delete it and {remedy}", readable=False)
        try:
            record = read_sealed(entry.record, remedy)
        except UserError as error:
            return _problem(entry.record, error)
        try:
            return _of_record(entry, record, remedy) or self._of_inputs(entry, record, remedy, suspects)
        except (KeyError, TypeError, AttributeError):
            return Problem(entry.record, f"no provenance of such a product; {remedy}")

    def _of_inputs(self, entry: Entry, record: dict, remedy: str, suspects: Container[Path]) -> Problem | None:
        """Which of its inputs is not the one that lies here."""
        for path, content in record["inputs"].items():
            source = Path(path)
            if source in suspects or source.parent in suspects:  # a figure is its folder
                continue
            try:
                if self._content(source) != content:
                    return Problem(entry.files[0], f"made from another {path}; {remedy}", absent=True)
            except UserError as error:
                return _problem(entry.files[0], error)
        return None

    def _content(self, source: Path) -> str:
        """The SHA-256 of an input, by its provenance where it has one, which is held against the file in its turn."""
        if source not in self._recorded:
            beside = provenance_path(source).exists()
            self._recorded[source] = read_provenance(source)["sha256"] if beside else sha256(source)
        return self._recorded[source]


def _problem(file: Path, error: UserError) -> Problem:
    words = str(error).removeprefix(f"{file}: ")
    return Problem(file, words, absent=isinstance(error, StaleError | MissingError))


def _of_record(entry: Entry, record: dict, remedy: str) -> Problem | None:
    """What in its own files is not as its provenance says."""
    if record["digest"] != entry.stage.digest:
        made = f"made by other settings or code (digest {record['digest']}; current: {entry.stage.digest})"
        return Problem(entry.files[0], f"{made}; {remedy}", absent=True)
    outputs = record["outputs"] if "outputs" in record else {record["product"]: record["sha256"]}
    for file in entry.files:
        name = file.relative_to(entry.record.parent).as_posix()
        if name not in outputs:
            return Problem(file, f"its provenance is that of {', '.join(outputs)}; {remedy}")
        try:
            if sha256(file, remedy) != outputs[name]:
                return Problem(file, f"content differs from its provenance; {remedy}")
        except UserError as error:
            return _problem(file, error)
    return None


def unnamed(entries: Iterable[Entry], notes: Iterable[Path]) -> list[Path]:
    """The files below the products' folders that are of no product.

    Args:
        entries: all products.
        notes: files of the repository that lie there.
    """
    named = {*notes, *(file for entry in entries for file in (*entry.files, entry.record))}
    found = (
        Path(folder) / name
        for top in PRODUCTS
        for folder, folders, names in os.walk(top)
        for name in (*names, *(name for name in folders if (Path(folder) / name).is_symlink()))
    )
    return sorted(path for path in found if path not in named)
