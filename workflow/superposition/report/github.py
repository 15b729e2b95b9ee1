"""The document as GitHub-flavoured Markdown, to be read where the repository is looked at, or in an editor.

Pandoc writes it from the document's source, and two filters, templates/github.lua and github_tables.lua, give it its
form: numbers and captions as text, anchors that GitHub knows, mathematics between dollar signs, no markup that is shown
as it stands.
"""

from pathlib import Path

from ..store.files import write_text
from ..store.project import TEMPLATES
from .pandoc import SANDBOX, convert

FILTERS = (TEMPLATES / "github.lua", TEMPLATES / "github_tables.lua")
COLUMNS = 120
FORMAT = "gfm-tex_math_gfm+tex_math_dollars"  # $x$, as GitHub and editors show it


def write_github(source: Path, output: Path, bibliography: list[Path]) -> None:
    """Write the document's source as Markdown for people; its pictures lie below the output's folder.

    Raises:
        UserError: pandoc fails or warns; one line with the file and the reason.
    """
    arguments = [SANDBOX, *(f"--lua-filter={filter}" for filter in FILTERS), f"--columns={COLUMNS}"]
    write_text(output, convert(source, FORMAT, output.parent, bibliography, arguments))
