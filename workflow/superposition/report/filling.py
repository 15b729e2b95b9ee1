"""How templates and experiments' texts are filled in."""

import jinja2

from ..store.markdown import Markdown, escape
from ..store.project import TEMPLATES


def environment() -> jinja2.Environment:
    """What fills them in: a name that there is not is an error, and what is not Markdown on purpose is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=escape,
        comment_start_string="{%--",  # {# opens pandoc's attributes
        comment_end_string="--%}",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["markdown"] = Markdown
    return environment
