"""The HTML report: the explorer's data, its scripts, how it was made, and text from the YAML that stays text."""

import base64
import gzip
import hashlib
import html
import json
import re

import numpy as np
import pytest
from superposition.report import explorer
from superposition.report.colophon import size
from superposition.report.page import finished, packed, payload

NASTY = "<script>alert(1)</script> | $x$ `code` ``` <!-- carried --> [a](b) " + "long " * 2000


class Weights:
    """Stands in for Results: two models, untied and larger the second one, of two sparsities and four seeds."""

    def __init__(self):
        self.experiment, self.sparsities, self.seeds = "toy", ["0.1", "0.9"], [3, 4, 5, 6]
        self.labels = {"a": "A", "b": NASTY}
        models = {"a": {"features": 7, "hidden": 2, "tied": True}, "b": {"features": 9, "hidden": 3, "tied": False}}
        self.described = {"models": models}

    def weights(self, model, sparsity, name):
        n, hidden = (self.described["models"][model][key] for key in ("features", "hidden"))
        random = np.random.default_rng(["WVb".index(name), hidden, int(float(sparsity) * 10)])
        return random.normal(size=(4, n) if name == "b" else (4, hidden, n)).astype(np.float32)


def unpacked(embedded):
    return np.frombuffer(gzip.decompress(base64.b64decode(embedded["arrays"])), embedded["kind"])


def test_the_explorer_embeds_every_digit_where_there_is_room():
    embedded = explorer._embedded(Weights(), 100_000)
    expected = [
        Weights().weights(model, sparsity, name)[seed].ravel()
        for model, names in (("a", "Wb"), ("b", "WVb"))
        for sparsity in ("0.1", "0.9")
        for seed in range(4)
        for name in names
    ]
    assert embedded["kind"] == "float32"
    assert np.array_equal(unpacked(embedded), np.concatenate(expected))


def test_the_explorer_gives_up_digits_before_seeds_and_seeds_before_the_page_grows():
    whole = len(explorer._embedded(Weights(), 100_000)["arrays"])
    fewer_digits = explorer._embedded(Weights(), whole - 1)
    assert (fewer_digits["kind"], fewer_digits["seeds"]) == ("float16", [3, 4, 5, 6])
    fewer_seeds = explorer._embedded(Weights(), len(fewer_digits["arrays"]) - 1)
    assert (fewer_seeds["kind"], fewer_seeds["seeds"], fewer_seeds["all_seeds"]) == ("float16", [3, 4], 4)
    assert explorer._embedded(Weights(), 10)["arrays"] == ""


def test_labels_appear_as_text_in_the_controls():
    embedded = explorer._embedded(Weights(), 100_000) | {"title": NASTY}
    section, data = explorer.section([embedded]), payload([embedded])
    assert section.count("```") == 2
    assert "<script" not in section + data
    assert (
        html.unescape(re.search(r'<option value="1">([^<]*)</option></select></label>\n<label>Sp', section)[1]) == NASTY
    )
    assert json.loads(data)[0]["title"] == NASTY


def test_packed_data_are_gzip_without_date_or_operating_system():
    """The ten bytes of the header as RFC 1952 has them, 255 for an unknown system."""
    content = base64.b64decode(packed(b"weights" * 99))
    assert content[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])
    assert gzip.decompress(content) == b"weights" * 99


@pytest.mark.parametrize(("value", "text"), [(0, "0 B"), (999, "999 B"), (1234, "1.23 kB"), (48_000_272, "48 MB")])
def test_sizes_are_for_people(value, text):
    assert size(value) == text


def test_a_figure_shown_twice_is_carried_once():
    figure = '<figure id="fig-a"><img src="data:image/svg+xml;base64,AAAA" alt="a figure"></figure>'
    again = (
        '<a href="#fig-a" class="picture"><img role="img" src="data:image/svg+xml;base64,AAAA" alt="Figure 1" /></a>'
    )
    page = finished(f"content-security-policy{figure}{again}<!-- carried -->", {})
    assert page.count("base64,AAAA") == 1
    assert '<a href="#fig-a" class="picture"><img role="img" hidden alt="Figure 1" /></a>' in page


def test_only_the_page_s_own_scripts_may_run(built):
    page = (built.folder / "report/report.html").read_text()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    library = gzip.decompress(base64.b64decode(re.search(r'id="plotly-source">([^<]+)<', page)[1]))
    for source in (script.encode(), library):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(source).digest()).decode()}'" in policy
    assert len(page) < 10_000_000


def test_a_title_that_looks_like_markup_is_text(built):
    file = "workflow/experiments/article/experiment.yaml"
    before = (built.folder / file).read_text()
    page = built.folder / "report/report.html"
    try:
        built.edit(file, "Forty features in five dimensions", NASTY)
        result = built.superposition("report")
        assert result.returncode == 0, result.stderr
        text = page.read_text()
        assert "<script>alert" not in text
        heading = re.search(r'<h1 [^>]*id="article"[^>]*>.*?</span>(.*?)</h1>', text, re.DOTALL)[1]
        assert " ".join(html.unescape(heading).split()) == " ".join(NASTY.split())
    finally:
        (built.folder / file).write_text(before)
        built.superposition("report")


def test_the_report_is_built_again_to_the_same_bytes(built):
    page = built.folder / "report/report.html"
    before = page.read_bytes()
    page.unlink()
    assert built.superposition("report").returncode == 0
    assert page.read_bytes() == before


def test_an_unknown_reference_in_a_text_stops_the_report(built):
    text = built.folder / "workflow/experiments/article/text.md"
    before = text.read_text()
    try:
        text.write_text(before + '{{ ref("nothing") }}')
        result = built.superposition("report")
        assert result.returncode == 1
        assert (
            "error: workflow/experiments/article/text.md: unknown figure or table 'nothing'; allowed: verdict-board, "
            in result.stderr
        )
        assert len(result.stderr.strip().splitlines()) == 1
    finally:
        text.write_text(before)


def test_a_title_is_text_whatever_it_holds(built):
    path = built.folder / "workflow/experiments/article/experiment.yaml"
    before = path.read_text()
    title = "<script>alert(1)</script> | $x$ `code` " + "long " * 2000
    path.write_text(before.replace('title: "Forty features in five dimensions"', f"title: {json.dumps(title)}"))
    try:
        result = built.superposition("report")
        assert result.returncode == 0, result.stderr
        page = (built.folder / "report/report.html").read_text()
        heading = re.search(r'<h1[^>]* id="article">(.*?)</h1>', page, re.S)[1]
        text = html.unescape(re.sub(r"<span[^>]*>.*?</span>", "", heading))
        assert " ".join(text.split()) == " ".join(title.split())
        assert "<script>alert" not in page
    finally:
        path.write_text(before)
        assert built.superposition("report").returncode == 0
