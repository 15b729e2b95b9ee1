"""Untrusted text in Markdown: everything is escaped but what is marked as Markdown on purpose."""

import re

# Every ASCII punctuation character may be escaped in pandoc's Markdown; escaping all of them leaves no syntax. Commas,
# semicolons, question marks, and dots inside a word or number never are syntax: unescaped they keep the text readable.
_PUNCTUATION = re.compile(r"((?!(?<=\w)\.(?=\w))[!-+\-./:<-@\[-`{-~])")
# Nobody sees them, and the marks of numbering.py are made of them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Markdown(str):
    """Text that is Markdown on purpose: the template puts it in as it is."""

    __slots__ = ()


def escape(value: object) -> Markdown:
    """A value as literal text in Markdown, on one line; Markdown passes unchanged."""
    if isinstance(value, Markdown):
        return value
    text = _CONTROL.sub("", " ".join(str(value).split()))
    return Markdown(_PUNCTUATION.sub(r"\\\1", text))
