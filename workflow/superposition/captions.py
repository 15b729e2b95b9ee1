"""Captions where Markdown is not understood: in the report that Snakemake itself makes."""

import re

from .products import figure_folder


def plain_caption(identifier: str) -> str:
    """A figure's caption as text on one line, its formulas in TeX; empty where the figure is not drawn yet."""
    path = figure_folder(identifier) / "caption.md"
    if not path.is_file():
        return ""
    return re.sub(r"\\([^\w\s])", r"\1", " ".join(path.read_text(encoding="utf-8").split()))
