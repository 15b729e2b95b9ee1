"""Exact optima of the phase change, n = 2 in one dimension and n = 3 in two, held against the paper's closed forms.

    python benchmarks/optimum.py
    python benchmarks/optimum.py --tiny   # few points, to see that it runs

Three tables: where the extra of two features joins the first, and how; where three features form a triangle; and
whole diagrams of each size, with their certificates and the CPU time that they took. docs/optimum.md cites them.
"""

import argparse
import time

import numpy as np
from superposition.store.plugins import experiment_module
from superposition.train.optimum.minimise import Optimum, optimum

arrangements = experiment_module("phase-change", "arrangements")
phases = experiment_module("phase-change", "phases")

RELATIVE = (0.1, 0.2, 0.35, 0.5, 0.66, 0.8, 0.9, 0.95, 0.98)
TRIANGLES = (0.5, 0.66, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
AUDITED = (0.571, 0.65, 0.75)  # densities of three equal features
APART, PRESENT = 0.6, 1e-4  # norm of the extra feature on the far side of the jump, and of one that is there at all


def at(density: float, relative: float, features: int) -> Optimum:
    """The optimum of some features in one dimension less; the last one's importance is `relative`."""
    return optimum(features - 1, True, np.full(features, 1 - density), np.r_[np.ones(features - 1), relative])


def crossing(relative: float, norm: float, halvings: int) -> tuple[float, float]:
    """Densities, a sparser and a denser one, between which the extra of two features falls below a norm."""
    boundary = float(phases.superposition_boundary(relative, 2))
    sparse, dense = boundary, 1.0
    for _ in range(halvings):
        middle = 0.5 * (sparse + dense)
        if abs(at(middle, relative, 2).W[0, 1]) >= norm:
            sparse = middle
        else:
            dense = middle
    return sparse, dense


def boundaries(relatives: tuple, halvings: int) -> None:
    """Print where the extra of two features becomes antipodal: closed form, optimum, and the norm on either side."""
    print("two features in one dimension: density from which, downwards, the extra one is antipodal to the first")
    heads = {
        "r": 5,
        "closed": 9,
        "optimum": 9,
        "ratio": 7,
        "norm before": 13,
        "after": 7,
        "present from": 14,
        "/closed": 8,
    }
    print("".join(f"{head:>{width}}" for head, width in heads.items()))
    for relative in relatives:
        closed = float(phases.superposition_boundary(relative, 2))
        sparse, dense = crossing(relative, APART, halvings)
        before, after = (abs(at(density, relative, 2).W[0, 1]) for density in (dense, sparse))
        onset = crossing(relative, PRESENT, halvings)[0]
        print(
            f"{relative:5}{closed:9.4f}{sparse:9.4f}{sparse / closed:7.3f}{before:13.3f}{after:7.3f}{onset:14.4f}"
            f"{onset / closed:8.3f}",
            flush=True,
        )


def triangles(relatives: tuple, points: int) -> None:
    """Print the densities at which three features are a triangle at the optimum, and what it saves."""
    print("\nthree features in two dimensions: densities at which the optimum is a triangle")
    densities = np.geomspace(1, 0.3, points)
    for relative in relatives:
        whole = [
            (arrangements.kinds(at(density, relative, 3).W) == arrangements.TRIANGLE_OF).all() for density in densities
        ]
        found = densities[np.array(whole)]
        print(f"{relative:5}  {f'{found.min():.3f} to {found.max():.3f}' if found.size else 'none'}", flush=True)
    print("equal importance: density, loss of the optimum, of the best closed form")
    for density in AUDITED:
        closed = phases.solution_losses(density, 1.0, 3).min()
        print(f"{density:6}  {at(density, 1.0, 3).loss:.5f}  {closed:.5f}")


def diagram(features: int, points: int) -> None:
    """Print a diagram's outcomes, certificates and CPU time."""
    densities, relatives = np.geomspace(1, 0.01, points), np.geomspace(0.1, 10, points)
    began = time.process_time()
    optima = [[at(density, relative, features) for relative in relatives] for density in densities]
    seconds = time.process_time() - began
    W = np.array([[found.W for found in row] for row in optima])
    name = lambda field: np.array([[getattr(found, field) for found in row] for row in optima])  # noqa: E731
    closed = phases.extra_phase(densities[:, None], relatives, features)
    agree = arrangements.phase_by_geometry(W) == closed
    excess = phases.solution_losses(densities[:, None], relatives, features).min(axis=0) / name("loss") - 1
    kinds = np.bincount(arrangements.extra_kind(W).ravel(), minlength=len(arrangements.KINDS))
    told = ", ".join(f"{kind} {count}" for kind, count in zip(arrangements.KINDS, kinds, strict=True) if count)
    inside = phases.off_boundary(closed)
    print(
        f"\n{features} features, {points} × {points} points, {seconds:.1f} s of CPU\n"
        f"  the extra feature: {told}\n"
        f"  the closed forms' phase at {agree.mean():.1%} of all points, {agree[inside].mean():.1%} of those off their "
        f"boundaries; their loss is above the optimum by {np.median(excess):.1%} (median), at most {excess.max():.1%}\n"
        f"  gradient norm at most {name('gradient_norm').max():.1e}, least curvature at least "
        f"{name('least_curvature').min():.1e}, starts that agree {name('starts_agreeing').min():.0%} or more, median "
        f"{np.median(name('starts_agreeing')):.0%}",
        flush=True,
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tiny", action="store_true", help="few points")
    tiny = parser.parse_args().tiny
    boundaries(RELATIVE[3:4] if tiny else RELATIVE, 3 if tiny else 20)
    triangles(TRIANGLES[4:5] if tiny else TRIANGLES, 4 if tiny else 121)
    for features in (2, 3):
        for points in (4,) if tiny else (20, 40):
            diagram(features, points)


if __name__ == "__main__":
    main()
