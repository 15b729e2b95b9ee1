"""How to cite a figure: BibTeX, a plain line, and a LaTeX environment. pandoc escapes what stands in them."""

from pathlib import Path

from ..store.errors import UserError
from ..store.latex import spelled
from ..store.markdown import escape

PICTURES = ("pdf", "png")  # what \includegraphics takes, the better first


def bibtex(identifier: str, content: str, software: dict) -> str:
    """A BibTeX entry of a figure.

    Args:
        identifier: the figure's id.
        content: its content id.
        software: from `software`.
    """
    fields = {
        "author": " and ".join(f"{{{_latex(author)}}}" for author in software["authors"]),
        "title": f"{{{_latex(_title(identifier, software))}}}",  # the inner braces keep its letters' case
        "year": str(software["year"]),
        "note": _latex(f"Version {software['version']}, content id {content}"),
        **({"url": software["url"]} if "url" in software else {}),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{identifier}-{content},\n{lines}\n}}\n"


def plain(identifier: str, content: str, software: dict) -> str:
    """A citation of a figure as one line of text; arguments as for `bibtex`."""
    authors = ", ".join(software["authors"])
    url = f" {software['url']}" if "url" in software else ""
    return (
        f"{authors} ({software['year']}). {_title(identifier, software)}, version {software['version']}, "
        f"content id {content}.{url}\n"
    )


def latex_figure(bundle: Path, identifier: str) -> str:
    """A LaTeX figure environment with the caption of a bundle, which cites its entry of cite.bib.

    Args:
        bundle: the bundle's folder, from the folder in which LaTeX runs.
        identifier: the figure's id.

    Raises:
        UserError: the bundle has no picture that LaTeX takes.
    """
    import pypandoc

    picture = next((path for kind in PICTURES if (path := bundle / f"figure.{kind}").is_file()), None)
    if picture is None:
        raise UserError(f"config/config.yaml: formats: LaTeX takes no svg; allowed: {' or '.join(PICTURES)} among them")
    markdown = (bundle / "caption.md").read_text("utf-8")
    caption = spelled(pypandoc.convert_text(markdown, "latex", format="markdown", extra_args=["--wrap=none"]).strip())
    key = (bundle / "cite.bib").read_text("utf-8").partition("{")[2].partition(",")[0]
    packages = "graphicx,pifont" if "\\ding" in caption else "graphicx"
    return (
        f"% Needs \\usepackage{{{packages}}}. The path starts in the project's folder: run LaTeX there, or name\n"
        "% that folder in the preamble: \\graphicspath{{/path/to/it/}}\n"
        "\\begin{figure}\n"
        "  \\centering\n"
        f"  \\includegraphics[width=\\linewidth]{{{picture.as_posix()}}}\n"
        f"  \\caption{{{caption} \\cite{{{key}}}}}\n"
        f"  \\label{{fig:{identifier}}}\n"
        "\\end{figure}\n"
    )


def _title(identifier: str, software: dict) -> str:
    return f"Figure {identifier} of “{software['title']}”"


def _latex(text: str) -> str:
    """Text as LaTeX that may stand in an entry: its braces are balanced."""
    import pypandoc

    latex = pypandoc.convert_text(escape(text), "latex", format="markdown", extra_args=["--wrap=none"]).strip()
    return spelled(latex).replace(r"\{", r"\textbraceleft{}").replace(r"\}", r"\textbraceright{}")
