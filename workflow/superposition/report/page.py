"""The HTML page after pandoc: scripts and data that it carries, and the policy that lets nothing else run or load."""

import base64
import gzip
import hashlib
import json
import pkgutil
import re
from collections.abc import Mapping

from ..store.errors import UserError
from ..store.project import TEMPLATES

POLICY, CARRIED = "content-security-policy", "<!-- carried -->"  # what templates/page.html leaves to be filled in
# A picture of a figure that the page shows elsewhere: the script takes it from there, and the page carries it once.
_AGAIN = re.compile(r'(<a href="#fig-[^"]*" class="picture"><img )([^>]*?)src="data:[^"]*"')
SCRIPTS = ("tables.js", "page.js", "explorer.js")


def finished(page: str, data: Mapping[str, str]) -> str:
    """The page with its scripts, the plotting library, and the explorer's data.

    Scripts run by their hash alone: markup that slipped into the text runs nothing, and nothing reaches the network.

    Args:
        page: pandoc's output.
        data: JSON by the id of the element that carries it (`payload`).
    """
    page = _AGAIN.sub(r"\1\2hidden", page)
    script = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in SCRIPTS)
    library = _plotly()
    carried = "\n".join([
        *(f'<script type="application/json" id="{name}">{text}</script>' for name, text in data.items()),
        f'<script type="text/plain" id="plotly-source">{packed(library.encode())}</script>',
        f"<script>{script}</script>",
    ])  # fmt: skip
    for place, content in ((POLICY, _policy([script, library])), (CARRIED, carried)):
        if page.count(place) != 1:
            raise UserError(f"{TEMPLATES / 'page.html'}: {place!r} stands {page.count(place)} times; allowed: once")
        page = page.replace(place, content)
    return page


def payload(value: object) -> str:
    """A value as JSON that may stand in a script element."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def _policy(scripts: list[str]) -> str:
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline' data:; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _plotly() -> str:
    """The plotting library's source, from the installed package."""
    source = pkgutil.get_data("plotly", "package_data/plotly.min.js")
    return source.decode("utf-8").replace("\r\n", "\n")


def packed(content: bytes) -> str:
    """Bytes as gzip in base64: without a date, nor the operating system that some versions of Python put in."""
    compressed = gzip.compress(content, compresslevel=9, mtime=0)
    return base64.b64encode(compressed[:9] + b"\xff" + compressed[10:]).decode()
