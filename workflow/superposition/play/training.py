"""Toy models trained on the spot by the fused engine: one, or many with several sparsities, importances and seeds."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from ..data.instances import Instance, expand
from ..data.sampling import draw
from ..data.streams import Purpose, stream
from ..store.errors import DivergedError, UserError
from .settings import WHERE, cell_of
from .toys import ToyModels

Importance = float | ArrayLike | Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Further(TypedDict, total=False):
    """Arguments of `train` that are asked for less often, by the names that experiment.yaml has for them."""

    initialisation: Literal["inverse-sqrt-features", "xavier-normal", "xavier-stacked"]
    stacked: int
    streams: Literal["paired", "own"]
    values: Literal["unit", "signed"]
    relative_density: Sequence[float] | None
    sets: Mapping[str, Any] | None
    target: Literal["identity", "absolute"]
    source: Literal["fresh", "fixed"]
    train_samples: int
    test_samples: int
    method: Literal["descent", "optimum"]
    schedule: Literal["constant", "linear"]
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    l1: float
    reduction: Literal["mean", "sum"]
    records: int
    snapshots: Sequence[int]


def train(
    features: int = 40,
    hidden: int = 5,
    sparsity: float | str | Sequence[float | str] | np.ndarray = 0.9,
    *,
    architecture: str = "relu-output",
    importance: Importance = 1.0,
    seeds: int | Sequence[int] = 1,
    tied: bool = True,
    bias: bool = True,
    optimizer: Literal["adam", "adamw", "sgd"] = "adam",
    learning_rate: float = 0.001,
    steps: int = 10_000,
    batch: int | Literal["full"] = 128,
    threads: int | None = None,
    **further: Unpack[Further],
) -> ToyModels:
    """Train toy models x → x̂ on sparse features, one for each sparsity, importance and seed, by the fused engine.

    The weights are to the bit those that the pipeline computes with these settings, whatever else is trained beside
    them. The first call on a machine compiles the engine, which takes half a minute; after that, ten models of 40
    features in 5 dimensions take a second.

    Example:
        >>> import superposition
        >>> models = superposition.train(features=40, hidden=5, sparsity=[0.5, 0.9], seeds=10)
        >>> models.W.shape
        (20, 5, 40)

    Args:
        features: number of features, n.
        hidden: number of hidden dimensions, m.
        sparsity: probability S that a feature is zero, from 0 to below 1; or several.
        architecture: relu-output, the source paper's ReLU(WᵀWx + b); linear, WᵀWx + b; relu, with ReLU on the hidden
            layer too; linear-hidden-relu, with it there alone.
        importance: weight of each feature's squared error in the loss: one number for all, one a feature (feature,),
            several such (importance, feature), or a curve as in experiment.yaml, such as
            {"curve": "geometric", "ratio": 0.9}, or several.
        seeds: how many, from 0 on; or which. A seed names the initial weights and the samples.
        tied: whether the decoder is the encoder's transpose.
        bias: whether the reconstruction adds a trained bias.
        optimizer: the update rule, as torch.optim defines it.
        learning_rate: its step size.
        steps: number of updates.
        batch: samples an update; "full", with source="fixed", the whole training set.
        threads: models that are trained at once; by default as many as there are processors. No bit depends on it.
        further: any other key of experiment.yaml's models, data and training, with its meaning and default there
            (`python -m superposition schema`), but for source, fresh by default, and test_samples, 5000: see `Further`.

    Raises:
        UserError: an argument is unknown or not allowed, or a model diverges; one line.
    """
    if threads is not None and threads < 1:
        raise UserError(f"{WHERE}: threads: found {threads}; allowed: at least 1, or None")
    arguments = {name: value for name, value in locals().items() if name not in ("threads", "further")}
    defaults = {"streams": "paired", "source": "fresh", "test_samples": 5000}
    settings, spelled_out = cell_of(arguments | defaults | further)
    instances = tuple(expand(settings))
    rows = _training_sets(instances) if spelled_out["source"] == "fixed" else None
    try:
        arrays = _trained(instances, rows, threads or os.cpu_count() or 1)
    except DivergedError as error:
        lost = instances[error.index]
        raise UserError(
            f"{WHERE}: training diverged: sparsity {lost.sparsity}, seed {lost.seed}, step {error.step}; lower "
            "learning_rate"
        ) from None
    return ToyModels(arrays, spelled_out, instances)


class _Unheard:
    """Progress that nobody is told of."""

    def advance(self, steps: int, note: str = "") -> None:
        """Say nothing."""


def _trained(instances: Sequence[Instance], rows: np.ndarray | None, threads: int) -> dict[str, np.ndarray]:
    """The arrays of all instances, whose loops run beside one another: compiled code lets other threads run."""
    from ..train.engines import fused, optimum
    from ..train.engines.stacking import stacked

    if instances[0].training["method"] == "optimum":
        return optimum.train(instances, rows, _Unheard(), str(WHERE))

    def one(place: int) -> dict[str, np.ndarray]:
        try:
            arrays = fused.train([instances[place]], rows, _Unheard(), str(WHERE))
        except DivergedError as error:
            raise DivergedError(place, error.step, error.loss) from None
        return {name: array[0] for name, array in arrays.items()}

    first = one(0)  # alone: it may have to compile
    return stacked([first, *_beside_one_another(one, range(1, len(instances)), threads)])


def _beside_one_another(
    work: Callable[[int], dict[str, np.ndarray]], places: range, threads: int
) -> Iterator[dict[str, np.ndarray]]:
    """The results of a function, in order, by several threads; what has not begun is left when one fails."""
    with ThreadPoolExecutor(threads) as pool:
        try:
            yield from pool.map(work, places)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _training_sets(instances: Sequence[Instance]) -> np.ndarray:
    """The fixed training sets (dataset, sample, feature), each drawn as the pipeline's stage does."""
    sets = {instance.dataset: instance for instance in instances}
    return np.stack(
        [
            draw(stream(sets[place].seed, Purpose.TRAINING_SET), sets[place].train_samples, sets[place].distribution)
            for place in sorted(sets)
        ]
    )
