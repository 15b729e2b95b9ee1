"""A job stops with an error of one line where a product, a text or its settings are not what it was started for."""

import json
import re
from pathlib import Path

from article_products import ARTICLE
from superposition.store.sealed import sealed


def test_the_report_refuses_a_product_of_other_settings(built):
    product = built.folder / "results/article/relu/S0.9/metrics.csv"
    record = Path(f"{product}.json")
    before = record.read_text()
    foreign = {**json.loads(before), "digest": "0" * 16}
    foreign.pop("record")
    record.write_text(sealed(foreign))
    try:
        result = built.call("report")
        assert result.returncode == 1
        assert "results/article/relu/S0.9/metrics.csv: made by other settings or code" in result.stderr
        assert "snakemake --cores 1 --force results/article/relu/S0.9/metrics.csv" in result.stderr
    finally:
        record.write_text(before)


def test_a_changed_byte_is_noticed(built):
    product = built.folder / "results/article/relu/S0.9/weights.safetensors"
    before = product.read_bytes()
    product.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    try:
        result = built.call("extract", "article", "relu", "0.9")
        assert result.returncode == 1
        assert "weights.safetensors: content differs from its provenance" in result.stderr
    finally:
        product.write_bytes(before)


def test_a_job_refuses_settings_edited_during_the_run(built):
    result = built.call("data", "article", "0.1", "--expect", "0" * 16)
    assert result.returncode == 1
    assert "edited during the run" in result.stderr


def test_an_unknown_name_in_a_text_stops_the_report(built):
    text = built.folder / f"{ARTICLE}/text.md"
    before = text.read_text()
    try:
        for wrong, expected in (
            ("{{ nonsense }}", "'nonsense' is undefined; allowed: "),
            ('{{ median("relu", "0.3", "test_loss") }}', "unknown sparsity '0.3'; allowed: 0.1, 0.5, 0.9"),
            ('{{ median("relu", "0.1", "loss") }}', "unknown column 'loss'; allowed: experiment"),
            ('{{ figure("nothing") }}', "unknown figure 'nothing'; allowed: sample"),
        ):
            text.write_text(before + wrong)
            result = built.call("report")
            assert result.returncode == 1
            assert f"error: {ARTICLE}/text.md: {expected}" in result.stderr
    finally:
        text.write_text(before)


def test_divergence_stops_with_everything_that_names_it(project):
    project.edit("config/config.yaml", "preset: standard", "preset: smoke")
    project.edit(
        f"{ARTICLE}/experiment.yaml",
        "optimizer: adam\n  learning_rate: 0.001",
        "optimizer: sgd\n  learning_rate: 1.0e+6",
    )
    assert project.superposition("data", "article", "0.5").returncode == 0
    result = project.superposition("train", "article", "linear", "0.5")
    assert result.returncode == 1
    assert re.search(
        r"error: training diverged: experiment article, model linear, sparsity 0.5, variant default, seed 0, step \d+",
        result.stderr,
    )
    assert not list((project.folder / "results").rglob("weights*"))
