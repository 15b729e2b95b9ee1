"""What figures and text read: an experiment's settings and products, by model, sparsity and variant."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from .errors import UserError
from .importance import importance_vector
from .instances import Instance, expand
from .products import cell_path, claims_path, data_path, read_tensors


class Results:
    """An experiment's products, read when asked for.

    Args:
        experiment: its id.
        described: what may be said of it (plan.Plan.described).
        reads: the kinds of product that may be read: data, weights, matrices, metrics, claims.
        check: called with every path before it is read; returns it, or raises UserError.
    """

    def __init__(self, experiment: str, described: dict, reads: tuple[str, ...], check: Callable[[Path], Path]):
        self.experiment = experiment
        self.described = described
        self.features: int = described["features"]
        self.sparsities: list[str] = described["sparsities"]
        self.controls: dict[str, list[str]] = described["controls"]  # sparsity → models
        self.seeds: list[int] = described["seeds"]
        self.labels = {name: model["label"] for name, model in described["models"].items() if model["shown"]}
        self.importance = importance_vector(described["importance"], self.features)  # (feature,)
        self.variant = next(iter(next(iter(described["variants"].values()))))  # the one that figures show
        self._reads = reads
        self._check = check
        # Claims read the same arrays under hundreds of readings: each is read from disk once.
        self._tensor = cache(lambda path, name: read_tensors(path, [name])[0][name])
        self._table = cache(lambda path: pd.read_csv(path, dtype={"sparsity": str}))

    def data(self, sparsity: str, name: str = "test") -> np.ndarray:
        """A sparsity's data sets (dataset, sample, feature), `train` or `test`."""
        return self._tensor(self._path("data", data_path(self.experiment, sparsity)), name)

    def weights(self, model: str, sparsity: str, name: str, variant: str | None = None) -> np.ndarray:
        """An array of a cell's weights file, its first axis the seeds of a variant."""
        return self._array("weights", model, sparsity, name, variant)

    def matrices(self, model: str, sparsity: str, name: str, variant: str | None = None) -> np.ndarray:
        """An array of a cell's matrices file, its first axis the seeds of a variant."""
        return self._array("matrices", model, sparsity, name, variant)

    def metrics(self, model: str, sparsity: str, variant: str | None = None) -> pd.DataFrame:
        """The rows of a cell's metrics, one per seed of a variant."""
        table = self._table(self._path("metrics", cell_path(self.experiment, model, sparsity, "metrics.csv")))
        return table[table["variant"] == self._trained_as(model, variant)].reset_index(drop=True)

    def representative(self, model: str, sparsity: str) -> int:
        """Index of the seed whose held-out loss is the median (the lower one of two)."""
        losses = self.metrics(model, sparsity)["test_loss"].to_numpy()
        return int(np.argsort(losses, kind="stable")[(len(losses) - 1) // 2])

    def claims(self) -> dict:
        """The verdicts on the experiment's claims (judgement.Judgement)."""
        return json.loads(self._path("claims", claims_path(self.experiment)).read_text(encoding="utf-8"))

    def first_instance(self, model: str, sparsity: str) -> Instance:
        """The first seed's instance of the shown variant: its loss weights, sizes and data."""
        options, data = self.described["models"][model], self.described["data"]
        settings = {
            **{key: self.described[key] for key in ("seeds", "features", "streams")},
            **{key: options[key] for key in ("architecture", "hidden")},
            "sparsity": sparsity,
            "variants": {
                self.variant: {
                    **{key: options[key] for key in ("tied", "bias", "initialisation")},
                    **{key: data[key] for key in ("source", "target", "train_samples")},
                    "distribution": data,
                    "importance": self.described["importance"],
                    "training": self.described["training"],
                }
            },
        }
        return expand(settings)[0]

    def _array(self, kind: str, model: str, sparsity: str, name: str, variant: str | None) -> np.ndarray:
        path = self._path(kind, cell_path(self.experiment, model, sparsity, f"{kind}.safetensors"))
        order = list(dict.fromkeys(self.described["variants"][model].values()))
        start = order.index(self._trained_as(model, variant)) * len(self.seeds)
        return self._tensor(path, name)[start : start + len(self.seeds)]

    def _trained_as(self, model: str, variant: str | None) -> str:
        """The name under which a model's variant was trained: variants that mean the same for it are trained once."""
        return self.described["variants"][model][variant or self.variant]

    def _path(self, kind: str, path: Path) -> Path:
        if kind not in self._reads:
            raise UserError(
                f"{self.experiment}: {kind} is read but not named under 'reads'; found {json.dumps(self._reads)}"
            )
        return self._check(path)
