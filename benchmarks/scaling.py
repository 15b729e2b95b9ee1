"""How the time of a cell grows with its points, features and hidden units: `make benchmark-scaling`.

    python benchmarks/scaling.py [steps]
    python benchmarks/scaling.py --tiny     # two sizes of each series and two steps, to see that it runs

Each measurement trains a cell by the engine fused and extracts its measures, as the pipeline's jobs do, in one
thread: ReLU-output models, batch 256, density 0.1, fresh data, Adam, and a held-out set of 10 000 rows. Times are the
fastest of three rounds in which all sizes take turns; what is printed besides are ratios within this run, and the
exponent p of time ~ sizeᵖ between neighbours. The table also goes to benchmarks/results/scaling.csv and scaling.svg.
"""

import argparse
import csv
import tempfile
import time
from pathlib import Path

import numpy as np
from superposition.data.stage import generate
from superposition.measure.stage import extract
from superposition.train.progress import Progress
from superposition.train.stage import train

SERIES = {
    "points of a sweep (10 seeds each, 2 × 1)": [(points, 2, 1, 10) for points in (1, 4, 16, 64, 256)],
    "features (10 hidden units)": [(1, features, 10, 1) for features in (20, 40, 80, 160, 320, 640)],
    "hidden units (200 features)": [(1, 200, hidden, 1) for hidden in (2, 4, 8, 16, 32, 64)],
}  # (points, features, hidden units, seeds)
VARIED = (0, 1, 2)  # which number of a measurement a series varies
ROUNDS, ROWS = 3, 10_000
RESULTS = Path(__file__).parent / "results"


def cell(points: int, features: int, hidden: int, seeds: int, steps: int) -> dict:
    """The settings of a cell, as the plan states them (pipeline.stages.train and extract)."""
    distribution = {"values": "unit", "relative_density": None, "sets": None}
    training = {
        "method": "descent", "optimizer": "adam", "learning_rate": 0.01, "schedule": "linear", "beta1": 0.9,
        "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0, "l1": 0.0, "steps": steps, "batch": 256,
        "reduction": "sum", "records": 20, "snapshots": [],
    }  # fmt: skip
    variant = {
        "importance": {"curve": "extra", "value": 1.0, "last": 1.0},
        "data": {**distribution, "source": "fresh", "target": "identity", "train_samples": None},
        "model": {"tied": True, "bias": True, "initialisation": "xavier-normal", "stacked": 10},
        "training": training,
    }
    return {
        "experiment": "scaling", "model": "model", "sparsities": ["0.9"], "architecture": "relu-output",
        "features": features, "hidden": hidden, "streams": "own", "engine": "fused", "distribution": distribution,
        "seeds": list(range(seeds)), "variants": {"default": variant}, "train_samples": 0, "test_samples": ROWS,
        "sweep": {"importance.last": np.geomspace(0.1, 10, points).tolist()},
    }  # fmt: skip


def seconds(settings: dict, folder: Path) -> tuple[float, float]:
    """Wall-clock seconds of a cell's training and extraction."""
    data, weights = folder / "data.safetensors", folder / "weights.safetensors"
    generate(settings, data)
    models = len(settings["seeds"]) * len(settings["sweep"]["importance.last"])
    start = time.perf_counter()
    train(settings, data, weights, Progress("scaling", 10**12 * models))
    trained = time.perf_counter()
    extract(settings, weights, data, folder / "matrices.safetensors", folder / "metrics.csv")
    return trained - start, time.perf_counter() - trained


def measured(all_series: dict[str, list], steps: int) -> list[dict]:
    """A row for every measurement of every series."""
    shapes = [shape for series in all_series.values() for shape in series]
    with tempfile.TemporaryDirectory() as folder:
        seconds(cell(1, 2, 1, 1, 2), Path(folder))  # compiles
        rounds = [[seconds(cell(*shape, steps), Path(folder)) for shape in shapes] for _ in range(ROUNDS)]
    best = dict(zip(shapes, np.min(rounds, axis=0), strict=True))  # the shapes of two series may agree
    return [
        {"series": name, "size": shape[varied], "models": shape[0] * shape[3], "train": best[shape][0],
         "extract": best[shape][1]}
        for (name, series), varied in zip(all_series.items(), VARIED, strict=True)
        for shape in series
    ]  # fmt: skip


def plot(rows: list[dict], path: Path) -> None:
    """Seconds of a cell against its size, a panel for each series, relative to the series' first."""
    from superposition.draw.canvas import PALETTE, panels

    figure, axes = panels(1, len(SERIES), 2.5, sharey=False)
    for axis, name in zip(axes[0], SERIES, strict=True):
        own = [row for row in rows if row["series"] == name]
        sizes = np.array([row["size"] for row in own], dtype=float)
        for key, colour, marker in (("train", PALETTE[0], "o"), ("extract", PALETTE[1], "s")):
            values = np.array([row[key] for row in own])
            axis.plot(sizes, values, color=colour, marker=marker, markersize=4, label=key)
        axis.plot(sizes, own[0]["train"] * sizes / sizes[0], color="#888888", linestyle=":", label="proportional")
        axis.set(xscale="log", yscale="log", xlabel=name.partition(" (")[0])
        axis.set_title(name.partition("(")[2].rstrip(")"))
        axis.grid(True)
    axes[0, 0].set_ylabel("seconds a cell")
    handles, _ = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, ["training", "extraction", "proportional"], loc="outside lower center", ncols=3)
    figure.savefig(path, metadata={"Date": None})


def main():
    """Measure, print, and write the table and its plot."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("steps", nargs="?", type=int, default=1000, help="of training; 1000 by default")
    parser.add_argument("--tiny", action="store_true", help="two sizes of each series and two steps")
    given = parser.parse_args()
    steps = 2 if given.tiny else given.steps
    rows = measured({name: series[:2] if given.tiny else series for name, series in SERIES.items()}, steps)
    for name in SERIES:
        own = [row for row in rows if row["series"] == name]
        print(f"\n{name}, {steps} steps")
        print(f"{'size':>8}{'models':>8}{'train':>10}{'× first':>9}{'p':>6}{'extract':>10}{'× first':>9}")
        for before, row in zip([None, *own], own, strict=False):
            power = np.log(row["train"] / before["train"]) / np.log(row["size"] / before["size"]) if before else np.nan
            print(
                f"{row['size']:8}{row['models']:8}{row['train']:9.3f}s{row['train'] / own[0]['train']:9.2f}{power:6.2f}"
                f"{row['extract']:9.3f}s{row['extract'] / own[0]['extract']:9.2f}"
            )
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "scaling.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    plot(rows, RESULTS / "scaling.svg")


if __name__ == "__main__":
    main()
