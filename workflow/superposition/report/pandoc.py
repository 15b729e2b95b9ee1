"""Pandoc: the one place that calls it."""

import re
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

from ..judge.signs import SIGNS
from ..store.errors import UserError


def convert(
    markdown: Path, to: str, pictures: Path, bibliography: list[Path], arguments: list[str], output: Path | None = None
) -> str:
    """Convert a file of pandoc's Markdown, its citations resolved, into a standalone document of another format.

    Args:
        markdown: the file.
        to: pandoc's name of the format.
        pictures: the folder from which the paths of its pictures lead.
        bibliography: BibTeX files.
        arguments: pandoc's other arguments.
        output: a file that takes the document, where it is no text.

    Raises:
        UserError: pandoc fails or warns; one line with the file and the reason.
    """
    import pypandoc

    common = [
        "--standalone",
        "--citeproc",
        *(f"--bibliography={path}" for path in bibliography),
        "--metadata=link-citations:true",
        f"--resource-path={pictures}",
        "--fail-if-warnings",
        *_verdict_colours(),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return pypandoc.convert_file(
                str(markdown),
                to,
                format="markdown",
                extra_args=[*common, *arguments],
                outputfile=None if output is None else str(output),
            )
        except RuntimeError as error:
            reason = re.sub(r"\s+", " ", str(error)).strip()
            raise UserError(f"{markdown}: pandoc failed: {reason[:400]}") from None


def default_file(name: str) -> bytes:
    """A file that pandoc brings with it, such as reference.docx."""
    import pypandoc

    command = (pypandoc.get_pandoc_path(), "--print-default-data-file", name)
    return subprocess.run(command, capture_output=True, check=True).stdout


def _verdict_colours() -> Iterator[str]:
    """The verdicts' colours as metadata, which the page's template and the filter for paper read."""
    for verdict, sign in SIGNS.items():
        name = f"verdict-{verdict.replace(' ', '-')}"
        yield f"--metadata={name}={sign.colour}"
        yield f"--metadata={name}-on-dark={sign.on_dark}"
