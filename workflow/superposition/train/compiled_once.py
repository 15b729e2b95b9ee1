"""Of several processes that need the same machine code at the same time, one compiles it and the others wait for it.

Numba's cache on disk is read before and written after a compilation, so that jobs which start together on a fresh cache
each compile the same, ten seconds and more. Here whoever finds nothing takes a lock beside the cache's file and looks
again: either it is there by now, or nobody else is at it. The lock goes with the process that holds it. Nothing rests
on it but time: without it, or where another keeps it too long, a process compiles for itself.
"""

import fcntl
import time
from contextlib import suppress
from functools import cache
from io import TextIOWrapper
from pathlib import Path

PATIENCE = 120.0  # seconds, several times what the longest compilation takes
LOOK = 0.05  # seconds between two looks at the lock


@cache
def compile_once() -> None:
    """Have this process wait, from here on, for what another one compiles."""
    from numba.core.caching import IndexDataCacheFile as Cached

    held: dict[str, TextIOWrapper | None] = {}  # the lock of each cache file whose content is being compiled here
    load, save = Cached.load, Cached.save

    def waiting_load(self, key):
        found = load(self, key)
        if found is not None or self._index_path in held:
            return found
        lock = _locked(Path(f"{self._index_path}.lock"))
        found = load(self, key)
        if found is None:
            held[self._index_path] = lock
        elif lock is not None:
            lock.close()
        return found

    def freeing_save(self, key, data):
        try:
            save(self, key, data)
        finally:
            if lock := held.pop(self._index_path, None):
                lock.close()

    Cached.load, Cached.save = waiting_load, freeing_save


def _locked(path: Path) -> TextIOWrapper | None:
    """The lock file, held until it is closed; None where there are no locks, or patience came to its end."""
    with suppress(OSError):  # a file system without locks, or one that cannot be written
        file, end = path.open("w"), time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return file
            time.sleep(LOOK)
        file.close()
    return None
