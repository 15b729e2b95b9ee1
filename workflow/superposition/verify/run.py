"""The run that lies here against the published one, product by product: findings, with what rests on each."""

import math
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ..store.errors import UserError
from ..store.files import sha256
from .comparison import Finding, compared
from .entries import Entry, entries
from .inspection import Inspection, Problem, unnamed
from .manifest import NOTES, packages

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

DRAWN = ("figure", "document")  # stages whose products are pictures and text


class Status(IntEnum):
    """The exit status. 1 and 2 are those of every command: an error, and a wrong command line."""

    SAME = 0
    TOLERATED = 3
    DIFFERENT = 4
    OTHER_SETTINGS = 5


@dataclass
class Comparison:
    """What was found product by product.

    Args:
        same: number of products that are the published ones, bit for bit.
        findings: those that differ, or are missing or damaged.
        other_settings: experiments with products whose settings are not the published ones.
        unpublished: experiments that the published run does not have.
        built: those of them of which something lies here.
        uncompared: documents that the published run does not have, or has of other parts, formats or settings.
        codes: stages whose code is not the published one, among those of differing products.
        unnamed: files that are of no product.
        versions: of packages, where they are not the published ones: (here, published) by name.
    """

    same: int = 0
    findings: list[Finding] = field(default_factory=list)
    other_settings: dict[str, int] = field(default_factory=dict)
    unpublished: list[str] = field(default_factory=list)
    built: set[str] = field(default_factory=set)
    uncompared: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    unnamed: list[Path] = field(default_factory=list)
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def only_figures(self) -> bool:
        """Whether nothing differs but figures and what shows them, and of their stage the code is another."""
        drawn = all(finding.kind in DRAWN for finding in self.findings)
        return drawn and "figure" in self.codes and self.same > 0

    @property
    def status(self) -> Status:
        """The exit status."""
        if not all(finding.tolerated for finding in self.findings):
            return Status.DIFFERENT
        if self.other_settings:
            return Status.OTHER_SETTINGS
        return Status.TOLERATED if self.findings else Status.SAME


def comparison(plan: "Plan", published: dict) -> Comparison:
    """Every file below data/, results/ and report/ against its provenance and the manifest of the published run.

    Args:
        plan: the plan of what lies here.
        published: the manifest (manifest.read_manifest).
    """
    every, inspection = list(entries(plan)), Inspection()
    result = Comparison(versions=_other_versions(packages(every), published["packages"]))
    suspects: set[Path] = set()  # products that something is wrong with, or that are not the published ones
    for entry in every:
        problem, line = inspection.problem(entry, suspects), published["products"].get(entry.path.as_posix())
        finding = None
        if _comparable(result, entry, line, published, problem):
            finding = _finding(
                entry, line, problem, explained=bool(result.versions) or not suspects.isdisjoint(entry.needs)
            )
            result.same += finding is None
            if finding and line["code"] != entry.code:
                result.codes.add(entry.stage.name)
        elif problem and not problem.absent:  # damaged, whether it was published or not
            finding = Finding(problem.file.as_posix(), problem.words, math.inf, 0.0, kind=entry.kind, problem=True)
        if finding:
            follows = finding.absent and not suspects.isdisjoint(entry.needs)
            result.findings.append(replace(finding, follows=follows, rests=_resting(entry, every)))
            suspects.add(entry.path)
    result.findings += _notes(published)
    result.unnamed = unnamed(every, NOTES)
    return result


def _comparable(result: Comparison, entry: Entry, line: dict | None, published: dict, problem: Problem | None) -> bool:
    """Whether the manifest has a product under the settings of the one here; notes where it has not."""
    if line is not None and line["settings"] == entry.settings:
        return True
    if entry.kind == "document":
        result.uncompared.append(entry.path.name)
    elif entry.experiment not in published["experiments"]:
        if entry.experiment not in result.unpublished:
            result.unpublished.append(entry.experiment)
        if problem is None:
            result.built.add(entry.experiment)
    else:
        result.other_settings[entry.experiment] = result.other_settings.get(entry.experiment, 0) + 1
    return False


def _finding(entry: Entry, line: dict, problem: Problem | None, explained: bool) -> Finding | None:
    """How a product differs from the published one, or what is wrong with it.

    Args:
        entry: the product.
        line: its line in the manifest.
        problem: what is wrong with it by itself.
        explained: whether other versions, or other products that it is made from, may have changed its bytes.
    """
    path, unlike = entry.path.as_posix(), None
    if problem is None or problem.readable:
        try:
            unlike = compared(path, entry.kind, line, entry.content())
        except (UserError, ValueError, KeyError, TypeError):
            unlike = Finding(path, "cannot be read", math.inf, 0.0)
    if problem:
        known = unlike or Finding(path, "the published content", 0.0, 0.0)
        said = problem.readable and (known.numbers or unlike is None)  # other bytes: the problem's words say that too
        words = f"{known.words}; {problem.words}" if said else problem.words
        unlike = replace(
            known, path=problem.file.as_posix(), words=words, relative=math.inf, absent=problem.absent, problem=True
        )
    elif unlike and entry.kind == "document" and not explained and line["code"] == entry.code:
        unlike = replace(unlike, words=f"{unlike.words}; code, versions and all it shows are the published run's")
        unlike = replace(unlike, relative=math.inf)
    return replace(unlike, kind=entry.kind) if unlike else None


def _other_versions(here: dict[str, str], published: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (here[name], was) for name, was in published.items() if here.get(name, was) != was}


def _resting(entry: Entry, every: list[Entry]) -> int:
    """How many products are made from one, or from those that are."""
    resting = {entry.path}
    for other in every:  # each stands after those that it is made from
        if not resting.isdisjoint(other.needs):
            resting.add(other.path)
    return len(resting) - 1


def _notes(published: dict) -> list[Finding]:
    """The notes of the repository in the products' folders that are not the published ones."""
    return [
        Finding(path, f"not the published text; restore it: git checkout -- {path}", math.inf, 0.0, problem=True)
        for path, content in published.get("notes", {}).items()
        if Path(path).is_file() and sha256(Path(path)) != content
    ]
