"""The costs by which the fused engine chooses a model's plan, fitted to measured times: `fused/model.py`'s constants.

    python benchmarks/plans.py [--steps 200] [--shapes 40x16 80x20 ...] [--densities 0.05 0.1 ...]
    NUMBA_CPU_NAME=x86-64-v3 NUMBA_CPU_FEATURES= python benchmarks/plans.py    # as on a processor with AVX2

Trains every shape at every density under both plans, in turns: tied ReLU-output models, batch 1024, one thread. What
both plans do alike is the dense plan's time at no hidden units, by a line through its times; the rest of it is
`_DENSE_UNIT`, and the rest of the sparse plan's a non-negative sum of what `model.sparse_plan` knows, by least squares.
Prints both times of each case, what the constants in force and the fitted ones choose, and what wrong choices cost.

A changed constant may change the plan of a model, and so its bits on every processor: change it together with
something else that does.
"""

import argparse
import itertools
import time

import numpy as np
from scipy.optimize import nnls
from superposition.train.fused import model as plans
from superposition.train.fused import training
from superposition.train.fused.data import DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.optimiser import OptimiserSpec

SHAPES = [(20, 5), (40, 8), (40, 12), (40, 16), (80, 20), (60, 32), (200, 20), (60, 48), (40, 64)]
DENSITIES = (0.02, 0.05, 0.1, 0.15, 0.25, 0.5)
BATCH, ROUNDS = 1024, 3


def pair(text):
    """(n, m) of "n × m", written with an x."""
    n, m = text.split("x")
    return int(n), int(m)


def nanoseconds(n, m, density, sparse, steps):
    """Of a feature and sample, in a training of so many steps under a plan."""
    kept = plans.sparse_plan
    plans.sparse_plan = lambda spec, density: sparse
    weights = np.random.default_rng([n, m]).normal(0, (2 / (n + m)) ** 0.5, (m, n)).astype(np.float32)
    job = Job(
        plans.ModelSpec(n, m, np.full(n, 1 / n)),
        DataSpec(np.full(n, 1 - density)),
        OptimiserSpec(),
        BATCH,
        steps,
        weights,
    )
    try:
        start = time.process_time()
        training.train(job)
        return (time.process_time() - start) * 1e9 / (steps * BATCH * n)
    finally:
        plans.sparse_plan = kept


def measured(shapes, densities, steps):
    """Rows (n, m, density, dense ns, sparse ns), each the fastest of `ROUNDS` in turns."""
    rows = []
    for (n, m), density in itertools.product(shapes, densities):
        fewer = max(20, round(steps * min(1, 400 / (n * m))))
        rounds = [[nanoseconds(n, m, density, sparse, fewer) for sparse in (False, True)] for _ in range(ROUNDS)]
        rows.append((n, m, density, *np.min(rounds, axis=0)))
    return np.array(rows)


def terms(m, density):
    """What the sparse plan's constants multiply: hidden units, one, non-zero values, vectors of their rows."""
    shown = density + np.minimum(1.0, plans._SPREAD * density)
    vectors = -(-m // 16)
    return np.stack([m, np.ones_like(m), shown, shown * vectors], axis=-1)


def fitted(rows):
    """(`_DENSE_UNIT`, [`_DECODE_UNIT`, `_WALK`, `_ROW`, `_VECTOR`]): both plans' times but for what they share."""
    _, m, density, dense, sparse = rows.T
    slope, shared = np.polyfit(m, dense, 1)
    return slope, nnls(terms(m, density), np.maximum(sparse - shared, 0))[0]


def main():
    """Measure, fit, and print both choices for every case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--shapes", nargs="+", type=pair, default=SHAPES, metavar="NxM")
    parser.add_argument("--densities", nargs="+", type=float, default=DENSITIES)
    asked = parser.parse_args()
    for sparse in (False, True):
        nanoseconds(20, 16, 0.1, sparse, 1)  # compiles
    rows = measured(asked.shapes, asked.densities, asked.steps)
    unit, constants = fitted(rows)
    names = ("_DECODE_UNIT", "_WALK", "_ROW", "_VECTOR")
    print("in force", f"_DENSE_UNIT {plans._DENSE_UNIT}", *(f"{name} {getattr(plans, name)}" for name in names))
    print("fitted", f"_DENSE_UNIT {unit:.3f}", *(f"{n} {v:.3f}" for n, v in zip(names, constants, strict=True)))
    force = np.array([getattr(plans, name) for name in names])
    print("".join(f"{title:>12}" for title in ("n x m", "density", "dense ns", "sparse ns", "in force", "fitted")))
    lost = np.zeros(2)
    for n, m, density, dense, sparse in rows:
        choices = [terms(m, density) @ c < u * m for c, u in ((force, plans._DENSE_UNIT), (constants, unit))]
        lost += [np.log((sparse if chosen else dense) / min(dense, sparse)) for chosen in choices]
        cells = (
            f"{n:.0f} x {m:.0f}",
            density,
            f"{dense:.2f}",
            f"{sparse:.2f}",
            *("sparse" if chosen else "dense" for chosen in choices),
        )
        print("".join(f"{cell:>12}" for cell in cells))
    print("mean loss of speed by wrong choices: in force {:.1%}, fitted {:.1%}".format(*np.expm1(lost / len(rows))))


if __name__ == "__main__":
    main()
