"""The document: its source from the template and every experiment's text; Markdown, HTML and PDF from that."""

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from ..draw.bundles import checked_bundle
from ..judge.intervals import INTERVALS
from ..judge.shown import distinct, extent, part_name, spoken_of
from ..judge.signs import SIGNS
from ..judge.verdicts import Verdict
from ..measure.results import Results
from ..store.errors import UserError
from ..store.files import sha256, write_text
from ..store.markdown import Markdown
from ..store.paths import WHOLE, document_files, document_path, source_path
from ..store.project import TEMPLATES, folder
from ..store.provenance import Stage, checked, provenance
from ..store.sealed import sealed
from . import filling
from .colophon import OWNER, colophon, making
from .convergence import convergence
from .explorer import explorers
from .explorer import section as explorer_section
from .findings import RULE, findings
from .github import write_github
from .interval_plot import interval_plot
from .numbering import LISTS, label, numbered
from .numbers import interval, number, percent
from .outcomes import Outcomes
from .page import finished, payload
from .pandoc import convert
from .pdf import write_pdf
from .summary import answer, counted, sentences, total
from .table_data import table_data
from .vocabulary import Section

if TYPE_CHECKING:
    from ..pipeline.plan import Plan


def write(plan: "Plan", stage: Stage) -> None:
    """Write a document as Markdown, HTML and PDF, and its provenance.

    Args:
        plan: the plan of the document (plan.Plan.of).
        stage: its stage (pipeline.stages.report).

    Raises:
        UserError: a product is missing, damaged or not of the current configuration, or a text names something that
            there is not.
    """
    used = [path for name in plan.experiments for path in checked_products(plan, name)]
    filled_in = environment()
    embedded = explorers(plan)
    names = {
        "parts": [_described(filled_in, plan, name) for name in plan.configuration.parts],
        "apart": stage.settings.get("apart", {}),
        "preset": plan.configuration.preset,
        "lists": LISTS,
        "explorer": _part(filled_in, "explorer.md", {"section": explorer_section(embedded)}) if embedded else "",
        "colophon": _part(filled_in, "colophon.md", colophon(plan, stage)),
    }
    document = numbered(_part(filled_in, "report.md", names))
    source, bibliography = source_path(plan.document), plan.bibliographies()
    markdown, page, pdf, record = (document_path(plan.document, kind) for kind in ("md", "html", "pdf", "json"))
    record.unlink(missing_ok=True)
    data = {"explorer-data": payload(embedded), "claims-data": payload(_of_tables(plan))}
    write_text(source, document)
    write_github(source, markdown, bibliography)
    _to_html(source, page, bibliography, data, whole=plan.document == WHOLE)
    write_pdf(source, pdf, bibliography)
    own = {
        "outputs": {path.relative_to(record.parent).as_posix(): sha256(path) for path in document_files(plan.document)},
        "made": making(plan),
    }
    write_text(record, sealed(provenance(stage, [*used, *plan.report_sources()]) | own))


def environment() -> jinja2.Environment:
    """What templates are filled in with, and what they may call."""
    environment = filling.environment()
    environment.globals |= {
        "number": number,
        "percent": percent,
        "interval": interval,
        "intervals": INTERVALS,
        "spoken_of": spoken_of,
        "distinct": distinct,
        "extent": extent,
        "rule": RULE,
        "interval_plot": interval_plot,
        "glyphs": {verdict: SIGNS[verdict].glyph for verdict in Verdict},
    }
    return environment


def checked_products(plan: "Plan", experiment: str) -> list[Path]:
    """What the document reads; it and all that it rests on were made by the current configuration."""
    for kind in plan.kinds(experiment):
        for path, stage in plan.product_stages(experiment, kind).items():
            checked(path, stage.digest)
    written = [kind for kind in plan.kinds(experiment) if kind in ("metrics", "claims", "table")]
    used = [path for kind in written for path in plan.products(experiment, kind)]
    used += plan.products(experiment, "weights", hidden=False)
    for identifier in (known for known, (owner, _) in plan.figures().items() if owner == experiment):
        used.append(checked_bundle(plan, identifier) / "provenance.json")
    return used


def _described(environment: jinja2.Environment, plan: "Plan", name: str) -> dict:
    """What the document says of a part: its experiments, and what came of all their claims together."""
    part = plan.configuration.parts[name]
    sections = [_section(environment, plan, experiment) for experiment in part.experiments]
    judged = {section["id"]: section for section in sections if section["judgement"]}
    counts = [section["counts"] for section in judged.values()]
    found = findings(section["judgement"] for section in judged.values())
    return {
        "id": name,
        "title": part.title,
        "sections": sections,
        "sentences": sentences(total(counts)) if counts else [],
        "answer": answer(total(counts)) if counts else "",
        "findings": [news | {"names": judged[news["experiment"]]["names"]} for news in found],
        "table": label("table", OWNER, f"{name}-verdicts"),
    }


def _of_tables(plan: "Plan") -> dict:
    """What the tables of claims are sorted and filtered by."""
    named = {name: plan.described(name)["models"] for name in plan.judged()}
    judged = [Results(name, plan.described(name), ("claims",), lambda path: path).claims() for name in named]
    return table_data(judged, lambda experiment, part: part_name(part, named[experiment]))


def _section(environment: jinja2.Environment, plan: "Plan", experiment: str) -> dict:
    """What the document says of an experiment: its text, filled in, and the verdicts on its claims."""
    path, spec = folder(experiment) / "text.md", plan.experiments[experiment]
    if not path.is_file():
        raise UserError(f"{folder(experiment)}: no text.md")
    results = Results(experiment, plan.described(experiment), ("metrics", "claims"), lambda product: product)
    own = [figure for owner, figure in plan.figures().values() if owner == experiment]
    judgement = results.claims() if spec.claims else None
    section = Section(results, Outcomes(judgement), own, plan.configuration.formats)
    try:
        template = environment.from_string(path.read_text(encoding="utf-8"))
    except jinja2.TemplateSyntaxError as error:
        raise UserError(f"{path}:{error.lineno}: {error.message}") from None
    return {
        "id": experiment,
        "title": spec.title,
        "quotes": spec.quotes,
        "text": Markdown(_rendered(template, section.names(), path)),
        "judgement": judgement,
        "counts": counted(judgement) if judgement else None,
        "convergence": convergence(judgement, lambda model: results.trained_as(model, None)) if judgement else None,
        "names": section,
    }


def _part(environment: jinja2.Environment, name: str, names: dict) -> Markdown:
    return Markdown(_rendered(environment.get_template(name), names, TEMPLATES / name))


def _rendered(template: jinja2.Template, names: dict, path: Path) -> str:
    try:
        return template.render(names)
    except jinja2.UndefinedError as error:
        raise UserError(f"{path}: {error.message}; allowed: {', '.join(sorted(names))}") from None
    except (UserError, jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path}: {' '.join(str(error).split())}") from None


def _to_html(source: Path, page: Path, bibliography: list[Path], data: dict[str, str], whole: bool) -> None:
    """Write the page; that of the whole report is an overview, in which the experiments' sections are folded."""
    arguments = [
        "--embed-resources",
        "--mathml",
        "--toc",
        "--toc-depth=2",
        "--number-sections",
        f"--template={TEMPLATES / 'page.html'}",
        f"--css={TEMPLATES / 'style.css'}",
        f"--lua-filter={TEMPLATES / 'page.lua'}",
        *(["--metadata=folded-sections"] if whole else []),
    ]
    write_text(page, finished(convert(source, "html5", page.parent, bibliography, arguments), data))
