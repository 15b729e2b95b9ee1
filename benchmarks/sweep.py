"""What a large run costs: time, memory, disk and Snakemake's own work, by what there is more of.

    python benchmarks/sweep.py [models]     # up to 100 000 by default; a quarter of an hour on two cores
    python benchmarks/sweep.py --tiny       # eight models, to see that it runs

Each row runs the pipeline's own rules, data to metrics, on a scratch copy of the project whose experiments train 2 × 1
models, 1000 steps of batch 256: first a small one, then with the seeds, points of a sweep, variants, features,
sparsities and experiments multiplied in turn, then many models, and as many with ten sparsities a job. Times, memory
and sizes are of this machine and this run; what carries over are ratios. The table also goes to
benchmarks/results/sweep.csv.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from fresh_copy import ROOT, copy_project

RESULTS = Path(__file__).parent / "results"
WIDTH = 14  # of a printed column


@dataclass(frozen=True)
class Size:
    """What there is of everything; `together` sparsities are one job's."""

    sparsities: int = 10
    points: int = 10
    seeds: int = 10
    variants: int = 1
    features: int = 2
    experiments: int = 1
    together: int = 1

    @property
    def models(self) -> int:
        """Models trained."""
        return self.sparsities * self.points * self.seeds * self.variants * self.experiments


SIZES = [
    Size(),
    Size(seeds=100),
    Size(points=100),
    Size(variants=10),
    Size(features=20),
    Size(sparsities=100),
    Size(experiments=10),
    Size(sparsities=100, points=100),
    Size(sparsities=100, points=100, together=10),
]
TINY = [Size(sparsities=2, points=2, seeds=2)]


def experiment(size: Size) -> dict:
    """An experiment of this size."""
    return {
        "title": "A sweep",
        "features": size.features,
        "importance": {"curve": "extra", "last": 1.0},
        "densities": {"first": 1, "last": 0.01, "points": size.sparsities},
        "sparsities_per_job": size.together,
        "seeds": size.seeds,
        "streams": "own",
        "data": {"source": "fresh", "test_samples": 2000},
        "models": {"one": {"architecture": "relu-output", "label": "one model", "hidden": 1}},
        "training": {"optimizer": "adam", "learning_rate": 0.03, "steps": 1000, "batch": 256, "records": 20},
        "variants": {f"v{i}": {"training": {"learning_rate": 0.01 * (i + 1)}} for i in range(size.variants)},
        "sweep": {"importance.last": {"range": {"first": 0.1, "last": 10, "points": size.points}}},
    }


def copy(folder: Path, size: Size) -> None:
    """A copy of the project whose only experiments are of this size."""
    copy_project(folder, without=("experiments",))
    names = [f"sweep-{i}" for i in range(size.experiments)]
    for name in names:
        home = folder / "workflow/experiments" / name
        home.mkdir(parents=True)
        (home / "experiment.yaml").write_text(yaml.safe_dump(experiment(size)))
        (home / "text.md").write_text("A sweep.\n")
    configuration = yaml.safe_load((folder / "config/config.yaml").read_text())
    configuration["parts"] = {"sweep": {"title": "A sweep", "experiments": names}}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(configuration))


def run(folder: Path, size: Size, *arguments: str) -> float:
    """Wall-clock seconds of Snakemake for every cell's metrics."""
    sys.path.insert(0, str(ROOT / "workflow"))
    from superposition.spec.experiment import Experiment

    cells = Experiment.model_validate_json(json.dumps(experiment(size))).stretches
    targets = [f"results/sweep-{i}/one/S{s}/metrics.csv" for i in range(size.experiments) for s in cells]
    environment = {**os.environ, "PYTHONPATH": str(folder / "workflow")}
    start = time.perf_counter()
    command = ["snakemake", "--cores", str(os.cpu_count()), *arguments, "--", *targets]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - start


def measured(size: Size) -> dict:
    """A row: the run from clean, and again with nothing to do."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "project"
        folder.mkdir()
        copy(folder, size)
        planned = run(folder, size, "-n", "--quiet")
        whole = run(folder, size)
        again = run(folder, size)
        records = {
            stage: [_last(path) for path in (folder / "logs" / stage).rglob("*.tsv")]
            for stage in ("data", "train", "extract")
        }
        products = [path for name in ("data", "results") for path in (folder / name).rglob("*") if path.is_file()]
        disk = sum(path.stat().st_size for path in products)
        return {
            **asdict(size),
            "models": size.models,
            "jobs": sum(map(len, records.values())),
            "plan_s": planned,
            "run_s": whole,
            "again_s": again,
            **{f"{stage}_s": sum(record["s"] for record in own) for stage, own in records.items()},
            "memory_mib": max(record["max_rss"] for own in records.values() for record in own),
            "disk_mb": disk / 1e6,
            "bytes_a_model": disk / size.models,
            "files": len(products),
        }


def _last(path: Path) -> dict:
    with path.open(newline="") as file:
        row = list(csv.DictReader(file, delimiter="\t"))[-1]
    return {"s": float(row["s"]), "max_rss": 0.0 if row["max_rss"] in ("-", "NA") else float(row["max_rss"])}


def main():
    """Measure every size up to the number of models, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", nargs="?", type=int, default=100_000, help="at most; 100 000 by default")
    parser.add_argument("--tiny", action="store_true", help="eight models, to see that this runs")
    given = parser.parse_args()
    rows = []
    for size in TINY if given.tiny else SIZES:
        if size.models <= given.models:
            rows.append(measured(size))
            if len(rows) == 1:
                print("".join(f"{name:>{WIDTH}}" for name in rows[0]))
            print("".join(f"{value:{WIDTH}.5g}" for value in rows[-1].values()), flush=True)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "sweep.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
