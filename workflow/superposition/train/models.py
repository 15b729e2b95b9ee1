"""What the models compute, as torch modules: the one definition that everything faster is checked against.

    from superposition.train.models import load
    model = load("results/article/relu/S0.9/weights.safetensors", seed=3)
    model(x)  # x: (sample, feature)

An experiment may register modules of its own in its models.py.
"""

import os
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import torch
from torch import nn

from ..store.errors import UserError
from ..store.plugins import Registry, experiment_module

register = Registry()  # subclasses of Autoencoder: each makes an `architecture` of that name
KNOWN = 12  # values that an error names


class Autoencoder(nn.Module):
    """Weights of one model, or of many along leading axes, which stand before those of x as well.

    Args:
        W: encoder (..., hidden, feature).
        b: bias (..., feature); None for a model without.
        V: decoder (..., hidden, feature); None ties it to W.
    """

    def __init__(self, W: torch.Tensor, b: torch.Tensor | None = None, V: torch.Tensor | None = None):
        super().__init__()
        self.W = nn.Parameter(W)
        self.b = None if b is None else nn.Parameter(b)
        self.V = None if V is None else nn.Parameter(V)

    @property
    def decoder(self) -> torch.Tensor:
        """V, or W where weights are tied."""
        return self.W if self.V is None else self.V

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """x Wᵀ."""
        return x @ self.W.mT  # (..., sample, hidden)

    def hidden(self, x: torch.Tensor) -> torch.Tensor:
        """The hidden layer after its nonlinearity, on which an L1 penalty acts; a module with one overrides this."""
        return self.encode(x)

    def decode(self, h: torch.Tensor) -> torch.Tensor:
        """H V + b."""
        y = h @ self.decoder  # (..., sample, feature)
        return y if self.b is None else y + self.b.unsqueeze(-2)


@register("linear")
class Linear(Autoencoder):
    """No nonlinearity: the linear model of the article and of the source paper."""

    def forward(self, x):
        """x̂ = x WᵀW + b."""
        return self.decode(self.encode(x))


@register("linear-hidden-relu")
class LinearHiddenReLU(Autoencoder):
    """The article's "only difference" taken literally: a linear reconstruction of a hidden layer with ReLU."""

    def hidden(self, x):
        """H = relu(x Wᵀ)."""
        return torch.relu(self.encode(x))

    def forward(self, x):
        """x̂ = relu(x Wᵀ) W + b."""
        return self.decode(self.hidden(x))


@register("relu")
class ReLU(Autoencoder):
    """The article's ReLU model as printed, with ReLU on the hidden layer too; §8 of the source paper."""

    def hidden(self, x):
        """H = relu(x Wᵀ)."""
        return torch.relu(self.encode(x))

    def forward(self, x):
        """x̂ = relu(relu(x Wᵀ) W + b)."""
        return torch.relu(self.decode(self.hidden(x)))


@register("relu-output")
class ReLUOutput(Autoencoder):
    """The source paper's ReLU-output model (§2)."""

    def forward(self, x):
        """x̂ = relu(x WᵀW + b)."""
        return torch.relu(self.decode(self.encode(x)))


def find(architecture: str, experiment: str | None = None) -> type[Autoencoder]:
    """The module registered under a name, here or in an experiment's own models.py.

    Raises:
        UserError: no such module.
    """
    if ("", architecture) in register:
        return register["", architecture]
    if experiment is not None:
        experiment_module(experiment, "models")
        if (experiment, architecture) in register:
            return register[experiment, architecture]
    known = [*register.names(""), *register.names(experiment or "")]
    raise UserError(f"no model is registered as {architecture!r}; allowed: {', '.join(dict.fromkeys(known))}")


def load(
    path: str | Path,
    seed: int | str | None = None,
    variant: str | None = None,
    sparsity: str | float | None = None,
    point: Sequence | None = None,
) -> Autoencoder:
    """A trained model from a weights.safetensors, ready to call.

    Args:
        path: the file of a cell.
        seed: which seed; the first by default.
        variant: which variant; the first by default.
        sparsity: which sparsity, where the cell has several; the first by default.
        point: which point of a sweep, the value of each swept setting; the first by default.

    A number may be given as text and the other way round, and 0.90 for 0.9.

    Raises:
        UserError: the file is missing or damaged, is another cell's than its place says, or holds no such instance.
    """
    from ..store.project import local
    from ..store.provenance import intact
    from ..store.tensors import read_tensors

    path = local(Path(path))
    _check_file(path)
    asked = {"seed": seed, "variant": variant, "sparsity": sparsity, "point": point}
    try:
        tensors, header = read_tensors(intact(path))
        _check_place(path, header)
        index = _index(path, header["instances"], {name: value for name, value in asked.items() if value is not None})
        instance = header["instances"][index]
        V = None if instance["tied"] else torch.from_numpy(tensors["V"][index])
        W, b = (torch.from_numpy(tensors[name][index]) for name in ("W", "b"))
        if W.ndim != 2 or b.shape != W.shape[1:] or (V is not None and V.shape != W.shape):
            raise ValueError
        return find(header["architecture"], header["experiment"])(W, b if instance["bias"] else None, V)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RuntimeError):
        raise UserError(f"{path}: no weights that the stage train wrote, or damaged ones") from None
    except UserError as error:
        if _is_ours(path):
            raise
        raise UserError(str(error).partition("; rebuild it: ")[0]) from None  # no command of ours would make it


def _check_file(path: Path) -> None:
    """Refuse what is no file; what our commands would make is answered with the command."""
    from ..store.errors import MissingError
    from ..store.files import rebuild_command
    from ..store.paths import KINDS

    file = KINDS["weights"].file
    if path.is_file():
        return
    if path.exists():
        raise UserError(f"{path}: no regular file; a model's weights are {file}")
    if _is_ours(path):
        raise MissingError(f"{path}: no such file; build it: {rebuild_command(path)}")
    raise MissingError(f"{path}: no such file; a model's weights are {file}")


def _check_place(path: Path, header: dict) -> None:
    """Refuse weights that lie where another cell's belong; anywhere else they may lie."""
    from ..store.files import rebuild_command
    from ..store.paths import product_path

    sparsities, place = header["sparsities"], _cell_of(Path(os.path.abspath(path)))
    stretch = "-".join(dict.fromkeys((sparsities[0], sparsities[-1])))
    own = product_path("weights", header["experiment"], header["model"], stretch)
    if place and Path(*place) != own:
        raise UserError(f"{path}: holds another cell's weights, those of {own}; rebuild it: {rebuild_command(path)}")


def _is_ours(path: Path) -> bool:
    """Whether a path is a cell's place in the working directory."""
    cell = _cell_of(path)
    return cell is not None and path == Path(*cell)


def _cell_of(path: Path) -> tuple[str, ...] | None:
    """The end of a path that is a cell's place, results/EXPERIMENT/MODEL/S…/weights.safetensors; None of another."""
    from ..store.paths import KINDS

    wanted = Path(KINDS["weights"].file).parts
    parts = path.parts[-len(wanted) :]
    fits = len(parts) == len(wanted) and (parts[0], parts[-1]) == (wanted[0], wanted[-1]) and parts[-2].startswith("S")
    return parts if fits else None


def _index(path: Path, instances: Sequence[dict], wanted: dict) -> int:
    """The first instance that has the wanted values.

    Raises:
        UserError: there is none; names those that there are.
    """
    values = {name: _named(value, [instance[name] for instance in instances]) for name, value in wanted.items()}
    for index, instance in enumerate(instances):
        if all(instance[name] in found for name, found in values.items()):
            return index
    known = list(dict.fromkeys(f"{name} {instance[name]}" for instance in instances for name in wanted))
    some = ", ".join(known[:KNOWN]) + f" and {len(known) - KNOWN} more" * (len(known) > KNOWN)
    words = ", ".join(f"{name} {value}" for name, value in wanted.items())
    raise UserError(f"{path}: holds no model of {words or 'ours'}; allowed: {some or 'a file of the stage train'}")


def _named(value: object, known: list) -> list:
    """The known values that a value names: itself, or else the only one that is the same number."""
    value = value.tolist() if hasattr(value, "tolist") else list(value) if isinstance(value, tuple) else value
    if value in known:
        return [value]
    same = [other for other in known if _number(other) is not None and _number(other) == _number(value)]
    return same if all(other == same[0] for other in same) else []


def _number(value: object) -> Decimal | tuple | None:
    """A number, or a text that is one, or a row of such; None of anything else."""
    if isinstance(value, list):
        return tuple(map(_number, value))
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
