"""A configuration file that is no mapping, no text, too large or written to do harm is refused in one line."""

import re

import pytest
from hostile_configuration import ONE_LINE, outcome, valid_texts


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The working directory is a copy of the project; the valid text of each of its configuration files, by path."""
    yield from valid_texts(tmp_path_factory)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)
WHOLE = {
    "nothing": (b"", r"found nothing; allowed: lines of 'key: value'"),
    "a comment": (b"# nothing\n", r"found nothing; allowed: lines of 'key: value'"),
    "a list": (b"[]", r"found a list; allowed: lines of 'key: value'"),
    "billion laughs": (BOMB.encode(), r"anchors and aliases \(& and \*\) are not allowed"),
    "deep nesting": (b"a: " + b"[" * 100_000 + b"]" * 100_000, r"nested more than 30 deep"),
    "a million keys": (b"".join(b"k%d: 1\n" % i for i in range(200_000)), r"found 2,088,890 bytes; allowed: at most 1,000,000"),
    "no UTF-8": (b"a: \xff\xfe", r"cannot be read as text"),
    "UTF-16": ("a: 1".encode("utf-16"), r"cannot be read as text"),
    "two documents": (b"a: 1\n---\nb: 2\n", r"found another document"),
    "a Python object": (b"a: !!python/object/apply:os.system [touch ran]", r"tags are not allowed; found tag:yaml.org,2002:python"),
    "a merge key": (b"<<: {a: 1}\n", r"not valid YAML"),
    "octal": (b"features: 010\n", r"010 is a number to base 8 or 60"),
    "minutes": (b"features: 1:30\n", r"1:30 is a number to base 8 or 60"),
    "a tab": (b"a:\n\tb: 1\n", r"not valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("what", WHOLE)
def test_a_file_that_holds(place, what):
    content, expected = WHOLE[what]
    for path in place:
        message = outcome(place, path, content)
        assert ONE_LINE.fullmatch(message), message
        assert re.search(expected, message), message
        assert not (path.parent / "ran").exists()


def test_a_byte_order_mark_changes_nothing(place):
    for path in place:
        assert outcome(place, path, b"\xef\xbb\xbf" + place[path].encode()) is None
