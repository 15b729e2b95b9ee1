"""`superposition.open_run` finds what a run made, from anywhere, and checks it."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import superposition
import torch
from safetensors.numpy import load_file
from superposition import UserError

RELU = {"experiment": "article", "model": "relu", "sparsity": 0.9, "variant": "default"}
CELL = "results/article/relu/S0.9"


@pytest.fixture
def copy(built, tmp_path, monkeypatch):
    """What a run made, without the project around it; the working directory is elsewhere."""
    for part in ("results", "report/figures"):
        shutil.copytree(built.folder / part, tmp_path / "run" / part)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path / "run"


def test_metrics_are_those_of_all_cells(copy):
    run = superposition.open_run("../run")
    files = sorted(copy.glob("results/**/metrics.csv"))
    assert len(files) > 10
    assert len(run.metrics) == sum(len(pd.read_csv(file)) for file in files)
    assert set(run.metrics["sparsity"]) == {"0", "0.1", "0.5", "0.9"}
    own = pd.read_csv(copy / CELL / "metrics.csv", dtype={"sparsity": str})
    rows = run.select(experiment="article", model="relu", sparsity="0.9")
    pd.testing.assert_frame_equal(rows[list(own)].reset_index(drop=True), own)
    assert set(rows["cell"]) == {CELL}


@pytest.mark.parametrize("name", ["W", "b", "loss", "gram", "norm", "importance"])
def test_arrays_are_those_of_the_files(copy, name):
    run = superposition.open_run(copy)
    files = load_file(copy / CELL / "weights.safetensors") | load_file(copy / CELL / "matrices.safetensors")
    places = run.select(**RELU)["instance"]
    assert len(places) == 2
    assert np.array_equal(run.array(name, **RELU), files[name][places], equal_nan=True)


def test_every_array_of_the_files_has_its_name_here(copy):
    from superposition.play.runs import MATRICES, WEIGHTS

    assert set(load_file(copy / CELL / "matrices.safetensors")) == set(MATRICES)
    assert set(load_file(copy / CELL / "weights.safetensors")) <= set(WEIGHTS)


def test_arrays_of_several_cells_stand_in_the_order_of_their_rows(copy):
    run = superposition.open_run(copy)
    where = {"experiment": "article", "variant": "default", "seed": 1, "model": "relu"}
    rows, norms = run.select(**where), run.array("norm", **where)
    assert len(rows) == 4  # sparsities
    assert np.allclose((norms**2).sum(axis=1), rows["frobenius_squared"], rtol=1e-5)


def test_a_model_loads_with_its_weights(copy):
    run = superposition.open_run(copy)
    model = run.load(**RELU, seed=1)
    assert np.array_equal(model.W.detach().numpy(), run.array("W", **RELU, seed=1)[0])
    x = torch.rand(3, 40)
    h = torch.relu(x @ model.W.T)
    assert torch.allclose(model(x), torch.relu(h @ model.W + model.b))
    assert model.W.shape == run.load(experiment="article").W.shape


def test_claims_are_those_of_the_record(copy):
    run = superposition.open_run(copy)
    record = json.loads((copy / "results/article/claims.json").read_text(encoding="utf-8"))
    assert run.claims["claim"].tolist() == [claim["claim"] for claim in record["claims"]]
    assert run.claims["verdict"].tolist() == [claim["verdict"] for claim in record["claims"]]
    assert set(run.claims["experiment"]) == {"article"}
    judged = [one for claim in record["claims"] for one in (*claim["readings"], *claim["controls"])]
    parts = [part for one in judged for part in one["parts"]]
    assert len(run.readings) == len(parts)


def test_a_figure_comes_with_its_data(copy):
    run = superposition.open_run(copy)
    figure = run.figure("article-bias")
    assert len(figure.data) == len((copy / "report/figures/article-bias/data.csv").read_text().splitlines()) - 1
    assert "article-bias" in figure.caption
    assert (figure.folder / "figure.svg").is_file()
    assert set(run.figures) == {path.name for path in (copy / "report/figures").iterdir() if path.is_dir()}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda run: run.select(modle="relu"), "modle: no such column; allowed: experiment, model, "),
        (lambda run: run.load(model="rely"), "model: found 'rely'; allowed: linear, linear-hidden-relu, relu, "),
        (lambda run: run.select(sparsity=0.95), "sparsity: found 0.95; allowed: 0.1, 0.5, 0.9, 0"),
        (lambda run: run.load(model="relu", seed=7), "seed: found 7; allowed: 0, 1"),
        (lambda run: run.array("grm", **RELU), "array: found 'grm'; allowed: gram, "),
        (lambda run: run.figure("article-baas"), "figure: found 'article-baas'; allowed: article-"),
    ],
)
def test_what_there_is_not_is_named_beside_what_there_is(copy, asked, words):
    with pytest.raises(UserError) as error:
        asked(superposition.open_run(copy))
    assert words in str(error.value)


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(UserError, match="no run lies here; allowed: the folder"):
        superposition.open_run(tmp_path)


@pytest.mark.parametrize(
    ("file", "asked"),
    [
        (f"{CELL}/metrics.csv", lambda run: run.metrics),
        (f"{CELL}/matrices.safetensors", lambda run: run.array("gram", **RELU)),
        (f"{CELL}/weights.safetensors", lambda run: run.array("W", **RELU)),
        (f"{CELL}/weights.safetensors", lambda run: run.load(**RELU)),
        ("results/article/claims.json", lambda run: run.claims),
        ("results/article/claims.csv", lambda run: run.readings),
        ("report/figures/article-bias/data.csv", lambda run: run.figure("article-bias")),
    ],
)
def test_a_file_that_is_not_as_it_was_made_is_named(copy, file, asked):
    content = bytearray((copy / file).read_bytes())
    content[-3] ^= 1
    (copy / file).write_bytes(content)
    with pytest.raises(UserError) as error:
        asked(superposition.open_run(copy))
    assert str(error.value).startswith(str(copy / file))
    assert "snakemake --cores 1" in str(error.value)


def test_metrics_of_other_weights_are_refused(copy):
    folder = copy / CELL
    table = pd.read_csv(folder / "metrics.csv", dtype={"sparsity": str})
    table.iloc[::-1].to_csv(folder / "metrics.csv", index=False)
    (folder / "metrics.csv.json").unlink()
    with pytest.raises(UserError, match="other models than its"):
        superposition.open_run(copy).load(**RELU)


def test_the_command_that_mends_a_file_goes_to_its_project_first(built, tmp_path, monkeypatch):
    from superposition.store.files import rebuild_command

    monkeypatch.chdir(tmp_path)
    target = "results/article/relu/S0.9/metrics.csv"
    assert rebuild_command(built.folder / target) == f"cd {built.folder} && snakemake --cores 1 --force {target}"
    monkeypatch.chdir(built.folder)
    assert rebuild_command(built.folder.__class__(target)) == f"snakemake --cores 1 --force {target}"
