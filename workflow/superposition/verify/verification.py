"""Whether the run that lies here is the published one: bit for bit, within tolerance, or not."""

import math
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..store.errors import UserError
from ..store.sealed import read_sealed
from .comparison import Finding
from .manifest import asked, read_manifest
from .run import Comparison, Status, comparison

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

SHOWN = 20  # findings that are printed, what is wrong by itself first, then the largest
NAMED = 10  # files of no product that are


def verification(plan: "Plan") -> tuple[Status, str]:
    """Compare the run that lies here with the published run of its preset.

    Returns:
        The exit status, and what was found: a line that says it all, then one line for each product that differs.

    Raises:
        UserError: there is no published run of the preset, or nothing of it lies here.
    """
    published = read_manifest(plan.configuration.preset)
    found = comparison(plan, published)
    if found.findings and all(finding.absent for finding in found.findings) and not found.same:
        raise UserError(_nothing_here(found, plan))
    lines = [f"preset {plan.configuration.preset}: {_summary(found, plan, published)}"]
    findings = sorted((finding for finding in found.findings if not finding.follows), key=_order)
    lines += [f"  {finding.path}: {finding.words}{_judged(finding)}{_resting(finding)}" for finding in findings[:SHOWN]]
    if len(findings) > SHOWN:
        lines.append(f"  and {len(findings) - SHOWN} more")
    if found.codes or any(not finding.problem for finding in findings):
        lines.append(f"what may explain it: {_reasons(found, plan, published)}")
    if found.unnamed:
        some = ", ".join(path.as_posix() for path in found.unnamed[:NAMED])
        more = f" and {len(found.unnamed) - NAMED} more" * (len(found.unnamed) > NAMED)
        lines.append(f"of no product of this configuration: {some}{more}")
    if found.uncompared:
        lines.append(f"not compared, of other parts, formats or settings: {', '.join(found.uncompared)}")
    if found.unpublished:
        lines.append(f"not in the published run: {', '.join(found.unpublished)}")
    absent = [name for name in published["experiments"] if name not in plan.experiments]
    if absent:
        lines.append(f"in the published run, not configured here: {', '.join(absent)}")
    return found.status, "\n".join(map(_printable, lines))


def _order(finding: Finding) -> tuple:
    """What is wrong by itself before what only differs, and what is damaged before what is missing."""
    return finding.tolerated, not finding.problem, finding.absent, -finding.relative


def _resting(finding: Finding) -> str:
    if not finding.problem or not finding.rests:
        return ""
    return f"; {finding.rests} product{'s rest' if finding.rests > 1 else ' rests'} on it"


def _printable(line: str) -> str:
    """A line for a terminal, whatever the names in it hold."""
    return "".join(character if character.isprintable() else " " for character in line)


def _nothing_here(found: Comparison, plan: "Plan") -> str:
    """That nothing of the published run lies here, and what to type."""
    preset = plan.configuration.preset
    beside = f", only of {', '.join(sorted(found.built))}, which the published run does not have" if found.built else ""
    other = _other_preset(preset)
    here = f"; or name the preset that lies here: python -m superposition verify --set preset={other}" if other else ""
    return f"no run of preset {preset!r} lies here{beside}; make it: snakemake --cores 4 --config preset={preset}{here}"


def _other_preset(preset: str) -> str | None:
    """The preset of a document that lies here, where it is another."""
    for path in sorted(Path("report").glob("*.json")):
        with suppress(UserError, KeyError, TypeError):
            other = read_sealed(path, "")["settings"]["preset"]
            if other != preset:
                return shlex.quote(str(other))
    return None


def _summary(found: Comparison, plan: "Plan", published: dict) -> str:
    total = found.same + len(found.findings)
    among = f"{len(found.findings)} of {total} products"
    outside = sum(not finding.tolerated for finding in found.findings)
    if found.status is Status.SAME:
        return f"this is the published run, bit for bit ({total} products)" if total else "nothing to compare"
    if found.status is Status.DIFFERENT:
        if found.only_figures:
            return (
                f"the numbers of all {found.same} other products are the published run's, bit for bit; "
                f"{outside} figures, made by other code, have other tables"
            )
        return f"this is not the published run: {outside} of {total} products missing, damaged or outside tolerance"
    if found.status is Status.TOLERATED:
        if not any(finding.numbers for finding in found.findings):
            return f"the numbers are the published run's, bit for bit; the files of {among} are not"
        return f"this is the published run within tolerance: {among} differ"
    keys = "; ".join(
        f"settings of {name} differ from the published run's: {_keys(name, plan, published)}"
        for name in found.other_settings
    )
    rest = f"of the {total} products that this leaves alone {len(found.findings)} differ" if total else "no other"
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


def _reasons(found: Comparison, plan: "Plan", published: dict) -> str:
    """Other code, another engine, other packages; or else the processor, or damage."""
    engine = plan.configuration.engine
    versions = [f"{name} {here} (published {was})" for name, (here, was) in found.versions.items()]
    reasons = [f"other code of {', '.join(sorted(found.codes))}"] if found.codes else []
    if engine != published["made"]["engine"]:
        reasons.append(f"engine {engine} (published {published['made']['engine']})")
    reasons += [f"other versions: {', '.join(versions)}"] if versions else []
    return "; ".join(reasons) or "another processor, or changed files; code and packages are the published ones"
