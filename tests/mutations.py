"""Files that are changed at random, or replaced by something that is no file, and put back."""

import hashlib
import os
import random
import shutil
import struct
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

MOST = 5_000_000  # bytes that a packed megabyte-long nothing unpacks to


def flipped(random_: random.Random, content: bytes, other: bytes) -> bytes:
    """One to eight bits of it flipped."""
    changed = bytearray(content)
    for place in random_.sample(range(8 * len(content)), random_.randint(1, 8)):
        changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def truncated(random_: random.Random, content: bytes, other: bytes) -> bytes:
    return content[: random_.randrange(len(content))]


def extended(random_: random.Random, content: bytes, other: bytes) -> bytes:
    more = random_.choice([b"\n", b"\0", b" ", content, other, random_.randbytes(random_.randint(1, 1000))])
    return content + more


def spliced(random_: random.Random, content: bytes, other: bytes) -> bytes:
    """A stretch of it cut out, written twice, or replaced by as much of another file."""
    start, end = sorted(random_.sample(range(len(content) + 1), 2))
    piece = random_.choice([b"", content[start:end] * 2, other[: end - start]])
    return content[:start] + piece + content[end:]


def exchanged(random_: random.Random, content: bytes, other: bytes) -> bytes:
    return other


def noise(random_: random.Random, content: bytes, other: bytes) -> bytes:
    return random_.randbytes(random_.choice([1, 8, 100, len(content)]))


def empty(random_: random.Random, content: bytes, other: bytes) -> bytes:
    return b""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"\x89PNG\r\n\x1a\n"
PIXEL = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + _chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
END = _chunk(b"IEND", b"")
FORMATS = (
    b"\x7fELF", b"PK\x03\x04" + bytes(26), b"\x1f\x8b\x08" + bytes(7), b"GIF89a", b"\xff\xd8\xff\xe0", b"<!DOCTYPE html><p>",
    b"null", b"[]", b"{}", b'{"outputs": {}}', b"a,b\n1,2\n", b"\xff\xfe\x00\xd8", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    PNG, PNG + PIXEL + END, b"%PDF-1.7\n%%EOF\n", b"\x80\x05N.", struct.pack("<Q", 2) + b"{}", b"Snakemake", b"---\n- a: &b [*b]\n",
)  # fmt: skip


def other_format(random_: random.Random, content: bytes, other: bytes) -> bytes:
    return random_.choice(FORMATS)


def _tensors(header: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header


HUGE = (
    _tensors(b"{}", 2**63 - 1), _tensors(b"{}", 2**64 - 1), _tensors(b"{}", 100_000_000),
    _tensors(b'{"W": {"dtype": "F32", "shape": [1000000, 1000000], "data_offsets": [0, 4000000000000]}}'),
    _tensors(b'{"W": {"dtype": "F32", "shape": [18446744073709551615, 4], "data_offsets": [0, 0]}}'),
    _tensors(b'{"__metadata__": {"a": "' + b"x" * 1_000_000 + b'"}}'),
    b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000, b'{"a": 1e99999}', b"x," * 100_000, b"a\n" + b'"' * 100_001,
    PNG + _chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 16, 6, 0, 0, 0)) + END,
    PNG + struct.pack(">I", 2**31 - 1) + b"IHDR", PNG + struct.pack(">I", 2**32 - 1) + b"tEXt",
    PNG + PIXEL + _chunk(b"zTXt", b"Description\0\0" + zlib.compress(bytes(MOST))) + END,
    PNG + PIXEL + _chunk(b"tEXt", b"Description\0" + b"[" * 100_000) + END,
    b'<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">' + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]><svg xmlns='http://www.w3.org/2000/svg'>&j;</svg>",
    b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 50_000 + b"</g>" * 50_000 + b"</svg>",
    b"%PDF-1.7\n1 0 obj\n<</Length 99999999999/Filter/FlateDecode>>stream\n" + zlib.compress(bytes(MOST)) + b"\nendstream\n%%EOF\n",
    b"%PDF-1.7\n" + b"[" * 50_000 + b"\ntrailer\n<</Root 1 0 R/Size 9999999999>>\nstartxref\n9\n%%EOF\n",
)  # fmt: skip


def huge_header(random_: random.Random, content: bytes, other: bytes) -> bytes:
    return random_.choice(HUGE)


CONTENTS = (flipped, truncated, extended, spliced, exchanged, noise, empty, other_format, huge_header)


def _linked(path: Path, elsewhere: Path) -> None:
    """A link to the same content in another place: nothing is changed."""
    elsewhere.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(elsewhere)


def _replaced(make: Callable[[Path], None]) -> Callable[[Path, Path], None]:
    def replace(path: Path, elsewhere: Path) -> None:
        path.unlink()
        make(path)

    return replace


PLACES = {
    "a folder": _replaced(Path.mkdir),
    "a link to nowhere": _replaced(lambda path: path.symlink_to("nowhere/at/all")),
    "a link to itself": _replaced(lambda path: path.symlink_to(path.name)),
    "a link to a device": _replaced(lambda path: path.symlink_to("/dev/zero")),
    "a named pipe": _replaced(os.mkfifo),
    "missing": _replaced(lambda path: None),
    "a link to the same": _linked,
    "left alone": lambda path, elsewhere: None,
}
KINDS = (*(change.__name__.replace("_", " ") for change in CONTENTS), *PLACES)


def sha256(path: Path) -> str | None:
    """The hash of what a regular file holds, None where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


@contextmanager
def mutated(path: Path, random_: random.Random, others: list[Path], elsewhere: Path):
    """A file that is something else meanwhile; gives the kind of change. It is put back with its times.

    Args:
        path: the file.
        random_: chooses the change: of the content in two cases out of three.
        others: files that it may be exchanged with.
        elsewhere: a path outside the project, for what links point to.
    """
    content, state, other = path.read_bytes(), path.stat(), random_.choice(others).read_bytes()
    try:
        if random_.random() < 2 / 3 and content:
            change = random_.choice(CONTENTS)
            path.write_bytes(change(random_, content, other))
            yield change.__name__.replace("_", " ")
        else:
            kind = random_.choice(list(PLACES))
            PLACES[kind](path, elsewhere)
            yield kind
    finally:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
