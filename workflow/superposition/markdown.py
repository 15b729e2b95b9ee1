"""Untrusted text in Markdown: everything is escaped but what is marked as Markdown on purpose."""

import re

# Every ASCII punctuation character may be escaped in pandoc's Markdown; escaping all of them leaves no syntax. Commas,
# semicolons, question marks, and dots inside a word or number never are syntax: unescaped they keep the text readable.
_PUNCTUATION = re.compile(r"((?!(?<=\w)\.(?=\w))[!-+\-./:<-@\[-`{-~])")


class Markdown(str):
    """Text that is Markdown on purpose: the template puts it in as it is."""

    __slots__ = ()


def escape(value: object) -> Markdown:
    """A value as literal text in Markdown, on one line; Markdown passes unchanged."""
    if isinstance(value, Markdown):
        return value
    return Markdown(_PUNCTUATION.sub(r"\\\1", " ".join(str(value).split())))
