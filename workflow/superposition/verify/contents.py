"""What is stale by content, where the files' times say nothing: in a copied folder, or after an edit that kept them.

Snakemake goes by times: a product is stale where an input is newer. Asked to trust the content (`trust: content`), a
run holds every product against its record, and that against the inputs that lie here. What is whole and current gets
one time, so that nothing of it is newer than anything else; all else is made anew.
"""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..pipeline.marks import group, mark
from ..pipeline.reasons import altered
from .entries import entries
from .inspection import Inspection

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

LOGS = Path("logs")


def settle(plan: "Plan", lasting: bool) -> None:
    """Give what is whole and current one time, and mark what lies here and is neither: it is to be made anew.

    Args:
        plan: the plan of everything.
        lasting: whether the marks are to last; a dry run leaves none.
    """
    inspection, suspects, now = Inspection(), set(), time.time_ns()
    for entry in entries(plan):
        files = [file for file in (*entry.files, entry.record) if os.path.lexists(file)]
        problem = inspection.problem(entry, suspects) if files else None
        if problem:
            mark(group(entry.stage.name, *entry.stage.target), lasting)
            altered[entry.files[0].as_posix()] = f"{problem.file}: {problem.words.partition('; ')[0]}"
        else:
            for file in files:
                os.utime(file, ns=(now, now))
        if problem or not files:
            suspects.add(entry.path)
    for path in LOGS.rglob("*.*"):  # a job's benchmark is one of its products to Snakemake
        os.utime(path, ns=(now, now))
