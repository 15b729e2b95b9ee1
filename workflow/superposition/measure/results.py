"""What figures and text read: an experiment's settings and products, by model, sparsity and variant."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import prod
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.instances import Instance, expand, importance_vector
from ..store.errors import UserError
from ..store.paths import product_path
from ..store.tensors import read_tensors
from .tables import AXES, BY_FEATURE, labelled, numbered, tidy


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
        self.sweep: dict[str, list] = described["sweep"]  # dotted key → values
        self.variant = next(iter(next(iter(described["variants"].values()))))  # the one that figures show
        self._place = {  # each sparsity's stretch, and its place there
            sparsity: (stretch, i)
            for stretch, part in described["stretches"].items()
            for i, sparsity in enumerate(part)
        }
        self._reads = reads
        self._check = check
        # Claims read the same arrays under hundreds of readings: each is read from disk once.
        self._tensor = cache(lambda path, name: read_tensors(path, [name])[0][name])
        self._table = cache(lambda path: pd.read_csv(path, dtype={"sparsity": str}))

    def data(self, sparsity: str, name: str = "test") -> np.ndarray:
        """A sparsity's data sets (dataset, sample, feature), `train` or `test`."""
        stretch, place = self._place[sparsity]
        sets = self._tensor(self._path("data", product_path("data", self.experiment, stretch)), name)
        return sets[place * len(self.seeds) : (place + 1) * len(self.seeds)]

    def weights(self, model: str, sparsity: str, name: str, variant: str | None = None) -> np.ndarray:
        """An array of a cell's weights, (seed, ...) of a variant; before the seeds an axis for each swept setting."""
        return self._array("weights", model, sparsity, name, variant)

    def matrices(self, model: str, sparsity: str, name: str, variant: str | None = None) -> np.ndarray:
        """An array of a cell's matrices, (seed, ...) of a variant; before the seeds an axis for each swept setting."""
        return self._array("matrices", model, sparsity, name, variant)

    def metrics(self, model: str, sparsity: str, variant: str | None = None) -> pd.DataFrame:
        """The rows of a cell's metrics, one per seed (and point of the sweep) of a variant."""
        stretch, _ = self._place[sparsity]
        table = self._table(self._path("metrics", product_path("metrics", self.experiment, model, stretch)))
        rows = (table["sparsity"] == sparsity) & (table["variant"] == self.trained_as(model, variant))
        return table[rows].reset_index(drop=True)

    def metric(self, model: str, sparsity: str, column: str, variant: str | None = None) -> np.ndarray:
        """A column of a cell's metrics, float64 (seed,) of a variant; before it an axis for each swept setting."""
        values = self.metrics(model, sparsity, variant)[column].to_numpy(dtype=np.float64)
        return values.reshape(*self._swept, len(self.seeds))

    def table(
        self,
        kind: str,
        quantities: str | Iterable[str] | Mapping[str, str],
        *,
        models: Iterable[str] | None = None,
        sparsities: Iterable[str] | None = None,
        variants: Iterable[str] | Mapping[str, str] | None = None,
        stacked: str = "quantity",
    ) -> pd.DataFrame:
        """What was measured as a tidy table: what a figure is drawn from, and cites.

        A row for each model, sparsity, point of the sweep, seed of the shown variant (or of some), and entry of the
        quantity's own axes (tables.AXES), such as the feature, counted from 1. Models go by their labels.

        Args:
            kind: where the quantities are read: data (which no model has), weights, matrices or metrics.
            quantities: names of arrays of one shape, or of columns of metrics.csv, each a column of the table; or, by
                name, labels: then the values stand in one column, `value`, and another says which they are.
            models: some of the models by name, in this order; all that are shown by default.
            sparsities: some of the sparsities; all by default.
            variants: names of variants, or labels by their names: a column `variant` then says which a row is of.
            stacked: name of the column that says which quantity a value is, where quantities have labels.
        """
        names = [quantities] if isinstance(quantities, str) else list(quantities)
        chosen = list(self.sparsities if sparsities is None else sparsities)
        if kind == "data":
            parts = [self._tidy(kind, None, s, names) for s in chosen]
        elif variants is None:
            parts = [self._tidy(kind, m, s, names) for m in (models or self.labels) for s in chosen]
        else:
            labels = variants if isinstance(variants, Mapping) else {name: name for name in variants}
            parts = [
                labelled(self._tidy(kind, m, s, names, variant), variant=label)
                for variant, label in labels.items()
                for m in (models or self.labels)
                for s in chosen
            ]
        table = pd.concat(parts, ignore_index=True)
        if not isinstance(quantities, Mapping):
            return table
        axes = [column for column in table if column not in names]
        return table.rename(columns=quantities).melt(axes, var_name=stacked, value_name="value")

    def representative(self, model: str, sparsity: str, variant: str | None = None) -> int:
        """Index of the seed whose held-out loss is the median (the lower one of two)."""
        losses = self.metric(model, sparsity, "test_loss", variant)
        return int(np.argsort(losses, kind="stable")[(len(losses) - 1) // 2])

    def best(self, model: str, sparsity: str, variant: str | None = None) -> int:
        """Index of the seed whose held-out loss is the lowest."""
        return int(self.metric(model, sparsity, "test_loss", variant).argmin())

    def size(self, model: str) -> tuple[int, int]:
        """A model's numbers of features and of hidden units."""
        options = self.described["models"][model]
        return options["features"], options["hidden"]

    def importance_of(self, model: str) -> np.ndarray:
        """Weight of each of a model's features in the loss (feature,), where no sweep changes it."""
        return importance_vector(self.described["models"][model]["importance"], self.size(model)[0])

    def claims(self) -> dict:
        """The verdicts on the experiment's claims (judge.record.Judgement)."""
        return json.loads(self._path("claims", product_path("claims", self.experiment)).read_text(encoding="utf-8"))

    def first_instance(self, model: str, sparsity: str) -> Instance:
        """The first instance of the shown variant: its loss weights, sizes and data."""
        options, data = self.described["models"][model], self.described["data"]
        variant = {
            "importance": options["importance"],
            "data": data,
            "model": {key: options[key] for key in ("tied", "bias", "initialisation", "stacked")},
            "training": self.described["training"],
        }
        settings = {
            **{key: self.described[key] for key in ("seeds", "streams", "sweep")},
            **{key: options[key] for key in ("architecture", "hidden", "features")},
            "sparsities": [sparsity],
            "variants": {self.variant: variant},
        }
        return expand(settings)[0]

    def _tidy(
        self, kind: str, model: str | None, sparsity: str, names: list[str], variant: str | None = None
    ) -> pd.DataFrame:
        """The quantities of one model at one sparsity."""
        if kind == "data":
            columns, points = {name: self.data(sparsity, name) for name in names}, {}
        else:
            read = {"weights": self.weights, "matrices": self.matrices, "metrics": self.metric}[kind]
            columns, points = {name: read(model, sparsity, name, variant) for name in names}, self.sweep
        own = () if kind == "metrics" else AXES.get(names[0], BY_FEATURE)
        axes = {**points, "seed": self.seeds, **numbered(columns[names[0]], own)}
        of = {} if model is None else {"model": self.described["models"][model]["label"]}
        return labelled(tidy(columns, **axes), **of, sparsity=sparsity)

    @property
    def _swept(self) -> tuple[int, ...]:
        """Number of values of each swept setting."""
        return tuple(map(len, self.sweep.values()))

    def _array(self, kind: str, model: str, sparsity: str, name: str, variant: str | None) -> np.ndarray:
        stretch, place = self._place[sparsity]
        path = self._path(kind, product_path(kind, self.experiment, model, stretch))
        order = list(dict.fromkeys(self.described["variants"][model].values()))
        shape = (*self._swept, len(self.seeds))
        start = (place * len(order) + order.index(self.trained_as(model, variant))) * prod(shape)
        array = self._tensor(path, name)[start : start + prod(shape)]
        return array.reshape(*shape, *array.shape[1:])

    def trained_as(self, model: str, variant: str | None) -> str:
        """The name under which a model's variant was trained: variants that mean the same for it are trained once."""
        return self.described["variants"][model][variant or self.variant]

    def _path(self, kind: str, path: Path) -> Path:
        if kind not in self._reads:
            raise UserError(
                f"{self.experiment}: {kind} is read but not named under 'reads'; found {json.dumps(self._reads)}"
            )
        return self._check(path)
