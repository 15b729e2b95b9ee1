"""Pandoc: the one place that calls it."""

import re
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ..judge.signs import SIGNS
from ..store.errors import UserError
from ..store.project import TEMPLATES

# HTML in a text is text, and no text sets metadata, such as a style sheet that would be fetched.
READER = "markdown-raw_html-markdown_in_html_blocks-native_divs-native_spans-yaml_metadata_block"
SANDBOX = "--sandbox"  # reads no file but those of the command line, and asks no host for any
GUARD = TEMPLATES / "guard.lua"
_HEAD = re.compile(r"\A\s*---\n(.*?\n)---\n", re.DOTALL)


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

    source = markdown.read_text(encoding="utf-8")
    head = _HEAD.match(source)
    common = [
        f"--lua-filter={GUARD}",  # first: what follows may make what an author may not
        "--standalone",
        "--citeproc",
        *(f"--bibliography={path}" for path in bibliography),
        "--metadata=link-citations:true",
        f"--resource-path={pictures}",
        "--fail-if-warnings",
        *_verdict_colours(),
    ]
    with warnings.catch_warnings(), TemporaryDirectory() as folder:
        warnings.simplefilter("ignore", DeprecationWarning)
        if head:
            metadata = Path(folder) / "metadata.yaml"
            metadata.write_text(head[1], encoding="utf-8")
            common.append(f"--metadata-file={metadata}")
        body = source[head.end() :] if head else source
        try:
            return pypandoc.convert_text(
                body,
                to,
                format=READER,
                extra_args=[*common, *arguments],
                outputfile=None if output is None else str(output),
            )
        except RuntimeError as error:
            raise UserError(f"{markdown}: {_reason(str(error))}") from None


def _reason(message: str) -> str:
    """What pandoc said, or what the guard refused, on one line."""
    text = " ".join(message.split())
    refused = re.search(rf"Error running filter {re.escape(str(GUARD))}: (.*?)(?: stack traceback:|$)", text)
    return refused[1] if refused else f"pandoc failed: {text[:400]}"


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
