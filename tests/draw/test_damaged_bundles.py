"""A damaged file of a figure's folder is named by whoever reads it, and no picture passes for another one."""

from pathlib import Path

import pytest
from damage import BUNDLE, flips, holding, refusals
from superposition.draw.bundles import checked_bundle
from superposition.draw.identity import find_record, read_picture
from superposition.pipeline.plan import load_plan
from superposition.store.errors import UserError

PARTS = (
    "figure.svg", "figure.pdf", "figure.png", "data.csv", "caption.md", "alt.txt", "cite.bib", "citation.txt",
    "provenance.json",
)  # fmt: skip


@pytest.fixture
def plan(built, monkeypatch):
    """The built project's plan, its folder the working directory."""
    monkeypatch.chdir(built.folder)
    return load_plan()


@pytest.mark.parametrize("name", PARTS)
def test_a_flipped_byte_anywhere_in_a_figure_s_bundle_is_noticed(plan, name):
    path = f"{BUNDLE}/{name}"
    checked_bundle(plan, "article-bias")
    for message in refusals(path, flips(Path(path).read_bytes(), name), lambda: checked_bundle(plan, "article-bias")):
        assert message.startswith(f"{path}: ")
        assert message.endswith(f"; redraw it: snakemake --cores 1 --force {BUNDLE}/provenance.json")
        assert "\n" not in message


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_a_figure_never_says_that_it_is_another(plan, kind):
    """Wherever a byte of a picture is flipped, its record is the right one or is refused."""
    path = Path(f"{BUNDLE}/figure.{kind}")
    content, right = path.read_bytes(), find_record(path, read_picture(path))
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
            return find_record(path, read_picture(path)) or "no record"
        except UserError as error:
            return str(error)
