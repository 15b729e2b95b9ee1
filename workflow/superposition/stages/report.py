"""The document: Markdown from the template and every experiment's text, HTML from that by pandoc."""

import json
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from ..errors import UserError
from ..explorer import explorers, payload
from ..explorer import section as explorer_section
from ..markdown import Markdown, escape
from ..numbering import LISTS, numbered
from ..page import finished
from ..products import as_json, checked, figure_folder, provenance, replacing, sha256, write_text
from ..reproduction import reproduction
from ..results import Results
from ..section import Section, interval, number, percent
from ..sources import TEMPLATES, folder

if TYPE_CHECKING:
    from ..plan import Plan

REPORT = Path("report")


def write(plan: "Plan", stage: dict) -> None:
    """Write report.md and report.html, and their provenance.

    Raises:
        UserError: a product is missing, damaged or not of the current configuration, or a text names something that
            there is not.
    """
    used = [path for name in plan.experiments for path in _checked_products(plan, name)]
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
    environment.globals |= {"number": number, "percent": percent, "interval": interval}
    embedded = explorers(plan)
    names = {
        "sections": [_section(environment, plan, name) for name in plan.experiments],
        "preset": plan.configuration.preset,
        "lists": LISTS,
        "explorer": _part(environment, "explorer.md", {"section": explorer_section(embedded)}) if embedded else "",
        "reproduction": _part(environment, "reproduction.md", reproduction(plan, stage)),
    }
    document = numbered(_part(environment, "report.md", names))
    markdown, page, record = REPORT / "report.md", REPORT / "report.html", REPORT / "provenance.json"
    record.unlink(missing_ok=True)
    write_text(markdown, document)
    _to_html(markdown, page, plan.bibliographies(), payload(embedded))
    outputs = {path.name: sha256(path) for path in (markdown, page)}
    write_text(record, as_json(provenance(stage, [*used, *plan.report_sources()]) | {"outputs": outputs}))


def _checked_products(plan: "Plan", experiment: str) -> list[Path]:
    """What the document reads; it and all that it rests on were made by the current configuration."""
    kinds = ["data", "weights", "matrices", "metrics", *(["claims"] if experiment in plan.judged() else [])]
    for kind in kinds:
        for path, made in plan.product_stages(experiment, kind).items():
            checked(path, made)
    used = [path for kind in kinds[3:] for path in plan.products(experiment, kind)]
    used += plan.products(experiment, "weights", hidden=False)
    for identifier in (known for known, (owner, _) in plan.figures().items() if owner == experiment):
        _check_bundle(figure_folder(identifier), plan.figure(identifier))
        used.append(figure_folder(identifier) / "provenance.json")
    return used


def _check_bundle(bundle: Path, stage: dict) -> None:
    remedy = f"redraw it: snakemake --cores 1 --force {bundle / 'provenance.json'}"
    try:
        record = json.loads((bundle / "provenance.json").read_text(encoding="utf-8"))
        digest, outputs, inputs = record["digest"], dict(record["outputs"]), dict(record["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{bundle}/provenance.json: no valid provenance; {remedy}") from None
    if digest != stage["digest"]:
        raise UserError(f"{bundle}: drawn by other settings or code; {remedy}")
    for path, content in [
        *((bundle / name, value) for name, value in outputs.items()),
        *((Path(p), v) for p, v in inputs.items()),
    ]:
        if sha256(path) != content:
            raise UserError(f"{bundle}: {path} is not the file that the provenance names; {remedy}")


def _section(environment: jinja2.Environment, plan: "Plan", experiment: str) -> dict:
    """What the document says of an experiment: its text, filled in, and the verdicts on its claims."""
    path, spec = folder(experiment) / "text.md", plan.experiments[experiment]
    if not path.is_file():
        raise UserError(f"{folder(experiment)}: no text.md")
    results = Results(experiment, plan.described(experiment), ("metrics", "claims"), lambda product: product)
    own = [figure for owner, figure in plan.figures().values() if owner == experiment]
    section = Section(results, own, plan.configuration.formats)
    try:
        template = environment.from_string(path.read_text(encoding="utf-8"))
    except jinja2.TemplateSyntaxError as error:
        raise UserError(f"{path}:{error.lineno}: {error.message}") from None
    return {
        "id": experiment,
        "title": spec.title,
        "text": Markdown(_rendered(template, section.names(), path)),
        "judgement": results.claims() if spec.claims else None,
        "names": section,
    }


def _part(environment: jinja2.Environment, name: str, names: dict) -> Markdown:
    return Markdown(_rendered(environment.get_template(name), names, TEMPLATES / name))


def _rendered(template: jinja2.Template, names: dict, path: Path) -> str:
    try:
        return template.render(names)
    except jinja2.UndefinedError as error:
        raise UserError(f"{path}: {error.message}; allowed: {', '.join(sorted(names))}") from None
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _to_html(markdown: Path, page: Path, bibliography: list[Path], embedded: str) -> None:
    import pypandoc

    arguments = [
        "--standalone",
        "--embed-resources",
        "--mathml",
        "--toc",
        "--toc-depth=2",
        "--number-sections",
        "--citeproc",
        f"--resource-path={markdown.parent}",
        f"--template={TEMPLATES / 'page.html'}",
        f"--css={TEMPLATES / 'style.css'}",
        *(f"--bibliography={path}" for path in bibliography),
        "--metadata=link-citations:true",
        "--fail-if-warnings",
    ]
    with replacing(page) as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            pypandoc.convert_file(
                str(markdown), "html5", format="markdown", outputfile=str(temporary), extra_args=arguments
            )
        except RuntimeError as error:
            reason = re.sub(r"\s+", " ", str(error)).strip()
            raise UserError(f"{markdown}: pandoc failed: {reason[:400]}") from None
        temporary.write_text(finished(temporary.read_text(encoding="utf-8"), embedded), encoding="utf-8")
