"""Files changed at random, and things that are no files, given to load, identify, verify and judge.

Each is taken where its content is what it was, by its SHA-256, or refused in one line: no traceback, no waiting, nothing
changed that is taken in silence. MUTATED_FILES says how many each command is given, MUTATED_FILES_SEED which:
`make test-long` sets them.
"""

import os
import random
import shutil
import signal
from collections import Counter
from contextlib import contextmanager

import pytest
import superposition
from killing import made_tiny
from mutations import mutated, sha256
from superposition import UserError

FILES = int(os.environ.get("MUTATED_FILES", "30"))
SEED = int(os.environ.get("MUTATED_FILES_SEED", "0"))
PATIENCE = 120  # seconds, after which a command waits for something that will not come
TAKEN, REFUSED, FOUND = "unchanged and taken", "changed and refused in one line", "changed and found"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A copy of a small project that has run and published its run."""
    tiny = made_tiny(tmp_path_factory)
    assert tiny.call("publish").returncode == 0
    return tiny


@contextmanager
def patience():
    """Fail where what is done inside hangs."""

    def give_up(number, frame):
        raise AssertionError(f"no end after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def is_one_line(text):
    return text.removesuffix("\n").isprintable() and text != "\n"


def each(name, files, given, tmp_path):
    """Mutate files at random, call `given(path, kind)` on each; how often it returned what."""
    random_ = random.Random(f"{SEED} {name}")
    outcomes = Counter()
    for number in range(FILES):
        path = random_.choice(files)
        before = sha256(path)
        with mutated(path, random_, files, tmp_path / "elsewhere") as kind, patience():
            changed = sha256(path) != before
            try:
                outcomes[given(path, changed)] += 1
            except BaseException as error:
                error.add_note(f"{name}: file {number} of seed {SEED}: {path}, {kind}")
                raise
        assert sha256(path) == before
    counts = ", ".join(f"{count} {words}" for words, count in sorted(outcomes.items()))
    print(f"\n{name}: {FILES} files (MUTATED_FILES_SEED={SEED}): {counts}")
    return outcomes


def of_the_run(tiny, *patterns):
    return sorted(path for pattern in patterns for path in tiny.folder.glob(pattern) if path.is_file())


def test_load(tiny, tmp_path):
    cells = [path.parent for path in of_the_run(tiny, "results/tiny/*/*/weights.safetensors")]

    def load(path, changed):
        cell = next((cell for cell in cells if path.is_relative_to(cell)), cells[0])
        asked = {"experiment": "tiny", "model": cell.parent.name, "sparsity": cell.name.removeprefix("S")}
        if not changed or (path.suffix == ".json" and not path.exists()):  # products may be copied without provenance
            superposition.open_run(tiny.folder).load(**asked)
            return "taken, its provenance missing" if changed else TAKEN
        with pytest.raises(UserError) as caught:
            superposition.open_run(tiny.folder).load(**asked)
        assert is_one_line(str(caught.value))
        return REFUSED

    names = ("weights.safetensors", "weights.safetensors.json", "metrics.csv", "metrics.csv.json")
    outcomes = each("load", of_the_run(tiny, *(f"results/tiny/*/*/{name}" for name in names)), load, tmp_path)
    assert outcomes[REFUSED]


def test_identify(tiny, tmp_path):
    drawn = of_the_run(tiny, "report/figures/*/figure.*")
    originals = {sha256(path): path for path in drawn}
    copies = [tmp_path / f"{path.parent.name}{path.suffix}" for path in drawn]
    for path, copy in zip(drawn, copies, strict=True):
        shutil.copy(path, copy)

    def identify(path, changed):
        known = sha256(path) in originals
        result = tiny.call("identify", str(path))
        if result.returncode == 1:
            assert not known
            assert result.stderr.startswith(f"error: {path}: ")
            assert is_one_line(result.stderr), result.stderr
            return REFUSED
        assert not result.stderr
        assert ("this very file: " in result.stdout) == known
        if known:
            assert result.returncode == 0
            return "taken for another figure, which it is" if changed else TAKEN
        if result.returncode == 0:
            assert "same picture, other bytes: " in result.stdout
            return "changed, and said to be other bytes of the same picture"
        assert result.returncode in (3, 4)
        return {3: "changed, and said to be vouched for by nothing", 4: "changed, and said to be altered"}[
            result.returncode
        ]

    outcomes = each("identify", copies, identify, tmp_path)
    assert outcomes[REFUSED]


def test_verify(tiny, tmp_path):
    def verify(path, changed):
        result = tiny.call("verify")
        assert not result.stderr
        if not changed:
            assert result.returncode == 0, result.stdout
            return TAKEN
        assert result.returncode == 4, result.stdout
        name = str(path.relative_to(tiny.folder))
        named = result.stdout.splitlines()[1].strip().partition(": ")[0]
        assert named in (name, name.removesuffix(".json")), result.stdout  # another's provenance: the product is named
        assert all(line.isprintable() for line in result.stdout.splitlines())
        return FOUND

    outcomes = each("verify", of_the_run(tiny, "data/**/*", "results/**/*", "report/**/*"), verify, tmp_path)
    assert outcomes[FOUND]


def test_judge(tiny, tmp_path):
    names = ("matrices.safetensors", "metrics.csv", "weights.safetensors")
    inputs = of_the_run(tiny, "data/tiny/*", *(f"results/tiny/*/*/{name}*" for name in names))
    verdicts = of_the_run(tiny, "results/tiny/claims.*")
    hashes = [sha256(path) for path in verdicts]

    def judge(path, changed):
        result = tiny.call("judge", "tiny")
        assert [sha256(path) for path in verdicts] == hashes
        if result.returncode == 0:
            assert not changed
            return TAKEN
        assert changed
        assert result.returncode == 1
        assert result.stderr.startswith("error: ")
        assert is_one_line(result.stderr), result.stderr
        return REFUSED

    outcomes = each("judge", inputs, judge, tmp_path)
    assert outcomes[REFUSED]
