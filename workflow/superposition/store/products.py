"""Products on disk: where they lie, how they are written whole or not at all, and what says how they were made.

Beside every product lies `<product>.json`, its provenance: stage, settings, digests of code and settings, package
versions, the SHA-256 of every input and of the product itself, and last that of the provenance's own text.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shlex
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from .errors import UserError, no_space
from .sealed import read_sealed, sealed

# Kinds of product that claims are judged by.
JUDGED = ("data", "weights", "matrices", "metrics")
# Environment variable: configuration keys that were given on a command line, as a JSON object.
GIVEN = "SUPERPOSITION_SET"
PART = ".part"  # end of the names of files that are being written


def data_path(experiment: str, stretch: str) -> Path:
    """The data sets of an experiment at a sparsity, or at a stretch of them."""
    return Path("data") / experiment / f"S{stretch}.safetensors"


def cell_path(experiment: str, model: str, stretch: str, name: str) -> Path:
    """A product of a cell: weights.safetensors, matrices.safetensors or metrics.csv."""
    return Path("results") / experiment / model / f"S{stretch}" / name


def claims_path(experiment: str) -> Path:
    """The verdicts on an experiment's claims."""
    return Path("results") / experiment / "claims.json"


def figure_folder(identifier: str) -> Path:
    """The bundle of a figure, by the figure's id: its experiment and name, as in article-bias."""
    return Path("report/figures") / identifier


def document_path(document: str, kind: str) -> Path:
    """A document, or a part of the report by its name: its Markdown, HTML, PDF (md, html, pdf) or provenance (json)."""
    return Path("report") / f"{document}.{kind}"


def provenance_path(product: Path) -> Path:
    """The provenance beside a product."""
    return product.with_name(product.name + ".json")


def with_provenance(products: Iterable[Path]) -> list[Path]:
    """Products, each followed by its provenance."""
    return [path for product in products for path in (product, provenance_path(product))]


@contextmanager
def replacing(path: Path):
    """A temporary path that becomes `path` when the block ends well, and vanishes when it does not.

    It is held (flock) while it is written, so that what a killed job left can be told from a file in the making, and
    lies on the disk before it gets its name, so that a lost machine leaves no torn product.

    Raises:
        UserError: the disk is full.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX)
            yield temporary
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _flush_folder(path.parent)
    except Exception as error:
        if no_space(error):
            raise UserError(f"{path}: no space left on the disk; free some and run snakemake again") from None
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Put a folder's names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, newline ends) whole or not at all."""
    write_bytes(path, text.encode())


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
        raise UserError(f"{path}: no such file; build it: {rebuild_command(path)}") from None
    except (SafetensorError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: damaged ({reason}); rebuild it: {rebuild_command(path)}") from None


def rebuild_command(path: Path) -> str:
    """What a user types to make a product anew, under the configuration of this command line."""
    given = json.loads(os.environ.get(GIVEN, "{}"))
    texts = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in given.items()]
    config = " ".join(["--config", *map(shlex.quote, texts), ""]) if texts else ""
    return f"snakemake --cores 1 {config}--force {shlex.quote(str(path))}"


def sha256(path: Path, remedy: str = "") -> str:
    """SHA-256 of a file, as hex.

    Raises:
        UserError: the file is missing or unreadable; ends with the remedy, by default to build the file.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; {remedy or f'build it: {rebuild_command(path)}'}") from None


def provenance(stage: dict, inputs: Iterable[Path]) -> dict:
    """A stage's settings and digests together with the SHA-256 of its inputs."""
    return {**stage, "inputs": {path.as_posix(): sha256(path) for path in inputs}}


def write_provenance(product: Path, stage: dict, inputs: Iterable[Path]) -> None:
    """Write what made a product beside it."""
    own = {"product": product.name, "sha256": sha256(product)}
    write_text(provenance_path(product), sealed(provenance(stage, inputs) | own))


def read_provenance(product: Path) -> dict:
    """What lies beside a product.

    Raises:
        UserError: it is missing or damaged.
    """
    return read_sealed(provenance_path(product), f"rebuild it: {rebuild_command(product)}")


def intact(product: Path) -> Path:
    """A product whose content is what the provenance beside it says, if there is one: it may have been copied without.

    Raises:
        UserError: the provenance is damaged, or the content differs from it.
    """
    if provenance_path(product).exists() and read_provenance(product)["sha256"] != sha256(product):
        raise UserError(f"{product}: content differs from its provenance; rebuild it: {rebuild_command(product)}")
    return product


def checked(product: Path, stage: dict) -> Path:
    """A product, once its provenance agrees with the current configuration, its content and its inputs.

    Raises:
        UserError: the product or its provenance is missing, foreign, damaged, made by other settings or code, or made
            from other inputs than those that lie here.
    """
    record, remedy = read_provenance(product), f"rebuild it: {rebuild_command(product)}"
    if record["digest"] != stage["digest"]:
        raise UserError(
            f"{product}: made by other settings or code (digest {record['digest']}; current: {stage['digest']}); "
            f"{remedy}"
        )
    if record["product"] != product.name:
        raise UserError(f"{product}: its provenance is that of {record['product']}; {remedy}")
    if record["sha256"] != sha256(product):
        raise UserError(f"{product}: content differs from its provenance; {remedy}")
    for path, content in record["inputs"].items():
        source = Path(path)
        if provenance_path(source).exists() and read_provenance(source)["sha256"] != content:
            raise UserError(f"{product}: made from another {path}; {remedy}")
    return product
