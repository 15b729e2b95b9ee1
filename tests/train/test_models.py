"""The torch modules compute the printed formulas, their gradients are right, and the array version agrees."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from superposition.measure.reconstruction import error_sums
from superposition.spec.architectures import BUILT_IN
from superposition.store.errors import UserError
from superposition.store.provenance import Stage, write_provenance
from superposition.store.tensors import read_tensors, write_tensors
from superposition.train.fused.tiles import STRIP
from superposition.train.models import find, load, register

PRINTED = {
    "linear": lambda x, W, V, b: (x @ W.T) @ V + b,
    "linear-hidden-relu": lambda x, W, V, b: np.maximum(x @ W.T, 0) @ V + b,
    "relu": lambda x, W, V, b: np.maximum(np.maximum(x @ W.T, 0) @ V + b, 0),
    "relu-output": lambda x, W, V, b: np.maximum((x @ W.T) @ V + b, 0),
}


def weights(seed, features=6, hidden=3, samples=5):
    g = np.random.default_rng(seed)
    shapes = [(samples, features), (hidden, features), (hidden, features), (features,)]
    return [g.normal(size=shape) for shape in shapes]


def module(architecture, W, V, b, tied):
    return find(architecture)(torch.from_numpy(W), torch.from_numpy(b), None if tied else torch.from_numpy(V))


def test_every_built_in_architecture_is_a_module():
    assert set(PRINTED) == set(BUILT_IN) <= set(register.names(""))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("architecture", PRINTED)
def test_modules_and_arrays_compute_the_printed_formula(architecture, tied):
    x, W, V, b = weights(0)
    V = W if tied else V
    expected = PRINTED[architecture](x, W, V, b)
    with torch.no_grad():
        assert np.allclose(module(architecture, W, V, b, tied)(torch.from_numpy(x)).numpy(), expected)


@pytest.mark.parametrize("absolute", [True, False])
@pytest.mark.parametrize("samples", [1, STRIP, 3 * STRIP + 5])
@pytest.mark.parametrize("architecture", PRINTED)
def test_errors_of_the_printed_formula_are_summed_over_samples(architecture, samples, absolute):
    x, W, V, b = weights(2, samples=samples)
    error = PRINTED[architecture](x, W, V, b) - (np.abs(x) if absolute else x)
    sums, squares = error_sums(BUILT_IN[architecture], W, V, b, x, absolute)
    assert np.allclose(sums, error.sum(axis=0), rtol=1e-5, atol=1e-5 * samples)
    assert np.allclose(squares, np.square(error).sum(axis=0), rtol=1e-5, atol=1e-5 * samples)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("architecture", PRINTED)
def test_gradients_agree_with_finite_differences(architecture, tied):
    x, W, V, b = weights(1)
    model = module(architecture, W, V, b, tied)
    importance = torch.linspace(1, 0.1, x.shape[1], dtype=torch.float64)

    def loss():
        return ((torch.from_numpy(x) - model(torch.from_numpy(x))).square() * importance).sum(-1).mean()

    loss().backward()
    step = 1e-6
    for parameter in model.parameters():
        flat, gradient = parameter.data.view(-1), parameter.grad.view(-1)
        for i in range(len(flat)):
            value = flat[i].item()
            ends = []
            for change in (step, -step):
                flat[i] = value + change
                ends.append(loss().item())
            flat[i] = value
            assert gradient[i].item() == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5, abs=1e-8)


def test_a_batch_of_models_computes_what_each_does_alone():
    x, W, V, b = (np.stack(arrays) for arrays in zip(*(weights(seed) for seed in range(4)), strict=True))
    with torch.no_grad():
        together = module("relu", W, V, b, tied=False)(torch.from_numpy(x)).numpy()
        for i in range(4):
            alone = module("relu", W[i], V[i], b[i], tied=False)(torch.from_numpy(x[i])).numpy()
            assert np.allclose(together[i], alone)


def test_an_unknown_architecture_is_named():
    with pytest.raises(UserError, match="'rnn'; allowed: linear"):
        find("rnn")


CELL = "results/toy/relu/S0.8-0.9/weights.safetensors"


@pytest.fixture
def cell(tmp_path, monkeypatch):
    """The file of a cell of two sparsities and two seeds, W of each model filled with its number, from 0."""
    monkeypatch.chdir(tmp_path)
    known = [(sparsity, seed) for sparsity in ("0.8", "0.9") for seed in (3, 10)]
    header = {
        "experiment": "toy",
        "model": "relu",
        "architecture": "relu",
        "sparsities": ["0.8", "0.9"],
        "instances": [
            {
                "sparsity": sparsity,
                "seed": seed,
                "variant": "default",
                "point": [0.5, 7, "adam"],
                "tied": True,
                "bias": True,
            }
            for sparsity, seed in known
        ],
    }
    numbers = np.arange(len(known), dtype=np.float32)[:, None, None]
    arrays = {"W": np.ones((4, 2, 5), np.float32) * numbers, "b": np.zeros((4, 5), np.float32)}
    write_tensors(Path(CELL), arrays, header)
    return Path(CELL)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, 0),
        ({"seed": 10}, 1),
        ({"seed": "10"}, 1),
        ({"seed": np.int64(10)}, 1),
        ({"sparsity": "0.9"}, 2),
        ({"sparsity": 0.9}, 2),
        ({"sparsity": "0.90", "seed": "10"}, 3),
        ({"point": (0.5, 7, "adam"), "sparsity": 0.9}, 2),
        ({"point": ["0.5", "7", "adam"]}, 0),
    ],
)
def test_a_number_may_be_given_as_text_and_a_text_as_a_number(cell, asked, number):
    assert (number == load(cell, **asked).W).all()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"sparsity": 0.95}, "holds no model of sparsity 0.95; allowed: sparsity 0.8, sparsity 0.9"),
        ({"seed": "three"}, "holds no model of seed three; allowed: seed 3, seed 10"),
        ({"variant": 3}, "holds no model of variant 3; allowed: variant default"),
        ({"point": [0.5, 7, "sgd"]}, r"holds no model of point \[0.5, 7, 'sgd'\]; allowed: point \[0.5, 7, 'adam'\]"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(cell, asked, words):
    with pytest.raises(UserError, match=f"^{CELL}: {words}$"):
        load(cell, **asked)


@pytest.mark.parametrize("place", ["results/toy/relu/S0.8/weights.safetensors", CELL.replace("relu", "linear")])
@pytest.mark.parametrize("sidecar", [True, False])
def test_weights_in_another_cell_s_place_are_refused_also_with_their_provenance(cell, place, sidecar):
    Path(place).parent.mkdir(parents=True)
    shutil.copy(cell, place)
    if sidecar:
        write_provenance(Path(place), Stage("train", ("toy", "relu", "0.8-0.9"), {}, "", {}), [])
    error = (
        rf"^{place}: holds another cell's weights, those of {CELL}; rebuild it: snakemake --cores 1 --force {place}$"
    )
    for path in (place, Path(place).absolute()):
        with pytest.raises(UserError, match=error):
            load(path)


def test_a_copy_anywhere_else_is_loaded(cell, tmp_path):
    for name in ("mine.safetensors", "S0.8/weights.safetensors"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(cell, tmp_path / name)
        assert (load(tmp_path / name, seed=10).W == 1).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda arrays, header: arrays.pop("W"), "no weights"),
        (lambda arrays, header: arrays.update(b=arrays["b"][:, :3]), "no weights"),
        (lambda arrays, header: arrays.update(W=arrays["W"][:0]), "no weights"),
        (lambda arrays, header: arrays.update(W=arrays["W"].astype(np.int64)), "no weights"),
        (lambda arrays, header: header.pop("sparsities"), "no weights"),
        (lambda arrays, header: header.update(instances=None), "no weights"),
        (lambda arrays, header: header.update(instances=[[]]), "no weights"),
        (lambda arrays, header: header.update(experiment="../toy"), "no weights"),
        (lambda arrays, header: header.update(architecture="rnn"), "no models.py"),
    ],
)
def test_a_file_that_the_stage_did_not_write_is_refused_in_one_line(cell, change, words):
    arrays, header = read_tensors(cell)
    change(arrays, header)
    write_tensors(cell, arrays, header)
    with pytest.raises(UserError, match=words):
        load(cell, seed=10)


def test_no_command_is_advised_for_a_file_that_none_would_make(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in ("nope", "weights.safetensors", tmp_path / "weights.safetensors", "other/" + CELL):
        with pytest.raises(UserError, match=r"no such file; a model's weights are results/.*/weights.safetensors$"):
            load(path)
    with pytest.raises(UserError, match=rf"^{CELL}: no such file; build it: snakemake --cores 1 --force {CELL}$"):
        load(CELL)
    Path("text").write_text("hello")
    with pytest.raises(UserError, match=r"^text: damaged \([^;]*\)$"):
        load("text")
    os.mkfifo("pipe")
    for name in ("pipe", "."):
        with pytest.raises(UserError, match=r"no regular file; a model's weights are results/"):
            load(name)
