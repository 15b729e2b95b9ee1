"""A run of the pipeline by name: metrics and claims as tables, arrays and models of any cell, the data of figures.

Everything is found by what lies below the run's folder: neither its configuration nor its experiments need be here.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..store.errors import UserError
from ..store.files import rebuild_command, sha256
from ..store.paths import KINDS, product_path
from ..store.provenance import intact
from ..store.sealed import read_sealed
from ..store.tensors import read_tensors
from .settings import decimal

if TYPE_CHECKING:
    from ..train.models import Autoencoder

MATRICES = ("gram", "norm", "dimensionality", "interference", "bias", "error_mean", "error_square", "importance")
WEIGHTS = (
    *("W", "V", "b", "loss", "loss_step", "snapshot_W", "snapshot_V", "snapshot_b", "snapshot_step"),
    *("gradient_norm", "least_curvature", "starts_agreeing"),
)
SHOWN = 12  # values that an error names


@dataclass(frozen=True)
class FigureData:
    """What a figure of a run is made of.

    Args:
        data: the table that it is drawn from.
        caption: Markdown.
        alt: text that stands for the picture.
        folder: where its files lie, figure.svg and others.
    """

    data: pd.DataFrame
    caption: str
    alt: str
    folder: Path


class Run:
    """What a run of the pipeline made. What is read is checked against the provenance that lies beside it.

    Args:
        path: the run's folder, that with `results/` in it.
    """

    def __init__(self, path: str | Path = "."):
        self.path = Path(path)
        self._files = sorted(self.path.glob(KINDS["metrics"].file.format(experiment="*", model="*", stretch="*")))
        if not self._files:
            raise UserError(
                f"{self.path}: no run lies here; allowed: the folder in which `snakemake --cores 4` has run, that with "
                "results/ in it"
            )

    def __repr__(self) -> str:
        experiments = ", ".join(dict.fromkeys(file.parts[-4] for file in self._files))
        return f"<run at {self.path}: {experiments}>"

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """A row for each trained model of all cells: which it is, and what was measured on it.

        `sparsity` is text, as experiment.yaml has it; a column for each swept setting is empty in experiments that do
        not sweep it. `cell` is the folder of the model's cell, `instance` its place there.
        """
        return pd.concat([self._cell(file) for file in self._files], ignore_index=True)

    def _cell(self, file: Path) -> pd.DataFrame:
        table = pd.read_csv(intact(file), dtype={"sparsity": str})
        cell = file.parent.relative_to(self.path).as_posix()
        return table.assign(cell=cell, instance=np.arange(len(table)))

    @cached_property
    def claims(self) -> pd.DataFrame:
        """A row for each claim of all experiments: quote, statement, threshold, the verdict under the default reading.

        The columns are the fields of claims.json (`python -m superposition schema claims`) that hold one value.
        """
        judged = [
            {"experiment": record["experiment"]} | {key: one for key, one in claim.items() if _is_single(one)}
            for record in (json.loads(file.read_text(encoding="utf-8")) for file in self._judged("claims"))
            for claim in record["claims"]
        ]
        return pd.DataFrame(judged)

    @cached_property
    def readings(self) -> pd.DataFrame:
        """A row for each part of each claim under each reading and control: effect, interval and verdict."""
        tables = [pd.read_csv(file, dtype={"part": str}) for file in self._judged("table")]
        return pd.concat(tables, ignore_index=True)

    def _judged(self, kind: str) -> list[Path]:
        files = sorted(self.path.glob(KINDS[kind].file.format(experiment="*")))
        if not files:
            raise UserError(f"{self.path}: no claims are judged here; build them: snakemake --cores 4")
        return [intact(file) for file in files]

    def select(self, **where: Any) -> pd.DataFrame:
        """The rows of `metrics` whose columns have certain values, such as model="relu", sparsity=0.9, seed=3.

        Args:
            where: values by column; a sparsity as a number or as text.

        Raises:
            UserError: no such column, or no row has a value among the rows that have those before it.
        """
        rows = self.metrics
        for column, value in where.items():
            if column not in rows:
                raise UserError(f"{self.path}: {column}: no such column; allowed: {', '.join(rows)}")
            wanted = decimal(value) if column == "sparsity" else value
            fitting = rows[rows[column] == wanted]
            if fitting.empty:
                known = list(map(str, rows[column].unique()))
                some = ", ".join(known[:SHOWN]) + f" and {len(known) - SHOWN} more" * (len(known) > SHOWN)
                raise UserError(f"{self.path}: {column}: found {value!r}; allowed: {some}")
            rows = fitting
        return rows

    def array(self, name: str, **where: Any) -> np.ndarray:
        """An array of each model that fits, (model, ...), in the order of `select`.

        Args:
            name: from matrices.safetensors gram, norm, dimensionality, interference, bias, error_mean, error_square or
                importance; from weights.safetensors W, V, b, loss, loss_step or a snapshot_….
            where: as for `select`.

        Raises:
            UserError: no such array or model, or the models' arrays have different shapes.
        """
        if name not in (*MATRICES, *WEIGHTS):
            raise UserError(f"{self.path}: array: found {name!r}; allowed: {', '.join((*MATRICES, *WEIGHTS))}")
        kind, rows = "matrices" if name in MATRICES else "weights", self.select(**where)
        parts = []
        for cell, of_cell in rows.groupby("cell", sort=False):
            path = self.path / cell / Path(KINDS[kind].file).name
            tensors, header = read_tensors(intact(path), [name])
            self._check_order(path, header, of_cell)
            parts.append(tensors[name][of_cell["instance"].to_numpy()])
        if len(shapes := {part.shape[1:] for part in parts}) > 1:
            raise UserError(
                f"{self.path}: {name}: found arrays of the shapes {', '.join(map(str, sorted(shapes)))}; allowed: "
                "models of one shape, such as those of one experiment and model"
            )
        return np.concatenate(parts)

    def _check_order(self, path: Path, header: dict, rows: pd.DataFrame) -> None:
        """Metrics and weights of a cell are made by two jobs: their rows must mean the same models."""
        known = header.get("instances")
        for row in rows.itertuples() if known is not None else ():
            said = known[row.instance] if row.instance < len(known) else {}
            if any(said.get(key) != getattr(row, key) for key in ("sparsity", "variant", "seed")):
                raise UserError(f"{path}: other models than its metrics.csv has; rebuild that: {rebuild_command(path)}")

    def load(self, **where: Any) -> "Autoencoder":
        """The first model that fits as a torch module: `run.load(experiment="article", model="relu", sparsity=0.9)`.

        Args:
            where: as for `select`.

        Raises:
            UserError: no such model, or its file is damaged.
        """
        from ..train.models import load

        row = self.select(**where).iloc[0]
        path = self.path / row["cell"] / Path(KINDS["weights"].file).name
        _, header = read_tensors(intact(path), [])
        self._check_order(path, header, self.metrics.loc[[row.name]])
        instance = header["instances"][row["instance"]]
        return load(path, **{key: instance.get(key) for key in ("seed", "variant", "sparsity", "point")})

    @property
    def figures(self) -> list[str]:
        """The ids of all figures that are drawn."""
        files = self.path.glob(f"{KINDS['figure'].file.format(figure='*')}/provenance.json")
        return sorted(file.parent.name for file in files)

    def figure(self, identifier: str) -> FigureData:
        """What a figure is made of, such as run.figure("article-bias").data.

        Raises:
            UserError: no such figure, or a file of it is damaged.
        """
        if identifier not in self.figures:
            raise UserError(f"{self.path}: figure: found {identifier!r}; allowed: {', '.join(self.figures) or 'none'}")
        folder = self.path / product_path("figure", identifier)
        remedy = f"redraw it: {rebuild_command(folder / 'provenance.json')}"
        outputs = read_sealed(folder / "provenance.json", remedy)["outputs"]
        for name in ("data.csv", "caption.md", "alt.txt"):
            if sha256(folder / name, remedy) != outputs[name]:
                raise UserError(f"{folder / name}: not the file that the provenance names; {remedy}")
        caption, alt = ((folder / name).read_text(encoding="utf-8").strip() for name in ("caption.md", "alt.txt"))
        data = pd.read_csv(folder / "data.csv", dtype={"sparsity": str})
        return FigureData(data, caption, alt, folder)


def open_run(path: str | Path = ".") -> Run:
    """A run of the pipeline, for its tables, arrays and models.

    Example:
        >>> run = superposition.open_run("superposition")  # doctest: +SKIP
        >>> run.metrics.groupby(["experiment", "model", "sparsity"])["test_loss"].median()  # doctest: +SKIP
        >>> run.array("gram", experiment="article", model="relu", sparsity=0.9, seed=103)  # doctest: +SKIP

    Args:
        path: the run's folder, that with `results/` in it; anything else of a checkout need not be there.

    Raises:
        UserError: no run lies there.
    """
    return Run(path)


def _is_single(value: Any) -> bool:
    return not isinstance(value, list | dict)
