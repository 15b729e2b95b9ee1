"""Data sets: a training and a held-out set for every seed, at each of a stretch of sparsities."""

from itertools import product
from pathlib import Path

import numpy as np

from ..store.tensors import write_tensors
from .sampling import distribution, draw
from .streams import Purpose, stream


def generate(settings: dict, output: Path) -> None:
    """Write `train` and `test`, float32 (dataset, sample, feature): at each sparsity in turn, a data set per seed.

    Args:
        settings: the stage's settings (pipeline.stages.data).
        output: the safetensors file; `train` has no rows where every variant trains on fresh data.
    """
    sources = [distribution(settings["distribution"], float(s), settings["features"]) for s in settings["sparsities"]]
    drawn = list(product(sources, settings["seeds"]))
    sets = {}
    for name, purpose in (("train", Purpose.TRAINING_SET), ("test", Purpose.TEST_SET)):
        samples, features = settings[f"{name}_samples"], settings["features"]
        array = np.empty((len(drawn), samples, features), dtype=np.float32)
        for dataset, (source, seed) in enumerate(drawn):
            array[dataset] = draw(stream(seed, purpose), samples, source)
        sets[name] = array
    write_tensors(output, sets, {"sparsities": settings["sparsities"], "seeds": settings["seeds"]})
