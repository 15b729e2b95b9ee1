"""The error about a damaged file is one line that ends in a command, and this command makes the file anew."""

import re
import shlex

import pytest
from damage import BUNDLE, DATA, PRODUCTS, holding


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
        result = built.call(*command)
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
    remedy = spoilable.call(*command).stderr.partition(" it: ")[2]
    result = spoilable.run(*shlex.split(remedy))
    assert result.returncode == 0, result.stdout + result.stderr
    assert (spoilable.folder / path).read_bytes() == before
    assert spoilable.call(*command).returncode == 0


def test_the_printed_command_keeps_what_the_command_line_configured(built):
    """A run under --config preset=smoke is repaired under it, not under the preset that the file names."""
    path = built.folder / PRODUCTS["claims"]
    with holding({path: b"{}"}):
        result = built.call("verdicts", "--set", "preset=smoke", "--set", 'formats=["svg", "pdf", "png"]')
    assert result.returncode == 1
    remedy = result.stderr.rstrip().partition("rebuild it: ")[2]
    assert remedy == (
        'snakemake --cores 1 --config preset=smoke \'formats=["svg", "pdf", "png"]\' --force results/article/claims.json'
    )
    result = built.run(*shlex.split(remedy.replace("--cores 1", "--cores 1 --dry-run")))
    assert result.returncode == 0, result.stderr
    assert "judge" in result.stdout + result.stderr
