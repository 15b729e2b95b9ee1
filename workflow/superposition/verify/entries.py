"""Every product of a run: where it lies, what makes it, what it is made from, what it holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..store.files import rebuild_command, sha256
from ..store.paths import document_files, document_path, product_path, provenance_path
from ..store.provenance import Stage
from .fingerprints import short_hash
from .summaries import described_file, described_files

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

# Settings that are no part of what is asked: which engine computes it, and how a figure is presented.
MEANS = ("engine", "engines", "formats", "citation")


@dataclass(frozen=True)
class Entry:
    """A product as a manifest lists it.

    Args:
        kind: data, weights, matrices, metrics, claims, table, figure or document.
        experiment: whose it is; empty of a document.
        path: the file, a figure's folder, or a document without its ending.
        stage: the description of the stage that makes it.
        record: its provenance.
        files: its files, but for that.
        needs: the products that it is made from, by their paths.
        sources: files that it is written from besides: a document's templates and texts.
    """

    kind: str
    experiment: str
    path: Path
    stage: Stage
    record: Path
    files: tuple[Path, ...]
    needs: tuple[Path, ...]
    sources: tuple[Path, ...] = ()

    @property
    def settings(self) -> str:
        """A hash of what of the configuration the product depends on."""
        means = MEANS if self.kind != "document" else ()  # which a document speaks of
        settings = {key: value for key, value in self.stage.settings.items() if key not in means}
        return short_hash(json.dumps(settings, sort_keys=True).encode())

    @property
    def code(self) -> str:
        """A hash of the code that makes it, and of what it is written from."""
        if not self.sources:
            return self.stage.code[:12]
        return short_hash(" ".join([self.stage.code, *map(sha256, self.sources)]).encode())

    def content(self) -> dict:
        """What the product holds (summaries).

        Raises:
            UserError, ValueError, KeyError, TypeError: it is missing, or no such product.
        """
        if self.kind not in ("figure", "document"):
            return described_file(self.path)
        return described_files(self.record.parent, self.files)

    def command(self) -> str:
        """What a user types to make it anew."""
        return rebuild_command(self.path if self.kind not in ("figure", "document") else self.record)


def entries(plan: "Plan") -> Iterator[Entry]:
    """Every product of a plan's experiments, each after those that it is made from; the documents last.

    Parts that are apart and of which nothing lies here are left out: nobody asked for them.
    """
    absent = plan.absent()
    left_out = {name for part in absent for name in plan.configuration.parts[part].experiments}
    for name in (name for name in plan.experiments if name not in left_out):
        for kind in plan.kinds(name):
            for path, stage in plan.product_stages(name, kind).items():
                needs = tuple(plan.needs(stage.name, *stage.target))
                yield Entry(kind, name, path, stage, provenance_path(path), (path,), needs)
    for identifier, (experiment, _) in plan.figures().items():
        if experiment in left_out:
            continue
        path, stage = product_path("figure", identifier), plan.stage("figure", identifier)
        *files, record = plan.figure_files(identifier)
        yield Entry("figure", experiment, path, stage, record, tuple(files), tuple(plan.figure_inputs(identifier)))
    for document in (name for name in plan.configuration.documents if name not in absent):
        yield _document(plan.of(document), plan.stage("report", document))


def _document(plan: "Plan", stage: Stage) -> Entry:
    """The entry of a plan's document."""
    record, files = document_path(plan.document, "json"), tuple(document_files(plan.document))
    products = [path for name in plan.experiments for kind in plan.kinds(name) for path in plan.products(name, kind)]
    needs = (*products, *(product_path("figure", identifier) for identifier in plan.figures()))
    return Entry("document", "", record.with_suffix(""), stage, record, files, needs, tuple(plan.report_sources()))
