"""Numbers of figures and tables: given in the order in which the document shows them.

While templates are filled in, a figure, a table and a reference each leave a mark; `numbered` replaces the marks once
the whole document is there. Marks are control characters, which `markdown.escape` removes from untrusted text.
"""

import re
from dataclasses import dataclass

from ..store.errors import UserError
from ..store.markdown import Markdown
from ..store.project import folder

WORDS = {"figure": "Figure", "table": "Table"}
ANCHORS = {"figure": "fig", "table": "tbl"}
LISTS = Markdown("\x02lists:\x03")
_MARK = re.compile("\x02([a-z]+):([a-z0-9-]*)/?([^\x03]*)\x03")
_TITLE = re.compile(r"\s*\*\*(.+?)\*\*(?=\s|$)")
_CLAUSE = re.compile(r"[.,:;](?=\s|$)|\s(?=[(–])")


@dataclass(frozen=True)
class Numbered:
    """A figure or table of the document."""

    kind: str  # figure, table
    number: int  # from 1, figures and tables apart
    anchor: str
    title: Markdown  # what lists call it

    @property
    def name(self) -> str:
        """What the text calls it: Figure 4."""
        return f"{WORDS[self.kind]} {self.number}"


def anchor(kind: str, experiment: str, name: str) -> str:
    """The id of a figure or table in the document."""
    return f"{ANCHORS[kind]}-{experiment}-{name}"


def label(kind: str, experiment: str, name: str) -> Markdown:
    """The head of a caption: becomes “Figure 4.” or “Table 2.”."""
    return _mark(kind, experiment, name)


def reference(experiment: str, name: str) -> Markdown:
    """A link to a figure or table of an experiment: becomes “Figure 4”."""
    return _mark("ref", experiment, name)


def plain(experiment: str, name: str) -> Markdown:
    """The name of a figure or table without a link, for attributes."""
    return _mark("plain", experiment, name)


def numbered(document: str) -> str:
    """The document with every mark replaced.

    Raises:
        UserError: two figures or tables have the same name, or a reference names none.
    """
    known = _found(document)

    def replaced(match: re.Match) -> str:
        """What stands in a mark's place: a number, a link to one, or the lists of both kinds."""
        kind, experiment, wanted = match.groups()
        if kind == "lists":
            return _lists(list(known.values()))
        if (experiment, wanted) not in known:
            raise UserError(_unknown(known, experiment, wanted))
        entry = known[experiment, wanted]
        if kind == "plain":
            return entry.name
        name = entry.name.replace(" ", "\N{NO-BREAK SPACE}")
        if kind == "ref":
            return f"[{name}](#{entry.anchor})"
        identifier = f"#{entry.anchor} " if kind == "table" else ""  # a figure's id is on the figure
        return f"[{name}.]{{{identifier}.label}}"

    return _MARK.sub(replaced, document)


def _found(document: str) -> dict[tuple[str, str], Numbered]:
    """Figures and tables by experiment and name, in the document's order."""
    known: dict[tuple[str, str], Numbered] = {}
    for match in _MARK.finditer(document):
        kind, experiment, name = match.groups()
        if kind not in WORDS:
            continue
        if (experiment, name) in known:
            raise UserError(f"{folder(experiment)}/text.md: {name!r} names two figures or tables; allowed: one")
        number = sum(entry.kind == kind for entry in known.values()) + 1
        caption = document[match.end() :].partition("\n")[0].partition("](figures/")[0]
        known[experiment, name] = Numbered(kind, number, anchor(kind, experiment, name), title(caption))
    return known


def title(caption: str) -> Markdown:
    """The title that a caption begins with, in bold as a figure's; else its first clause."""
    match = _TITLE.match(caption)
    return Markdown(match[1].removesuffix(".")) if match else clause(caption)


def clause(caption: str) -> Markdown:
    """The first clause of a caption, cut where no math, emphasis, code, link or bracket is open."""
    for cut in _CLAUSE.finditer(caption):
        head = caption[: cut.start()].rstrip("\\ ")
        if head.strip() and _closed(head):
            return Markdown(head.strip())
    return Markdown(caption.strip().removesuffix("."))


def _closed(head: str) -> bool:
    bare = re.sub(r"\$[^$]*\$", "", re.sub(r"\\.", "", head))
    pairs = ("[]", "()", "“”", "{}")
    return all(bare.count(sign) % 2 == 0 for sign in "$*`_") and all(bare.count(a) == bare.count(b) for a, b in pairs)


def _lists(known: list[Numbered]) -> str:
    """YAML metadata: the lists of figures and of tables, as Markdown."""
    lines = []
    for kind in WORDS:
        if entries := [entry for entry in known if entry.kind == kind]:
            lines += [f"{kind}s: |", *(f"  - [{entry.name}](#{entry.anchor}) {entry.title}" for entry in entries)]
    return "\n".join(lines)


def _unknown(known: dict, experiment: str, name: str) -> str:
    names = [other for owner, other in known if owner == experiment]
    return f"{folder(experiment)}/text.md: unknown figure or table {name!r}; allowed: {', '.join(names) or 'none'}"


def _mark(kind: str, experiment: str, name: str) -> Markdown:
    return Markdown(f"\x02{kind}:{experiment}/{name}\x03")
