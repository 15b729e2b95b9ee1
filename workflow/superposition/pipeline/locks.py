"""claims.lock: what makes each claim true, as it was before anybody looked at the numbers.

It lies in an experiment's folder and holds a digest of every claim's test, one of the settings under which the models
are trained and judged in the preset standard, and how many amendments there were. What is locked may change only with
an amendment that came later. What only people read is not locked, but for the source's words.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ..spec.experiment import Experiment
from ..spec.loading import Loaded, load_experiment
from ..spec.validation import Frozen, Name, validated
from ..store import project
from ..store.files import write_text
from ..store.plugins import registered
from ..store.project import folder
from ..store.sealed import as_lines, read_sealed, sealed
from .digest import code_digest
from .stages import own_model

COMMAND = "python -m superposition lock"
PRESET = "standard"
# What is not locked of a claim; of everything else, what leads to no other number, and what the lock holds otherwise.
PROSE = {"statement", "why", "figure", "reason"}
UNLOCKED = {
    **dict.fromkeys(
        ("title", "densities", "sparsities_per_job", "sweep", "presets", "curves", "figures", "claims", "quotes"), True
    ),
    "amendments": True,
    "models": {"__all__": {"label", "shown"}},
    "axes": {"__all__": {"question": True, "why": True, "choices": {"__all__": {"says"}}}},
}

Digest = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class Lock(Frozen):
    """What claims.lock holds."""

    settings: Digest = Field(description="digest of the settings under which models are trained and judged")
    amendments: Annotated[int, Field(ge=0)] = Field(description="how many amendments there were")
    claims: dict[Name, Digest] = Field(description="digest of each claim's test")


def lock_claims(experiment: str) -> list[str]:
    """Write an experiment's lock, unless something changed that no amendment tells of.

    Returns:
        What must be mended first, each as one line; nothing is written then.

    Raises:
        UserError: the experiment or its lock is not as it should be.
    """
    now, spec, locked = _states(experiment)
    if locked and (refused := list(_unamended(locked, now, spec))):
        return _in_file(experiment, "experiment.yaml", refused)
    if now != locked and (now.claims or locked):
        write_text(_path(experiment), sealed(now.model_dump(), as_lines))
    return []


def lock_findings(experiment: str) -> list[str]:
    """What keeps an experiment's claims from being locked as they stand, each as one line; writes nothing.

    Raises:
        UserError: the experiment or its lock is not as it should be.
    """
    now, spec, locked = _states(experiment)
    if locked is None:
        return _in_file(experiment, "", [f"no claims.lock; lock its claims: {COMMAND}"] if now.claims else [])
    if refused := list(_unamended(locked, now, spec)):
        return _in_file(experiment, "experiment.yaml", refused)
    return _in_file(experiment, "claims.lock", _behind(locked, now))


def _states(experiment: str) -> tuple[Lock, Experiment, Lock | None]:
    """The lock that the experiment would have now, the experiment, and the lock that it has."""
    loaded = load_experiment(experiment, PRESET)
    now = Lock(
        settings=_settings_digest(experiment, loaded),
        amendments=len(loaded.experiment.amendments),
        claims=_claim_digests(experiment, loaded.experiment),
    )
    return now, loaded.experiment, _read(_path(experiment))


def _path(experiment: str) -> Path:
    return folder(experiment) / "claims.lock"


def _read(path: Path) -> Lock | None:
    if not path.exists():
        return None
    record = read_sealed(path, f"restore it from version control (git restore {path}), then {COMMAND}", as_lines)
    return validated(Lock, record, path)


def _claim_digests(experiment: str, spec: Experiment) -> dict[str, str]:
    """A digest of every claim's test: its code within the experiment's folder, and all but its prose."""
    home = project.EXPERIMENTS / experiment
    functions = registered(home / "claims.py", "claim")
    return {
        name: _digest(
            {
                **spec.claims[name].model_dump(mode="json", exclude=PROSE, exclude_defaults=True),
                "code": code_digest([(home / "claims.py", functions[name])], home),
            }
        )
        for name in sorted(spec.claims)
    }


def _settings_digest(experiment: str, loaded: Loaded) -> str:
    """A digest of all that leads to other weights or other readings of them.

    Settings that have their default count as if they were not there: a further setting of the library, which has its
    default everywhere, unlocks nothing.
    """
    spec, home = loaded.experiment, project.EXPERIMENTS / experiment
    own = {name: own_model(experiment, model.architecture) for name, model in spec.models.items()}
    return _digest(
        {
            **spec.model_dump(mode="json", exclude=UNLOCKED, exclude_defaults=True),
            "first variant": next(iter(spec.variants)),  # that of the default reading
            "sweep": loaded.sweep,
            "code": {name: code_digest(roots, home) for name, roots in own.items() if roots},
        }
    )


def _digest(value: dict) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _unamended(locked: Lock, now: Lock, spec: Experiment) -> Iterator[str]:
    """What differs from the lock though no amendment that came after it says so."""
    if now.amendments < locked.amendments:
        yield (
            f"amendments: found {now.amendments}; allowed: the {locked.amendments} that there were when its claims "
            "were locked, and later ones after them"
        )
        return
    later = spec.amendments[locked.amendments :]
    if now.settings != locked.settings and not any(all(map(each.names, spec.claims)) for each in later):
        yield (
            "the settings under which its models are trained and judged changed since they were locked; add an "
            f"amendment with claims: every, then lock again: {COMMAND}"
        )
    for claim, digest in locked.claims.items():
        if claim not in now.claims and not any(each.removed and each.names(claim) for each in later):
            yield (
                f"claims.{claim}: it was removed since it was locked; add an amendment that names it, with "
                f"removed: true, then lock again: {COMMAND}"
            )
        if now.claims.get(claim, digest) != digest and not any(each.names(claim) for each in later):
            yield (
                f"claims.{claim}: its test changed since it was locked; add an amendment that names it, then lock "
                f"again: {COMMAND}"
            )


def _behind(locked: Lock, now: Lock) -> list[str]:
    """What the lock does not hold yet, though it may."""
    if now == locked:
        return []
    claims = [name for name in {**locked.claims, **now.claims} if locked.claims.get(name) != now.claims.get(name)]
    stale = [f"claims.{name}" for name in claims]
    stale += [key for key in ("settings", "amendments") if getattr(locked, key) != getattr(now, key)]
    return [f"not as experiment.yaml now is: {', '.join(stale)}; lock again: {COMMAND}"]


def _in_file(experiment: str, file: str, findings: list[str]) -> list[str]:
    return [f"{folder(experiment) / file}: {finding}" for finding in findings]
