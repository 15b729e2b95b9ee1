"""Models of the fused engine end where the published notebooks' loop ends, in distribution over ten seeds."""

import sys

import numpy as np
import pytest
import torch
from conftest import ROOT
from scipy.stats import ks_2samp
from superposition.train.fused.data import BatchStream, DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.model import ModelSpec
from superposition.train.fused.optimiser import OptimiserSpec
from superposition.train.fused.training import train

sys.path.append(str(ROOT / "benchmarks"))
from notebook_loop import Notebook

SEEDS, DENSITY, BATCH = 10, 0.1, 256


def of_the_notebook(n, m, steps):
    """(W (m, n), b (n,)) of each seed: models side by side, torch's autograd, AdamW and data."""
    torch.manual_seed(0)
    loop = Notebook(n, m, SEEDS, DENSITY, BATCH)
    loop.steps(steps)
    return [(W.T.numpy(), b.numpy()) for W, b in zip(loop.W.detach(), loop.b.detach(), strict=True)]


def of_the_engine(n, m, steps):
    """The same of the fused engine, from weights as widely spread as the notebook's."""
    spread = (2 / (m * (n + SEEDS))) ** 0.5  # Xavier's of a tensor (seed, feature, hidden), as torch counts its fans
    model, data = ModelSpec(n, m, np.full(n, 1 / n)), DataSpec(np.full(n, 1 - DENSITY))
    weights = np.random.default_rng(0).normal(0, spread, (SEEDS, m, n)).astype(np.float32)
    jobs = [
        Job(model, data, OptimiserSpec(weight_decay=0.01), BATCH, steps, W, seed=seed) for seed, W in enumerate(weights)
    ]
    return [(result.encoder, result.bias) for result in map(train, jobs)]


def losses(models, n):
    """Mean squared error of each model on the same held-out samples."""
    x = BatchStream(DataSpec(np.full(n, 1 - DENSITY)), 10_000, SEEDS, (1,)).take(1)[0]
    return [np.square(np.maximum(x @ W.T @ W + b, 0) - x).mean() for W, b in models]


@pytest.mark.parametrize(("n", "m", "steps"), [(10, 4, 1000), (40, 20, 300)])
def test_final_losses_are_distributed_as_the_notebook_loop_s(n, m, steps):
    published, ours = losses(of_the_notebook(n, m, steps), n), losses(of_the_engine(n, m, steps), n)
    assert ks_2samp(published, ours).pvalue > 0.05
    assert ks_2samp(published, losses(of_the_engine(n, m, steps // 2), n)).pvalue < 0.01  # it would be seen
