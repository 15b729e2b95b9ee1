"""Pandoc: the one place that calls it."""

import re
import warnings
from pathlib import Path

from ..store.errors import UserError


def convert(markdown: Path, to: str, bibliography: list[Path], arguments: list[str]) -> str:
    """Convert a Markdown file, its citations resolved, into a standalone document of another format.

    Raises:
        UserError: pandoc fails or warns; one line with the file and the reason.
    """
    import pypandoc

    common = [
        "--standalone",
        "--citeproc",
        *(f"--bibliography={path}" for path in bibliography),
        "--metadata=link-citations:true",
        f"--resource-path={markdown.parent}",
        "--fail-if-warnings",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return pypandoc.convert_file(str(markdown), to, format="markdown", extra_args=[*common, *arguments])
        except RuntimeError as error:
            reason = re.sub(r"\s+", " ", str(error)).strip()
            raise UserError(f"{markdown}: pandoc failed: {reason[:400]}") from None
