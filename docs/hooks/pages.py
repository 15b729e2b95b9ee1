"""README as the site's home, formulas as MathML made at build time, and links that lead out of docs/."""

import posixpath
import re
from functools import cache
from pathlib import Path

import pypandoc
from mkdocs.structure.files import File, Files

README = Path("README.md")
CODE = re.compile(r"(^```.*?^```$|^(?: {4}[^\n]*\n)+|`[^`\n]+`)", re.M | re.S)  # where nothing is a formula or a link
FORMULA = re.compile(r"\$(?=\S)([^$\n]+?)(?<=\S)\$(?!\d)")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#:\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config) -> Files:
    """Put README beside the pages, as index.md."""
    files.append(File.generated(config, "index.md", content=README.read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page, files: Files, **_) -> str:
    """A page as it is written, with MathML for formulas and links as they lead within the site."""
    folder = "" if page.file.src_uri == "index.md" else "docs"

    def led(link: re.Match) -> str:
        picture, text, target, anchor = link.groups(default="")
        path = posixpath.normpath(posixpath.join(folder, target))
        within = "index.md" if path == README.name else path.removeprefix("docs/")
        if files.get_file_from_path(within):
            return f"{picture}[{text}]({within}{anchor})"
        return text if Path(path).exists() else link[0]  # a file of the repository, which the site does not have

    parts = CODE.split(markdown)  # every second one is code
    parts[::2] = (LINK.sub(led, FORMULA.sub(lambda formula: mathml(formula[1]), part)) for part in parts[::2])
    return "".join(parts)


def on_post_page(output: str, **_) -> str:
    """The page with a name for the theme's search dialog, for who listens to it."""
    return output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )


@cache
def mathml(formula: str) -> str:
    """A formula in TeX as MathML."""
    page = pypandoc.convert_text(f"${formula}$", "html", "markdown", extra_args=["--mathml"])
    return page.strip().removeprefix("<p>").removesuffix("</p>")
