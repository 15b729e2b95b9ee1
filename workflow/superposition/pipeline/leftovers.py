"""What killed runs leave behind: Snakemake's lock, and files half written. Cleared before the next run goes on."""

import fcntl
from contextlib import suppress
from pathlib import Path

from ..store.errors import UserError, no_space
from ..store.files import PART
from . import kept
from .runs import RUNS, begin

LOCKS = Path(".snakemake/locks")
PRODUCTS = ("data", "results", "report")  # folders


def begin_run() -> str:
    """Enter this process among the folder's runs and clear up after those that were killed.

    Snakemake locks a folder by files that name no process; whoever finds them cannot tell whether their maker lives.
    Here every maker of such files has a record that the kernel lets go of when it dies (runs), so they can be removed
    exactly when no run lives. Locks without any record are another program's, and stay.

    What such a run took away and did not make is put back (kept).

    Returns:
        What there is to say to the user; mostly nothing.

    Raises:
        UserError: the disk is full.
    """
    groups: list[Path] = []
    try:
        killed = begin(lambda killed: groups.extend(_clear(killed)))
    except OSError as error:
        if no_space(error):
            raise UserError(f"{RUNS}: no space left on the disk; free some and run snakemake again") from None
        return ""  # a folder that cannot be written or locked: Snakemake itself says what it makes of that
    interrupted = f"going on after an interruption: {'; '.join(map(str, killed))}" if killed else ""
    return "\n".join(filter(None, (interrupted, kept.said("put back", groups))))


def half_written() -> list[Path]:
    """Files below the products' folders that a job began and nobody is writing any more."""
    files = (path for folder in PRODUCTS for path in Path(folder).rglob(f".*{PART}"))
    return [path for path in files if not _being_written(path)]


def _clear(killed: bool) -> list[Path]:
    for path in (*LOCKS.glob("*.lock"), *half_written()) if killed else ():
        path.unlink(missing_ok=True)
    return kept.put_back()


def _being_written(path: Path) -> bool:
    """Whether a job, such as one started by hand, holds the file (store.files.replacing)."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
