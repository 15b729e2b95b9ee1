"""What made a product: a stage, and the record of it that lies beside the product.

`<product>.json` holds the stage (its name and target, settings, digests of code and settings, package versions), the
SHA-256 of every input and of the product itself, and last that of the record's own text.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self

from .errors import StaleError, UserError
from .files import check_regular, rebuild_command, sha256, write_text
from .paths import provenance_path
from .sealed import read_sealed, sealed


@dataclass(frozen=True)
class Stage:
    """What determines a product: Snakemake compares it to decide what is stale, and the product's record keeps it.

    Args:
        name: of the stage: data, train, extract, judge, figure or report.
        target: what it is made for: the experiment, model and stretch of sparsities; a figure's id; a document.
        settings: what of the configuration it depends on, as plain values.
        code: digest of the code that it runs.
        packages: versions of the packages that it computes with.
        lineage: of a figure, the digest of all that it rests on.
        roots: the definitions that the code starts with; in no record.
    """

    name: str
    target: tuple[str, ...]
    settings: dict[str, Any]
    code: str
    packages: dict[str, str]
    lineage: str | None = None
    roots: tuple[tuple[Path, str | None], ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """16 hex digits that change with everything that can change the product."""
        return hashlib.sha256(json.dumps(self._determined, sort_keys=True).encode()).hexdigest()[:16]

    @cached_property
    def record(self) -> dict[str, Any]:
        """The stage as plain values: what Snakemake compares, and what lies beside the product."""
        lineage = {} if self.lineage is None else {"lineage": self.lineage}
        return {**self._determined, "digest": self.digest, **lineage}

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        """The stage of a record."""
        taken = {key: record[key] for key in ("settings", "code", "packages")}
        return cls(record["stage"], tuple(record["target"]), **taken, lineage=record.get("lineage"))

    @property
    def _determined(self) -> dict[str, Any]:
        return {
            "stage": self.name,
            "target": list(self.target),
            "settings": self.settings,
            "code": self.code,
            "packages": self.packages,
        }


@contextmanager
def making(stage: Stage, inputs: Iterable[Path], *products: Path) -> Iterator[None]:
    """While a stage makes products: their records go before they are replaced, and new ones come when all is well.

    So a product and its record never disagree unnoticed.
    """
    for product in products:
        provenance_path(product).unlink(missing_ok=True)
    yield
    for product in products:
        write_provenance(product, stage, inputs)


def provenance(stage: Stage, inputs: Iterable[Path]) -> dict:
    """A stage's record together with the SHA-256 of its inputs."""
    return {**stage.record, "inputs": {path.as_posix(): sha256(path) for path in inputs}}


def write_provenance(product: Path, stage: Stage, inputs: Iterable[Path]) -> None:
    """Write what made a product beside it."""
    own = {"product": product.name, "sha256": sha256(product)}
    write_text(provenance_path(product), sealed(provenance(stage, inputs) | own))


def read_provenance(product: Path) -> dict:
    """What lies beside a product.

    Raises:
        UserError: it is missing or damaged.
    """
    path = provenance_path(product)
    return dict(_read(path, _state(path), f"rebuild it: {rebuild_command(product)}"))


def check_outputs(record: dict, folder: Path, remedy: str) -> None:
    """Check the files of a record that is that of several: a figure's bundle, a document.

    Raises:
        UserError: one is missing, or its content is not what the record says; ends with the remedy.
    """
    for name, content in record["outputs"].items():
        if sha256(folder / name, remedy) != content:
            raise UserError(f"{folder / name}: not the file that the provenance names; {remedy}")


def intact(product: Path) -> Path:
    """A product whose content is what the provenance beside it says, if there is one: it may have been copied without.

    Raises:
        UserError: the provenance is damaged, or the content differs from it, or there is no regular file.
    """
    check_regular(product, f"rebuild it: {rebuild_command(product)}")
    if provenance_path(product).exists() and read_provenance(product)["sha256"] != sha256(product):
        raise UserError(f"{product}: content differs from its provenance; rebuild it: {rebuild_command(product)}")
    return product


def checked(product: Path, digest: str) -> Path:
    """A product, once its provenance agrees with the stage that now makes it, its content and its inputs.

    Args:
        product: the file.
        digest: that of the stage.

    Raises:
        MissingError: the product or its provenance is missing.
        StaleError: it was made by other settings or code, or from other inputs than those that lie here.
        UserError: it is damaged or foreign.
    """
    record, remedy = read_provenance(product), f"rebuild it: {rebuild_command(product)}"
    if record["digest"] != digest:
        raise StaleError(
            f"{product}: made by other settings or code (digest {record['digest']}; current: {digest}); {remedy}"
        )
    if record["product"] != product.name:
        raise UserError(f"{product}: its provenance is that of {record['product']}; {remedy}")
    if record["sha256"] != _content(product, _state(product)):
        raise UserError(f"{product}: content differs from its provenance; {remedy}")
    for path, content in record["inputs"].items():
        source = Path(path)
        if provenance_path(source).exists() and read_provenance(source)["sha256"] != content:
            raise StaleError(f"{product}: made from another {path}; {remedy}")
    return product


# A document rests on every product by many ways: each file is read once, and once more where it has changed since.
@cache
def _read(path: Path, state: tuple[int, ...], remedy: str) -> dict:
    return read_sealed(path, remedy)


@cache
def _content(path: Path, state: tuple[int, ...]) -> str:
    return sha256(path)


def _state(path: Path) -> tuple[int, ...]:
    """What differs after any change of a file, for the kernel sets the last of them; nothing of one that is missing."""
    try:
        state = path.stat()
    except OSError:  # whoever reads it says what is wrong
        return ()
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
