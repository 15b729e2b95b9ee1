"""What code a stage runs, as a digest that comments, docstrings and formatting do not change.

SHA-256 over the syntax trees of a module and of everything it imports inside the project, also where the import
stands inside a function. A library module counts whole; of an experiment's own file only the definitions that the
named function reaches count, so that editing one figure leaves the others alone. What these import from the
experiment's folder counts whole.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

from ..store.plugins import parse

LIBRARY = Path(__file__).parents[1]


def code_digest(modules: tuple[str, ...], file: Path | None = None, function: str | None = None) -> str:
    """Digest (64 hex digits) of library modules, and of one function of a file with what it reaches.

    Args:
        modules: names below the library, such as "stages.train".
        file: an experiment's own Python file.
        function: the function or class of that file; the whole file where it is not given.
    """
    sources: dict[str, str] = {}
    pending = [LIBRARY.joinpath(*name.split(".")).with_suffix(".py") for name in modules]
    if file is not None:
        body = _cleaned(file)
        nodes = body if function is None else _reached(body, function)
        sources[file.name] = "\n".join(ast.dump(node) for node in nodes)
        pending += _imports(nodes, file)
    while pending:
        path = pending.pop()
        key = path.relative_to(LIBRARY).as_posix() if path.is_relative_to(LIBRARY) else path.name
        if key not in sources:
            source, imported = _module(path)
            sources[key] = source
            pending += imported
    digest = hashlib.sha256()
    for key in sorted(sources):
        digest.update(f"{key}\n{sources[key]}\n".encode())
    return digest.hexdigest()


@cache
def _module(path: Path) -> tuple[str, tuple[Path, ...]]:
    body = _cleaned(path)
    return "\n".join(ast.dump(node) for node in body), tuple(_imports(body, path))


def _cleaned(path: Path) -> list[ast.stmt]:
    """A file's statements without docstrings (comments are not in the tree)."""
    tree = parse(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return tree.body


def _imports(nodes: list[ast.stmt], path: Path) -> list[Path]:
    """Files of the library, and of the folder that `path` lies in, that its statements import."""
    found: list[Path] = []
    for node in (inner for outer in nodes if not _for_types_only(outer) for inner in ast.walk(outer)):
        if isinstance(node, ast.Import):
            home, names = LIBRARY.parent, [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            home = path.parents[node.level - 1] if node.level else LIBRARY.parent
            origin = node.module.split(".") if node.module else []
            names = [origin, *([*origin, alias.name] for alias in node.names)]
        else:
            continue
        for parts in names:
            if home != LIBRARY.parent or parts[0] == LIBRARY.name:
                base = home.joinpath(*parts)
                found += [file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()]
    return found


def _for_types_only(node: ast.stmt) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`, which never runs."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _reached(body: list[ast.stmt], function: str) -> list[ast.stmt]:
    """The top-level statements that a function reaches by name, in file order; plain expressions always count."""
    wanted, reached = {function}, set()
    while True:
        before = len(reached)
        for position, node in enumerate(body):
            if position in reached:
                continue
            if isinstance(node, ast.Expr) or _bound(node) & wanted:
                reached.add(position)
                wanted |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        if len(reached) == before:
            return [body[position] for position in sorted(reached)]


def _bound(node: ast.stmt) -> set[str]:
    """Names that a top-level statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
