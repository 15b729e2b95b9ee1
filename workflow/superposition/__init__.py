"""Replication of experiments on superposition in neural networks, and a library to play with.

`train` trains toy models, `open_run` reads what a run of the pipeline made, `measures` and `plots` take a bare `W`;
mistakes are `UserError`s of one line. Nothing heavy is imported before it is used.

Example:
    >>> import superposition
    >>> models = superposition.train(features=40, hidden=5, sparsity=0.9)
    >>> superposition.plots.gram(models.W[0]).figure.savefig("gram.png")

Behind the pipeline stands the same library. It knows nothing of Snakemake nor of any one experiment; its command line
is `python -m superposition`.
"""

from importlib import import_module
from types import ModuleType

from . import train as _room  # a package that imports nothing; whatever imports from it binds this name to it

_HOMES = {
    "Run": "play.runs",
    "ToyModels": "play.toys",
    "UserError": "store.errors",
    "open_run": "play.runs",
    "measures": "measures",
    "plots": "plots",
}
__all__ = ["Run", "ToyModels", "UserError", "measures", "open_run", "plots", "train"]


class _Training(ModuleType):
    """The room `train` as the function of that name: `superposition.train(...)`, beside `superposition.train.models`.

    Its signature and text, which notebooks show, are the function's.
    """

    def __call__(self, *arguments, **settings):
        """Train toy models (play.training.train)."""
        return self.__wrapped__(*arguments, **settings)

    @property
    def __wrapped__(self):
        return import_module(".play.training", __name__).train

    @property
    def __doc__(self):
        return self.__wrapped__.__doc__


_room.__class__ = _Training


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_HOMES[name]}", __name__)
    value = module if name == _HOMES[name] else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
