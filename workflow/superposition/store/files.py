"""Files, written whole or not at all; and what a user types to have one made anew."""

import fcntl
import hashlib
import json
import os
import secrets
import shlex
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import MissingError, UserError, no_space

# Environment variable: configuration keys that were given on a command line, as a JSON object.
GIVEN = "SUPERPOSITION_SET"
PART = ".part"  # end of the names of files that are being written


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


@contextmanager
def replacing_folder(path: Path):
    """A temporary folder that becomes `path` when the block ends well, and vanishes when it does not.

    Raises:
        UserError: the disk is full.
    """
    mark = secrets.token_hex(4)
    temporary, former = (path.with_name(f".{path.name}.{mark}.{end}") for end in ("new", "old"))
    try:
        temporary.mkdir(parents=True)
        yield temporary
        with suppress(FileNotFoundError):
            path.rename(former)
        temporary.rename(path)
    except Exception as error:
        if no_space(error):
            raise UserError(f"{path}: no space left on the disk; free some and try again") from None
        raise
    finally:
        for folder in (temporary, former):
            shutil.rmtree(folder, ignore_errors=True)


def write_scratch(path: Path, text: str) -> None:
    """Write a file that nothing depends on: whole or not at all, and no error where it cannot be written."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)


def rebuild_command(path: Path) -> str:
    """What a user types to make a product anew, under the configuration of this command line."""
    given = json.loads(os.environ.get(GIVEN, "{}"))
    texts = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in given.items()]
    config = " ".join(["--config", *map(shlex.quote, texts), ""]) if texts else ""
    root = next((folder for folder in path.parents if (folder / "Snakefile").is_file()), Path())
    there, target = (f"cd {shlex.quote(str(root))} && ", path.relative_to(root)) if root != Path() else ("", path)
    return f"{there}snakemake --cores 1 {config}--force {shlex.quote(str(target))}"


def check_regular(path: Path, remedy: str) -> None:
    """Refuse what is there and no regular file, before it is opened: a pipe would be waited for, a device has no end.

    Raises:
        UserError: it is a folder, a pipe, a device; ends with the remedy.
    """
    if path.exists() and not path.is_file():
        raise UserError(f"{path}: no regular file; delete it and {remedy}")


def sha256(path: Path, remedy: str = "") -> str:
    """SHA-256 of a file, as hex.

    Raises:
        UserError: the file is missing (MissingError) or unreadable; ends with the remedy, by default to build the file.
    """
    remedy = remedy or f"build it: {rebuild_command(path)}"
    check_regular(path, remedy)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise MissingError(f"{path}: {error.strerror}; {remedy}") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; {remedy}") from None
