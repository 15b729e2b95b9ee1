"""The reference engine: torch autograd on the modules of models.py, all like instances of a cell in one batch."""

import json
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from ...data.instances import Instance, initial_weights, record_steps
from ...store.errors import DivergedError
from ..models import Autoencoder, find
from ..progress import Progress
from .kernel_terms import batch_stream
from .optimisers import Optimizer
from .stacking import stacked

AHEAD = 16  # steps whose batches are drawn at once


def train(
    instances: Sequence[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> dict[str, np.ndarray]:
    """Train instances and return the arrays of a weights file (train.stage).

    Args:
        instances: the models to train.
        rows: training sets (dataset, sample, feature), where some instance trains on a fixed set.
        progress: told of every instance's steps.
        experiment: where modules that are not built in are registered.

    Raises:
        DivergedError: a loss is not finite.
    """
    torch.set_num_threads(1)  # other thread counts give other bits
    torch.set_flush_denormal(True)  # at high sparsity eager torch is several times slower on denormals
    try:
        return _trained(instances, rows, progress, experiment)
    finally:
        torch.set_flush_denormal(False)  # it holds for all that this thread computes


def _trained(
    instances: Sequence[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> dict[str, np.ndarray]:
    """The arrays of all instances, those of like instances trained in one batch."""
    batches: dict[str, list[int]] = {}
    for index, instance in enumerate(instances):
        batches.setdefault(_kind(instance), []).append(index)
    results: list[dict[str, np.ndarray]] = [{}] * len(instances)
    for indices in batches.values():
        try:
            trained = _train_batch([instances[i] for i in indices], rows, progress, experiment)
        except DivergedError as error:
            raise DivergedError(indices[error.index], error.step, error.loss) from None
        for index, result in zip(indices, trained, strict=True):
            results[index] = result
    return stacked(results)


def _kind(instance: Instance) -> str:
    """Instances of one kind differ in numbers alone and can be trained as one batch."""
    shared = ("optimizer", "steps", "batch", "records", "snapshots")
    training = {name: instance.training[name] for name in shared}
    return json.dumps([instance.tied, instance.bias, instance.batch, instance.target, training])


def _train_batch(
    instances: list[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> list[dict[str, np.ndarray]]:
    model = _initial_model(instances, experiment)
    training = instances[0].training
    optimizer = Optimizer(list(model.parameters()), [instance.training for instance in instances])
    weights = torch.from_numpy(np.stack([i.loss_weights for i in instances]).astype(np.float32))  # (instance, feature)
    penalty = torch.tensor([i.training["l1"] for i in instances])  # (instance,)
    penalised = bool(penalty.any())
    recorded = record_steps(training["steps"], training["records"])
    records = set(recorded.tolist())
    losses, since, snapshots = [], [], {}
    if 0 in training["snapshots"]:
        snapshots[0] = _state(model)
    for step, x in enumerate(_batches(instances, rows), start=1):
        target = x.abs() if instances[0].target == "absolute" else x
        loss = ((target - model(x)).square() * weights[:, None, :]).sum(-1).mean(-1)  # (instance,)
        if penalised:
            loss = loss + penalty * model.hidden(x).abs().sum(-1).mean(-1)
        _require_finite(loss, step)
        model.zero_grad()
        loss.sum().backward()  # instances share no parameter, so each gets its own gradient
        optimizer.step()
        since.append(loss.detach())
        if step in records:
            losses.append(torch.stack(since).double().mean(0))
            progress.advance(len(since) * len(instances), f"loss {losses[-1].mean():.6f}")
            since = []
        if step in training["snapshots"]:
            snapshots[step] = _state(model)
    history = torch.stack(losses, dim=1).float().numpy()  # (instance, record)
    final = _state(model)
    return [
        {
            **{name: array[index] for name, array in final.items()},
            "loss": history[index],
            "loss_step": recorded,
            **_kept(snapshots, index),
        }
        for index in range(len(instances))
    ]


def _initial_model(instances: list[Instance], experiment: str) -> Autoencoder:
    drawn = [initial_weights(instance) for instance in instances]
    W = torch.from_numpy(np.stack([encoder for encoder, _ in drawn]))  # (instance, hidden, feature)
    V = None if instances[0].tied else torch.from_numpy(np.stack([decoder for _, decoder in drawn]))
    b = torch.zeros(len(instances), instances[0].features) if instances[0].bias else None
    return find(instances[0].architecture, experiment)(W, b, V)


def _batches(instances: list[Instance], rows: np.ndarray | None) -> Iterator[torch.Tensor]:
    """The batch of every step, (instance, sample, feature), the same as the fused engine's."""
    streams = [batch_stream(instance, rows) for instance in instances]
    steps = instances[0].training["steps"]
    for start in range(0, steps, AHEAD):
        drawn = [stream.take(min(AHEAD, steps - start)) for stream in streams]  # each (step, sample, feature)
        yield from torch.from_numpy(np.stack(drawn, axis=1))


def _require_finite(loss: torch.Tensor, step: int) -> None:
    finite = torch.isfinite(loss)
    if not finite.all():
        index = int((~finite).nonzero()[0])
        raise DivergedError(index, step, loss[index].item())


def _state(model: Autoencoder) -> dict[str, np.ndarray]:
    """Copies of the weights; a missing bias is zero."""
    b = torch.zeros_like(model.W[..., 0, :]) if model.b is None else model.b
    state = {"W": model.W, "b": b} | ({} if model.V is None else {"V": model.V})
    return {name: tensor.detach().clone().numpy() for name, tensor in state.items()}


def _kept(snapshots: dict[int, dict[str, np.ndarray]], index: int) -> dict[str, np.ndarray]:
    if not snapshots:
        return {}
    steps = sorted(snapshots)
    arrays = {
        f"snapshot_{name}": np.stack([snapshots[step][name][index] for step in steps]) for name in snapshots[steps[0]]
    }
    return arrays | {"snapshot_step": np.array(steps, dtype=np.int64)}
