"""Training: every instance of a cell, by the configured engine."""

from importlib import import_module
from pathlib import Path

from ..data.instances import expand
from ..store.errors import DivergedError, UserError
from ..store.tensors import read_tensors, write_tensors
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
        int64, where snapshots are asked for (−1 past an instance's last snapshot).

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
    engine = import_module(f".engines.{settings['engine']}", __package__)
    try:
        tensors = engine.train(instances, rows, progress, settings["experiment"])
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
