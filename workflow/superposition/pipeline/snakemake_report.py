"""What the report that Snakemake itself makes shows beside a product.

That report puts parameters and captions into a page's script as they are, so text from YAML is made harmless here.
"""

import html
import re

from ..store.paths import product_path


class Shown(dict):
    """A stage's description as a parameter: compared as the dict that it is, shown as escaped text."""

    def __str__(self) -> str:
        return html.escape(repr(self), quote=False)


def plain_caption(identifier: str) -> str:
    """A figure's caption as one line of HTML, its formulas in TeX; empty where the figure is not drawn yet."""
    path = product_path("figure", identifier) / "caption.md"
    if not path.is_file():
        return ""
    caption = path.read_text(encoding="utf-8", errors="replace")  # damaged or not, Snakemake goes on and mends it
    plain = re.sub(r"^\*\*(.+?)\*\*(?=\s)", r"\1", " ".join(caption.split()))  # its title
    text = re.sub(r"\\([^\w\s])", r"\1", plain)
    return html.escape(text, quote=False)
