"""Data sets: a training and a held-out set for every seed, at one sparsity."""

from pathlib import Path

import numpy as np

from ..products import write_tensors
from ..sampling import distribution, draw
from ..streams import Purpose, stream


def generate(settings: dict, output: Path) -> None:
    """Write `train` and `test`, float32 (dataset, sample, feature), one data set per seed.

    Args:
        settings: the stage's settings (plan.Plan.data).
        output: the safetensors file; `train` has no rows where every variant trains on fresh data.
    """
    source = distribution(settings["distribution"], float(settings["sparsity"]), settings["features"])
    sets = {}
    for name, purpose in (("train", Purpose.TRAINING_SET), ("test", Purpose.TEST_SET)):
        samples, features = settings[f"{name}_samples"], settings["features"]
        array = np.empty((len(settings["seeds"]), samples, features), dtype=np.float32)
        for dataset, seed in enumerate(settings["seeds"]):
            array[dataset] = draw(stream(seed, purpose), samples, source)
        sets[name] = array
    write_tensors(output, sets, {"sparsity": settings["sparsity"], "seeds": settings["seeds"]})
