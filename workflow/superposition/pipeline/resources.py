"""How much memory and time the job of a stage needs, from what it does: what a cluster is asked for.

One formula per stage, in megabytes (10⁶ bytes) at the peak of the stage's process and in seconds on one core of a
server of 2020 or later. The constants were measured; docs/slurm.md has the measurements.
"""

from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import TYPE_CHECKING

from ..data.instances import expand
from ..spec.readings import readings

if TYPE_CHECKING:
    from .plan import Plan

SNAKEMAKE = 300  # MB: two Snakemakes, one inside the other, run a job on a cluster
MEMORY_MARGIN = 1.5
START = 10  # minutes: Snakemake and Python from a slow shared file system, and compilation
TIME_MARGIN = 4  # older processors, and nodes whose memory others keep busy
DISK = 100  # MB/s at which products are read and hashed
HELD = 64  # batches of every instance that the torch engine and its gradients hold at once
MB = 1e6
FLOAT = 4  # bytes


@dataclass(frozen=True)
class Size:
    """What the job of a stage needs: megabytes at its peak, and seconds."""

    megabytes: float
    seconds: float

    @property
    def mem_mb(self) -> int:
        """Memory to ask for, in MB, rounded up to hundreds."""
        return 100 * ceil((SNAKEMAKE + MEMORY_MARGIN * self.megabytes) / 100)

    @property
    def runtime(self) -> int:
        """Time to ask for, in minutes."""
        return START + ceil(TIME_MARGIN * self.seconds / 60)


def data(plan: "Plan", experiment: str, stretch: str) -> Size:
    """Every seed's sets are kept until all are drawn; drawing one takes float64 numbers, a mask and copies."""
    sets = plan.stage("data", experiment, stretch).settings
    kept = _rows(sets, "train_samples", "test_samples")
    drawn = sets["features"] * max(sets["train_samples"], sets["test_samples"]) / MB
    return Size(60 + kept + 30 * drawn, 1 + 0.02 * kept + kept / DISK)


def train(plan: "Plan", experiment: str, model: str, stretch: str) -> Size:
    """The training sets, what is trained, and the steps of every instance, one after the other.

    A sample costs the fused engine 0.4 ns per weight, and the torch engine, bound by its passes over memory, 1.5 ns per
    weight and 80 ns per feature. Either does the work of some 32 samples in a step of any batch.
    """
    cell, engine = _cell(plan, experiment, model, stretch), plan.engine(experiment, model)
    rows = _rows(plan.stage("data", experiment, stretch).settings, "train_samples")
    n, m = cell.features, cell.hidden
    if engine == "fused":
        base, held, nanoseconds = 250, 0, 0.4 * n * m + n + 3
    elif engine == "cuda":  # the host's memory holds every array twice; the time is that of a tenth of a core's work
        base, held, nanoseconds = 900, 6 * cell.weights, 0.1 * (0.4 * n * m + n + 3)
    else:
        base, held, nanoseconds = 450, HELD * FLOAT * n * cell.batches / MB, 1.5 * n * m + 80 * n + 100
    return Size(base + rows + 3 * cell.weights + held, 15 + 1e-9 * nanoseconds * cell.samples + rows / DISK)


def extract(plan: "Plan", experiment: str, model: str, stretch: str) -> Size:
    """The held-out sets, the matrices and their float64 copies, and every instance's pass over its held-out set."""
    cell, sets = _cell(plan, experiment, model, stretch), plan.stage("data", experiment, stretch).settings
    test, samples = _rows(sets, "test_samples"), sets["test_samples"]
    drawn = cell.features * samples / MB  # one seed's, drawn anew where a variant changes the data
    nanoseconds = (20 + 0.1 * cell.hidden) * cell.features * samples * cell.instances
    read = _rows(sets, "train_samples", "test_samples") + cell.weights
    return Size(
        190 + test + 40 * drawn + 6 * cell.matrices + 2 * cell.weights,
        2 + 1e-9 * nanoseconds + 0.001 * cell.instances + read / DISK,
    )


def judge(plan: "Plan", experiment: str) -> Size:
    """All that claims may read, and every claim under every reading."""
    read, judged = _stored(plan, experiment, ("data", "weights", "matrices")), _judged(plan, experiment)
    return Size(200 + read + 0.02 * judged, 5 + 0.005 * judged + read / DISK)


def figure(plan: "Plan", identifier: str) -> Size:
    """What the figure reads; those of claims parse every verdict, and a specification curve draws every reading."""
    experiment, name = plan.figures()[identifier]
    spec = plan.experiments[experiment]
    if name not in spec.figures:
        judged = _judged(plan, experiment)
        return Size(300 + 0.02 * judged, 15 + 0.005 * judged)
    read = _stored(plan, experiment, spec.figures[name].reads, hidden=spec.figures[name].controls)
    return Size(300 + read, 15 + read / DISK)


def report(plan: "Plan") -> Size:
    """Every product is hashed; the shown weights and the verdicts are read."""
    every = list(plan.experiments)
    hashed = sum(_stored(plan, name, ("data", "weights", "matrices")) for name in every)
    shown = sum(_stored(plan, name, ("weights",), hidden=False) for name in every)
    judged = sum(_judged(plan, name) for name in every)
    return Size(400 + 3 * shown + 0.05 * judged, 20 + 0.002 * judged + hashed / DISK)


@dataclass(frozen=True)
class _Cell:
    """What a cell's sizes follow from."""

    features: int
    hidden: int
    instances: int
    batches: int  # samples in one batch of every instance
    samples: int  # that all instances see in training, each step counted as 32 more
    weights: float  # MB of weights.safetensors
    matrices: float  # MB of matrices.safetensors


@cache
def _cell(plan: "Plan", experiment: str, model: str, stretch: str) -> _Cell:
    instances = expand(plan.stage("extract", experiment, model, stretch).settings)
    n, m = instances[0].features, instances[0].hidden
    weights = 0
    for instance in instances:
        training = instance.training
        kept = n * (m * (1 if instance.tied else 2) + 1) * (1 + len(training["snapshots"]))
        weights += FLOAT * kept + 12 * training["records"]  # a loss is a float32, its step an int64
    return _Cell(
        features=n,
        hidden=m,
        instances=len(instances),
        batches=sum(instance.batch for instance in instances if instance.steps),
        samples=sum(instance.steps * (instance.batch + 32) for instance in instances),
        weights=weights / MB,
        matrices=len(instances) * FLOAT * n * (n + 7) / MB,  # WᵀW and seven vectors
    )


def _rows(sets: dict, *names: str) -> float:
    """Megabytes of the sets of these numbers of samples, over all sparsities and seeds."""
    number = len(sets["sparsities"]) * len(sets["seeds"])
    return number * sum(sets[name] for name in names) * sets["features"] * FLOAT / MB


def _stored(plan: "Plan", experiment: str, kinds: tuple[str, ...], hidden: bool = True) -> float:
    """Megabytes of an experiment's products of some kinds; tables of metrics are too small to count."""
    cells = plan.cells(experiment, hidden)
    total = 0.0
    if "data" in kinds:
        for stretch in dict.fromkeys(stretch for _, stretch in cells):
            total += _rows(plan.stage("data", experiment, stretch).settings, "train_samples", "test_samples")
    sizes = [_cell(plan, experiment, *cell) for cell in cells]
    return total + sum(getattr(size, kind) for size in sizes for kind in kinds if kind in ("weights", "matrices"))


def _judged(plan: "Plan", experiment: str) -> int:
    """How many verdicts there are: claims times readings."""
    spec = plan.experiments[experiment]
    return len(spec.claims) * len(readings(spec.axes, spec.design, "default")) if spec.claims else 0
