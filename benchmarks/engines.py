"""Speed of the training engines against the published notebooks' loop: `make benchmark`.

    python benchmarks/engines.py [seconds for a round]
    python benchmarks/engines.py 0.01 --shapes 2x1 --rounds 1 --results /tmp/tiny    # to see that it runs

Batch 1024, density 0.1, fresh data each step, tied ReLU-output models with bias, AdamW, one thread: microseconds per
step and model for the notebooks' loop, for the engine torch and for the engine fused. The three are timed in turns,
round after round; a ratio is the median over rounds of the notebooks' time over the engine's in the same round. The
fused engine trains one model from its initial weights, 400 steps or more a round; the other two run as many models side
by side as is quickest for the notebooks' loop. The table also goes to benchmarks/results/engines.csv and engines.svg.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import torch
from notebook_loop import Notebook
from numba import njit
from superposition.data.instances import Instance
from superposition.data.sampling import Distribution
from superposition.train.engines import torch as torch_engine
from superposition.train.fused.data import DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.memory import pointers
from superposition.train.fused.model import ModelSpec, aligned
from superposition.train.fused.optimiser import OptimiserSpec
from superposition.train.fused.target import PIECE
from superposition.train.fused.tiles import STRIP, add_products, load_row, store_row, zeros
from superposition.train.fused.training import train
from superposition.train.progress import Progress

SHAPES = [(2, 1), (5, 2), (20, 5), (40, 5), (80, 20), (200, 20), (400, 30)]
INSTANCES = (1, 2, 4, 8, 16, 32, 64)
DENSITY, BATCH = 0.1, 1024
_SUMS = 8
RESULTS = Path(__file__).parent / "results"


def seconds(action, *arguments):
    """Wall-clock seconds of a call."""
    start = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - start


@njit
def _multiply_and_add(values, repeats):
    pointer = pointers((values,))[0]
    tile, row = zeros(_SUMS), load_row(zeros(2), pointer, 0)
    for _ in range(repeats):
        tile = add_products(tile, pointer, 0, 1, row)
    store_row(pointer, STRIP, tile)


def peak_gflops(repeats=500_000):
    """The core's peak: eight accumulators of a register each, a fused multiply-add each, no loads.

    A multiply-add takes four cycles and two begin in each: eight are enough, and with two vectors and four factors they
    fit the sixteen registers of AVX2.
    """
    values = aligned(16 * STRIP)
    _multiply_and_add(values, 1)
    return 2 * _SUMS * PIECE * repeats / min(seconds(_multiply_and_add, values, repeats) for _ in range(5)) / 1e9


def fused_round(n, m, steps):
    """Train one model by the fused engine; µs per step."""
    model = ModelSpec(n, m, np.full(n, 1 / n))
    encoder = np.random.default_rng([n, m]).normal(0, (2 / (n + m)) ** 0.5, (m, n)).astype(np.float32)
    data = DataSpec(np.full(n, 1 - DENSITY))
    job = Job(model, data, OptimiserSpec(), BATCH, steps, encoder)
    return seconds(lambda: train(job)) / steps * 1e6


def torch_round(n, m, steps, count):
    """Train `count` models by the engine torch; µs per step and model."""
    training = {
        "optimizer": "adamw", "learning_rate": 0.001, "schedule": "constant", "beta1": 0.9, "beta2": 0.999,
        "epsilon": 1e-8, "weight_decay": 0.01, "l1": 0.0, "steps": steps, "batch": BATCH, "reduction": "mean",
        "records": 1, "snapshots": [],
    }  # fmt: skip
    instances = [
        Instance(
            sparsity=f"{1 - DENSITY:g}",
            variant="default",
            like="default",
            origin="trained",
            point=(),
            seed=seed,
            dataset=0,
            architecture="relu-output",
            features=n,
            hidden=m,
            tied=True,
            bias=True,
            initialisation="xavier-normal",
            stacked=10,
            key=(),
            distribution=Distribution((1 - DENSITY,) * n),
            source="fresh",
            target="identity",
            train_samples=None,
            importance=(1.0,) * n,
            training=training,
        )
        for seed in range(count)
    ]
    silent = Progress("benchmark", 10**12)
    return seconds(torch_engine.train, instances, None, silent, "benchmark") / steps / count * 1e6


def notebook_round(loop, steps, count):
    """Train `count` models by the notebooks' loop; µs per step and model."""
    return seconds(loop.steps, steps) / steps / count * 1e6


def quickest_instances(n, m, budget):
    """The notebook loop's best number of models side by side, from `INSTANCES`, as long as they fit 64 MB a tensor."""
    loops = {count: Notebook(n, m, count, DENSITY, BATCH) for count in INSTANCES if count * n * BATCH * 4 <= 64e6}
    steps = {count: max(1, round(budget / 2 / seconds(loop.steps, 1))) for count, loop in loops.items()}
    rounds = [[seconds(loop.steps, steps[c]) / steps[c] / c for c, loop in loops.items()] for _ in range(3)]
    return list(loops)[np.argmin(np.min(rounds, axis=0))]


def measure(n, m, budget, count_of_rounds):
    """One row of the table; `budget` is the time for a round of any loop in seconds."""
    count = quickest_instances(n, m, budget)
    loop = Notebook(n, m, count, DENSITY, BATCH)
    loop.steps(1)
    torch_round(n, m, 1, count)
    fused_round(n, m, 1)
    notebook_steps = max(2, round(budget / seconds(loop.steps, 1)))
    torch_steps = max(2, round(budget / (torch_round(n, m, 4, count) * count * 1e-6)))
    fused_steps = max(400, round(budget / (fused_round(n, m, 50) * 1e-6)))
    rounds = np.array(
        [
            (
                notebook_round(loop, notebook_steps, count),
                torch_round(n, m, torch_steps, count),
                fused_round(n, m, fused_steps),
            )
            for _ in range(count_of_rounds)
        ]
    )  # (round, loop)
    ratios = np.median(rounds[:, :1] / rounds, axis=0)
    quickest = rounds.min(axis=0)
    return {
        "n": n,
        "m": m,
        "instances": count,
        "notebook_us": quickest[0],
        "torch_us": quickest[1],
        "fused_us": quickest[2],
        "torch_ratio": ratios[1],
        "fused_ratio": ratios[2],
        "gflops": 10 * BATCH * n * m / quickest[2] / 1e3,
    }


def plot(rows, path):
    """Time per step and model against n·m, a line for each loop."""
    from superposition.draw.canvas import PALETTE, panels

    figure, axes = panels(1, 1, 3.2)
    sizes = [row["n"] * row["m"] for row in rows]
    names = {"notebook_us": "notebooks' loop", "torch_us": "engine torch", "fused_us": "engine fused"}
    for (key, label), colour, marker in zip(names.items(), PALETTE, "os^", strict=False):
        axes[0, 0].plot(sizes, [row[key] for row in rows], color=colour, marker=marker, markersize=4, label=label)
    for row, size in zip(rows, sizes, strict=True):
        axes[0, 0].annotate(f"{row['fused_ratio']:.0f}×", (size, row["fused_us"]), xytext=(0, -12),
                            textcoords="offset points", ha="center", fontsize=7)  # fmt: skip
    axes[0, 0].set(xscale="log", yscale="log", xlabel="features × hidden units", ylabel="µs per step and model")
    axes[0, 0].set_ylim(bottom=0.4 * min(row["fused_us"] for row in rows))  # room for the label below the first point
    axes[0, 0].grid(True)
    axes[0, 0].legend()
    figure.savefig(path, metadata={"Date": None})


def shape(text):
    """(n, m) of "n × m", written with an x."""
    n, m = text.split("x")
    return int(n), int(m)


def arguments():
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", nargs="?", type=float, default=0.3, help="for a round of any loop")
    parser.add_argument("--shapes", nargs="+", type=shape, default=SHAPES, metavar="NxM")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of engines.csv and engines.svg")
    return parser.parse_args()


def main():
    """Measure every shape, print the table, write it and its plot."""
    asked = arguments()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    peak = peak_gflops()
    print(f"a core's peak, fused multiply-add: {peak:.0f} GFLOP/s")
    print(f"µs per step and model, the fastest of {asked.rounds} rounds; ratios are medians of paired rounds")
    columns = ("n × m", "models", "notebook", "torch", "fused", "torch", "fused", "GFLOP/s", "of peak")
    print("".join(f"{column:>10}" for column in columns))
    rows = []
    for n, m in asked.shapes:
        row = measure(n, m, asked.seconds, asked.rounds)
        row["share_of_peak"] = row["gflops"] / peak
        rows.append(row)
        cells = (
            f"{n} × {m}",
            row["instances"],
            f"{row['notebook_us']:.1f}",
            f"{row['torch_us']:.1f}",
            f"{row['fused_us']:.2f}",
            f"{row['torch_ratio']:.1f}×",
            f"{row['fused_ratio']:.1f}×",
            f"{row['gflops']:.1f}",
            f"{row['share_of_peak']:.0%}",
        )
        print("".join(f"{cell:>10}" for cell in cells), flush=True)
    mean = np.exp(np.mean([np.log(row["fused_ratio"]) for row in rows]))
    print(f"geometric mean of the fused engine's ratios: {mean:.1f}×")
    asked.results.mkdir(parents=True, exist_ok=True)
    with (asked.results / "engines.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    plot(rows, asked.results / "engines.svg")


if __name__ == "__main__":
    main()
