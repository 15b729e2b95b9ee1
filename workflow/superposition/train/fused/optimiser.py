"""Adam, AdamW and SGD with torch's semantics, on one flat array of parameters."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .compiled import inlined, subroutine
from .lanes import WIDTH, spread, square_root, where_at_least
from .memory import load, store

SGD, ADAM, ADAMW = 0, 1, 2
_KINDS = {"sgd": SGD, "adam": ADAM, "adamw": ADAMW}
_SMALLEST_NORMAL = np.finfo(np.float32).tiny


@dataclass(frozen=True)
class OptimiserSpec:
    """torch.optim's hyper-parameters under torch's names.

    Args:
        kind: "adamw" (decoupled weight decay), "adam" and "sgd" (weight decay added to the gradient), no momentum.
        lr: learning rate.
        beta1: Adam's first-moment decay.
        beta2: Adam's second-moment decay.
        eps: Adam's term that keeps the denominator from zero.
        weight_decay: as `kind` says.
        decay: whether the learning rate falls linearly, lr · (1 − t/steps) at step t + 1, or stays.
    """

    kind: str = "adamw"
    lr: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.0
    decay: bool = False


class Optimiser(NamedTuple):
    """An `OptimiserSpec` as the kernel reads it."""

    kind: int
    lr: float
    beta1: float
    beta2: float
    eps: float
    weight_decay: float
    decay: bool


class Moments(NamedTuple):
    """Adam's running averages and the running products of its betas."""

    first: np.ndarray  # (size,) float32
    second: np.ndarray  # (size,) float32
    powers: np.ndarray  # (2,) float64: beta1^t, beta2^t


def compile_optimiser(spec: OptimiserSpec) -> Optimiser:
    """An optimiser as the kernel reads it.

    Raises:
        ValueError: the kind is unknown, or eps is not positive (0/0 where no gradient is).
    """
    if spec.kind not in _KINDS:
        raise ValueError(f"optimiser {spec.kind!r} is none of {', '.join(_KINDS)}")
    if spec.eps <= 0:
        raise ValueError(f"eps must be positive, got {spec.eps}")
    numbers = (float(value) for value in (spec.lr, spec.beta1, spec.beta2, spec.eps, spec.weight_decay))
    return Optimiser(_KINDS[spec.kind], *numbers, bool(spec.decay))


@inlined
def _adam(optimiser, lr, params, gradient, moments, size):
    moments.powers[0] *= optimiser.beta1
    moments.powers[1] *= optimiser.beta2
    scale = spread(np.float32(lr / (1 - moments.powers[0])))
    root = spread(np.float32(np.sqrt(1 - moments.powers[1])))
    decoupled = optimiser.kind == ADAMW
    shrink = spread(np.float32(1 - lr * optimiser.weight_decay if decoupled else 1.0))
    coupled = spread(np.float32(0.0 if decoupled else optimiser.weight_decay))
    fresh1, fresh2 = spread(np.float32(1 - optimiser.beta1)), spread(np.float32(1 - optimiser.beta2))
    beta2, eps, tiny = spread(np.float32(optimiser.beta2)), spread(np.float32(optimiser.eps)), spread(_SMALLEST_NORMAL)
    for at in range(0, size, WIDTH):
        param, first, second = load(params, at), load(moments.first, at), load(moments.second, at)
        slope = load(gradient, at) + coupled * param
        # A moment whose gradient stays 0 would decay into subnormals, which some processors handle in microcode.
        first = where_at_least(first + fresh1 * (slope - first), tiny)
        second = where_at_least(second * beta2 + fresh2 * (slope * slope), tiny)
        store(moments.first, at, first)
        store(moments.second, at, second)
        store(params, at, param * shrink - scale * (first / (square_root(second) / root + eps)))


@inlined
def _sgd(optimiser, lr, params, gradient, size):
    scale, coupled = spread(np.float32(lr)), spread(np.float32(optimiser.weight_decay))
    for at in range(0, size, WIDTH):
        param = load(params, at)
        store(params, at, param - scale * (load(gradient, at) + coupled * param))


@subroutine
def update(optimiser, lr, params, gradient, moments, size):
    """One step on `params` (size,) in place; size is a multiple of 16."""
    if optimiser.kind == SGD:
        _sgd(optimiser, lr, params, gradient, size)
    else:
        _adam(optimiser, lr, params, gradient, moments, size)
