"""Untrusted text in Markdown: everything is escaped but what is marked as Markdown on purpose."""

import re

# Every ASCII punctuation character may be escaped in pandoc's Markdown; escaping all of them leaves no syntax. Commas,
# semicolons, question marks, and dots inside a word or number never are syntax: unescaped they keep the text readable.
_PUNCTUATION = re.compile(r"((?!(?<=\w)\.(?=\w))[!-+\-./:<-@\[-`{-~])")
# Nobody sees them, and the marks of numbering.py are made of them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SCHEMES = ("http", "https", "mailto")
WORDS = "Markdown, in which HTML is shown as it is typed, with links to http, https and mailto"
# What reaches outside a text: a picture, a block in another format's words, a link whose target has a scheme. The
# document itself is checked once more where it is written (report.pandoc).
_PICTURE = re.compile(r"(?<!\\)!\[[^\]\n]{0,60}\]?")
_RAW = re.compile(r"[`~][ \t]*\{[ \t]*=[^}\n]{0,40}\}?")
_TARGET = re.compile(r"(?:\]\(\s*<?|^ {0,3}\[[^\]\n]+\]:\s*<?|<)([a-zA-Z][a-zA-Z0-9+.-]*):[^\s>)]{0,40}", re.MULTILINE)


class Markdown(str):
    """Text that is Markdown on purpose: the template puts it in as it is."""

    __slots__ = ()


def escape(value: object) -> Markdown:
    """A value as literal text in Markdown, on one line; Markdown passes unchanged."""
    if isinstance(value, Markdown):
        return value
    text = _CONTROL.sub("", " ".join(str(value).split()))
    return Markdown(_PUNCTUATION.sub(r"\\\1", text))


def foreign(text: str) -> tuple[int, str] | None:
    """What of an experiment's Markdown no document takes: its line, from 1, and an excerpt; None where all is well."""
    targets = (match for match in _TARGET.finditer(text) if match[1].lower() not in SCHEMES)
    found = [*_PICTURE.finditer(text), *_RAW.finditer(text), *targets]
    if not found:
        return None
    first = min(found, key=re.Match.start)
    return text.count("\n", 0, first.start()) + 1, " ".join(first[0].split())
