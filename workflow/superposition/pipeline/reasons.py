"""Why a job runs, in a line of the user's words.

Beside a product lies the record of the stage that made it (store.provenance); the stage that is to make it is planned
anew. The keys in which the two differ are why the job runs. Where they are the same, a file is missing or an input
changed: then the line names the first cause, what another job of the run makes anew, and why that does.

A record holds one digest of all code. Which definition changed is found by lists of what each digest was made of, kept
in a folder of Snakemake's: without them, such as after a copy of the products alone, the line says "code" alone.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..store.files import write_scratch
from ..store.provenance import Stage
from .digest import definitions
from .marks import marked

CODE = Path(".snakemake/code")
KEPT = 1000  # lists of definitions; the oldest go
NEW = "new"
SHOWN = 2  # differences of one kind in a line
WIDTH = 40  # characters of a value

Causes = dict[str, dict[str, None]]  # by reason, the products that are made anew for it; "" of files that were edited

altered: dict[str, str] = {}  # by a product's first file, what is wrong with it, where a run looks at contents
_expected: dict[str, dict] = {}  # the stages of this process's plan as records, by digest


def expect(stage: Stage) -> dict[str, Any]:
    """The record of a stage that is planned; what its code consists of is noted, if it is not known yet."""
    _expected[stage.digest] = stage.record
    note = _note(stage.code)
    if not note.exists():
        write_scratch(note, json.dumps(definitions(stage.roots)))
    return stage.record


def clear() -> None:
    """Remove the oldest lists of definitions, where there are too many."""
    with suppress(OSError):
        notes = sorted(CODE.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in notes[KEPT:]:
            path.unlink()


class Reasons:
    """The reasons of one run, told job by job in the order in which they start."""

    def __init__(self):
        self.causes: dict[str, Causes] = {}  # by what the run has made or makes
        self.told: dict[str, str] = {}  # by a job's first product

    def of(self, digest: str, snakemakes: str, inputs: Iterable[str], outputs: Iterable[str]) -> str:
        """Why a job runs.

        To be asked before the job starts, as that removes what it is to make.

        Args:
            digest: that of its stage.
            snakemakes: what Snakemake says of it.
            inputs: paths of the files that it reads.
            outputs: paths of the files that it makes; one ends the list that is a record, or it lies beside a product.
        """
        outputs = list(outputs)
        if outputs[0] in self.told:  # it failed and is tried again: what it is to replace is gone by now
            return self.told[outputs[0]]
        reason = _own_reason(_expected.get(digest), snakemakes, outputs)
        if reason is None:
            causes = self._first_causes(snakemakes, inputs)
            reason = f"input: {_told(causes)}"
        else:
            product = _product(outputs)
            causes = {reason.removesuffix(f": {product}"): {product: None}}
        self.causes |= dict.fromkeys(outputs, causes)
        self.told[outputs[0]] = reason
        return reason

    def _first_causes(self, snakemakes: str, inputs: Iterable[str]) -> Causes:
        """Of the inputs, files that were edited, and first causes of what the run makes anew."""
        updated = re.search(r"Updated input files: ([^;]*)", snakemakes)
        edited = [path for path in updated[1].split(", ") if path not in self.causes] if updated else []
        causes: Causes = {"": dict.fromkeys(edited)} if edited else {}
        for path in inputs:
            for reason, products in self.causes.get(path, {}).items():
                causes.setdefault(reason, {}).update(products)
        return causes


def _told(causes: Causes) -> str:
    """First causes, each by its first product."""
    texts = [_some(products, 1) + (f" ({reason})" if reason else "") for reason, products in causes.items()]
    return _some(texts) or "other files than before"


def _own_reason(planned: dict | None, snakemakes: str, outputs: list[str]) -> str | None:
    """What differs in the job itself; None where nothing does."""
    if snakemakes.startswith("Forced"):
        return "forced"
    if found := next((altered[path] for path in outputs if path in altered), ""):
        return f"content: {found}"
    missing = [path for path in outputs if not Path(path).exists()]
    if len(missing) == len(outputs):
        return NEW
    made = _record(outputs)
    if made is not None and planned is not None and (found := "; ".join(_differences(made, planned))):
        return found
    if missing:
        return f"missing: {_some(missing)}"
    if planned is not None and marked(planned) != planned:
        return "not made when it was last tried"
    if interrupted := re.search(r"Incomplete output files: ([^;]*)", snakemakes):
        return f"interrupted: {_some(interrupted[1].split(', '))}"
    return None


def _record(outputs: list[str]) -> dict | None:
    """The first record among a job's products, from the last on, that can be read."""
    for path in reversed(outputs):
        if path.endswith(".json"):
            with suppress(OSError, ValueError):
                record = json.loads(Path(path).read_bytes())
                if isinstance(record, dict) and {"settings", "code", "packages"} <= record.keys():
                    return record
    return None


def _differences(made: dict, planned: dict) -> Iterator[str]:
    if found := _some(dict.fromkeys(_changes(made["settings"], planned["settings"]))):
        yield f"settings: {found}"
    if made["code"] != planned["code"]:
        found = _some(_changed_definitions(made["code"], planned["code"]))
        yield f"code: {found}" if found else "code"
    if found := _some(_changes(made["packages"], planned["packages"])):
        yield f"packages: {found}"


def _changes(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """What changed from one tree of plain values to another, each as a dotted path with what was and is there."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _added_and_removed(old, new, path)
        for key in (key for key in old if key in new):
            yield from _changes(old[key], new[key], (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and min(len(old), len(new)) > 0:
        yield from list(_added_and_removed(old, new, path)) or [f"{_dotted(path)} in another order"]
    else:
        yield f"{_dotted(path)} {_short(old)} → {_short(new)}"


def _added_and_removed(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    for word, some, others in (("added", new, old), ("removed", old, new)):
        if items := [_short(item) for item in some if item not in others]:
            listed = items if len(items) <= SHOWN + 1 else [*items[:SHOWN], "…", f"{items[-1]} ({len(items)})"]
            yield f"{_dotted(path)} {word} {', '.join(listed)}".strip()


def _dotted(path: tuple[str, ...]) -> str:
    """A path as users know it: a variant's own settings without the variant, an experiment's with its name alone."""
    if path[:1] == ("variants",) and path[2:3] in (("importance",), ("data",), ("model",), ("training",)):
        path = path[2:]
    return ".".join(path[1:] if path[:1] == ("experiments",) and len(path) > 1 else path)


def _changed_definitions(made: str, planned: str) -> list[str]:
    """Names of the definitions in which two states of a stage's code differ; empty where one is not known."""
    try:
        old, new = (json.loads(_note(code).read_bytes()) for code in (made, planned))
    except (OSError, ValueError):
        return []
    edited = [name for name in new if name in old and new[name] != old[name]]
    return edited or [*(name for name in new if name not in old), *(name for name in old if name not in new)]


def _note(code: str) -> Path:
    return CODE / f"{code[:16]}.json"


def _product(outputs: list[str]) -> str:
    """What stands for all that a job makes: its first product, or the folder of a figure's bundle."""
    first = Path(outputs[0])
    return (first.parent if first.stem == "figure" else first).as_posix()


def _some(found: Iterable[str], shown: int = SHOWN) -> str:
    found = list(found)
    more = len(found) - shown
    return ", ".join(found[:shown]) + (f" and {more} more" if more > 0 else "")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
