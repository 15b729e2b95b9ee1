"""What a reader can take away from a figure: a quiet row of links to its files, and buttons that copy."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from ..store.markdown import Markdown
from ..store.paths import product_path
from .numbering import anchor, plain


def actions(experiment: str, name: str, formats: Iterable[str]) -> Markdown:
    """The row below a figure, as raw HTML: other output formats leave it out.

    The links lead to the files of the figure's bundle, which lies beside the page.
    """
    identifier = f"{experiment}-{name}"
    figure = plain(experiment, name)
    files = [*((kind.upper(), f"figure.{kind}", f"{identifier}.{kind}") for kind in formats)]
    files.append(("data", "data.csv", f"{identifier}.csv"))
    items = [
        f'<a href="figures/{identifier}/{file}" download="{saved}" aria-label="{text} of {figure}">{text}</a>'
        for text, file, saved in files
    ]
    if bibtex := bundle_bibtex(product_path("figure", identifier)):
        items.append(_button("copy BibTeX", figure, "bibtex", _attribute(bibtex)))
    items.append(_button("copy link", figure, "link", f"#{anchor('figure', experiment, name)}"))
    return Markdown(f'```{{=html}}\n<p class="actions">{" ".join(items)}</p>\n```')


def bundle_bibtex(folder: Path) -> str:
    """The BibTeX entry of a figure's bundle; empty where the bundle has none."""
    path = folder / "cite.bib"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _button(text: str, figure: str, what: str, value: str) -> str:
    return (
        f'<button type="button" hidden data-copy="{what}" data-value="{value}" '
        f'aria-label="{text} of {figure}">{text}</button>'
    )


def _attribute(text: str) -> str:
    """Text for an attribute, on one line of Markdown: no blank line ends it, no backtick closes the block."""
    return escape(text, quote=True).replace("\n", "&#10;").replace("`", "&#96;")
