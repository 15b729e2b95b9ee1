"""What a figure's file is, in words: which figure its metadata name, and whether it is the picture that was drawn."""

import hashlib
import json
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ..draw.bundles import read_bundle
from ..draw.identity import find_record, picture_kind, read_picture
from ..draw.likeness import alike
from ..store.errors import UserError
from ..store.paths import product_path

if TYPE_CHECKING:
    from ..pipeline.plan import Plan


class Likeness(IntEnum):
    """What is known of a picture, as exit status. 1 and 2 are those of every command."""

    DRAWN = 0  # it is what a run here drew
    UNKNOWN = 3  # the run is not here: the metadata alone were read
    ALTERED = 4


def identification(file: Path, plan: "Plan") -> tuple[Likeness, str]:
    """Which figure a file is, whether it is as it was drawn, and whether this checkout would draw the same.

    Args:
        file: the file.
        plan: this checkout's plan.

    Returns:
        The exit status, and the lines.

    Raises:
        UserError: it is no PNG, SVG or PDF with a figure's record, nor a picture of a figure that lies here.
    """
    content = read_picture(file)
    record = find_record(file, content)
    if record is None:
        return _without_record(file, content, plan)
    likeness, words = _likeness(content, record)
    settings = record["settings"]
    try:
        lines = [
            f"{file}: figure {record['figure']}, content {record['content']}",
            words,
            f"experiment {settings['experiment']}: sparsities {', '.join(settings['sparsities'])}; "
            f"models {', '.join(settings['models'])}; {len(settings['seeds'])} seeds; "
            f"engines {', '.join(sorted(set(settings['engines'].values())))}",
            f"training {json.dumps(settings['training'], sort_keys=True)}",
            f"code {record['code'][:12]}, digest {record['digest']}, lineage {record['lineage']}",
            *_run(record),
            _comparison(record, plan, likeness),
        ]
    except (TypeError, AttributeError):  # a record that somebody else has sealed
        raise UserError(f"{file}: damaged: its metadata are not as they were written") from None
    return likeness, "\n".join(map(_printable, lines))


def _likeness(content: bytes, record: dict) -> tuple[Likeness, str]:
    """How a file compares with the one that the run here drew under the figure's name."""
    kind = picture_kind(content)
    drawn = product_path("figure", record["figure"]) / f"figure.{kind}"
    try:
        known = read_bundle(record["figure"])
    except UserError:
        known = {}
    sealed = known.get("outputs", {}).get(drawn.name)
    if known.get("content") != record["content"] or sealed is None:
        return Likeness.UNKNOWN, "only the metadata were read, which prove nothing of the picture: its run is not here"
    if _sha256(content) == sealed:
        return Likeness.DRAWN, f"this very file: byte for byte the {drawn} of the run here"
    original = _original(drawn, sealed)
    if original is None:
        words = f"altered after it was drawn: not the bytes that the run here wrote, and neither is {drawn} any more"
        return Likeness.ALTERED, words
    if alike(kind, content, original):
        return Likeness.DRAWN, f"same picture, other bytes: it shows what {drawn} of the run here shows"
    return Likeness.ALTERED, f"altered after it was drawn: it does not show what {drawn} of the run here shows"


def _without_record(file: Path, content: bytes, plan: "Plan") -> tuple[Likeness, str]:
    """Whether a picture that says nothing of itself is one of the run's, stripped of its metadata.

    Raises:
        UserError: it is not.
    """
    kind = picture_kind(content)
    compared = 0
    for identifier in plan.figures():
        drawn = product_path("figure", identifier) / f"figure.{kind}"
        with suppress(UserError, KeyError):
            original = _original(drawn, read_bundle(identifier)["outputs"][drawn.name])
            compared += original is not None
            if original is not None and alike(kind, content, original):
                words = f"same picture, other bytes: it shows what {drawn} of the run here shows"
                return Likeness.DRAWN, _printable(f"{file}: its metadata hold no record of a figure") + f"\n{words}"
    raise UserError(
        f"{file}: no figure of this pipeline: its metadata hold no record of one, and it shows none of the {compared} "
        "figures here as they were drawn; of a screenshot or a scaled copy nothing can be said"
    )


def _original(drawn: Path, sealed: str) -> bytes | None:
    """A bundle's picture, where it still is as it was drawn."""
    with suppress(UserError):
        content = read_picture(drawn)
        if _sha256(content) == sealed:
            return content
    return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _run(record: dict) -> list[str]:
    """The run that the metadata name, where its bundle still lies here."""
    try:
        known = read_bundle(record["figure"])
    except UserError:
        return ["no run here drew the figure: its bundle is not in report/figures, or damaged"]
    if known["content"] != record["content"]:
        return [f"the bundle here holds another one, content {known['content']}"]
    state = "" if not known["dirty"] else ", with uncommitted changes"
    return [f"drawn by the run here, at commit {known['commit']}{state}; rebuilt by: {known['command']}"]


def _comparison(record: dict, plan: "Plan", likeness: Likeness) -> str:
    if record["figure"] not in plan.figures():
        return "this checkout has no such figure"
    stage = plan.stage("figure", record["figure"])
    named = "the same figure" if likeness is Likeness.DRAWN else "the figure that the metadata name"
    if stage.lineage == record["lineage"]:
        return f"this checkout would draw {named}"
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


def _printable(line: str) -> str:
    """A line for a terminal, whatever somebody else's metadata hold."""
    return "".join(character if character.isprintable() else " " for character in line)
