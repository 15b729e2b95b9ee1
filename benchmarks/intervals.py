"""Coverage of 95 % intervals of a mean at few seeds: Student's t against two bootstraps.

    python benchmarks/intervals.py
    python benchmarks/intervals.py --tiny   # few draws, to see that it runs

For effects of several shapes it prints the share of draws whose interval holds the true mean. The judge's choice
(superposition.judge.verdicts.estimate) rests on this table.
"""

import argparse

import numpy as np
from scipy import stats

DRAWS, FEW = 4000, 40
RESAMPLES = 999
SEEDS = (5, 10, 30)


def shapes(generator: np.random.Generator, size: tuple[int, int]) -> dict[str, tuple[np.ndarray, float]]:
    """Effects (draw, seed) of several shapes, each with its true mean."""
    mixed = np.where(generator.random(size) < 0.2, generator.normal(3, 1, size), generator.normal(0, 1, size))
    return {
        "normal": (generator.normal(size=size), 0.0),
        "uniform": (generator.random(size), 0.5),
        "log-normal, sigma 0.25": (generator.lognormal(0, 0.25, size), np.exp(0.25**2 / 2)),
        "two kinds of optimum": (mixed, 0.6),
        "count, 0 to 5": (generator.binomial(5, 0.6, size).astype(float), 3.0),
    }


def intervals(values: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Bounds (draw,) of each method's 95 % interval for effects (draw, seed)."""
    t = stats.ttest_1samp(values, 0, axis=1).confidence_interval(0.95)
    bounds = {"Student's t": (t.low, t.high)}
    for method in ("percentile", "BCa"):
        parts = [
            stats.bootstrap(
                (chunk,), np.mean, axis=1, n_resamples=RESAMPLES, method=method, rng=np.random.default_rng(0)
            ).confidence_interval
            for chunk in np.array_split(values, 20)
        ]
        bounds[method] = tuple(np.concatenate([getattr(part, side) for part in parts]) for side in ("low", "high"))
    return bounds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tiny", action="store_true", help=f"{FEW} draws instead of {DRAWS}")
    draws = FEW if parser.parse_args().tiny else DRAWS
    print(f"{'seeds':>5}  {'effect':24}{'t':>8}{'percentile':>12}{'BCa':>8}")
    for seeds in SEEDS:
        for name, (values, mean) in shapes(np.random.default_rng(seeds), (draws, seeds)).items():
            with np.errstate(all="ignore"):
                covered = [((low <= mean) & (mean <= high)).mean() for low, high in intervals(values).values()]
            print(f"{seeds:5}  {name:24}{covered[0]:8.1%}{covered[1]:12.1%}{covered[2]:8.1%}", flush=True)


if __name__ == "__main__":
    main()
