"""The reference engine: torch autograd on the modules of models.py, all like instances of a cell in one batch."""

import json
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from ..errors import DivergedError
from ..instances import Instance, initial_weights, record_steps
from ..models import Autoencoder, find
from ..progress import Progress
from ..sampling import draw
from ..streams import Purpose, stream
from .optimizers import Optimizer


def train(
    instances: Sequence[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> dict[str, np.ndarray]:
    """Train instances and return the arrays of a weights file (stages.train).

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
    return _stacked(results)


def _kind(instance: Instance) -> str:
    """Instances of one kind differ in numbers alone and can be trained as one batch."""
    shared = ("optimizer", "steps", "batch", "records", "snapshots")
    training = {name: instance.training[name] for name in shared}
    return json.dumps([instance.tied, instance.bias, instance.source, instance.train_samples, training])


def _train_batch(
    instances: list[Instance], rows: np.ndarray | None, progress: Progress, experiment: str
) -> list[dict[str, np.ndarray]]:
    model = _initial_model(instances, experiment)
    training = instances[0].training
    optimizer = Optimizer(list(model.parameters()), [instance.training for instance in instances])
    weights = torch.from_numpy(np.stack([i.loss_weights for i in instances]).astype(np.float32))  # (instance, feature)
    recorded = record_steps(training["steps"], training["records"])
    records = set(recorded.tolist())
    losses, since, snapshots = [], [], {}
    if 0 in training["snapshots"]:
        snapshots[0] = _state(model)
    for step, x in enumerate(_batches(instances, rows), start=1):
        loss = ((x - model(x)).square() * weights[:, None, :]).sum(-1).mean(-1)  # (instance,)
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
    """The batch of every step, (instance, sample, feature)."""
    steps, size = instances[0].training["steps"], instances[0].batch
    if instances[0].source == "fresh":
        streams = [stream(i.seed, Purpose.FRESH_SAMPLES) for i in instances]
        for _ in range(steps):
            drawn = [draw(g, size, i.features, i.sparsity, i.values) for g, i in zip(streams, instances, strict=True)]
            yield torch.from_numpy(np.stack(drawn))
        return
    samples = instances[0].train_samples
    sets = torch.from_numpy(rows)[:, :samples]  # (dataset, sample, feature)
    which = torch.tensor([instance.dataset for instance in instances])
    if size == samples:
        full = sets[which]
        for _ in range(steps):
            yield full
        return
    streams = [stream(instance.seed, Purpose.BATCH_ORDER) for instance in instances]
    per_epoch = samples // size
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.from_numpy(np.stack([generator.permutation(samples) for generator in streams]))
        start = step % per_epoch * size
        yield sets[which[:, None], order[:, start : start + size]]


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


def _stacked(results: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Results of every instance along a first axis; shorter histories are padded at their end.

    Losses and snapshots are padded with NaN, snapshot steps with −1, loss steps with 0. Where only some instances
    have a decoder of their own, the others' V is their W.
    """
    names = {name for result in results for name in result}
    stacked = {}
    for name in sorted(names):
        filled = [result.get(name, result["W"] if name == "V" else None) for result in results]
        like = next(array for array in filled if array is not None)
        filled = [np.empty((0, *like.shape[1:]), like.dtype) if array is None else array for array in filled]
        longest = max(len(array) for array in filled)
        blank = {"snapshot_step": -1, "loss_step": 0}.get(name, np.nan)
        stacked[name] = np.stack([_padded(array, longest, blank) for array in filled])
    return stacked


def _padded(array: np.ndarray, length: int, blank: float) -> np.ndarray:
    if len(array) == length:
        return array
    return np.concatenate([array, np.full((length - len(array), *array.shape[1:]), blank, array.dtype)])
