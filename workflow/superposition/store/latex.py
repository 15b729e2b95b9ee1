"""Signs for which LaTeX's own fonts have no letter, as commands that every LaTeX has."""

import re
import unicodedata

PACKAGES = ("graphicx", "pifont")  # what the commands need: \reflectbox, \ding
_MATHEMATICAL = {
    "−": "-", "→": r"\rightarrow", "←": r"\leftarrow", "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "‖": r"\Vert",
    "′": "'", "≥": r"\geq", "≤": r"\leq", "≃": r"\simeq", "≈": r"\approx", "≠": r"\neq", "≫": r"\gg", "≪": r"\ll",
    "∼": r"\sim", "∝": r"\propto", "√": r"\surd", "∞": r"\infty", "∈": r"\in", "∑": r"\sum", "∏": r"\prod",
    "∂": r"\partial", "∇": r"\nabla", "⊤": r"\top", "⊥": r"\perp", "⟨": r"\langle", "⟩": r"\rangle", "●": r"\bullet",
    "○": r"\circ", "⊕": r"\oplus", "⊗": r"\otimes", "⋅": r"\cdot", "∘": r"\circ",
}  # fmt: skip
_DINGBATS = {
    "✓": r"\ding{51}",
    "✔": r"\ding{52}",
    "✗": r"\ding{55}",
    "✘": r"\ding{56}",
    "◐": r"\reflectbox{\ding{119}}",
}
_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0307": ".", "\u0308": '"'}
_KNOWN = frozenset("‘’“”‚„†‡•…‰‹›€™–—")  # and Latin letters
_CAPITALS = {"GAMMA", "DELTA", "THETA", "XI", "PI", "SIGMA", "UPSILON", "PHI", "PSI", "OMEGA"}
_ACCENTED = re.compile(rf"([A-Za-z])([{''.join(_ACCENTS)}])")


def foreign(text: str) -> list[str]:
    """The signs of a text that not every LaTeX sets, each once, in order of their code points."""
    return sorted({sign for sign in text if ord(sign) > 0x17F and sign not in _KNOWN})


def command(sign: str) -> str | None:
    """The LaTeX of a sign; None where there is none."""
    if sign in _MATHEMATICAL:
        return rf"\ensuremath{{{_MATHEMATICAL[sign]}}}"
    if sign in _DINGBATS:
        return _DINGBATS[sign]
    return _greek(sign) or _composed(sign)


def named(sign: str) -> str:
    """A sign's code point, to stand where it cannot be set: U+2721."""
    return f"U+{ord(sign):04X}"


def accented(text: str) -> str:
    """LaTeX whose letters carry the accents that follow them as signs of their own."""
    composed = unicodedata.normalize("NFC", text)
    return _ACCENTED.sub(lambda match: rf"\{_ACCENTS[match[2]]}{{{match[1]}}}", composed)


def spelled(text: str) -> str:
    """LaTeX in which every sign that not every LaTeX sets is a command, or else its code point."""
    text = accented(text)
    for sign in foreign(text):
        text = text.replace(sign, command(sign) or named(sign))
    return text


def _greek(sign: str) -> str | None:
    match = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(sign, ""))
    if not match or match[2] == "OMICRON" or (match[1] == "CAPITAL" and match[2] not in {*_CAPITALS, "LAMDA"}):
        return None
    name = match[2].replace("LAMDA", "LAMBDA")
    return rf"\ensuremath{{\{name.lower() if match[1] == 'SMALL' else name.capitalize()}}}"


def _composed(sign: str) -> str | None:
    """Raised, lowered and broken signs, by what Unicode says that they are made of."""
    kind, *points = unicodedata.decomposition(sign).split() or [""]
    letters = "".join(chr(int(point, 16)) for point in points if kind.startswith("<"))
    if not letters.replace("\u2044", "").isascii():
        return None
    upper, _, lower = letters.partition("\u2044")
    return {
        "<super>": rf"\textsuperscript{{{letters}}}",
        "<sub>": rf"\textsubscript{{{letters}}}",
        "<fraction>": rf"\textsuperscript{{{upper}}}/\textsubscript{{{lower}}}",
    }.get(kind)
