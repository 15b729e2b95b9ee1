"""What a large run costs: time, memory, disk and Snakemake's own work, by numbers of sparsities, points and seeds.

    python benchmarks/sweep.py [models]     # up to 100 000 by default; a quarter of an hour on two cores

Each row runs the pipeline's own rules, data to metrics, on a scratch copy of the project that holds one experiment of
2 × 1 models, 1000 steps of batch 256: first with few models, then with the sparsities, the points of a sweep and the
seeds multiplied in turn. Times, memory and sizes are of this machine and this run; what carries over are the columns'
ratios. The table also goes to benchmarks/results/sweep.csv.
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "CITATION.cff", "config", "profiles", "workflow", "environment.yml")
RESULTS = Path(__file__).parent / "results"
SIZES = [(10, 1, 10), (10, 10, 10), (10, 100, 10), (10, 10, 100), (100, 10, 10), (100, 100, 10)]


def experiment(sparsities: int, points: int, seeds: int) -> dict:
    """An experiment of so many sparsities, points of a sweep, and seeds."""
    return {
        "title": "A sweep",
        "features": 2,
        "importance": {"curve": "extra", "last": 1.0},
        "densities": {"first": 1, "last": 0.01, "points": sparsities},
        "seeds": seeds,
        "streams": "own",
        "data": {"source": "fresh", "test_samples": 2000},
        "models": {"two": {"architecture": "relu-output", "label": "2 × 1", "hidden": 1}},
        "training": {"optimizer": "adam", "learning_rate": 0.03, "steps": 1000, "batch": 256, "records": 20},
        "sweep": {"importance.last": {"range": {"first": 0.1, "last": 10, "points": points}}} if points > 1 else {},
    }


def copy(folder: Path, document: dict) -> None:
    """A copy of the project whose only experiment is the given one."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        ignore = shutil.ignore_patterns("__pycache__", "experiments")
        shutil.copytree(source, target, ignore=ignore) if source.is_dir() else shutil.copy(source, target)
    home = folder / "workflow/experiments/sweep"
    home.mkdir(parents=True)
    (home / "experiment.yaml").write_text(yaml.safe_dump(document))
    configuration = yaml.safe_load((folder / "config/config.yaml").read_text())
    configuration["parts"] = {"sweep": {"title": "A sweep", "experiments": ["sweep"]}}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(configuration))


def run(folder: Path, *arguments: str) -> float:
    """Wall-clock seconds of Snakemake for every cell's metrics."""
    sparsities = yaml.safe_load((folder / "workflow/experiments/sweep/experiment.yaml").read_text())["densities"]
    sys.path.insert(0, str(ROOT / "workflow"))
    from superposition.ranges import Densities

    targets = [f"results/sweep/two/S{s}/metrics.csv" for s in Densities.model_validate(sparsities).sparsities]
    environment = {**os.environ, "PYTHONPATH": str(folder / "workflow")}
    start = time.perf_counter()
    command = ["snakemake", "--cores", str(os.cpu_count()), *arguments, "--", *targets]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - start


def measured(sparsities: int, points: int, seeds: int) -> dict:
    """A row: the run from clean, and again with nothing to do."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "project"
        folder.mkdir()
        copy(folder, experiment(sparsities, points, seeds))
        planned = run(folder, "-n", "--quiet")
        whole = run(folder)
        again = run(folder)
        records = {
            stage: [_last(path) for path in (folder / "logs" / stage).rglob("*.tsv")]
            for stage in ("data", "train", "extract")
        }
        products = [path for name in ("data", "results") for path in (folder / name).rglob("*") if path.is_file()]
        models, jobs = sparsities * points * seeds, sum(map(len, records.values()))
        return {
            "sparsities": sparsities,
            "points": points,
            "seeds": seeds,
            "models": models,
            "jobs": jobs,
            "plan_s": planned,
            "run_s": whole,
            "again_s": again,
            **{f"{stage}_s": sum(record["s"] for record in own) for stage, own in records.items()},
            "memory_mib": max(record["max_rss"] for own in records.values() for record in own),
            "disk_mb": sum(path.stat().st_size for path in products) / 1e6,
            "bytes_a_model": sum(path.stat().st_size for path in products) / models,
            "files": len(products),
        }


def _last(path: Path) -> dict:
    with path.open(newline="") as file:
        row = list(csv.DictReader(file, delimiter="\t"))[-1]
    return {"s": float(row["s"]), "max_rss": 0.0 if row["max_rss"] in ("-", "NA") else float(row["max_rss"])}


def main():
    """Measure every size up to the number of models, print and write the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rows = []
    for size in SIZES:
        if size[0] * size[1] * size[2] <= most:
            rows.append(measured(*size))
            if len(rows) == 1:
                print("".join(f"{name:>14}" for name in rows[0]))
            print("".join(f"{value:14.5g}" for value in rows[-1].values()), flush=True)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "sweep.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
