"""A damaged product is named by whoever reads it, and the command that the error prints makes it anew."""

import os
import random
import re
import shlex
from contextlib import contextmanager
from pathlib import Path

import pytest
from superposition.draw.bundles import checked_bundle
from superposition.draw.identity import read_record
from superposition.pipeline.plan import load_plan
from superposition.store.errors import UserError
from superposition.store.products import checked
from superposition.train.models import load

FLIPS = 100
CELL = "results/article/relu/S0.9"
BUNDLE = "report/figures/article-bias"
DATA = "data/article/S0.9.safetensors"
OTHER = "results/article/relu/S0.5"
PRODUCTS = {
    "data": DATA,
    "weights": f"{CELL}/weights.safetensors",
    "matrices": f"{CELL}/matrices.safetensors",
    "metrics": f"{CELL}/metrics.csv",
    "claims": "results/article/claims.json",
    "table": "results/article/claims.csv",
}
PARTS = (
    "figure.svg", "figure.pdf", "figure.png", "data.csv", "caption.md", "alt.txt", "cite.bib", "citation.txt",
    "provenance.json",
)  # fmt: skip


@pytest.fixture
def plan(built, monkeypatch):
    """The built project's plan, its folder the working directory."""
    monkeypatch.chdir(built.folder)
    return load_plan()


@contextmanager
def holding(contents):
    """Files that hold other bytes meanwhile, and then their own again, with their times: to Snakemake nothing happened."""
    before = {Path(path): (Path(path).read_bytes(), os.stat(path)) for path in contents}
    try:
        for path, content in contents.items():
            Path(path).write_bytes(content)
        yield
    finally:
        for path, (content, stat) in before.items():
            path.write_bytes(content)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def flips(content, seed):
    """The content with one byte changed, at seeded random places."""
    generator = random.Random(seed)
    for _ in range(FLIPS):
        place, change = generator.randrange(len(content)), generator.randrange(1, 256)
        yield content[:place] + bytes([content[place] ^ change]) + content[place + 1 :]


def read_product(plan, kind):
    """What every stage does with a product before it reads it."""
    path = Path(PRODUCTS[kind])
    return checked(path, plan.product_stages("article", kind)[path])


def refusals(path, contents, read):
    """The error under each content; fails where one is read without an error."""
    found = []
    for content in contents:
        with holding({path: content}), pytest.raises(UserError) as caught:
            read()
        found.append(str(caught.value))
    return found


@pytest.mark.parametrize("sidecar", [False, True], ids=["content", "provenance"])
@pytest.mark.parametrize("kind", PRODUCTS)
def test_a_flipped_byte_anywhere_in_a_product_is_noticed(plan, kind, sidecar):
    path = PRODUCTS[kind] + (".json" if sidecar else "")
    read_product(plan, kind)
    for message in refusals(path, flips(Path(path).read_bytes(), kind), lambda: read_product(plan, kind)):
        assert message.startswith(f"{path}: ")
        assert message.endswith(f"; rebuild it: snakemake --cores 1 --force {PRODUCTS[kind]}")
        assert "\n" not in message


@pytest.mark.parametrize("name", PARTS)
def test_a_flipped_byte_anywhere_in_a_figure_s_bundle_is_noticed(plan, name):
    path = f"{BUNDLE}/{name}"
    checked_bundle(plan, "article-bias")
    for message in refusals(path, flips(Path(path).read_bytes(), name), lambda: checked_bundle(plan, "article-bias")):
        assert message.startswith(f"{path}: ")
        assert message.endswith(f"; redraw it: snakemake --cores 1 --force {BUNDLE}/provenance.json")
        assert "\n" not in message


@pytest.mark.parametrize("kind", PRODUCTS)
def test_a_truncated_or_empty_product_is_noticed(plan, kind):
    content = Path(PRODUCTS[kind]).read_bytes()
    contents = [b"", content[:1], content[: len(content) // 2], content[:-1], content + b"\n"]
    assert len(refusals(PRODUCTS[kind], contents, lambda: read_product(plan, kind))) == len(contents)
    sidecar = Path(PRODUCTS[kind] + ".json").read_bytes()
    contents = [b"", sidecar[:-1], sidecar + b"\n", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000]
    assert len(refusals(PRODUCTS[kind] + ".json", contents, lambda: read_product(plan, kind))) == len(contents)


def exchanged(first, second):
    return {first: Path(second).read_bytes(), second: Path(first).read_bytes()}


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("weights", f"{OTHER}/weights.safetensors"),
        ("matrices", f"{OTHER}/matrices.safetensors"),
        ("data", "data/article/S0.5.safetensors"),
        ("matrices", PRODUCTS["metrics"]),
        ("claims", PRODUCTS["table"]),
    ],
)
def test_products_that_changed_places_are_noticed_with_and_without_their_provenance(plan, kind, other):
    contents = exchanged(PRODUCTS[kind], other)
    with holding(contents), pytest.raises(UserError, match="content differs from its provenance"):
        read_product(plan, kind)
    contents |= exchanged(f"{PRODUCTS[kind]}.json", f"{other}.json")
    with holding(contents), pytest.raises(UserError, match=r"made by other settings or code|its provenance is that of"):
        read_product(plan, kind)


def test_a_product_made_from_another_input_is_noticed(plan):
    """Data that another run made under the same settings, whole in themselves, are not what the weights were made of."""
    from superposition.store.products import write_provenance

    stage = plan.data("article", "0.9")
    changed = bytearray(Path(DATA).read_bytes())
    changed[-1] ^= 1
    with holding({DATA: changed, f"{DATA}.json": Path(f"{DATA}.json").read_bytes()}):
        write_provenance(Path(DATA), stage, [])
        assert checked(Path(DATA), stage)
        with pytest.raises(UserError, match=rf"^{PRODUCTS['weights']}: made from another {DATA}; rebuild it: "):
            read_product(plan, "weights")


def test_weights_in_hand_are_refused_where_their_provenance_lies_beside_them(plan, tmp_path):
    content = Path(PRODUCTS["weights"]).read_bytes()
    copy = tmp_path / "weights.safetensors"
    copy.write_bytes(content)
    load(copy)
    for changed in list(flips(content, "load"))[:10]:
        with holding({PRODUCTS["weights"]: changed}), pytest.raises(UserError, match="content differs"):
            load(PRODUCTS["weights"])


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_a_figure_never_says_that_it_is_another(plan, kind):
    """Wherever a byte of a picture is flipped, its record is the right one or is refused."""
    path = Path(f"{BUNDLE}/figure.{kind}")
    content, right = path.read_bytes(), read_record(path)
    start = content.find(b"superposition figure") if kind != "pdf" else 0
    contents = [*flips(content, kind), *(content[:start] + c for c in flips(content[start : start + 3000], "record"))]
    said = [record_or_error(path, changed) for changed in contents]
    refused = [one for one in said if isinstance(one, str)]
    assert all(one == right for one in said if one not in refused)
    assert refused
    assert not any("\n" in message for message in refused)


def record_or_error(path, content):
    with holding({path: content}):
        try:
            return read_record(path)
        except UserError as error:
            return str(error)


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


# The damaged file, and the command that reads it.
READERS = (
    (DATA, ("train", "article", "relu", "0.9")),
    (PRODUCTS["weights"], ("extract", "article", "relu", "0.9")),
    (PRODUCTS["weights"] + ".json", ("report",)),
    (PRODUCTS["matrices"], ("figure", "article-bias")),
    (PRODUCTS["metrics"], ("judge", "article")),
    (PRODUCTS["claims"], ("verdicts",)),
    (PRODUCTS["claims"], ("figure", "article-claim-relu-spreads")),
    (PRODUCTS["table"], ("report",)),
    (f"{BUNDLE}/caption.md", ("cite", "article-bias")),
    (f"{BUNDLE}/provenance.json", ("report",)),
)


@pytest.mark.parametrize(("path", "command"), READERS)
def test_the_command_that_reads_a_damaged_file_stops_with_one_line(built, path, command):
    with holding({built.folder / path: (built.folder / path).read_bytes()}):
        flip(built.folder / path)
        result = built.superposition(*command)
    assert result.returncode == 1
    assert re.fullmatch(rf"error: {path}: .*; (rebuild|redraw) it: snakemake --cores 1 --force \S+\n", result.stderr)
    assert not result.stdout


@pytest.mark.parametrize(
    ("path", "command"),
    [(DATA, READERS[0][1]), (PRODUCTS["claims"], ("verdicts",)), (f"{BUNDLE}/caption.md", ("report",))],
)
def test_the_printed_command_repairs_a_damaged_file(spoilable, path, command):
    before = (spoilable.folder / path).read_bytes()
    flip(spoilable.folder / path)
    remedy = spoilable.superposition(*command).stderr.partition(" it: ")[2]
    result = spoilable.run(*shlex.split(remedy))
    assert result.returncode == 0, result.stdout + result.stderr
    assert (spoilable.folder / path).read_bytes() == before
    assert spoilable.superposition(*command).returncode == 0


def test_the_printed_command_keeps_what_the_command_line_configured(built):
    """A run under --config preset=smoke is repaired under it, not under the preset that the file names."""
    path = built.folder / PRODUCTS["claims"]
    with holding({path: b"{}"}):
        result = built.superposition("verdicts", "--set", "preset=smoke", "--set", 'formats=["svg", "pdf", "png"]')
    assert result.returncode == 1
    remedy = result.stderr.rstrip().partition("rebuild it: ")[2]
    assert remedy == (
        'snakemake --cores 1 --config preset=smoke \'formats=["svg", "pdf", "png"]\' --force results/article/claims.json'
    )
    result = built.run(*shlex.split(remedy.replace("--cores 1", "--cores 1 --dry-run")))
    assert result.returncode == 0, result.stderr
    assert "judge" in result.stdout + result.stderr
