"""What would stop a document at its end, found before anything is computed: text.md, filled in with stand-ins.

It runs before every run's first job, so it imports nothing that takes long, and nothing of an experiment is run but its
text. What depends on results, such as a claim's parts, is found where the document is written.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import nodes

from ..pipeline.inventory import figures_of
from ..store.errors import UserError
from ..store.markdown import WORDS, foreign
from ..store.plugins import parse
from ..store.project import folder
from .expected import Expected
from .filling import environment

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

_BLOCKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|\$[^$\n]*\$", re.DOTALL)
# A citation as pandoc reads it: [@key], -@key, @{key}.
_CITED = re.compile(r"(?<![\w\\])@(?:\{([^}\n]+)\}|(\w(?:\w|[:.#$%&+?<>~/-](?=\w))*))")
_ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


def check(plan: "Plan") -> None:
    """Check every experiment's text and captions as far as that is possible without results.

    Raises:
        UserError: a text is missing or cannot be filled in, names something that there is not, does not show a claim's
            figure, cites what no bibliography has, or holds what no document takes; one line.
    """
    known: dict[str, frozenset[str]] = {}
    for document, part in plan.configuration.parts.items():
        paths = plan.of(document).bibliographies()
        for path in paths:
            if str(path) not in known:
                known[str(path)] = frozenset(_ENTRY.findall(path.read_text(encoding="utf-8", errors="replace")))
        references = frozenset().union(*(known[str(path)] for path in paths))
        for experiment in part.experiments:
            _check_text(plan, experiment, references)
            _check_captions(experiment, references)


def _check_text(plan: "Plan", experiment: str, references: frozenset[str]) -> None:
    path, spec = folder(experiment) / "text.md", plan.experiments[experiment]
    if not path.is_file():
        raise UserError(f"{folder(experiment)}: no text.md; allowed: a folder with the section's text in that file")
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as text: {error}") from None
    expected = Expected(experiment, plan.described(experiment), spec, figures_of(spec))
    _refuse_foreign(path, _BLOCKS.sub(lambda block: "\n" * block[0].count("\n"), source))
    text = _filled_in(path, source, expected)
    _refuse_foreign(path, text, lines=False)
    for name in dict.fromkeys(expected.shown):
        if expected.shown.count(name) > 1:
            raise UserError(f"{path}: {name!r} names two figures or tables; allowed: one")
    for claim, asked in spec.claims.items():
        if asked.figure not in expected.mentioned:
            add = f'{{{{ figure("{asked.figure}") }}}}'
            raise UserError(f"{path}: does not show {asked.figure!r}, the figure of claim {claim!r}; add {add}")
    for line, name in expected.referred:
        if not expected.has(name):
            what = (
                f'add {{{{ figure("{name}") }}}}'
                if name in spec.figures
                else f"allowed: {_list(sorted(expected.mentioned))}"
            )
            raise UserError(f"{path}{line}: ref({name!r}): no such figure or table in the text; {what}")
    _check_citations(path, text, references, source)


def _filled_in(path: Path, source: str, expected: Expected) -> str:
    """The text with stand-ins; of what is under conditions every call whose arguments are spelled out is made too."""
    filling, names = environment(), expected.names()
    try:
        tree = filling.parse(source)
    except jinja2.TemplateSyntaxError as error:
        raise UserError(f"{path}:{error.lineno}: {error.message}") from None
    _check_names(path, tree, names)
    _check_calls(path, tree, names, expected)
    try:
        code = filling.compile(tree)
        return jinja2.Template.from_code(filling, code, filling.make_globals(None)).render(names)
    except jinja2.TemplateSyntaxError as error:  # such as a filter that there is not
        raise UserError(f"{path}:{error.lineno}: {error.message}") from None
    except (ArithmeticError, ValueError):
        return _BLOCKS.sub("", source)  # a stand-in may be a number that the text cannot divide by
    except (UserError, jinja2.TemplateError, TypeError, LookupError) as error:
        raise UserError(f"{path}:{_line(error)}: {_one_line(error)}") from None


def _check_names(path: Path, tree: nodes.Template, names: dict) -> None:
    own = {node.name for node in tree.find_all((nodes.Name, nodes.Macro)) if getattr(node, "ctx", "store") != "load"}
    known = {*own, *names, *tree.environment.globals, "loop", "caller", "varargs", "kwargs"}
    for node in tree.find_all(nodes.Name):
        if node.name not in known:
            raise UserError(f"{path}:{node.lineno}: unknown name {node.name!r}; allowed: {_list(names)}")


def _check_calls(path: Path, tree: nodes.Template, names: dict, expected: Expected) -> None:
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else None
        if name in own or not callable(names.get(name)):
            continue
        try:
            arguments = [argument.as_const() for argument in call.args]
            options = {option.key: option.value.as_const() for option in call.kwargs}
        except nodes.Impossible:
            continue
        try:
            with expected.spelled_out(call.lineno):
                names[name](*arguments, **options)
        except (UserError, TypeError) as error:
            reason = re.sub(r"^Expected\.\w+\(\)", f"{name}()", _one_line(error))
            raise UserError(f"{path}:{call.lineno}: {reason}") from None


def _check_captions(experiment: str, references: frozenset[str]) -> None:
    """Check what figures.py spells out of its captions."""
    path = folder(experiment) / "figures.py"
    for line, text in _captions(parse(path)) if path.is_file() else ():
        if (found := foreign(text)) is not None:
            raise UserError(f"{path}:{line}: a caption: found {found[1]!r}; allowed: {WORDS}")
        for key in _cited(text):
            if key not in references:
                raise UserError(f"{path}:{line}: no reference {key!r}; {_add_reference(experiment, references)}")


def _captions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "Drawing":
            named = [keyword.value for keyword in call.keywords if keyword.arg == "caption"]
            for caption in [*call.args[2:3], *named]:
                pieces = [node.value for node in ast.walk(caption) if isinstance(node, ast.Constant)]
                yield caption.lineno, " ".join(piece for piece in pieces if isinstance(piece, str))


def _check_citations(path: Path, text: str, references: frozenset[str], source: str) -> None:
    for key in _cited(text):
        if key not in references:
            line = source.count("\n", 0, max(source.find(f"@{key}"), 0)) + 1
            raise UserError(f"{path}:{line}: no reference {key!r}; {_add_reference(path.parent.name, references)}")


def _cited(text: str) -> list[str]:
    return [braced or bare for braced, bare in _CITED.findall(_CODE.sub("", text))]


def _add_reference(experiment: str, references: frozenset[str]) -> str:
    return f"add it to {folder(experiment)}/references.bib, or take one of {_list(sorted(references))}"


def _refuse_foreign(path: Path, text: str, lines: bool = True) -> None:
    if (found := foreign(text)) is not None:
        line = f":{found[0]}" if lines else ""
        raise UserError(f"{path}{line}: found {found[1]!r}; allowed: {WORDS}")


def _line(error: BaseException) -> int | str:
    """The line of a template at which it failed."""
    line, trace = "?", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
