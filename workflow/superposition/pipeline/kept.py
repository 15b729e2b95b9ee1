"""The last good claims, bundles and documents: put back where a job took them away and did not make new ones.

Snakemake deletes a job's outputs before the job starts, and what lies in their places after it has failed. So a run
first links aside what is there (a product is never written in place, so a link costs a name and no space), and puts
back what is missing when it ends, or has it put back by the next run where it was killed. What was put back is stale:
its group gets a mark, which is part of the stage's record as Snakemake sees it (`marked`), so that it is made again
whatever the times of its inputs are. Snakemake alone would take it for new: it notes a failed job's parameters and the
hashes of its inputs as it does those of one that ended well.
"""

import atexit
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..store.errors import UserError, no_space
from ..store.files import PART
from .marks import MARKS

if TYPE_CHECKING:
    from snakemake.workflow import Workflow

KEPT = Path(".snakemake/kept")  # a folder for each run, in it one for each group of files, and the run's mark
MARK = "mark"
# What one job makes, and what a message calls it, by its stage.
GROUPS = {
    "judge": ("results/{}/claims.*",),
    "figure": ("report/figures/{}/*",),
    "report": ("report/{}.*", "report/.source/{}.md"),
}
CALLED = {"judge": "results/{}/claims.json", "figure": "report/figures/{}", "report": "report/{}.html"}
NAMED = 3  # groups that a message names


def keep(targets: Iterable[tuple[str, str]], workflow: "Workflow") -> Callable[[], str]:
    """Link aside what lies here of some jobs' products, until this process ends.

    Args:
        targets: stage and target of each job: an experiment, a figure's id, a document.
        workflow: the run, as Snakemake sees it; asked at the end for what it has not made.

    Returns:
        What ends it, as the end of the process does by itself: what is missing is put back. It returns a line on what
        is stale, or nothing.

    Raises:
        UserError: the disk is full.
    """
    mark = f"{os.getpid()}-{secrets.token_hex(4)}"
    run = KEPT / mark
    try:
        for stage, target in targets:
            for path in (path for pattern in GROUPS[stage] for path in Path().glob(pattern.format(target))):
                if not path.name.startswith("."):
                    _link(path, run / f"{stage}-{target}" / path)
        if run.is_dir():
            (run / MARK).write_text(mark)
    except OSError as error:
        shutil.rmtree(run, ignore_errors=True)
        if no_space(error):
            raise UserError(f"{KEPT}: no space left on the disk; free some and run snakemake again") from None

    def end() -> str:
        """Put back what this run took away and did not make, and name what it was to make."""
        jobs = workflow.dag.needrun_jobs() if workflow.dag else ()
        missing = {str(path) for job in jobs for path in job.output}
        groups = [group for group in _groups(run) if any(str(path) in missing for path in _paths(group))]
        with suppress(OSError):  # a full disk: then the next run does it
            for group in groups:
                _put_back(group)
            shutil.rmtree(run, ignore_errors=True)
        return said("as before this run", groups)

    atexit.register(end)
    return end


def put_back() -> list[Path]:
    """Put back what killed runs took away; where none lives that might be making it.

    Returns:
        The groups that were put back.
    """
    runs = sorted(KEPT.glob("*"), key=lambda run: run.stat().st_mtime, reverse=True)  # the newest holds the last good
    groups = [group for run in runs for group in _groups(run) if _put_back(group)]
    for run in runs:
        shutil.rmtree(run)
    return groups


def said(what: str, groups: list[Path]) -> str:
    """A line on groups that are stale; empty where there are none."""
    targets = [group.name.partition("-")[::2] for group in groups]
    targets.sort(key=lambda target: list(CALLED).index(target[0]))  # claims before what is made of them
    names = [CALLED[stage].format(target) for stage, target in targets]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{what}, and stale: {', '.join(names[:NAMED])}{more}" if names else ""


def _groups(run: Path) -> list[Path]:
    return sorted(path for path in run.glob("*") if path.is_dir()) if (run / MARK).is_file() else []


def _paths(group: Path) -> list[Path]:
    """Where the files of a group belong."""
    return [path.relative_to(group) for path in group.rglob("*") if path.is_file()]


def _put_back(group: Path) -> bool:
    """Put a group's files back where one is missing: once its job is done all are there."""
    paths = _paths(group)
    if all(path.exists() for path in paths):
        return False
    _replace(group.parent / MARK, MARKS / group.name)  # first: what was put back is never without it
    for path in paths:
        _replace(group / path, path)
    return True


def _replace(source: Path, path: Path) -> None:
    if path.exists() and path.samefile(source):
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    _link(source, temporary)
    os.replace(temporary, path)


def _link(source: Path, path: Path) -> None:
    """Give a file a second name; a copy where the file system has one name for a file only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, path)
    except OSError as error:
        if no_space(error):
            raise
        shutil.copy2(source, path)
