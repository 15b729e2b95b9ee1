"""Settings of small cells, and the training of their instances by an engine."""

import numpy as np
from superposition.data.instances import expand
from superposition.data.sampling import Distribution, draw
from superposition.data.streams import Purpose, stream
from superposition.train.engines import torch as engine
from superposition.train.progress import Progress

TRAINING = {
    "method": "descent", "optimizer": "adam", "learning_rate": 0.01, "schedule": "constant", "beta1": 0.9, "beta2": 0.999,
    "epsilon": 1e-8, "weight_decay": 0.0, "l1": 0.0, "steps": 50, "batch": 20, "reduction": "mean", "records": 10, "snapshots": [],
}  # fmt: skip


def settings(variants=None, **changes):
    """A cell's settings; a variant names what it changes, wherever that stands."""
    cell = {
        "architecture": "relu",
        "features": 6,
        "hidden": 2,
        "sparsities": ["0.5"],
        "seeds": [0, 1, 2],
        "streams": "paired",
        "sweep": {},
        **changes,
    }
    return {**cell, "variants": {name: variant(**change) for name, change in (variants or {"default": {}}).items()}}


def variant(**changes):
    base = {
        "importance": {"curve": "geometric", "ratio": 0.8},
        "data": {
            "values": "unit", "relative_density": None, "sets": None, "source": "fixed", "target": "identity",
            "train_samples": 100,
        },
        "model": {"tied": True, "bias": True, "initialisation": "inverse-sqrt-features", "stacked": 10},
        "training": TRAINING,
    }  # fmt: skip
    for key, value in changes.items():
        group = next((base[part] for part in ("data", "model") if key in base[part]), base)
        assert key in group
        group[key] = value
    return base


def rows_of(cell, samples=100):
    sets = [
        draw(
            stream(seed, Purpose.TRAINING_SET),
            samples,
            Distribution((float(cell["sparsities"][0]),) * cell["features"]),
        )
        for seed in cell["seeds"]
    ]
    return np.stack(sets)


def run(cell, rows=None, engine=engine):
    instances = expand(cell)
    return engine.train(instances, rows_of(cell) if rows is None else rows, Progress("test", 1), "test")
