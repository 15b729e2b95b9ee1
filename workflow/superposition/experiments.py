"""Finding experiments by id: their specification under a preset, and under each of their variants."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .architecture import BUILT_IN
from .documents import read_yaml
from .errors import UserError
from .sources import FOLDER, folder, registered
from .specification import Experiment
from .validation import validated

# What a variant may change: anything else would change the shapes or the data that a cell's instances share.
VARIABLE = {"importance", "data", "training", "models"}
VARIABLE_MODEL = {"tied", "bias", "initialisation"}
SHARED_DATA = {"values", "test_samples"}


def load_experiment(identifier: str, preset: str) -> tuple[Experiment, dict[str, Experiment]]:
    """Read an experiment under a preset.

    Returns:
        The experiment, and for each variant the experiment as that variant changes it.

    Raises:
        UserError: no such experiment, or its file is wrong; one line with file and key.
    """
    home = folder(identifier)
    if not home.is_dir():
        found = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))
        raise UserError(f"config/config.yaml: experiments: found {identifier!r}; allowed: {', '.join(found)}")
    path = home / "experiment.yaml"
    if not path.is_file():
        raise UserError(f"{home}: no experiment.yaml; allowed: a folder with that file, or another id in experiments")
    document = read_yaml(path)
    plain = validated(Experiment, document, path)
    document = merge(document, plain.presets.get(preset, {}), path, f"presets.{preset}")
    experiment = validated(Experiment, document, path, f"with preset {preset}")
    variants = {name: _variant(document, experiment, name, path, preset) for name in experiment.variants}
    _check_names(experiment, home, path)
    return experiment, variants


def merge(base: Mapping[str, Any], changes: Mapping[str, Any], path: Path, key: str) -> dict[str, Any]:
    """A document with changes laid over it: mappings merge key by key, anything else is replaced.

    A mapping that names another curve of importance replaces the curve whole.

    Raises:
        UserError: the changes name a key that the document's schema would take at the top only, or touch presets.
    """
    if "presets" in changes:
        raise UserError(f"{path}: {key}.presets: a preset cannot change presets")
    return _merged(base, changes)


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for name, change in changes.items():
        mergeable = isinstance(change, Mapping) and isinstance(result.get(name), Mapping) and "curve" not in change
        result[name] = _merged(result[name], change) if mergeable else change
    return result


def _variant(document: dict, experiment: Experiment, name: str, path: Path, preset: str) -> Experiment:
    changes = experiment.variants[name]
    key = f"variants.{name}"
    _allow(changes, VARIABLE, path, key)
    if isinstance(changes.get("data"), Mapping):
        _allow(changes["data"], set(type(experiment.data).model_fields) - SHARED_DATA, path, f"{key}.data")
    models = changes.get("models", {})
    if isinstance(models, Mapping):
        _allow(models, set(experiment.models), path, f"{key}.models")
        for model, options in models.items():
            if isinstance(options, Mapping):
                _allow(options, VARIABLE_MODEL, path, f"{key}.models.{model}")
    return validated(Experiment, _merged(document, changes), path, f"with preset {preset}, variant {name}")


def _allow(changes: Mapping, allowed: set[str], path: Path, key: str) -> None:
    for name in changes:
        if name not in allowed:
            raise UserError(f"{path}: {key}.{name}: cannot vary; allowed: {', '.join(sorted(allowed))}")


def _check_names(experiment: Experiment, home: Path, path: Path) -> None:
    """Every architecture and every figure that the specification names must exist."""
    architectures = [*BUILT_IN, *registered(home / "models.py", "register")]
    for name, model in experiment.models.items():
        if model.architecture not in architectures:
            raise UserError(
                f"{path}: models.{name}.architecture: found {model.architecture!r}; allowed: {', '.join(architectures)}"
            )
    drawn = registered(home / "figures.py", "figure")
    for name in experiment.figures:
        if name not in drawn:
            raise UserError(
                f"{path}: figures.{name}: no function is registered as @figure({name!r}) in {home / 'figures.py'}; "
                f"allowed: {', '.join(drawn) or 'none'}"
            )
