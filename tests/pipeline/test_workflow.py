"""The pipeline from end to end on the smoke preset: what is built, what is stale after which edit, what is refused."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file
from superposition.store.sealed import sealed

ARTICLE = "workflow/experiments/article"
LIBRARY = "workflow/superposition"
DRAWN = ("sample", "loss-curves", "held-out-loss", "bias", "gram")
CLAIMS = (
    "relu-compresses-better", "linear-keeps-top", "relu-spreads", "linear-bias-order", "relu-bias-no-order",
    "relu-bias-lower", "sparsity-brings-superposition", "dense-models-alike", "nonlinearity-needed", "sparsity-needed",
    "dataset-sparsity",
)  # fmt: skip
CURVES = {f"article-claim-{name}" for name in CLAIMS}
ALL_FIGURES = {f"article-{name}" for name in DRAWN} | CURVES
MODELS = ("linear", "relu", "linear-hidden-relu", "relu-output")
SPARSITIES = ("0.1", "0.5", "0.9", "0")


def planned(project):
    """What `snakemake -n` would run, as {rule: {target, ...}}."""
    result = project.snakemake("-n", "--verbose", "--quiet", "host")
    assert result.returncode == 0, result.stderr
    jobs: dict[str, set] = {}
    for line in (result.stdout + result.stderr).splitlines():
        if match := re.match(r"Job \d+: (data|train|extract|judge|figure|report)\b\s*(.*)", line):
            jobs.setdefault(match[1], set()).add(tuple(match[2].split()))
    return jobs


def cells(models=MODELS, sparsities=SPARSITIES):
    """Every cell of these models and sparsities; at sparsity 0 only the models with a ReLU on the output are trained."""
    return {
        ("article", model, f"S{sparsity}")
        for model, sparsity in product(models, sparsities)
        if sparsity != "0" or model in ("relu", "relu-output")
    }


def figures(*names):
    return {(name,) for name in names}


REPORT = {"report": {("report",)}}
JUDGED = {"judge": {("article",)}, **REPORT}
EVERY_FIGURE = figures(*ALL_FIGURES)
FROM_TRAINING = {"train": cells(), "extract": cells(), "figure": EVERY_FIGURE - figures("article-sample"), **JUDGED}
FROM_EXTRACTION = {
    "extract": cells(),
    "figure": figures("article-held-out-loss", "article-bias", "article-gram", *CURVES),
    **JUDGED,
}

# (file, old, new): exactly the jobs that must run. Figures read data, weights, matrices or metrics, as their reads say.
EDITS = {
    "a comment in a module of every stage": (f"{LIBRARY}/products.py", "import hashlib", "# why not\nimport hashlib", {}),
    "a docstring": (f"{LIBRARY}/engines/torch.py", '"""The reference engine:', '"""The one reference engine:', {}),
    "a comment in the YAML": (f"{ARTICLE}/experiment.yaml", "features: 40", "features: 40  # many", {}),
    "a description in the schema": (f"{LIBRARY}/specification.py", "number of features, n", "the number of features", {}),
    "a comment in a figure": (f"{ARTICLE}/figures.py", "    styles = model_styles", "    # two\n    styles = model_styles", {}),
    "a figure's code": (f"{ARTICLE}/figures.py", "alpha=0.75", "alpha=0.8", {"figure": figures("article-held-out-loss"), **REPORT}),
    "a constant of one figure": (f"{ARTICLE}/figures.py", "SHOWN_SAMPLES = 24", "SHOWN_SAMPLES = 20", {"figure": figures("article-sample"), **REPORT}),
    "the style sheet": (f"{LIBRARY}/drawing.py", '"font.size": 8.5', '"font.size": 8', {"figure": EVERY_FIGURE, **REPORT}),
    "the specification curve": (f"{LIBRARY}/specification_curve.py", "LINE = 0.155", "LINE = 0.16", {"figure": figures(*CURVES), **REPORT}),
    "what jobs ask of a cluster": (f"{LIBRARY}/sizes.py", "START = 10", "START = 20", {}),
    "a resource of a rule": ("workflow/rules/train.smk", "mem_mb=lambda w, attempt: attempt *", "mem_mb=lambda w, attempt: 2 * attempt *", {}),
    "the text": (f"{ARTICLE}/text.md", "The article", "This article", REPORT),
    "the page's style": (f"{LIBRARY}/templates/style.css", "line-height: 1.55", "line-height: 1.6", REPORT),
    "the PDF's style": (f"{LIBRARY}/templates/document.typ", "size: 10.5pt", "size: 11pt", REPORT),
    "a title": (f"{ARTICLE}/experiment.yaml", "Forty features", "40 features", REPORT),
    "a label": (f"{ARTICLE}/experiment.yaml", "label: linear,", "label: Linear,", {"figure": EVERY_FIGURE, **JUDGED}),
    "a threshold": (f"{ARTICLE}/experiment.yaml", "threshold: 0.05", "threshold: 0.04", {"figure": figures(*CURVES), **JUDGED}),
    "a claim's code": (f"{ARTICLE}/claims.py", "s: 1 - evidence", "s: 1.0 - evidence", {"figure": figures(*CURVES), **JUDGED}),
    "a measure": (f"{LIBRARY}/measures.py", "REPRESENTED = 0.5", "REPRESENTED = 0.6", FROM_EXTRACTION),
    "the engine": (f"{LIBRARY}/engines/specifications.py", "initial_weights(instance)", "(initial_weights(instance))[:2]", FROM_TRAINING),
    "the other engine": (f"{LIBRARY}/engines/optimizers.py", "self.step_count = 0", "self.step_count = 0 + 0", {}),
    "the kernel": (f"{LIBRARY}/fused/gradient.py", "np.float64(total(loss + ", "np.float64(0 + total(loss + ", FROM_TRAINING),
    "the hidden units of one model": (f"{ARTICLE}/experiment.yaml", "label: ReLU, hidden: 5", "label: ReLU, hidden: 6", {"train": cells(["relu"]), "extract": cells(["relu"]), "figure": EVERY_FIGURE, **JUDGED}),
    "the rows of the training set": (f"{ARTICLE}/experiment.yaml", "train_samples: 1000,", "train_samples: 900,", {"data": {("article", f"S{s}") for s in SPARSITIES}, "train": cells(), "extract": cells(), "figure": EVERY_FIGURE, **JUDGED}),
    "a sparsity more": (f"{ARTICLE}/experiment.yaml", '"0.9"]', '"0.9", "0.7"]', {"data": {("article", "S0.7")}, "train": cells(sparsities=["0.7"]), "extract": cells(sparsities=["0.7"]), "figure": EVERY_FIGURE, **JUDGED}),
    "a sparsity less": (f"{ARTICLE}/experiment.yaml", '"0.5", "0.9"]', '"0.9"]', {"figure": EVERY_FIGURE, **JUDGED}),
    "formats": ("config/config.yaml", "[svg, pdf, png]", "[svg, pdf]", {"figure": EVERY_FIGURE, **REPORT}),
}  # fmt: skip


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


def test_nothing_is_to_be_done_twice(built):
    result = built.snakemake()
    assert result.returncode == 0
    assert "Nothing to be done" in result.stdout + result.stderr


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_makes_exactly_its_own_jobs_stale(built, edit):
    file, old, new, expected = EDITS[edit]
    before = (built.folder / file).read_text()
    built.edit(file, old, new)
    try:
        assert planned(built) == expected
    finally:
        (built.folder / file).write_text(before)


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
    assert page.count("<figure") == len(ALL_FIGURES)
    assert len(re.findall(r'<img [^>]*alt="[^"]{40,}"', page)) == len(ALL_FIGURES)
    assert "<math" in page
    assert re.search(r"<th[^>]*>Verdict</th>\s*<th[^>]*>Effect and 95 % interval</th>\s*<th[^>]*>Readings</th>", page)
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_a_title_is_text_whatever_it_holds(built):
    path = built.folder / f"{ARTICLE}/experiment.yaml"
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


def test_the_report_refuses_a_product_of_other_settings(built):
    product = built.folder / "results/article/relu/S0.9/metrics.csv"
    record = Path(f"{product}.json")
    before = record.read_text()
    foreign = {**json.loads(before), "digest": "0" * 16}
    foreign.pop("record")
    record.write_text(sealed(foreign))
    try:
        result = built.superposition("report")
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
        result = built.superposition("extract", "article", "relu", "0.9")
        assert result.returncode == 1
        assert "weights.safetensors: content differs from its provenance" in result.stderr
    finally:
        product.write_bytes(before)


def test_a_job_refuses_settings_edited_during_the_run(built):
    result = built.superposition("data", "article", "0.1", "--expect", "0" * 16)
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
            result = built.superposition("report")
            assert result.returncode == 1
            assert f"error: {ARTICLE}/text.md: {expected}" in result.stderr
    finally:
        text.write_text(before)


def test_jobs_that_do_not_train_do_not_import_torch(built):
    for arguments in (("extract", "article", "relu", "0.9"), ("figure", "article-bias"), ("report",)):
        program = (
            "import sys, superposition.cli.commands as c\n"
            f"c.main({list(arguments)!r}, standalone_mode=False)\n"
            "assert 'torch' not in sys.modules"
        )
        result = built.run("python", "-c", program)
        assert result.returncode == 0, result.stderr


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
