"""What code a stage runs, as a digest of the definitions that it reaches, wherever they stand.

From the functions that a stage starts with, every definition that is reached by name counts, through imports at the
top of a file or inside a function, in the library and in an experiment's folder; and what the files that are imported
on the way do when they are imported. Names are followed without running anything, so more may count than runs: a class
counts whole, and so does a module that is passed about as a value. Nothing else counts: neither where code stands, nor
what only people read (`code`), nor definitions that are not reached.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from .code import LIBRARY, Code, Import, bound_names, imported, read_code, root_name

Definition = tuple[Path, str | None]  # a file and a name in it; None: what the file does when it is imported
Reading = tuple[str, tuple[tuple[str, "Definition | str"], ...]]  # a statement as text, and what its names stand for
WHOLE = "*"  # in place of a name: everything that the file defines


def library(module: str, name: str) -> Definition:
    """A definition of the library, such as ("train.stage", "train")."""
    return LIBRARY.joinpath(*module.split(".")).with_suffix(".py"), name


def code_digest(roots: Iterable[Definition], within: Path | None = None) -> str:
    """Digest (64 hex digits) of all that the roots reach.

    Args:
        roots: functions or classes.
        within: a folder; what lies elsewhere counts by its name alone.

    Raises:
        UserError: a file is not Python.
    """
    texts = (
        "\n".join(_linked(reading, within) for reading in readings.values()) for _, readings in _reached(roots, within)
    )
    return hashlib.sha256("\n".join(sorted(filter(None, texts))).encode()).hexdigest()


def uses_of(roots: Iterable[Definition]) -> set[Definition | str]:
    """All that is used by what the roots reach: definitions, and the dotted names of others' code."""
    return {target for _, readings in _reached(roots) for _, uses in readings.values() for _, target in uses}


def _reached(roots: Iterable[Definition], within: Path | None = None) -> Iterator[tuple[Code, dict[ast.stmt, Reading]]]:
    """The statements of every definition that the roots reach, and of every file on the way what runs on import."""
    seen: set[Definition] = set()
    pending = list(roots)
    while pending:
        path, name = definition = pending.pop()
        if definition in seen or _is_beyond(path, within):
            continue
        seen.add(definition)
        code = read_code(path)
        readings = {statement: _read(statement, code) for statement in _statements(code, name)}
        yield code, readings
        pending += [target for _, uses in readings.values() for _, target in uses if isinstance(target, tuple)]
        pending.append((path, None))
        pending += [(known.path, None) for known in code.imports.values() if known.path]


def definitions(roots: Iterable[Definition]) -> dict[str, str]:
    """What the roots reach, by dotted names such as measure.geometry.gram: 8 hex digits of what each says itself."""
    texts: dict[str, set[str]] = {}
    for code, readings in _reached(roots):
        home = LIBRARY if code.path.is_relative_to(LIBRARY) else code.path.parents[1]
        module = ".".join(code.path.relative_to(home).with_suffix("").parts)
        for statement, (text, _) in readings.items():
            for name in bound_names(statement) or ("(on import)",):
                texts.setdefault(f"{module}.{name}", set()).add(text)
    return {name: hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:8] for name, said in texts.items()}


def _is_beyond(path: Path, within: Path | None) -> bool:
    return within is not None and not path.is_relative_to(within)


def forget() -> None:
    """Read files anew from here on: those that were edited count as they now are."""
    read_code.cache_clear()
    _linked.cache_clear()


def _statements(code: Code, name: str | None) -> list[ast.stmt]:
    """What a name stands for; with a registry what the same file registers there."""
    if name is None:
        return code.effects
    if name == WHOLE:
        return [statement for statements in code.definitions.values() for statement in statements]
    everything = (statement for statements in code.definitions.values() for statement in statements)
    registered = [statement for statement in everything if name in _decorators(statement)]
    return [*code.definitions.get(name, ()), *registered]


def _decorators(statement: ast.stmt) -> set[str]:
    return {root_name(call.func) for call in getattr(statement, "decorator_list", ()) if isinstance(call, ast.Call)}


@cache
def _read(statement: ast.stmt, code: Code) -> Reading:
    """A statement as text, and what the names in it stand for: definitions, or the dotted names of others' code."""
    imports = dict(code.imports)
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.update(imported(node, code.path))
    names = _Names(code, imports)
    text = _written(names.visit(statement))  # which nobody else reads
    return text, tuple(dict.fromkeys(names.uses))


def _written(node: object) -> str:
    """A syntax tree as text: as ast.dump writes it in Python 3.11, so that it is the same in every later one."""
    if isinstance(node, list):
        return f"[{', '.join(map(_written, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    texts = []
    for name in node._fields:
        value = getattr(node, name, None)
        is_absent = value is None and getattr(type(node), name, ...) is None
        if not is_absent and (value or name != "type_params"):  # which Python 3.11 does not have
            texts.append(f"{name}={_written(value)}")
    return f"{type(node).__name__}({', '.join(texts)})"


@cache
def _linked(reading: Reading, within: Path | None) -> str:
    """A statement as text, with what its names stand for."""
    text, uses = reading
    links = {f"{name}={_link(target, within)}" for name, target in uses}
    return f"{text} {sorted(links)}"


def _link(target: Definition | str, within: Path | None) -> str:
    """Which definition a name stands for, told by what it says: equally named ones in two files differ."""
    if isinstance(target, str):
        return target
    path, name = target
    if _is_beyond(path, within):
        return path.stem if name in (None, WHOLE) else name
    return _said(read_code(path), name)


@cache
def _said(code: Code, name: str | None) -> str:
    text = "".join(_read(statement, code)[0] for statement in _statements(code, name))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class _Names(ast.NodeTransformer):
    """Collects what names stand for, and writes them without the modules that they are taken from."""

    def __init__(self, code: Code, imports: dict[str, Import]):
        self.code, self.imports = code, imports
        self.uses: list[tuple[str, Definition | str]] = []

    def visit_Attribute(self, node):
        """What is taken from a module of the project becomes a name of its own."""
        known = self.imports.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if known is None or known.path is None or known.name is not None:
            return self.generic_visit(node)
        self._use(node.attr, known.path, node.attr)
        return ast.Name(node.attr, node.ctx)

    def visit_Name(self, node):
        """A name: an import, or something that the file defines."""
        known = self.imports.get(node.id)
        if known is None:
            if node.id in self.code.definitions:
                self.uses.append((node.id, (self.code.path, node.id)))
        elif known.path is None:
            self.uses.append((node.id, known.origin))
        else:
            self._use(node.id, known.path, known.name or WHOLE)
        return node

    def visit_Import(self, node):
        """What an import binds is told by its uses."""
        return ast.Pass()

    visit_ImportFrom = visit_Import  # noqa: N815

    def _use(self, said: str, path: Path, name: str) -> None:
        passed_on = read_code(path).imports.get(name)
        if passed_on is not None and passed_on.path is not None:
            self._use(said, passed_on.path, passed_on.name or WHOLE)
        else:
            self.uses.append((said, (path, name)))
