"""The optimum in place of training: weights of least expected loss over the data's distribution (train.optimum)."""

from collections.abc import Sequence

import numpy as np

from ...data.instances import Instance
from ...store.errors import UserError
from ..optimum.linear import linear_curvature, linear_weights
from ..optimum.minimise import Optimum, optimum
from ..optimum.support import refusal
from ..progress import Progress


def train(
    instances: Sequence[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> dict[str, np.ndarray]:
    """The optimum of every instance, as arrays of a weights file (train.stage) and a certificate.

    W (instance, hidden, feature) and b (instance, feature), float32; loss (instance, 1), float64, the expected loss,
    and loss_step, one. Float64 (instance,): gradient_norm and least_curvature of the expected loss at the weights
    before they are rounded, and starts_agreeing, the share of the descents that end within 1e-9 of the loss
    (train.optimum.minimise.Optimum).

    Instances that differ in nothing but seed, initial weights or optimiser have one optimum. It is the distribution's,
    also where an instance trains on a fixed set.

    Args:
        instances: the models.
        rows: unused, as no sample enters.
        progress: told of every instance's steps.
        experiment: named in errors.

    Raises:
        UserError: an instance's optimum is not computed.
    """
    for instance in instances:
        _check(instance, experiment)
    known, found = {}, []
    for instance in instances:
        everything = _everything(instance)
        if everything not in known:
            known[everything] = _optimum(instance)
        found.append(known[everything])
        progress.advance(instance.steps, f"loss {found[-1].loss:.6f}")
    arrays = {name: np.array([getattr(one, name) for one in found]) for name in Optimum.__dataclass_fields__}
    return arrays | {
        "W": arrays["W"].astype(np.float32),
        "b": arrays["b"].astype(np.float32),
        "loss": arrays["loss"][:, None],
        "loss_step": np.ones((len(found), 1), dtype=np.int64),
    }


def _check(instance: Instance, experiment: str) -> None:
    """Raise UserError where an instance's optimum is not computed."""
    reason = refusal(
        architecture=instance.architecture,
        features=instance.features,
        hidden=instance.hidden,
        tied=instance.tied,
        bias=instance.bias,
        target=instance.target,
        values=instance.distribution.values,
        sets=bool(instance.distribution.sets),
        l1=instance.training["l1"],
        snapshots=bool(instance.training["snapshots"]),
    )
    if reason:
        raise UserError(
            f"optimum: experiment {experiment}, sparsity {instance.sparsity}, variant {instance.variant}: {reason}"
        )


def _everything(instance: Instance) -> tuple:
    """All that an instance's optimum depends on."""
    source, weights = instance.distribution, tuple(instance.loss_weights.tolist())
    return instance.architecture, instance.hidden, instance.bias, source.sparsity, source.values, weights


def _optimum(instance: Instance) -> Optimum:
    weights, source = instance.loss_weights, instance.distribution
    if instance.architecture == "linear":
        W, b, loss = linear_weights(weights, instance.hidden, source)
        return Optimum(W, b, loss, 0.0, linear_curvature(weights, instance.hidden, source), 1.0)
    return optimum(instance.hidden, instance.bias, np.array(source.sparsity), weights)
