"""What a figure's file is, in words."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..draw.bundles import read_bundle
from ..store.errors import UserError

if TYPE_CHECKING:
    from ..pipeline.plan import Plan


def identification(file: Path, record: dict, plan: "Plan") -> str:
    """Which figure a file is, what made it, and whether this checkout would make the same one.

    Args:
        file: the file.
        record: what its metadata hold (identity.read_record).
        plan: this checkout's plan.
    """
    settings = record["settings"]
    lines = [
        f"{file}: figure {record['figure']}, content {record['content']}",
        f"experiment {settings['experiment']}: sparsities {', '.join(settings['sparsities'])}; "
        f"models {', '.join(settings['models'])}; {len(settings['seeds'])} seeds; "
        f"engines {', '.join(sorted(set(settings['engines'].values())))}",
        f"training {json.dumps(settings['training'], sort_keys=True)}",
        f"code {record['code'][:12]}, digest {record['digest']}, lineage {record['lineage']}",
        *_run(record),
        _comparison(record, plan),
    ]
    return "\n".join(lines)


def _run(record: dict) -> list[str]:
    """The run that made the file, where its bundle still lies here."""
    try:
        known = read_bundle(record["figure"])
    except UserError:
        return ["no run here made it: its bundle is not in report/figures, or damaged"]
    if known["content"] != record["content"]:
        return [f"the bundle here holds another one, content {known['content']}"]
    state = "" if not known["dirty"] else ", with uncommitted changes"
    return [f"made by the run here, at commit {known['commit']}{state}; rebuilt by: {known['command']}"]


def _comparison(record: dict, plan: "Plan") -> str:
    if record["figure"] not in plan.figures():
        return "this checkout has no such figure"
    stage = plan.stage("figure", record["figure"])
    if stage.lineage == record["lineage"]:
        return "this checkout would draw the same figure"
    reasons = [
        reason
        for reason, differs in (
            ("the figure's code differs", stage.code != record["code"]),
            ("its settings differ", _plain(stage.settings) != record["settings"]),
        )
        if differs
    ]
    return f"this checkout would draw another: {' and '.join(reasons) or 'what it rests on, or a package, differs'}"


def _plain(settings: dict) -> dict:
    """Settings as they come back from JSON."""
    return json.loads(json.dumps(settings))
