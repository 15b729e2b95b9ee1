"""Configurations mutated at random are accepted or refused in one line that names the file and the key or line.

CONFIGURATIONS says how many, CONFIGURATIONS_SEED which: `make test-long` sets them.
"""

import copy
import os
from collections import Counter

import pytest
import yaml
from hostile_configuration import FOREIGN, ONE_LINE, dumped, outcome, valid_texts
from hypothesis import given, seed, settings
from hypothesis import strategies as st

CONFIGURATIONS = int(os.environ.get("CONFIGURATIONS", "2000"))
SEED = int(os.environ.get("CONFIGURATIONS_SEED", "0"))
OUTCOMES = Counter()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The working directory is a copy of the project; the valid text of each of its configuration files, by path."""
    yield from valid_texts(tmp_path_factory)
    counts = ", ".join(f"{count} {words}" for words, count in sorted(OUTCOMES.items()))
    print(f"\n{OUTCOMES.total()} configurations (CONFIGURATIONS_SEED={SEED}): {counts}")


def examples(share):
    """A test on a share of all configurations, in percent."""
    return settings(deadline=None, database=None, max_examples=max(1, CONFIGURATIONS * share // 100))


# Values that no key, or hardly one, allows.
HOSTILE = (
    None, True, False, 0, -1, 1, 2, 10**6, 10**12, 10**30, -(10**30), 2**31, 2**63, 10**400, 0.0, -0.0, 0.5, 1e-300, 1e308,
    -1e308, float("inf"), float("-inf"), float("nan"), "", " ", "1e-3", "0.5", "0", "1", "full", "fresh", "fixed", "product",
    "torch", "../x", "/etc/passwd", "..", ".", "~", "a/b", "a\\b", "a\nb", "a\x00b", "\x1b[31m", "\u202e", "\ufeff", "ß", "é",
    "日本", "x" * 10_000, "<script>", "{{ 1 }}", "{% for %}", "$x$", "null", "con", "-", "a--b", "A", "0.9", "0.", "0.1234567890123",
    "٠.٥", [], [[]], [None], ["0.1", "0.1"], [0] * 1000, list(range(3000)), {}, {"": 0}, {"a": {"b": {"c": []}}}, {"curve": "linear"},
    {"curve": "explicit", "values": []}, {"curve": "geometric", "ratio": 1e308}, {"default": {}}, {"kind": "correlated", "members": [[1, 2]]},
    {"presets": {}}, {"models": {"relu": {"hidden": 3}}}, {"training": {"steps": 10**12}}, {"training": None}, {"data": []},
)  # fmt: skip

# Text that YAML gives a meaning, or none.
SNIPPETS = (
    "&a ", "*a", "!!python/object/apply:os.system [id]", "!!python/name:os.system ", "!!int ''", "!!bool x", "!!timestamp x",
    "!!binary x", "!!set {a, b}", "!!omap [a: 1]", "!x ", "<<: {features: 3}\n", "<<: *a\n", "\t", "\r", "\x00", "\x07", "\ufeff",
    "- ", ": ", "? ", "{", "}", "[", "]", "'", '"', "|\n", ">-\n", "#", "---\n", "...\n", "%YAML 9.9\n---\n", "@", "`", ", ",
    "010", "1:30", "0x1F", "1_000", ".inf", ".nan", "1e400", "9" * 5000, "2001-13-45", "0001-01-01", "=", "~", "no: 1\n", "1: 2\n",
    "? [a, b]\n: c\n", "\"\\ud800\"", "\"\\x00\"", "\n\n", "features: 3\n", "  seeds: [0]\n", "[" * 200, "{a: " * 200,
    "[" * 20_000 + "]" * 20_000, "\n  ", "\U0001f600", "\x85", "\u2028",
)  # fmt: skip


def refused_in_one_line(place, path, content):
    message = outcome(place, path, content)
    assert message is None or (ONE_LINE.fullmatch(message) and message.isprintable()), message
    assert message is None or not FOREIGN.search(message), message
    OUTCOMES["accepted" if message is None else f"refused, {path.name}"] += 1


def mutated(draw, document):
    """A document with one to three values replaced, keys removed, added, renamed, or lists lengthened."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        parent, key = document, None
        while isinstance(parent, dict | list) and parent:
            options = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
            key = draw(st.sampled_from(options))
            if not isinstance(parent[key], dict | list) or not parent[key] or draw(st.booleans()):
                break
            parent = parent[key]
        if key is None or not parent:
            continue
        change = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add", "rename", "lengthen"]))
        value = draw(st.sampled_from(HOSTILE) | st.integers() | st.floats() | st.text(max_size=20))
        if change == "replace":
            parent[key] = value
        elif change == "remove":
            del parent[key]
        elif isinstance(parent, list):
            parent.append(value if change == "add" else parent[key])
        elif change == "rename":
            parent[str(value)] = parent.pop(key)
        else:
            parent[draw(st.text(max_size=8)) if change == "add" else f"{key}-x"] = copy.deepcopy(parent[key])
    return document


def chosen(place, draw, config):
    paths = [path for path in place if (path.name == "config.yaml") == config]
    return draw(st.sampled_from(paths))


@pytest.mark.parametrize("config", [False, True], ids=["experiment", "config"])
@seed(SEED)
@examples(25)
@given(data=st.data())
def test_wrong_values_and_keys(place, config, data):
    path = chosen(place, data.draw, config)
    refused_in_one_line(place, path, dumped(mutated(data.draw, yaml.safe_load(place[path]))))


@pytest.mark.parametrize("config", [False, True], ids=["experiment", "config"])
@seed(SEED)
@examples(20)
@given(data=st.data())
def test_text_that_is_yaml_no_longer(place, config, data):
    path = chosen(place, data.draw, config)
    text = place[path]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.sampled_from([0, 0, 1, 5, 100]))
        text = text[:start] + data.draw(st.sampled_from(SNIPPETS) | st.text(max_size=5)) + text[start + length :]
    refused_in_one_line(place, path, text.encode("utf-8", "surrogatepass"))


@seed(SEED)
@examples(10)
@given(data=st.data())
def test_bytes_that_are_text_no_longer(place, data):
    path = data.draw(st.sampled_from(list(place)))
    content = bytearray(place[path].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(min_size=1, max_size=3))
    refused_in_one_line(place, path, bytes(content))
