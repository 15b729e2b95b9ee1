"""The gallery: every figure of the run that lies here, with the claims that it shows and what came of them."""

import html
import json
import re
from contextlib import suppress
from pathlib import Path

import pypandoc
from mkdocs.structure.files import File, Files
from superposition.judge.signs import SIGNS
from superposition.judge.verdicts import Verdict
from superposition.pipeline.inventory import BOARD, CLAIM_FIGURE
from superposition.pipeline.plan import load_plan
from superposition.store.paths import product_path

WITHOUT = "# Gallery\n\nNo run lies here yet: `snakemake --cores 4` makes one, `make docs` then shows it.\n"
BETWEEN = "between-two-captions"
# Captions are text with formulas: what looks like HTML, or like its attributes, is shown and not obeyed.
READ = (
    "markdown-raw_html-raw_tex-raw_attribute-native_spans-native_divs-markdown_in_html_blocks-fenced_divs"
    "-bracketed_spans-link_attributes-header_attributes-inline_code_attributes-fenced_code_attributes"
)


def on_files(files: Files, config) -> Files:
    """Add the page, and the pictures that it shows."""
    plan = load_plan()
    drawn = {identifier: owner for identifier, owner in plan.figures().items() if picture(identifier).is_file()}
    for identifier in drawn:
        source = str(picture(identifier).absolute())
        files.append(File.generated(config, f"gallery/{identifier}.svg", abs_src_path=source))
    parts = [part(name, spec.title, drawn) for name, spec in plan.experiments.items()]
    introduction = f"# Gallery\n\n{len(drawn)} figures of the run that lies here, each with the claims that it shows.\n"
    content = "\n".join([introduction, *filter(None, parts)]) if drawn else WITHOUT
    files.append(File.generated(config, "gallery.md", content=content))
    return files


def part(experiment: str, title: str, drawn: dict[str, tuple[str, str]]) -> str:
    """An experiment's figures, then its claims; empty where no figure is drawn."""
    own = {identifier: figure for identifier, (owner, figure) in drawn.items() if owner == experiment}
    if not own:
        return ""
    claims = judged(experiment)
    shown = dict(zip(own, captions([text(identifier, "caption.md") for identifier in own]), strict=True))
    figures = [framed(experiment, identifier, figure, shown[identifier], claims) for identifier, figure in own.items()]
    return "\n\n".join([f"## {plain(title)} {{#{experiment}}}", *figures, table(experiment, claims, own)])


def framed(experiment: str, identifier: str, figure: str, caption: str, claims: list[dict]) -> str:
    """A figure with its caption and links to its claims, in HTML without empty lines, which would end it."""
    of = [claim for claim in claims if identifier in shows(experiment, claim) or figure == BOARD]
    links = ", ".join(f'<a href="#{anchor(experiment, claim)}">{said(claim)}</a>' for claim in of)
    lines = [
        f'<figure class="bundle" id="{identifier}">',
        f'<a href="gallery/{identifier}.svg" aria-label="{identifier}, the picture alone">'
        f'<img src="gallery/{identifier}.svg" alt="{html.escape(" ".join(text(identifier, "alt.txt").split()))}"'
        ' loading="lazy"></a>',
        f"<figcaption>{caption}</figcaption>",
        f"<p>Claims: {links}</p>" if links else "",
        "</figure>",
    ]
    return "\n".join(filter(None, lines))


def table(experiment: str, claims: list[dict], own: dict[str, str]) -> str:
    """An experiment's claims with their verdicts, and the figures that show them."""
    rows = [
        f'<tr id="{anchor(experiment, claim)}"><td>{said(claim)}</td><td>{html.escape(claim["statement"])}</td><td>'
        + ", ".join(f'<a href="#{figure}">{figure}</a>' for figure in shows(experiment, claim) if figure in own)
        + "</td></tr>"
        for claim in claims
    ]
    head = '<thead><tr><th scope="col">Verdict</th><th scope="col">Claim</th><th scope="col">Shown by</th></tr></thead>'
    return "\n".join(["<table>", head, "<tbody>", *rows, "</tbody>", "</table>"]) if rows else ""


def shows(experiment: str, claim: dict) -> tuple[str, str]:
    """The figures that show a claim: the one that it names, and its specification curve."""
    return claim["figure"], f"{experiment}-{CLAIM_FIGURE}{claim['claim']}"


def anchor(experiment: str, claim: dict) -> str:
    """Where a claim stands on the page."""
    return f"{experiment}-{claim['claim']}-verdict"


def said(claim: dict) -> str:
    """A claim's name with its verdict."""
    verdict = Verdict(claim["verdict"])
    return f"{SIGNS[verdict].glyph} {html.escape(claim['claim'])}: {verdict.value}"


def judged(experiment: str) -> list[dict]:
    """The claims that were judged; none where there are no verdicts."""
    with suppress(OSError, ValueError, KeyError):
        return json.loads(product_path("claims", experiment).read_bytes())["claims"]
    return []


def captions(texts: list[str]) -> list[str]:
    """Captions as HTML, in one call of pandoc where they can be told apart in what it makes of them."""

    def converted(markdown: str) -> str:
        page = pypandoc.convert_text(markdown, "html", READ, extra_args=["--mathml", "--wrap=none"])
        page = re.sub(r"</?(?:img|a)\b[^>]*>", "", page)  # which may lead to another host
        return " ".join(page.split()).removeprefix("<p>").removesuffix("</p>")

    pieces = converted(f"\n\n{BETWEEN}\n\n".join(texts)).split(f"</p> <p>{BETWEEN}</p> <p>")
    return pieces if len(pieces) == len(texts) else [converted(one) for one in texts]


def picture(identifier: str) -> Path:
    """A figure's picture."""
    return product_path("figure", identifier) / "figure.svg"


def text(identifier: str, name: str) -> str:
    """A text of a figure's bundle; empty where it is missing."""
    with suppress(OSError):
        return (product_path("figure", identifier) / name).read_text(encoding="utf-8", errors="replace")
    return ""


def plain(title: str) -> str:
    """A title as it is, whatever it holds."""
    return "".join(sign if sign.isalnum() or sign in " ,.:-" else f"&#{ord(sign)};" for sign in title)
