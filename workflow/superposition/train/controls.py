"""Weights of which it is known whether a claim should hold of them: untrained, permuted and planted ones."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..data.instances import PERMUTED, UNTRAINED, Instance, initial_weights
from ..data.streams import Purpose, stream
from ..store.errors import UserError
from ..store.plugins import Registry, experiment_module

# Functions of experiments' planted.py: Instance → (W (hidden, feature), b (feature,)), ideal weights of the model of
# that name, with which the claims that speak of it come out true.
planted = Registry()

Arrays = dict[str, np.ndarray]


def controls(
    instances: Sequence[Instance], trained: Mapping[tuple, Arrays], experiment: str, model: str
) -> list[Arrays]:
    """The arrays of made instances, by their names in a weights file (train.stage); no step has been recorded.

    Args:
        instances: untrained, permuted or planted ones.
        trained: the arrays of trained instances by their `identity`.
        experiment: where planted weights are registered.
        model: whose they are.

    Raises:
        UserError: planted weights do not have the model's shape.
    """
    nothing = {"loss": np.full(1, np.nan, np.float32), "loss_step": np.zeros(1, np.int64)}
    made = []
    for instance in instances:
        if instance.origin == UNTRAINED:
            weights = _untrained(instance)
        elif instance.origin == PERMUTED:
            weights = _permuted(instance, trained[identity(instance)])
        else:
            weights = _planted(instance, experiment, model)
        made.append(weights | nothing)
    return made


def identity(instance: Instance) -> tuple:
    """What a made instance has in common with the one that it is like, and with no other trained one."""
    return instance.sparsity, instance.like, instance.point, instance.seed


def _untrained(instance: Instance) -> Arrays:
    """The initial weights, as training would start from them."""
    W, V = initial_weights(instance)
    b = np.zeros(instance.features, np.float32)
    return {"W": W, "b": b} if instance.tied else {"W": W, "b": b, "V": V}


def _permuted(instance: Instance, weights: Arrays) -> Arrays:
    """The trained weights, each hidden unit's moved among the features by a random cycle of its own, and the bias's.

    What a claim says of single features or of how they are arranged is lost; how large weights are is kept. A cycle
    leaves no feature where it was.
    """
    generator = stream(instance.seed, Purpose.PERMUTATION, *instance.key)
    cycles = [_cycle(generator, instance.features) for _ in range(instance.hidden)]
    moved = {name: np.stack([row[cycle] for row, cycle in zip(weights[name], cycles, strict=True)])
             for name in ("W", "V") if name in weights}  # fmt: skip
    return moved | {"b": weights["b"][_cycle(generator, instance.features)]}


def _cycle(generator: np.random.Generator, length: int) -> np.ndarray:
    """A random permutation (length,) that is one cycle, all of them equally likely (Sattolo 1986)."""
    order = np.arange(length)
    for last in range(length - 1, 0, -1):
        other = int(generator.integers(last))
        order[[last, other]] = order[[other, last]]
    return order


def _planted(instance: Instance, experiment: str, model: str) -> Arrays:
    experiment_module(experiment, "planted")
    W, b = (np.asarray(array, dtype=np.float32) for array in planted[experiment, model](instance))
    n, m = instance.features, instance.hidden
    if W.shape != (m, n) or b.shape != (n,):
        raise UserError(
            f"{experiment}: planted weights of model {model}: found W {W.shape}, b {b.shape}; allowed: W ({m}, {n}), "
            f"b ({n},)"
        )
    return {"W": W, "b": b} if instance.tied else {"W": W, "b": b, "V": W}
