"""Finding experiments by id: their specification under a preset, and under each of their variants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from ..store import project
from ..store.errors import UserError
from ..store.plugins import registered
from ..store.project import folder
from ..store.strict_yaml import read_yaml
from .architectures import BUILT_IN
from .bounds import check_readings, check_sizes
from .experiment import Experiment
from .readings import reading_variants
from .validation import validated

# What a variant may change: anything else would change the shapes or the data that a cell's instances share.
VARIABLE = {"importance", "data", "training", "models"}
VARIABLE_MODEL = {"tied", "bias", "initialisation"}
SWEPT = VARIABLE - {"models"}
SHARED_DATA = {"test_samples"}


@dataclass(frozen=True)
class Loaded:
    """An experiment under a preset.

    Args:
        experiment: as its file and the preset state it.
        variants: the experiment as each variant changes it, the variants of its readings included.
        sweep: the values of each swept setting, by dotted key, as the schema reads them.
    """

    experiment: Experiment
    variants: dict[str, Experiment]
    sweep: dict[str, list]


def load_experiment(identifier: str, preset: str) -> Loaded:
    """Read an experiment under a preset.

    Raises:
        UserError: no such experiment, or its file is wrong; one line with file and key.
    """
    home = folder(identifier)
    if not home.is_dir():
        found = sorted(
            path.name
            for path in project.EXPERIMENTS.iterdir()
            if path.is_dir() and not path.name.startswith(("_", "."))
        )
        raise UserError(f"config/config.yaml: experiments: found {identifier!r}; allowed: {', '.join(found)}")
    path = home / "experiment.yaml"
    if not path.is_file():
        raise UserError(f"{home}: no experiment.yaml; allowed: a folder with that file, or another id in experiments")
    document = read_yaml(path)
    plain = validated(Experiment, document, path)
    document = merge(document, plain.presets.get(preset, {}), path, f"presets.{preset}")
    experiment = validated(Experiment, document, path, f"with preset {preset}")
    check_readings(experiment, path)
    variants = {
        name: _variant(document, [changes], experiment, path, f"variants.{name}")
        for name, changes in experiment.variants.items()
    }
    base = next(iter(experiment.variants))
    for name, changes in reading_variants(experiment.axes, experiment.design, base).items():
        steps = [experiment.variants[base], *changes]
        variants[name] = _variant(document, steps, experiment, path, f"axes, reading {name}")
    sweep = _swept(document, experiment, path)
    check_sizes(experiment, variants, sweep, path)
    _check_names(experiment, home, path)
    return Loaded(experiment, variants, sweep)


def _swept(document: dict, experiment: Experiment, path: Path) -> dict[str, list]:
    """The values of each swept setting, once every point has been checked under every variant."""
    sweep: dict[str, list] = {key: [] for key in experiment.sweep}
    for point in _points(experiment, path):
        where = "sweep " + ", ".join(f"{key} = {value}" for key, value in point.items())
        for changes in experiment.variants.values():
            variant = _variant(document, [changes, *map(_nested, point.items())], experiment, path, where)
        for key, values in sweep.items():
            value = variant.model_dump(mode="json", include={key.partition(".")[0]})
            for step in key.split("."):
                value = value[step]
            if value not in values:
                values.append(value)
    return sweep


def _points(experiment: Experiment, path: Path) -> Iterator[dict[str, Any]]:
    """Every combination of the swept settings' values; none where nothing is swept."""
    for key in experiment.sweep:
        root, *rest = key.split(".")
        if root not in SWEPT or not all(rest) or not rest:
            allowed = ", ".join(f"{root}.…" for root in sorted(SWEPT))
            raise UserError(f"{path}: sweep.{key}: cannot be swept; allowed: {allowed}")
        for name, model in experiment.models.items():
            if root == "importance" and model.importance is not None:
                raise UserError(
                    f"{path}: sweep.{key}: model {name} has an importance of its own; allowed: models that take "
                    "the experiment's"
                )
    if experiment.sweep:
        values = [sweep.spelled_out for sweep in experiment.sweep.values()]
        yield from (dict(zip(experiment.sweep, point, strict=True)) for point in product(*values))


def _nested(setting: tuple[str, Any]) -> dict:
    """A dotted key and its value as nested mappings."""
    key, value = setting
    for step in reversed(key.split(".")):
        value = {step: value}
    return value


def merge(base: Mapping[str, Any], changes: Mapping[str, Any], path: Path, key: str) -> dict[str, Any]:
    """A document with changes laid over it: mappings merge key by key, anything else is replaced.

    A mapping that names another curve of importance replaces the curve whole.

    Args:
        base: the document.
        changes: what to lay over it.
        path: the document's file, for the error.
        key: where in it the changes stand, for the error.

    Raises:
        UserError: the changes touch presets.
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


def _variant(document: dict, steps: list[dict], experiment: Experiment, path: Path, key: str) -> Experiment:
    """The experiment under several changes, one over the other."""
    for changes in steps:
        _check_changes(changes, experiment, path, key)
        document = _merged(document, changes)
    variant = validated(Experiment, document, path, f"under {key}")
    if variant.data.source == "fixed" and variant.data.distribution != experiment.data.distribution:
        raise UserError(
            f"{path}: {key}: changes the distribution of a fixed training set; allowed: source fresh, or the "
            "distribution of the experiment"
        )
    return variant


def _check_changes(changes: Mapping, experiment: Experiment, path: Path, key: str) -> None:
    _allow(changes, VARIABLE, path, key)
    if isinstance(changes.get("data"), Mapping):
        _allow(changes["data"], set(type(experiment.data).model_fields) - SHARED_DATA, path, f"{key}.data")
    models = changes.get("models", {})
    if isinstance(models, Mapping):
        _allow(models, set(experiment.models), path, f"{key}.models")
        for model, options in models.items():
            if isinstance(options, Mapping):
                _allow(options, VARIABLE_MODEL, path, f"{key}.models.{model}")


def _allow(changes: Mapping, allowed: set[str], path: Path, key: str) -> None:
    for name in changes:
        if name not in allowed:
            raise UserError(f"{path}: {key}.{name}: cannot vary; allowed: {', '.join(sorted(allowed))}")


def _check_names(experiment: Experiment, home: Path, path: Path) -> None:
    """Every architecture, figure and claim that the specification names must exist."""
    architectures = [*BUILT_IN, *registered(home / "models.py", "register")]
    for name, model in experiment.models.items():
        if model.architecture not in architectures:
            raise UserError(
                f"{path}: models.{name}.architecture: found {model.architecture!r}; allowed: {', '.join(architectures)}"
            )
    for kind, named in (("figure", experiment.figures), ("claim", experiment.claims)):
        file = home / f"{kind}s.py"
        known = registered(file, kind)
        for name in named:
            if name not in known:
                raise UserError(
                    f"{path}: {kind}s.{name}: no function is registered as @{kind}({name!r}) in {file}; "
                    f"allowed: {', '.join(known) or 'none'}"
                )
