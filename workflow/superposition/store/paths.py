"""The kinds of product: where each lies, which stage makes it, and what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Formatter


@dataclass(frozen=True)
class Kind:
    """A kind of product.

    Args:
        stage: the stage that makes it.
        file: where it lies, by what there is one of it for: an experiment, its model, a stretch of sparsities, or a
            figure.
        rests_on: the kinds that it is made from, and those that they are made from.
        tolerance: largest relative RMS difference of an array that versions, processors or another engine explain;
            docs/verification.md has the measurements. Data are elementary operations on a generator's integers: the
            same everywhere. Weights: one unit in the last place of the initial weights moves the trained ones by 1e-7
            to 1e-6, now and then by 6e-3 where a feature comes to life or dies a little earlier; another optimum is a
            tenth and more away. Measures are quadratic in weights.
    """

    stage: str
    file: str
    rests_on: tuple[str, ...] = ()
    tolerance: float = 0.02

    @property
    def by(self) -> tuple[str, ...]:
        """What there is one of it for: experiment, model, stretch; or figure."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.file) if name)

    def path(self, *target: str) -> Path:
        """Where it lies, by the names that `by` lists."""
        return Path(self.file.format(**dict(zip(self.by, target, strict=True))))


_CELL = "results/{experiment}/{model}/S{stretch}"
KINDS = {
    "data": Kind("data", "data/{experiment}/S{stretch}.safetensors", tolerance=0.0),
    "weights": Kind("train", f"{_CELL}/weights.safetensors", ("data",), tolerance=0.01),
    "matrices": Kind("extract", f"{_CELL}/matrices.safetensors", ("data", "weights")),
    "metrics": Kind("extract", f"{_CELL}/metrics.csv", ("data", "weights")),
    "claims": Kind("judge", "results/{experiment}/claims.json", ("data", "weights", "matrices", "metrics")),
    "table": Kind("judge", "results/{experiment}/claims.csv", ("data", "weights", "matrices", "metrics")),
    "figure": Kind("figure", "report/figures/{figure}"),
}
WHOLE = "report"  # the document of every part
JUDGED = KINDS["claims"].rests_on  # what claims are judged by


def product_path(kind: str, *target: str) -> Path:
    """Where a product lies, a figure's folder: by its kind, and what there is one of it for, as `Kind.by` lists it."""
    return KINDS[kind].path(*target)


def document_path(document: str, kind: str) -> Path:
    """A document, or a part of the report by its name: its Markdown, HTML, PDF (md, html, pdf) or provenance (json)."""
    return Path("report") / f"{document}.{kind}"


def source_path(document: str) -> Path:
    """What pandoc makes a document's Markdown, HTML and PDF from, in Markdown of its own."""
    return Path("report/.source") / f"{document}.md"


def document_files(document: str) -> list[Path]:
    """The files of a document, but for its provenance, which holds their hashes."""
    return [source_path(document), *(document_path(document, kind) for kind in ("md", "html", "pdf"))]


def export_path(document: str, form: str) -> Path:
    """The folder into which a document is exported in a form: latex, docx or rocrate. No product."""
    return Path("exports") / form / document


def provenance_path(product: Path) -> Path:
    """The provenance beside a product."""
    return product.with_name(product.name + ".json")


def with_provenance(products: Iterable[Path]) -> list[Path]:
    """Products, each followed by its provenance."""
    return [path for product in products for path in (product, provenance_path(product))]
