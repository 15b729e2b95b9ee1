"""An experiment's own Python files: what they register, and how they are found, parsed and imported.

An experiment's folder is a package: its files import each other relatively (`from .tolerances import D_TOLERANCE`).
"""

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from . import project
from .errors import UserError

PACKAGE = "superposition_experiments"  # holds a package for every experiment, by its id with _ for -


class Registry(dict[tuple[str, str], Callable]):
    """Functions or classes by (experiment, name): a figure, a claim or a model that code looks up by name.

    `@registry("name")` registers what it decorates. The experiment is that in whose folder the file lies; what the
    library registers belongs to none, "".
    """

    def __call__(self, name: str) -> Callable[[Callable], Callable]:
        """The decorator that registers under a name."""

        def decorate(registered: Callable) -> Callable:
            self[_experiment(registered.__module__), name] = registered
            return registered

        return decorate

    def names(self, experiment: str) -> list[str]:
        """What an experiment, or with "" the library, has registered."""
        return [name for owner, name in self if owner == experiment]


def _experiment(module: str) -> str:
    package, _, rest = module.partition(".")
    return rest.partition(".")[0].replace("_", "-") if package == PACKAGE else ""


def registered(path: Path, decorator: str) -> dict[str, str]:
    """Names that a file registers with @decorator("name"), and the function or class behind each.

    The file is parsed, not run: so checking a configuration stays fast and executes nothing.
    """
    if not path.is_file():
        return {}
    return {
        call.args[0].value: node.name
        for node in parse(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for call in node.decorator_list
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == decorator
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def parse(path: Path) -> ast.Module:
    """The syntax tree of a Python file.

    Raises:
        UserError: the file is not Python; one line with file and line.
    """
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    except SyntaxError as error:
        raise UserError(f"{path}:{error.lineno}: not valid Python: {error.msg}") from None
    except (OSError, ValueError, RecursionError, MemoryError) as error:  # no UTF-8, a null byte, nested too deep
        raise UserError(f"{path}: not valid Python: {error}") from None


def experiment_module(experiment: str, name: str) -> ModuleType:
    """Import a file of an experiment's folder, such as its figures.py.

    Raises:
        UserError: there is no such file.
    """
    home = project.EXPERIMENTS / experiment
    if not (home / f"{name}.py").is_file():
        raise UserError(f"{project.folder(experiment)}: no {name}.py")
    package = f"{PACKAGE}.{experiment.replace('-', '_')}"
    _lay(PACKAGE, [])
    _lay(package, [str(home)])
    return importlib.import_module(f"{package}.{name}")


def _lay(name: str, path: list[str]) -> None:
    """Have a package whose files lie on a path; forget what an equally named one elsewhere has imported."""
    if name in sys.modules and list(sys.modules[name].__path__) == path:
        return
    for known in [known for known in sys.modules if known.startswith(f"{name}.")]:
        del sys.modules[known]
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = path
