"""An experiment's own Python files: found, parsed, imported."""

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .errors import UserError
from .project import FOLDER, folder


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


def experiment_module(identifier: str, name: str) -> ModuleType:
    """Import an experiment's own figures.py or models.py.

    Raises:
        UserError: there is no such file.
    """
    path = FOLDER / identifier / f"{name}.py"
    if not path.is_file():
        raise UserError(f"{folder(identifier)}: no {name}.py")
    qualified = f"superposition_experiments.{identifier.replace('-', '_')}.{name}"
    spec = importlib.util.spec_from_file_location(qualified, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[qualified] = module
    spec.loader.exec_module(module)
    return module
