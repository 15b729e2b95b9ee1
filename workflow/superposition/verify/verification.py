"""Whether the run that lies here is the published one: bit for bit, within tolerance, or not."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from ..store.errors import MissingError, StaleError, UserError
from ..store.paths import product_path
from .comparison import Finding, compared
from .manifest import Entry, asked, entries, packages, read_manifest

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

FIGURES = product_path("figure", "").as_posix()
SHOWN = 20  # findings that are printed, the largest first


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
        codes: stages whose code is not the published one, among those of differing products.
    """

    same: int = 0
    findings: list[Finding] = field(default_factory=list)
    other_settings: dict[str, int] = field(default_factory=dict)
    unpublished: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    @property
    def only_figures(self) -> bool:
        """Whether nothing differs but figures, and of their stage the code is another."""
        drawn = all(finding.path.startswith(FIGURES) for finding in self.findings)
        return drawn and "figure" in self.codes and self.same > 0

    @property
    def status(self) -> Status:
        """The exit status."""
        if not all(finding.tolerated for finding in self.findings):
            return Status.DIFFERENT
        if self.other_settings:
            return Status.OTHER_SETTINGS
        return Status.TOLERATED if self.findings else Status.SAME


def verification(plan: "Plan") -> tuple[Status, str]:
    """Compare the run that lies here with the published run of its preset.

    Returns:
        The exit status, and what was found: a line that says it all, then one line for each product that differs.

    Raises:
        UserError: there is no published run of the preset, or nothing of it lies here.
    """
    published = read_manifest(plan.configuration.preset)
    comparison = _compared(plan, published)
    lines = [f"preset {plan.configuration.preset}: {_summary(comparison, plan, published)}"]
    findings = sorted(comparison.findings, key=lambda finding: (finding.tolerated, -finding.relative))
    lines += [f"  {finding.path}: {finding.words}{_judged(finding)}" for finding in findings[:SHOWN]]
    if len(findings) > SHOWN:
        lines.append(f"  and {len(findings) - SHOWN} more")
    if findings:
        lines.append(f"what may explain it: {_reasons(comparison, plan, published)}")
    if comparison.unpublished:
        lines.append(f"not in the published run: {', '.join(comparison.unpublished)}")
    absent = [name for name in published["experiments"] if name not in plan.experiments]
    if absent:
        lines.append(f"in the published run, not configured here: {', '.join(absent)}")
    return comparison.status, "\n".join(lines)


def _compared(plan: "Plan", published: dict) -> Comparison:
    comparison, stale = Comparison(), 0
    for entry in entries(plan):
        line = published["products"].get(entry.path.as_posix())
        if entry.experiment not in published["experiments"]:
            if entry.experiment not in comparison.unpublished:
                comparison.unpublished.append(entry.experiment)
        elif line is None or line["settings"] != entry.settings:
            comparison.other_settings[entry.experiment] = comparison.other_settings.get(entry.experiment, 0) + 1
        elif (finding := _finding(plan, entry, line)) is None:
            comparison.same += 1
        else:
            comparison.findings.append(finding)
            stale += finding.absent
            if line["code"] != entry.stage.code[:12]:
                comparison.codes.add(entry.stage.name)
    if comparison.findings and stale == len(comparison.findings) and not comparison.same:
        raise UserError(
            f"no run of preset {plan.configuration.preset!r} lies here; make it: snakemake --cores 4 --config "
            f"preset={plan.configuration.preset}; or name the one that does: python -m superposition verify --set "
            "preset=smoke"
        )
    return comparison


def _finding(plan: "Plan", entry: Entry, line: dict) -> Finding | None:
    """How a product differs from the published one, or what is wrong with it."""
    path = entry.path.as_posix()
    try:
        entry.check(plan)
        problem, absent = "", False
    except UserError as error:
        problem, absent = str(error), isinstance(error, StaleError | MissingError)
    try:
        finding = compared(path, entry.kind, line, entry.content())
    except (UserError, ValueError, KeyError, TypeError):
        return Finding(path, problem.removeprefix(f"{path}: ") or "cannot be read", math.inf, 0.0, absent=absent)
    if not problem:
        return finding
    words = finding.words if finding else "the published numbers"
    return replace(finding or Finding(path, "", 0, 0), words=f"{words}; {problem}", relative=math.inf, absent=absent)


def _summary(comparison: Comparison, plan: "Plan", published: dict) -> str:
    total = comparison.same + len(comparison.findings)
    among = f"{len(comparison.findings)} of {total} products"
    outside = sum(not finding.tolerated for finding in comparison.findings)
    if comparison.status is Status.SAME:
        return f"this is the published run, bit for bit ({total} products)" if total else "nothing to compare"
    if comparison.status is Status.DIFFERENT:
        if comparison.only_figures:
            return (
                f"the numbers of all {comparison.same} other products are the published run's, bit for bit; "
                f"{outside} figures, made by other code, have other tables"
            )
        return f"this is not the published run: {outside} of {total} products missing, damaged or outside tolerance"
    if comparison.status is Status.TOLERATED:
        if not any(finding.numbers for finding in comparison.findings):
            return f"the numbers are the published run's, bit for bit; the files of {among} are not"
        return f"this is the published run within tolerance: {among} differ"
    keys = "; ".join(
        f"settings of {name} differ from the published run's: {_keys(name, plan, published)}"
        for name in comparison.other_settings
    )
    rest = f"of the {total} products that this leaves alone {len(comparison.findings)} differ" if total else "no other"
    return f"{keys}; {rest}"


def _keys(experiment: str, plan: "Plan", published: dict) -> str:
    """The first keys whose values are not the published ones, with both."""
    changes = list(_changes(published["experiments"][experiment], asked(plan)[experiment]))
    shown = [f"key {key} (published {_short(before)}, here {_short(now)})" for key, before, now in changes[:3]]
    more = [f"and {len(changes) - len(shown)} more"] if len(changes) > len(shown) else []
    return ", ".join([*shown, *more]) or "what the library makes of them"


def _changes(published: object, here: object, key: str = "") -> Iterator[tuple[str, object, object]]:
    """(key, published, here) wherever two documents differ."""
    if isinstance(published, Mapping) and isinstance(here, Mapping):
        for name in dict.fromkeys((*published, *here)):
            yield from _changes(published.get(name), here.get(name), f"{key}.{name}".lstrip("."))
    elif published != here:
        yield key, published, here


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _judged(finding: Finding) -> str:
    if not finding.numbers or math.isinf(finding.relative):
        return ""
    return f"; {'within' if finding.tolerated else 'outside'} the tolerance of {finding.tolerance:g}"


def _reasons(comparison: Comparison, plan: "Plan", published: dict) -> str:
    """Other code, another engine, other packages; or else the processor, or damage."""
    here, engine = packages(plan), plan.configuration.engine
    versions = [
        f"{name} {here[name]} (published {version})"
        for name, version in published["packages"].items()
        if here.get(name, version) != version
    ]
    reasons = [f"other code of {', '.join(sorted(comparison.codes))}"] if comparison.codes else []
    if engine != published["made"]["engine"]:
        reasons.append(f"engine {engine} (published {published['made']['engine']})")
    reasons += [f"other versions: {', '.join(versions)}"] if versions else []
    return "; ".join(reasons) or "another processor, or changed files; code and packages are the published ones"
