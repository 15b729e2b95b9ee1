"""What the page says of its own making, and what its provenance says beside it.

The page has what is the same on every machine: per stage the products, and the packages' versions. Its provenance has
the rest: the times and memory that Snakemake noted, and under which Python and on which machine the page was made. Only
stages that come before the figures: theirs are the records that building the report again leaves as they are, so that
it gives the same bytes.
"""

import csv
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from ..store.errors import UserError
from ..store.paths import KINDS, WHOLE, document_path
from ..store.provenance import Stage
from .numbering import label

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

LOGS = Path("logs")
STAGES = ("data", "train", "extract", "judge")
OWNER = "page"  # of the tables that belong to no experiment


def colophon(plan: "Plan", stage: Stage) -> dict:
    """The names of templates/colophon.md.

    Args:
        plan: the plan, for the products.
        stage: the document's stage (pipeline.stages.report), for the versions.
    """
    return {
        "preset": plan.configuration.preset,
        "target": "" if plan.document == WHOLE else f" {plan.document}",
        "figure": next(iter(plan.figures()), "FIGURE"),
        "stages": [_stage(plan, name) for name in STAGES],
        # 2.13.0+cpu and 2.13.0+cu130 are the same code, built for other machines.
        "packages": {name: version.partition("+")[0] for name, version in stage.packages.items()},
        "record": document_path(plan.document, "json").name,
        "tables": {name: label("table", OWNER, name) for name in ("stages", "packages")},
    }


def making(plan: "Plan") -> dict:
    """What a document's provenance says of its making that another machine would say otherwise.

    Returns:
        The version of Python, the machine, and for every stage the seconds of all its jobs and of the longest, and the
        peak memory in MiB: as far as Snakemake's benchmark files have them, else None.
    """
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "stages": {name: _times(_records(plan, name)) for name in STAGES},
    }


def _stage(plan: "Plan", name: str) -> dict:
    files = plan.every(*(kind for kind, known in KINDS.items() if known.stage == name))
    return {
        "name": name,
        "jobs": len(_targets(plan, name)),
        "files": len(files),
        "size": size(sum(path.stat().st_size for path in files)),
    }


def _times(records: list[dict[str, float]]) -> dict[str, float] | None:
    if not records:
        return None
    seconds = [record["s"] for record in records]
    return {
        "seconds": round(sum(seconds), 1),
        "longest_seconds": max(seconds),
        "peak_mib": max(record["max_rss"] for record in records),
    }


def _records(plan: "Plan", stage: str) -> list[dict[str, float]]:
    """Seconds and peak memory (MiB) of a stage's jobs, as far as Snakemake's benchmark files have them."""
    return [record for path in benchmarks(plan, stage) if (record := _record(path))]


def benchmarks(plan: "Plan", stage: str) -> list[Path]:
    """The benchmark files that a stage's jobs may have left, as workflow/rules names them."""
    by_stretch = stage != "judge"
    return [
        (LOGS / stage).joinpath(*target[:-1], f"{'S' if by_stretch else ''}{target[-1]}.tsv")
        for target in _targets(plan, stage)
    ]


def _targets(plan: "Plan", stage: str) -> list[tuple[str, ...]]:
    """What the jobs of a stage are for."""
    kind = next(kind for kind, known in KINDS.items() if known.stage == stage)
    return [
        target
        for experiment in plan.experiments
        if kind in plan.kinds(experiment)
        for target in plan.targets(experiment, kind)
    ]


def _record(path: Path) -> dict[str, float] | None:
    """The last line of a benchmark file; a job too short to be sampled has no memory there."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            last = list(csv.DictReader(file, delimiter="\t"))[-1]
        return {"s": float(last["s"]), "max_rss": _float(last["max_rss"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        raise UserError(f"{path}: no benchmark file of Snakemake's; delete it") from None


def _float(text: str) -> float:
    return 0.0 if text in ("-", "NA", "") else float(text)


def size(count: int) -> str:
    """Bytes for people, in decimal units."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.3g} {unit}"
