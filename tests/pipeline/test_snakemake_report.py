"""The report that Snakemake itself makes: every figure and table in it, annotated, and nothing from the network."""

import json
import re

import pytest
from conftest import copied, shared

HOSTILE = '</script><script>alert(1)</script> {{ 7 * 7 }} | `a` $x$ **b** "q" <!-- end'


@pytest.fixture(scope="session")
def reported(pristine, tmp_path_factory):
    """A copy of the built project with the report, made while one caption and one claim's text were hostile."""
    return copied(
        shared(tmp_path_factory, "reported", lambda folder: report(copied(pristine, folder))),
        tmp_path_factory.mktemp("reported") / "project",
    )


@pytest.fixture(scope="session")
def shown(reported):
    """What the report's page holds for each result, by path."""
    page = (reported.folder / "report/snakemake.html").read_text()
    assert "<script>alert(1)" not in page
    return json.loads(re.search(r"var results = (\{.*\});\n", page)[1])


def report(built):
    """Make the report with a hostile caption and a hostile text, and take both back."""
    caption = built.folder / "report/figures/article-gram/caption.md"
    before = caption.read_text()
    caption.write_text(HOSTILE)
    file, text = "workflow/experiments/article/experiment.yaml", "one percentage point"
    built.edit(file, f'"{text}"', json.dumps(HOSTILE))
    try:
        result = built.snakemake("--report", "report/snakemake.html")
    finally:
        caption.write_text(before)
        built.edit(file, json.dumps(HOSTILE), f'"{text}"')
    assert result.returncode == 0, result.stderr


def test_every_figure_and_table_is_there_with_caption_and_labels(built, shown):
    figures = {path.parent.relative_to(built.folder) for path in (built.folder / "report/figures").glob("*/figure.svg")}
    tables = {path.relative_to(built.folder) for path in (built.folder / "results").rglob("*.csv")}
    assert set(shown) == {f"{figure}/figure.svg" for figure in figures} | {str(table) for table in tables}
    for path, result in shown.items():
        assert result["labels"], path
        assert len(result["caption"]) > 80, path
    assert shown["report/figures/article-bias/figure.svg"]["labels"] == {"figure": "article-bias"}
    assert "reconstruction error" in shown["report/figures/article-bias/figure.svg"]["caption"]
    assert shown["results/article/relu/S0.9/metrics.csv"]["labels"] == {"model": "relu", "sparsity": "0.9"}


def test_text_from_yaml_stays_text(shown):
    caption = shown["report/figures/article-gram/figure.svg"]["caption"]
    assert '&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} | `a` $x$ **b** "q" &lt;!-- end' in caption


def test_a_caption_makes_nothing_stale(reported):
    result = reported.snakemake()
    assert "Nothing to be done" in result.stdout + result.stderr
