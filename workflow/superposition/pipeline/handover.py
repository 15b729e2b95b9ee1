"""What a run's main process hands to its jobs: each job's stage, so that the job need not plan anew.

Planning reads and checks every key of an experiment and follows all code that the stage reaches: a third of a second,
which the main process has spent already. What came of it lies in a file named by the stage's digest, together with a
fingerprint of all that it follows from: the configuration, the experiments' folders, the library's sources. A job takes
it over where nothing of that has changed since, nor any package's version, and plans for itself where something has, or
where it was started by hand.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..store import project
from ..store.files import GIVEN, write_scratch
from ..store.provenance import Stage, checked
from ..train import gpu
from . import reasons
from .versions import versions

if TYPE_CHECKING:
    from .plan import Plan

FOLDER = Path(".snakemake/stages")
LIBRARY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Task:
    """What a job is to do.

    Args:
        stage: its stage.
        needs: the products that it reads, each with the digest of the stage that makes it.
    """

    stage: Stage
    needs: Mapping[Path, str]

    def inputs(self) -> list[Path]:
        """The products that it reads.

        Raises:
            UserError: one is missing, damaged or stale.
        """
        return [checked(path, digest) for path, digest in self.needs.items()]


def planned(plan: "Plan", name: str, *target: str) -> Task:
    """A task as the plan says."""
    needs = {path: stage.digest for path, stage in plan.needs(name, *target).items()}
    return Task(plan.stage(name, *target), needs)


@cache
def handed_over(plan: "Plan", name: str, *target: str) -> dict:
    """The record of a stage, once its task is laid down for its job. A folder that cannot be written is no obstacle."""
    task = planned(plan, name, *target)
    path = FOLDER / f"{task.stage.digest}.json"
    needs = {product.as_posix(): digest for product, digest in task.needs.items()}
    write_scratch(path, json.dumps({"stage": task.stage.record, "needs": needs, "sources": sources()}))
    return reasons.expect(task.stage)


def take_over(digest: str, name: str, target: tuple[str, ...]) -> Task | None:
    """The task that was laid down under a digest; None where there is none for this target, or the sources changed."""
    try:
        handed = json.loads((FOLDER / f"{digest}.json").read_bytes())
        stage = Stage.of(handed["stage"])
        needs = {Path(path): fingerprint for path, fingerprint in handed["needs"].items()}
        same = (stage.name, stage.target, stage.digest) == (name, target, digest)
        if same and handed["sources"] == sources() and stage.packages == versions(stage.packages):
            return Task(stage, needs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


def clear() -> None:
    """Remove what earlier runs have laid down."""
    for path in FOLDER.glob("*"):
        path.unlink(missing_ok=True)
    reasons.clear()


@cache
def sources() -> str:
    """A fingerprint of all files that stages follow from, and of the keys given beside them.

    To be taken before a plan is loaded: a later edit then shows.
    """
    files = [Path("config/config.yaml"), project.ROOT / project.CITATION]
    files += sorted(path for path in project.EXPERIMENTS.rglob("*") if path.suffix in (".yaml", ".py"))
    files += sorted(LIBRARY.rglob("*.py"))
    states = [(path.as_posix(), *_state(path)) for path in files]
    given = [os.environ.get(name, "") for name in (GIVEN, gpu.GIVEN)]
    return hashlib.sha256(repr((states, given)).encode()).hexdigest()


def _state(path: Path) -> tuple[int, ...]:
    try:
        state = path.stat()
    except OSError:  # whoever reads the file says what is wrong with it
        return ()
    return state.st_mtime_ns, state.st_size
