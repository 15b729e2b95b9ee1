"""A Python file as what it defines, imports and does, without what only people read.

Left out are comments, docstrings, the annotations of functions and variables, the text of errors, assertions and field
descriptions, and whatever stands below `if TYPE_CHECKING:`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..store.plugins import parse

LIBRARY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Import:
    """What an imported name stands for.

    Args:
        path: a file of the library or of an experiment's folder; None for anything else.
        name: what the file defines; None for the whole module.
        origin: the dotted name of anything else.
    """

    path: Path | None
    name: str | None = None
    origin: str = ""


@dataclass(frozen=True, eq=False)
class Code:
    """A file's code.

    Args:
        path: the file.
        definitions: the top-level statements that give a name its value, by name.
        effects: top-level statements that define nothing: they run on import.
        imports: what top-level imports bind.
    """

    path: Path
    definitions: dict[str, list[ast.stmt]]
    effects: list[ast.stmt]
    imports: dict[str, Import]


@cache
def read_code(path: Path) -> Code:
    """The code of a file as it was when it was first asked for, until read_code.cache_clear().

    Raises:
        UserError: the file is not Python.
    """
    state = path.stat()
    return _read_code(path, state.st_mtime_ns, state.st_size)


@cache
def _read_code(path: Path, modified: int, size: int) -> Code:
    code = Code(path, {}, [], {})
    for statement in _Cleaner().visit(parse(path)).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            code.imports.update(imported(statement, path))
            continue
        names = bound_names(statement)
        for name in names:
            code.definitions.setdefault(name, []).append(statement)
        if not names or _registers_elsewhere(statement, code.imports):
            code.effects.append(statement)
    return code


def imported(statement: ast.Import | ast.ImportFrom, path: Path) -> Iterator[tuple[str, Import]]:
    """What an import statement of a file binds, by name."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            file = _library_file(whole.split("."))
            yield alias.asname or whole, Import(file, origin="" if file else whole)
        return
    steps = (statement.module or "").split(".") if statement.module else []
    if statement.level:
        folder = path.parents[statement.level - 1]
    else:
        folder, steps = (LIBRARY, steps[1:]) if steps[:1] == [LIBRARY.name] else (None, steps)
    for alias in statement.names:
        bound = alias.asname or alias.name
        if folder is None:
            yield bound, Import(None, origin=".".join([*steps, alias.name]))
        elif module := _file(folder, [*steps, alias.name]):
            yield bound, Import(module)
        else:
            yield bound, Import(_file(folder, steps), alias.name)


def _library_file(steps: list[str]) -> Path | None:
    return _file(LIBRARY, steps[1:]) if steps[0] == LIBRARY.name else None


def _file(folder: Path, steps: list[str]) -> Path | None:
    base = folder.joinpath(*steps)
    files = (base.with_suffix(".py") if steps else None, base / "__init__.py")
    return next((file for file in files if file and file.is_file()), None)


def bound_names(statement: ast.stmt) -> set[str]:
    """Names that a top-level statement gives a value; none for one that is there for what it does."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {statement.name}
    if isinstance(statement, ast.Assign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if all(isinstance(node, ast.Name | ast.Tuple | ast.List | ast.Starred) for node in targets):
            return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return set()


def _registers_elsewhere(statement: ast.stmt, imports: dict[str, Import]) -> bool:
    """Whether a decorator from outside the project may do more than return what it decorates, as Numba's do."""
    calls = [call.func for call in getattr(statement, "decorator_list", ()) if isinstance(call, ast.Call)]
    origins = [imports.get(root_name(function), Import(None)).origin for function in calls]
    return any(origin and origin != "dataclasses.dataclass" for origin in origins)


def root_name(node: ast.expr) -> str:
    """The name that an expression such as a.b.c begins with; empty where it begins with none."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


class _Cleaner(ast.NodeTransformer):
    """Takes out what only people read."""

    def visit_Expr(self, node):
        """Docstrings, and other text that is no code."""
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_If(self, node):
        """Nothing below `if TYPE_CHECKING:` runs."""
        types_only = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if types_only else self.generic_visit(node)

    def visit_arg(self, node):
        """An argument without its annotation."""
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        """A function without the annotation of what it returns; those of its variables go with it."""
        node.returns = None
        self.generic_visit(node)
        node.body = [_unannotated(statement) for statement in node.body] or [ast.Pass()]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node):
        """A class; the annotations of its fields stay, since dataclasses and schemas are made of them."""
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def visit_Module(self, node):
        """A file; its variables lose their annotations."""
        self.generic_visit(node)
        node.body = [_unannotated(statement) for statement in node.body]
        return node

    def visit_Raise(self, node):
        """An error without its text: without every argument in which some text is spelled out."""
        self.generic_visit(node)
        if isinstance(node.exc, ast.Call):
            node.exc.args = [argument for argument in node.exc.args if not _has_text(argument)]
        return node

    def visit_Assert(self, node):
        """An assertion without its text."""
        node.msg = None
        return self.generic_visit(node)

    def visit_Call(self, node):
        """A schema's field without its description."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "Field":
            node.keywords = [keyword for keyword in node.keywords if keyword.arg != "description"]
        return node


def _unannotated(statement: ast.stmt) -> ast.stmt:
    if not isinstance(statement, ast.AnnAssign):
        return statement
    return ast.Assign([statement.target], statement.value) if statement.value else ast.Pass()


def _has_text(argument: ast.expr) -> bool:
    return any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in ast.walk(argument))
