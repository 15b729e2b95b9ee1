"""A run of the smoke preset builds every product, with the right content and the same bits however it was run."""

import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from article_products import ALL_FIGURES, cells
from safetensors.numpy import load_file


def test_the_document_and_every_product_are_there(built):
    assert (built.folder / "report/report.md").is_file()
    assert (built.folder / "report/report.html").is_file()
    for cell in cells():
        folder = built.folder.joinpath("results", *cell)
        weights = load_file(folder / "weights.safetensors")
        assert weights["W"].shape[1:] == (5, 40)
        assert weights["W"].dtype == np.float32
        matrices = load_file(folder / "matrices.safetensors")
        assert matrices["gram"].shape[1:] == (40, 40)
        assert np.allclose(matrices["gram"], np.swapaxes(weights["W"], 1, 2) @ weights["W"], atol=1e-6)
        metrics = pd.read_csv(folder / "metrics.csv")
        assert len(metrics) == len(weights["W"])
        assert list(metrics[metrics["variant"] == "default"]["seed"]) == [0, 1]
    for name in ALL_FIGURES:
        bundle = built.folder / f"report/figures/{name}"
        assert {path.name for path in bundle.iterdir()} == {
            "figure.svg", "figure.pdf", "figure.png", "data.csv", "caption.md", "alt.txt", "cite.bib", "citation.txt",
            "provenance.json",
        }  # fmt: skip


def test_metrics_are_those_of_the_weights_on_the_held_out_set(built):
    x = load_file(built.folder / "data/article/S0.5.safetensors")["test"]
    weights = load_file(built.folder / "results/article/relu/S0.5/weights.safetensors")
    metrics = pd.read_csv(built.folder / "results/article/relu/S0.5/metrics.csv")
    matrices = load_file(built.folder / "results/article/relu/S0.5/matrices.safetensors")
    importance = np.linspace(1, 0.1, 40)
    for seed in (0, 1):
        W, b = weights["W"][seed].astype(np.float64), weights["b"][seed]
        error = np.maximum(np.maximum(x[seed] @ W.T, 0) @ W + b, 0) - x[seed]
        assert metrics["test_loss"][seed] == pytest.approx((importance * error**2).mean(), rel=1e-4)
        assert np.allclose(matrices["error_mean"][seed], error.mean(axis=0), atol=1e-5)
        assert np.allclose(matrices["error_square"][seed], (error**2).mean(axis=0), atol=1e-5)


def test_weights_do_not_depend_on_the_number_of_cores(built, project):
    project.edit("config/config.yaml", "preset: standard", "preset: smoke")
    cells = (("relu", "0.9"), ("linear", "0.1"))
    targets = [f"results/article/{model}/S{sparsity}/weights.safetensors" for model, sparsity in cells]
    result = project.run("snakemake", "--cores", "1", *targets)
    assert result.returncode == 0, result.stderr
    for target in targets:
        assert (project.folder / target).read_bytes() == (built.folder / target).read_bytes()


def test_a_killed_training_starts_again_and_ends_with_the_same_bits(built, project):
    """A job killed in the middle leaves nothing behind; the next one writes what an undisturbed one does."""
    project.edit("config/config.yaml", "preset: standard", "preset: smoke")
    shutil.copytree(built.folder / "data", project.folder / "data")
    command = [sys.executable, "-m", "superposition", "train", "article", "relu", "0.9"]
    environment = {**os.environ, "PYTHONPATH": str(project.folder / "workflow")}
    with subprocess.Popen(command, cwd=project.folder, env=environment, stderr=subprocess.PIPE, text=True) as job:
        assert "steps" in job.stderr.readline()  # some instances are trained, others are not
        job.kill()
    product = project.folder / "results/article/relu/S0.9/weights.safetensors"
    assert not product.exists()
    assert project.superposition("train", "article", "relu", "0.9").returncode == 0
    assert product.read_bytes() == (built.folder / "results/article/relu/S0.9/weights.safetensors").read_bytes()


def test_a_configuration_given_on_the_command_line_reaches_the_jobs(project):
    target = "results/article/linear/S0.9/metrics.csv"
    result = project.snakemake("--config", "preset=smoke", "--", target)
    assert result.returncode == 0, result.stderr
    assert list(pd.read_csv(project.folder / target)["steps"][:2]) == [200, 200]


def test_the_report_is_one_file_that_asks_the_network_for_nothing(built):
    page = (built.folder / "report/report.html").read_text()
    loaded = re.findall(r"""(?:src|srcset)\s*=\s*["']([^"']{0,80})|<link[^>]*href=["']([^"']{0,80})""", page)
    assert loaded
    assert all((a or b).startswith("data:") for a, b in loaded)
    assert not re.search(r"url\(\s*['\"]?http", page)
    assert page.count("<figure") == len(ALL_FIGURES)  # nothing is drawn that the page does not show
    assert len(re.findall(r'<img [^>]*alt="[^"]{40,}"', page)) == len(ALL_FIGURES)
    assert "<math" in page
    assert re.search(r"<th[^>]*>Verdict</th>\s*<th[^>]*>Effect and 95 % interval</th>\s*<th[^>]*>Readings</th>", page)
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_a_trained_model_loads_in_one_call(built):
    program = (
        "import numpy as np, torch\n"
        "from superposition.train.models import load\n"
        "from safetensors.numpy import load_file\n"
        "model = load('results/article/relu/S0.9/weights.safetensors', seed=1)\n"
        "W = load_file('results/article/relu/S0.9/weights.safetensors')['W'][1]\n"
        "assert np.array_equal(model.W.detach().numpy(), W)\n"
        "assert model(torch.rand(7, 40)).shape == (7, 40)\n"
    )
    result = built.run("python", "-c", program)
    assert result.returncode == 0, result.stderr
