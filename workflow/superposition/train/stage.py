"""Training: every instance of a cell, by the configured engine."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np

from ..data.instances import TRAINED, Instance, expand
from ..store.errors import DivergedError, UserError
from ..store.tensors import read_tensors, write_tensors
from .controls import Arrays, controls, identity
from .engines.stacking import stacked
from .progress import Progress

IDENTITY = ("sparsity", "variant", "point", "seed", "tied", "bias")  # what the file says of each instance


def train(settings: dict, data: Path, output: Path, progress: Progress) -> None:
    """Train a cell and write its weights.

    The file holds, float32 unless said otherwise:
        W (instance, hidden, feature), the encoder; V likewise, the decoder, where some weights are untied;
        b (instance, feature), zero where a model has no bias;
        loss (instance, record), the mean loss over the steps since the record before, and
        loss_step (instance, record), int64, its last step (0 past an instance's last record);
        snapshot_W, snapshot_V, snapshot_b (instance, snapshot, ...) and snapshot_step (instance, snapshot),
        int64, where snapshots are asked for (−1 past an instance's last snapshot);
        gradient_norm, least_curvature, starts_agreeing (instance, 1), float64, where some weights are an optimum: its
        certificate (engines.optimum), NaN of all others.

    Args:
        settings: the stage's settings (pipeline.stages.train).
        data: the cell's data file.
        output: the weights file.
        progress: told of every step.

    Raises:
        UserError: the data file is missing or damaged, or a model diverges.
    """
    instances = expand(settings)
    fixed = any(instance.source == "fixed" for instance in instances)
    rows = read_tensors(data, ["train"])[0]["train"] if fixed else None
    try:
        tensors = _weights(instances, rows, settings, progress)
    except DivergedError as error:
        lost = instances[error.index]
        raise UserError(
            f"training diverged: experiment {settings['experiment']}, model {settings['model']}, sparsity "
            f"{lost.sparsity}, variant {lost.variant}, seed {lost.seed}, step {error.step}: loss {error.loss}; "
            "lower training.learning_rate"
        ) from None
    header = {
        "experiment": settings["experiment"],
        "model": settings["model"],
        "sparsities": settings["sparsities"],
        "architecture": settings["architecture"],
        "instances": [{name: getattr(instance, name) for name in IDENTITY} for instance in instances],
    }
    write_tensors(output, tensors, header)


def _weights(instances: Sequence[Instance], rows: np.ndarray | None, settings: dict, progress: Progress) -> Arrays:
    """The arrays of all instances: of those that are trained or computed, and of controls made from these."""
    results: list[Arrays] = [{}] * len(instances)
    of = (settings["experiment"], settings["model"])
    for method, engine in (("descent", settings["engine"]), ("optimum", "optimum")):
        chosen = [i for i, known in enumerate(instances) if known.origin == TRAINED]
        chosen = [i for i in chosen if instances[i].training["method"] == method]
        if chosen:
            train = import_module(f".engines.{engine}", __package__).train
            try:
                arrays = train([instances[i] for i in chosen], rows, progress, settings["experiment"])
            except DivergedError as error:
                raise DivergedError(chosen[error.index], error.step, error.loss) from None
            for place, i in enumerate(chosen):
                results[i] = {name: np.atleast_1d(array[place]) for name, array in arrays.items()}
    if made := [i for i, instance in enumerate(instances) if instance.origin != TRAINED]:
        like = [i for i, instance in enumerate(instances) if instance.variant == instance.like]
        known = {identity(instances[i]): results[i] for i in like}
        for i, arrays in zip(made, controls([instances[i] for i in made], known, *of), strict=True):
            results[i] = arrays
    return stacked(results)
