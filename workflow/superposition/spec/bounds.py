"""Bounds on what an experiment asks for as a whole: more would be refused by memory, after hours or with a crash."""

from collections.abc import Mapping
from math import prod
from pathlib import Path

from ..store.errors import UserError
from .experiment import Experiment

MOST_VALUES = 1_000_000_000  # of one array: 4 GB
MOST_READINGS = 10_000


def check_readings(experiment: Experiment, path: Path) -> None:
    """Refuse a product of more choices than can be judged.

    Raises:
        UserError: design is product, and the axes' choices have too many combinations.
    """
    count = 1
    for axis in experiment.axes.values():
        count *= len(axis.choices)
    if experiment.design == "product" and count > MOST_READINGS:
        raise UserError(
            f"{path}: design: found product, of {count:,} readings; allowed: one-at-a-time, or axes of at most "
            f"{MOST_READINGS:,} readings"
        )


def check_sizes(
    experiment: Experiment, variants: Mapping[str, Experiment], sweep: Mapping[str, list], path: Path
) -> None:
    """Refuse arrays that no machine holds.

    Raises:
        UserError: an array of a product would have too many values; names the keys that make it so.
    """
    n, seeds = experiment.most_features, len(experiment.seeds)
    together = min(experiment.sparsities_per_job, len(experiment.sparsities))
    sets = together * seeds
    instances = sets * len(variants) * prod(map(len, sweep.values()))
    hidden = max(model.hidden for model in experiment.models.values())
    rows = [v.data.train_samples for v in variants.values() if v.data.source == "fixed"]
    train = max([*rows, *sweep.get("data.train_samples", [])], default=0)
    records = max([*(v.training.records for v in variants.values()), *sweep.get("training.records", [])])
    kept = max(len(v.training.snapshots) for v in variants.values())
    batch = max((v.training.batch for v in variants.values() if v.training.batch != "full"), default=0)
    for keys, values in (
        ("data.train_samples, features, seeds and sparsities_per_job", sets * train * n),
        ("data.test_samples, features, seeds and sparsities_per_job", sets * experiment.data.test_samples * n),
        ("features, seeds, variants, sweep and sparsities_per_job", instances * n * n),
        (
            "features, hidden, seeds, variants, sweep, training.snapshots and sparsities_per_job",
            instances * n * hidden * max(kept, 1),
        ),
        ("training.records, seeds, variants, sweep and sparsities_per_job", instances * records),
        ("training.batch and features", batch * n),
    ):
        if values > MOST_VALUES:
            raise UserError(
                f"{path}: {keys}: found an array of {values:,} values; allowed: at most {MOST_VALUES:,} (4 GB)"
            )
