"""What the models compute, as torch modules: the one definition that everything faster is checked against.

    from superposition.train.models import load
    model = load("results/article/relu/S0.9/weights.safetensors", seed=3)
    model(x)  # x: (sample, feature)

An experiment may register modules of its own in its models.py.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from ..store.errors import UserError
from ..store.plugins import Registry, experiment_module

register = Registry()  # subclasses of Autoencoder: each makes an `architecture` of that name


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
    from .cells import check_file, check_place, index_of, is_ours

    path = local(Path(path))
    check_file(path)
    asked = {"seed": seed, "variant": variant, "sparsity": sparsity, "point": point}
    try:
        tensors, header = read_tensors(intact(path))
        check_place(path, header)
        index = index_of(path, header["instances"], {name: value for name, value in asked.items() if value is not None})
        instance = header["instances"][index]
        V = None if instance["tied"] else torch.from_numpy(tensors["V"][index])
        W, b = (torch.from_numpy(tensors[name][index]) for name in ("W", "b"))
        fits = W.ndim == 2 and b.shape == W.shape[1:] and (V is None or V.shape == W.shape)
        if not fits or not all(array.is_floating_point() for array in (W, b, W if V is None else V)):
            raise ValueError
        bias, architecture = instance["bias"], header["architecture"]
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RuntimeError):
        raise UserError(f"{path}: no weights that the stage train wrote, or damaged ones") from None
    except UserError as error:
        if is_ours(path):
            raise
        raise UserError(str(error).partition("; rebuild it: ")[0]) from None  # no command of ours would make it
    return find(architecture, header["experiment"])(W, b if bias else None, V)
