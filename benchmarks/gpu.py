"""Speed of the engine cuda against the published notebooks' loop on the same GPU: `make benchmark-gpu`.

    python benchmarks/gpu.py [--seconds 2]
    python benchmarks/gpu.py --simulate         # no GPU: tiny sizes in Numba's simulator, to see that this runs

Batch 1024, density 0.1, fresh data each step, tied ReLU-output models with bias, AdamW. For each shape and number of
models: models · steps per second of the engine and of the notebooks' loop, their ratio, and the engine's share of two
ceilings: of arithmetic (10 · batch · n · m operations a step, against one fused multiply-add, which is two of them, a
lane and cycle) and of memory (parameters and moments read and written once a launch). Then the time of
phase diagrams of 100 × 100 points and 10 seeds, host work included, and for each shape the SHA-256 of weights by the
CPU's engine and by the GPU's, side by side. The table also goes to benchmarks/results/gpu.csv.
"""

import argparse
import csv
import hashlib
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from notebook_loop import Notebook
from numba import cuda
from superposition.train.cuda.compiled import SIMULATED as SIMULATE
from superposition.train.cuda.launch import train
from superposition.train.fused import training as fused
from superposition.train.fused.data import DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.model import ModelSpec
from superposition.train.fused.optimiser import OptimiserSpec

SHAPES = [(2, 1), (3, 2)] if SIMULATE else [(2, 1), (5, 2), (40, 5), (400, 30)]
COUNTS = (2,) if SIMULATE else (100, 1000, 10_000, 100_000)
DENSITY, BATCH = 0.1, 20 if SIMULATE else 1024
DIAGRAM = (1, 2, 2, 20, 1) if SIMULATE else (100, 10, 5000, 256, 100)  # points, seeds, steps, batch, densities
TENSOR = 8e9  # bytes of a tensor of the notebooks' loop, which keeps several
LANES = 128  # float32 operations of a processor in a cycle, without contraction
RESULTS = Path(__file__).parent / "results"


def task(n, m, steps, seed=0, batch=BATCH, importance=None, sparsity=1 - DENSITY):
    """A model of the benchmark."""
    weights = np.random.default_rng([n, m, seed]).normal(0, (2 / (n + m)) ** 0.5, (m, n)).astype(np.float32)
    model = ModelSpec(n, m, np.full(n, 1 / n) if importance is None else importance)
    return Job(model, DataSpec(np.full(n, sparsity)), OptimiserSpec(), batch, steps, weights, None, None, seed)


def timed(action, budget):
    """Seconds per step of `action(steps)`, which takes so many steps: the first run that lasts half the budget."""
    steps = 1
    action(steps)  # compiles
    while True:
        start = time.perf_counter()
        action(steps)
        taken = time.perf_counter() - start
        if taken > budget / 2 or SIMULATE:
            return taken / steps
        steps *= 4 if taken < budget / 16 else 2


def engine_seconds(n, m, count, budget):
    """Seconds of a step of all models; what a run of one step takes, host work and all, is left out."""
    jobs = {1: [task(n, m, 1, seed) for seed in range(count)]}

    def run(steps):
        jobs.setdefault(steps, [task(n, m, steps, seed) for seed in range(count)])
        begun = time.perf_counter()
        train(jobs[steps], chunk=steps)
        return time.perf_counter() - begun

    run(1)
    once, steps = run(1), 2
    while (taken := run(steps)) - once < budget / 2:
        if SIMULATE:
            return taken / steps
        steps *= 4
    return (taken - once) / (steps - 1)


def notebook_seconds(n, m, count, budget):
    """Seconds of a step of the notebooks' loop, or NaN where its tensors do not fit."""
    if 4 * count * n * BATCH > TENSOR:
        return float("nan")
    loop = Notebook(n, m, count, DENSITY, BATCH)

    def run(steps):
        loop.steps(steps)
        if not SIMULATE:
            torch.cuda.synchronize()

    return timed(run, budget)


def ceilings():
    """(operations, bytes) a second of this GPU: fused multiply-adds, two each, and its memory; NaN in the simulator."""
    if SIMULATE:
        return float("nan"), float("nan")
    device = cuda.get_current_device()
    arithmetic = 2 * device.MULTIPROCESSOR_COUNT * LANES * device.CLOCK_RATE * 1e3
    return arithmetic, 2 * device.MEMORY_CLOCK_RATE * 1e3 * device.GLOBAL_MEMORY_BUS_WIDTH / 8


def measure(n, m, count, budget, peak):
    """One row of the table."""
    ours, theirs = engine_seconds(n, m, count, budget), notebook_seconds(n, m, count, budget)
    arithmetic, memory = peak
    moved = 6 * 4 * (n * m + n) * count  # a launch of one step; one of many moves as much
    return {
        "n": n,
        "m": m,
        "models": count,
        "engine_per_s": count / ours,
        "notebook_per_s": count / theirs,
        "ratio": theirs / ours,
        "of_arithmetic": 10 * BATCH * n * m * count / ours / arithmetic,
        "of_memory": moved / ours / memory,
    }


def diagram(n, m):
    """Seconds and number of models of a phase diagram: densities, importances of the last feature, seeds."""
    points, seeds, steps, batch, densities = DIAGRAM
    importances = [np.r_[np.ones(n - 1), value] for value in np.geomspace(0.1, 10, points)]
    begun = time.perf_counter()
    jobs = [
        task(n, m, steps, seed, batch, importance, 1 - density)
        for density in np.geomspace(1, 0.01, densities)
        for importance in importances
        for seed in range(seeds)
    ]
    train(jobs)
    return time.perf_counter() - begun, len(jobs)


def digest(result):
    """SHA-256 of a result's weights."""
    return hashlib.sha256(result.encoder.tobytes() + result.bias.tobytes()).hexdigest()


def hashes(n, m):
    """SHA-256 of the weights after some steps by the CPU's engine and by the GPU's."""
    job = task(n, m, 3 if SIMULATE else 200)
    return digest(fused.train(job)), digest(train([job])[0])


def main():
    """Measure, print and write everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=2.0, help="about how long a measurement takes")
    parser.add_argument("--simulate", action="store_true", help="tiny sizes in Numba's simulator")
    given = parser.parse_args()
    budget = given.seconds
    if given.simulate and not SIMULATE:  # Numba decides when it is imported
        os.environ["NUMBA_ENABLE_CUDASIM"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    if not SIMULATE:
        if not cuda.is_available():
            sys.exit("error: no usable GPU; see docs/gpu.md, or try --simulate")
        torch.set_default_device("cuda")
        print(f"GPU: {cuda.get_current_device().name}")
    peak, rows = ceilings(), []
    print(f"{'n × m':>10}{'models':>10}{'engine/s':>12}{'notebook/s':>12}{'ratio':>8}{'arithmetic':>12}{'memory':>10}")
    for n, m in SHAPES:
        for count in COUNTS:
            row = measure(n, m, count, budget, peak)
            rows.append(row)
            print(
                f"{f'{n} × {m}':>10}{count:>10}{row['engine_per_s']:>12.3g}{row['notebook_per_s']:>12.3g}"
                f"{row['ratio']:>7.1f}×{row['of_arithmetic']:>12.1%}{row['of_memory']:>10.2%}",
                flush=True,
            )
    for n, m in ((2, 1), (3, 2)):
        seconds, count = diagram(n, m)
        print(f"phase diagram of {n} × {m} models: {count} models in {seconds:.1f} s", flush=True)
    print("SHA-256 of weights: CPU, GPU")
    for n, m in SHAPES:
        ours, theirs = hashes(n, m)
        print(
            f"{f'{n} × {m}':>10}  {ours[:32]}  {theirs[:32]}  {'equal' if ours == theirs else 'DIFFERENT'}", flush=True
        )
    if SIMULATE:
        return
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "gpu.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
