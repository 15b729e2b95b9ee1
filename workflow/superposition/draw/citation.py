"""How to cite a figure: BibTeX, a plain line, and a LaTeX environment. pandoc escapes what stands in them."""

import json
from pathlib import Path


def bibtex(identifier: str, content: str, software: dict) -> str:
    """A BibTeX entry of a figure.

    Args:
        identifier: the figure's id.
        content: its content id.
        software: from `software`.
    """
    import pypandoc

    item = {
        "id": f"{identifier}-{content}",
        "type": "software",
        "title": f"Figure {identifier} of “{software['title']}”",
        "author": [{"literal": author} for author in software["authors"]],
        "issued": {"date-parts": [[software["year"]]]},
        "note": f"Version {software['version']}, content id {content}",
    }
    return pypandoc.convert_text(json.dumps([item]), "bibtex", format="csljson").strip() + "\n"


def plain(identifier: str, content: str, software: dict) -> str:
    """A citation of a figure as one line of text; arguments as for `bibtex`."""
    authors = ", ".join(software["authors"])
    return (
        f"{authors} ({software['year']}). Figure {identifier} of “{software['title']}”, version {software['version']}, "
        f"content id {content}.\n"
    )


def latex_figure(bundle: Path, identifier: str) -> str:
    """A LaTeX figure environment with the caption of a bundle, which cites its entry of cite.bib."""
    import pypandoc

    caption = pypandoc.convert_text((bundle / "caption.md").read_text("utf-8"), "latex", format="markdown").strip()
    key = (bundle / "cite.bib").read_text("utf-8").partition("{")[2].partition(",")[0]
    return (
        "\\begin{figure}\n"
        "  \\centering\n"
        f"  \\includegraphics[width=\\linewidth]{{{identifier}/figure.pdf}}\n"
        f"  \\caption{{{caption} \\cite{{{key}}}}}\n"
        f"  \\label{{fig:{identifier}}}\n"
        "\\end{figure}\n"
    )
