"""The torch modules compute the printed formulas, their gradients are right, and the array version agrees."""

import numpy as np
import pytest
import torch
from superposition.measure.reconstruction import error_sums
from superposition.spec.architectures import BUILT_IN
from superposition.store.errors import UserError
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


def test_a_file_that_no_stage_makes_is_answered_with_where_models_lie(tmp_path):
    with pytest.raises(UserError, match=r"nope: no such file; a model's weights are results/.*/weights.safetensors$"):
        load(tmp_path / "nope")
    with pytest.raises(UserError, match=r"snakemake .*--force .*weights.safetensors"):
        load(tmp_path / "weights.safetensors")
