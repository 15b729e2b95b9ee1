"""Extraction: from weights to matrices and metrics."""

from pathlib import Path

import numpy as np

from .. import measures
from ..architecture import BUILT_IN, reconstruct
from ..instances import Instance, expand
from ..products import read_tensors, replacing, write_tensors

CHUNK = 4096  # test samples at a time: a few MB whatever the number of features


def extract(settings: dict, weights: Path, data: Path, matrices: Path, metrics: Path) -> None:
    """Write a cell's matrices and metrics.

    matrices.safetensors holds, float32: gram (instance, feature, feature); norm, dimensionality, interference, bias
    (instance, feature); error_mean and error_square (instance, feature), the held-out means of x̂ − x and of its
    square; and importance (instance, feature). metrics.csv has one row per instance.

    Args:
        settings: the stage's settings (plan.Plan.extract).
        weights: the cell's weights file.
        data: the sparsity's data file, for its held-out set.
        matrices: output.
        metrics: output.

    Raises:
        UserError: an input is missing or damaged.
    """
    instances = expand(settings)
    trained, _ = read_tensors(weights)
    test = read_tensors(data, ["test"])[0]["test"]  # (dataset, sample, feature)
    W, b = trained["W"], trained["b"]
    V = trained.get("V", W)
    errors = [_errors(instance, W[i], V[i], b[i], test, settings) for i, instance in enumerate(instances)]
    mean, square = (np.stack(part) for part in zip(*errors, strict=True))  # (instance, feature), float64
    arrays = {
        "gram": measures.gram_matrix(W, V),
        "norm": measures.feature_norms(W),
        "dimensionality": measures.dimensionality(W),
        "interference": measures.interference(W),
        "bias": b,
        "error_mean": mean,
        "error_square": square,
        "importance": np.array([instance.importance for instance in instances]),
    }
    header = {name: settings[name] for name in ("experiment", "model", "sparsity")}
    write_tensors(matrices, {name: array.astype(np.float32) for name, array in arrays.items()}, header)
    _write_metrics(metrics, settings, instances, trained, square)


def _errors(instance: Instance, W, V, b, test: np.ndarray, settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Held-out means (feature,) of x̂ − x and of its square, float64."""
    forward = _forward(instance, W, V, b, settings)
    samples = test[instance.dataset]
    total, square = np.zeros(instance.features), np.zeros(instance.features)
    for start in range(0, len(samples), CHUNK):
        x = samples[start : start + CHUNK]
        difference = (forward(x) - x).astype(np.float64)
        total += difference.sum(axis=0)
        square += np.square(difference).sum(axis=0)
    return total / len(samples), square / len(samples)


def _forward(instance: Instance, W, V, b, settings: dict):
    """What the model computes, on arrays; torch is imported only for modules that are not built in."""
    if instance.architecture in BUILT_IN:
        architecture = BUILT_IN[instance.architecture]
        return lambda x: reconstruct(architecture, W, V, b, x)
    import torch

    from ..models import find

    torch.set_num_threads(1)
    tensors = [torch.from_numpy(array) for array in (W, b, V)]
    module = find(instance.architecture, settings["experiment"])(
        tensors[0], tensors[1] if instance.bias else None, None if instance.tied else tensors[2]
    )
    return lambda x: module(torch.from_numpy(x)).detach().numpy()


def _write_metrics(path: Path, settings: dict, instances: list[Instance], trained: dict, square: np.ndarray) -> None:
    import csv

    W = trained["W"]
    represented = measures.features_represented(W)
    capacity = measures.dimensionality(W).sum(axis=-1)
    last = (trained["loss_step"] > 0).sum(axis=1) - 1  # index of each instance's last record
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            [
                "experiment",
                "model",
                "sparsity",
                "variant",
                "seed",
                "steps",
                "train_loss",
                "test_loss",
                "features_represented",
                "dimensionality_sum",
                "frobenius_squared",
            ]
        )
        for i, instance in enumerate(instances):
            writer.writerow(
                [
                    *(settings[name] for name in ("experiment", "model", "sparsity")),
                    instance.variant,
                    instance.seed,
                    instance.training["steps"],
                    float(trained["loss"][i, last[i]]),
                    float(instance.loss_weights @ square[i]),
                    int(represented[i]),
                    float(capacity[i]),
                    float(np.square(W[i], dtype=np.float64).sum()),
                ]
            )
