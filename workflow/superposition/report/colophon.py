"""What the page says of its own making: per stage the products on disk, and the times and memory that Snakemake noted.

Only stages that come before the figures: theirs are the records that building the report again leaves as they are, so
that it gives the same bytes.
"""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from ..store.errors import UserError
from ..store.paths import KINDS, WHOLE
from ..store.provenance import Stage
from .numbering import label, reference

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
        "packages": {"python": stage.settings["python"], **stage.packages},
        "tables": {
            "stages": reference(OWNER, "stages"),
            "stages_label": label("table", OWNER, "stages"),
            "packages_label": label("table", OWNER, "packages"),
        },
    }


def _stage(plan: "Plan", name: str) -> dict:
    kinds = [kind for kind, known in KINDS.items() if known.stage == name]
    files = plan.every(*kinds)
    records = _records(plan, name)
    seconds = [record["s"] for record in records]
    return {
        "name": name,
        "jobs": len(_targets(plan, name)),
        "files": len(files),
        "size": size(sum(path.stat().st_size for path in files)),
        "seconds": duration(sum(seconds)) if seconds else None,
        "longest": duration(max(seconds)) if seconds else None,
        "memory": f"{max(record['max_rss'] for record in records):.0f} MiB" if records else None,
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


def duration(seconds: float) -> str:
    """Seconds for people."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
