"""Marks on what is stale although Snakemake cannot see it: part of the stage's record as Snakemake compares it.

Snakemake notes a failed job's parameters and the hashes of its inputs as it does those of one that ended well, and
knows nothing of what a file holds. A mark that it has not seen before makes the job stale, also as a single target. It
stays once the job is done, and so is seen again.
"""

import secrets
from pathlib import Path
from typing import Any

MARKS = Path(".snakemake/stale")  # the mark of every group of files that one job makes, by its name

_passing: dict[str, str] = {}  # marks of this process alone


def group(stage: str, *target: str) -> str:
    """The name of what one job makes."""
    return "-".join([stage, *target])


def mark(name: str, lasting: bool) -> None:
    """Mark a group as stale.

    Args:
        name: the group's.
        lasting: whether later processes see it too; a dry run leaves nothing behind.
    """
    _passing[name] = secrets.token_hex(8)
    if lasting:
        MARKS.mkdir(parents=True, exist_ok=True)
        (MARKS / name).write_text(_passing[name])


def marked(record: dict[str, Any]) -> dict[str, Any]:
    """A stage's record as Snakemake is to compare it: with the mark of its products, where they have one."""
    name = group(record["stage"], *record["target"])
    try:
        return {**record, "mark": _passing.get(name) or (MARKS / name).read_text()}
    except OSError:
        return record
