"""How often 95 % intervals of effects over seeds err, for the candidates of each scale.

    python benchmarks/intervals.py
    python benchmarks/intervals.py --tiny   # few draws, to see that it runs

For effects of several shapes it prints the share of draws whose interval holds the truth; how often a claim is called
reproduced whose truth lies exactly at the threshold, above and below (nominal 2.5 %); and how often one is that is true
by a step: of differences one standard deviation, of shares and rates .25, of pooled shares .08, of ratios a factor. The
candidate marked * is the judge's choice (superposition.judge.intervals); docs/judging.md says why. A second table is of
claims of several parts: how often one is called reproduced of which one part too few holds, all others being at the
threshold (for some: none).
"""

import argparse

import numpy as np
from interval_claims import called_reproduced
from interval_methods import METHODS, POOLING, judged
from interval_shapes import GRIDS, SHAPES, Shape
from superposition.judge.quantifiers import needed
from superposition.spec.claims import Quantifier, Scale

DRAWS, FEW = 2000, 40
SEEDS = (10, 20, 30)


def row(bounds: tuple[np.ndarray, np.ndarray], scale: Scale, shape: Shape) -> dict[str, float]:
    """Coverage, false verdicts and power of bounds (draw,)."""
    low, high = bounds
    up, down = (shape.threshold(scale, direction) for direction in ("above", "below"))
    most = 1.0 if scale in (Scale.SHARE, Scale.BINARY, Scale.POOLED) else np.inf
    return {
        "covers": ((low <= shape.truth) & (shape.truth <= high)).mean(),
        "false above": (low > shape.truth).mean(),
        "false below": (high < shape.truth).mean(),
        "power above": (low > up).mean() if up > 0 or most > 1 else np.nan,
        "power below": (high < down).mean() if down < most else np.nan,
    }


def rows(seeds: int, draws: int):
    """Of each scale, shape and candidate, the first being the chosen one, its row."""
    for scale, shapes in SHAPES.items():
        for name, shape in shapes.items():
            values = shape.draw(np.random.default_rng(seeds), (draws, seeds))
            with np.errstate(all="ignore"):
                for i, (method, bounds) in enumerate(METHODS[scale].items()):
                    yield scale, name, method, i == 0, row(bounds(values), scale, shape)
    for name, grid in GRIDS.items():
        agree = grid.draw(np.random.default_rng(seeds), (draws // 2, seeds))
        shape = Shape(grid.draw, grid.truth(seeds), grid.step)
        for i, (method, values) in enumerate(POOLING.items()):
            bounds = judged(Scale.POOLED)(np.array([values(grid, one) for one in agree]))
            yield Scale.POOLED, name, method, i == 0, row(bounds, Scale.POOLED, shape)


def claims(draws: int) -> None:
    """Print the table of claims of several parts, towards the side on which a shape's single parts err more."""
    print(f"\n{'seeds':>5}  {'scale':11}{'effect':35}{'quantifier':11}{'parts':>5}{'called reproduced':>20}")
    of_parts = (
        (Scale.DIFFERENCE, "normal", "below", draws),
        (Scale.DIFFERENCE, "two kinds of optimum", "below", draws),
        (Scale.SHARE, "beta, mean .95", "below", draws // 4),
    )
    for seeds in SEEDS[:2]:
        for scale, name, direction, count in of_parts:
            for quantifier in (Quantifier.EVERY, Quantifier.MOST, Quantifier.SOME):
                for parts in (3, 7):
                    holding = needed(quantifier, parts) - 1
                    called = called_reproduced(
                        scale, SHAPES[scale][name], quantifier, direction, parts, holding, (count, seeds)
                    )
                    print(f"{seeds:5}  {scale:11}{name:35}{quantifier:11}{parts:5}{called:20.1%}", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tiny", action="store_true", help=f"{FEW} draws instead of {DRAWS}")
    draws = FEW if parser.parse_args().tiny else DRAWS
    columns = ("covers", "false above", "false below", "power above", "power below")
    print(f"{'seeds':>5}  {'scale':11}{'effect':36}{'interval':22}" + "".join(f"{name:>13}" for name in columns))
    for seeds in SEEDS:
        for scale, name, method, chosen, found in rows(seeds, draws):
            cells = "".join(f"{'–' if np.isnan(found[c]) else format(found[c], '.1%'):>13}" for c in columns)
            print(f"{seeds:5}  {scale:11}{name:36}{method + ' *' * chosen:22}{cells}", flush=True)
    claims(draws)


if __name__ == "__main__":
    main()
