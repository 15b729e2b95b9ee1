"""Runs of the pipeline that live in a folder: how others know that one does, and how its jobs end with it.

A run holds a lock (flock) on a record of its own until its process ends. The kernel drops the lock however that comes
about, so a record that nobody holds is that of a run that was killed. Nothing is inferred from a process id, which
another process may have got since. The lock also holds between machines wherever the file system carries it, as NFS
does.
"""

import atexit
import ctypes
import fcntl
import json
import os
import secrets
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import psutil

from ..store.errors import UserError

RUNS = Path(".snakemake/runs")
RUN = "SUPERPOSITION_RUN"  # environment variable: the record of the run that a job belongs to
PR_SET_PDEATHSIG = 1  # prctl(2)

_held: list[IO] = []  # this process's record, open as long as the process lives


@dataclass(frozen=True)
class Run:
    """What a run says of itself.

    Args:
        process: its process id.
        machine: the name of the machine that it runs on.
        since: when it began, YYYY-MM-DD HH:MM:SS.
        command: its command line.
    """

    process: int
    machine: str
    since: str
    command: str

    def __str__(self) -> str:
        place = "" if self.machine == socket.gethostname() else f" on {self.machine}"
        return f"process {self.process}{place}, begun {self.since} ({self.command})"


UNREADABLE = Run(0, "an unknown machine", "at an unknown time", "its record is empty")  # its machine was lost


def begin(when_alone: Callable[[bool], None], folder: Path = RUNS) -> list[Run]:
    """Enter this process among the living runs, until it ends.

    Args:
        when_alone: clears up after earlier runs. Called where no other run lives, with whether one was killed; none can
            begin before it returns.
        folder: where the records lie.

    Returns:
        The killed runs that were cleared up after.

    Raises:
        OSError: the folder cannot be written, or its file system has no locks.
    """
    if _held:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "guard").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        records = _records(folder)
        alone = not any(alive for _, alive in records.values())
        dead = {path: run for path, (run, alive) in records.items() if alone and not alive}
        if alone:
            when_alone(bool(dead))
        for path in dead:
            path.unlink()
        _enter(folder.absolute() / f"{secrets.token_hex(6)}.json")
    return list(dead.values())


def living(folder: Path = RUNS) -> list[Run]:
    """The other runs that live."""
    own = {Path(record.name) for record in _held}
    return [run for path, (run, alive) in _records(folder).items() if alive and path.absolute() not in own]


def end_with_run() -> None:
    """End this process as soon as the run that started it has ended, or the shell between the two.

    A job that outlived its run would write its products while the next run does, and one that outlived its shell after
    Snakemake has removed them. Does nothing outside a run.

    Raises:
        UserError: one of the two has ended before.
    """
    path = os.environ.get(RUN)
    if not path:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        record = open(path, "rb")  # noqa: SIM115 (open as long as the thread waits)
        run = _read(record)
        above = {process.pid for process in psutil.Process().parents()}
    except (OSError, psutil.Error):
        run, above = UNREADABLE, set()
    if run.process not in above:
        raise UserError(f"{path}: the run that started this job has ended")
    threading.Thread(target=_end_when_released, args=(record,), daemon=True).start()


def _end_when_released(record: IO) -> None:
    fcntl.flock(record, fcntl.LOCK_SH)  # waits for the run to let go of its record, which it never does while it lives
    os._exit(1)


def _records(folder: Path) -> dict[Path, tuple[Run, bool]]:
    """(what it says of itself, whether it lives) of every run, by its record."""
    records = {}
    for path in sorted(folder.glob("*.json")):
        with suppress(FileNotFoundError), path.open("rb") as file:
            records[path] = _read(file), _is_held(file)
    return records


def _read(file: IO) -> Run:
    try:
        return Run(**json.load(file))
    except (ValueError, TypeError):
        return UNREADABLE


def _is_held(file: IO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two that ask at once do not take each other for it
    except BlockingIOError:
        return True
    return False


def _enter(path: Path) -> None:
    record = path.open("x")
    fcntl.flock(record, fcntl.LOCK_EX)
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    json.dump(asdict(Run(os.getpid(), socket.gethostname(), f"{datetime.now():%Y-%m-%d %H:%M:%S}", command)), record)
    record.flush()
    _held.append(record)
    os.environ[RUN] = str(path)
    atexit.register(path.unlink, missing_ok=True)
