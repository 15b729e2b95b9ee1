"""How to cite a figure: BibTeX, a plain line, and a LaTeX environment. pandoc escapes what stands in them."""

import json
from pathlib import Path

from .documents import read_yaml
from .errors import UserError
from .sources import ROOT

CITATION = "CITATION.cff"


def software() -> dict:
    """Authors, title, version, year and licence of the software, from CITATION.cff.

    Raises:
        UserError: the file is missing or lacks one of them.
    """
    path = ROOT / CITATION
    document = read_yaml(path)
    try:
        return {
            "authors": [_name(author) for author in document["authors"]],
            "title": str(document["title"]),
            "version": str(document["version"]),
            "year": int(str(document["date-released"])[:4]),
        }
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{CITATION}: {error}: missing or wrong; allowed: authors, title, version, date-released"
        ) from None


def _name(author: dict) -> str:
    return str(author.get("name") or f"{author['given-names']} {author['family-names']}")


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
