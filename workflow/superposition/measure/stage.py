"""Extraction: from weights to matrices and metrics."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..data.instances import Instance, expand
from ..data.sampling import distribution, draw
from ..data.streams import Purpose, stream
from ..spec.architectures import BUILT_IN
from ..store.files import replacing
from ..store.tensors import read_tensors, write_tensors
from . import features
from .columns import METRICS
from .reconstruction import error_sums
from .theory import linear_optimum

CHUNK = 4096  # test samples at a time through a module of torch


def extract(settings: dict, weights: Path, data: Path, matrices: Path, metrics: Path) -> None:
    """Write a cell's matrices and metrics.

    matrices.safetensors holds, float32: gram (instance, feature, feature); norm, dimensionality, interference, bias
    (instance, feature); error_mean and error_square (instance, feature), the held-out means of x̂ − t and of its
    square; and importance (instance, feature). metrics.csv has one row per instance, and a column for each swept
    setting.

    Args:
        settings: the stage's settings (pipeline.stages.extract).
        weights: the cell's weights file.
        data: the cell's data file, for its held-out sets.
        matrices: output.
        metrics: output.

    Raises:
        UserError: an input is missing or damaged.
    """
    instances = expand(settings)
    trained, _ = read_tensors(weights)
    test = _held_out(settings, data)
    W, b = trained["W"], trained["b"]
    V = trained.get("V", W)
    errors = [_errors(instance, W[i], V[i], b[i], test, settings) for i, instance in enumerate(instances)]
    mean, square = (np.stack(part) for part in zip(*errors, strict=True))  # (instance, feature), float64
    arrays = {
        "gram": features.gram_matrix(W, V),
        "norm": features.feature_norms(W),
        "dimensionality": features.dimensionality(W),
        "interference": features.interference(W),
        "bias": b,
        "error_mean": mean,
        "error_square": square,
        "importance": np.array([instance.importance for instance in instances]),
    }
    header = {name: settings[name] for name in ("experiment", "model", "sparsities")}
    write_tensors(matrices, {name: array.astype(np.float32) for name, array in arrays.items()}, header)
    _write_metrics(metrics, settings, instances, trained, square)


def _held_out(settings: dict, data: Path) -> Callable[[Instance], np.ndarray]:
    """The held-out set (sample, feature) of an instance: the data file's, or drawn where a variant changes the data."""
    sets = read_tensors(data, ["test"])[0]["test"]  # (dataset, sample, feature)
    stored = {s: distribution(settings["distribution"], float(s), settings["features"]) for s in settings["sparsities"]}

    def of(instance: Instance) -> np.ndarray:
        if instance.distribution == stored[instance.sparsity]:
            return sets[instance.dataset, :, : instance.features]
        return draw(stream(instance.seed, Purpose.TEST_SET), sets.shape[1], instance.distribution)

    return of


def _errors(instance: Instance, W, V, b, test: Callable, settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Held-out means (feature,) of x̂ − t and of its square, float64; t is the target, x or |x|."""
    samples, absolute = test(instance), instance.target == "absolute"
    if instance.architecture in BUILT_IN:
        total, square = error_sums(BUILT_IN[instance.architecture], W, V, b, samples, absolute)
    else:
        total, square = _module_error_sums(_module(instance, W, V, b, settings), samples, absolute)
    return total / len(samples), square / len(samples)


def _module_error_sums(forward: Callable, samples: np.ndarray, absolute: bool) -> tuple[np.ndarray, np.ndarray]:
    """What `reconstruction.error_sums` returns, by torch's arithmetic: its last digits depend on the processor."""
    total, square = np.zeros(samples.shape[1]), np.zeros(samples.shape[1])
    for start in range(0, len(samples), CHUNK):
        x = samples[start : start + CHUNK]
        difference = (forward(x) - (np.abs(x) if absolute else x)).astype(np.float64)
        total += difference.sum(axis=0)
        square += np.square(difference).sum(axis=0)
    return total, square


def _module(instance: Instance, W, V, b, settings: dict) -> Callable[[np.ndarray], np.ndarray]:
    """The module that an experiment registers for an architecture that is not built in, on arrays."""
    import torch

    from ..train.models import find

    torch.set_num_threads(1)
    tensors = [torch.from_numpy(array) for array in (W, b, V)]
    module = find(instance.architecture, settings["experiment"])(
        tensors[0], tensors[1] if instance.bias else None, None if instance.tied else tensors[2]
    )
    return lambda x: module(torch.from_numpy(x)).detach().numpy()


def _write_metrics(path: Path, settings: dict, instances: list[Instance], trained: dict, square: np.ndarray) -> None:
    import csv

    W = trained["W"]
    represented = features.features_represented(W)
    capacity = features.dimensionality(W).sum(axis=-1)
    per_dimension = features.features_per_dimension(W)
    slope = features.loss_slope(trained["loss"], trained["loss_step"])
    last = (trained["loss_step"] > 0).sum(axis=1) - 1  # index of each instance's last record
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        columns = ("experiment", "model", "sparsity", "variant", *settings["sweep"], *METRICS)
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for i, instance in enumerate(instances):
            test_loss = float((instance.loss_weights * square[i]).sum())  # @ would sum in the processor's order
            row = {
                **{name: settings[name] for name in ("experiment", "model")},
                "sparsity": instance.sparsity,
                "variant": instance.variant,
                **dict(zip(settings["sweep"], instance.point, strict=True)),
                "seed": instance.seed,
                "steps": instance.steps,
                "train_loss": float(trained["loss"][i, last[i]]),
                "test_loss": test_loss,
                "loss_slope": float(slope[i]),
                "optimum_excess": _excess(instance, test_loss),
                "features_represented": int(represented[i]),
                "features_per_dimension": float(per_dimension[i]),
                "dimensionality_sum": float(capacity[i]),
                "frobenius_squared": float(np.square(W[i], dtype=np.float64).sum()),
            }
            writer.writerow(row)


def _excess(instance: Instance, loss: float) -> float | str:
    """How far a linear model's held-out loss lies above its closed-form optimum, relative; empty for other models."""
    known = instance.architecture == "linear" and instance.bias and instance.target == "identity"
    if not known or instance.distribution.sets or instance.training["l1"]:
        return ""
    optimum = linear_optimum(instance.loss_weights, instance.hidden, instance.distribution)
    return loss / optimum - 1 if optimum > 0 else ""
