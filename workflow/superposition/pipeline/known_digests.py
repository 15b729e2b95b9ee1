"""Digests of code that an earlier process has computed, kept for as long as no source file changes.

Following every name through the library takes a second, a third of what a run costs with nothing to do. What was found
is kept beside what Snakemake keeps, together with a fingerprint of the content of all sources; it is as good as gone
when one of them differs. A folder that is not there or cannot be written is no obstacle.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path

from ..store import project
from . import digest
from .code import LIBRARY
from .digest import Definition, code_digest

FILE = Path(".snakemake/code-digests.json")


class KeptDigests:
    """The digests of one state of the code.

    Args:
        compute: the digest of all that some roots reach.
        file: where they are kept.
    """

    def __init__(self, compute: Callable[[Iterable[Definition]], str] = code_digest, file: Path = FILE):
        self._compute, self._file = compute, file
        self._states = _states()

    def digest(self, roots: tuple[Definition, ...]) -> str:
        """The digest of the roots; kept where no source file was edited while it was computed.

        Raises:
            UserError: a file is not Python.
        """
        name = " ".join(f"{_place(path)}:{definition}" for path, definition in roots)
        if name not in self._known:
            self._known[name] = self._compute(roots)
            if _states() == self._states:
                self._keep()
        return self._known[name]

    @cached_property
    def _known(self) -> dict[str, str]:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            kept = json.loads(self._file.read_bytes())
            if kept["sources"] == self._sources:
                return {str(name): str(digest) for name, digest in kept["digests"].items()}
        return {}

    @cached_property
    def _sources(self) -> str:
        content = hashlib.sha256()
        for path, *_ in self._states:
            with suppress(OSError):  # whoever needs the file says what is wrong with it
                text = path.read_bytes()
                content.update(f"{_place(path)} {len(text)}\n".encode() + text)
        return content.hexdigest()

    def _keep(self) -> None:
        temporary = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}")
        with suppress(OSError):
            temporary.write_text(json.dumps({"sources": self._sources, "digests": self._known}))
            os.replace(temporary, self._file)


@cache
def _current() -> KeptDigests:
    return KeptDigests()


def digest_of(roots: tuple[Definition, ...]) -> str:
    """Digest of the code that some roots reach, for one state of the code: that in which a plan was loaded last."""
    return _current().digest(roots)


def forget() -> None:
    """Read the code anew from here on."""
    digest.forget()
    _current.cache_clear()


def _place(path: Path) -> str:
    """Where a source lies within the library or the experiments, wherever these lie."""
    home = next((home for home in (LIBRARY, project.EXPERIMENTS) if path.is_relative_to(home)), path.parent)
    return f"{home.name}/{path.relative_to(home).as_posix()}"


def _states() -> list[tuple]:
    """Every source file in order, with its time and its size."""
    found = [*LIBRARY.rglob("*.py"), *project.EXPERIMENTS.rglob("*.py")]
    return [(path, *_state(path)) for path in sorted(found)]


def _state(path: Path) -> tuple[int, ...]:
    try:
        state = path.stat()
    except OSError:
        return ()
    return state.st_mtime_ns, state.st_size
