"""What an experiment becomes under a variant, a reading's changes, or a point of a sweep."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from ..store.errors import UserError
from .experiment import Experiment
from .validation import validated

# What a variant may change: anything else would change the shapes or the data that a cell's instances share.
VARIABLE = {"importance", "data", "training", "models"}
VARIABLE_MODEL = {"tied", "bias", "initialisation", "stacked"}
SWEPT = VARIABLE - {"models"}
SHARED_DATA = {"test_samples"}


def swept(document: dict, experiment: Experiment, path: Path) -> dict[str, list]:
    """The values of each swept setting, once every point has been checked under every variant."""
    sweep: dict[str, list] = {key: [] for key in experiment.sweep}
    for point in _points(experiment, path):
        where = "sweep " + ", ".join(f"{key} = {value}" for key, value in point.items())
        for changes in experiment.variants.values():
            variant = variant_of(document, [changes, *map(_nested, point.items())], experiment, path, where)
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


def variant_of(document: dict, steps: list[dict], experiment: Experiment, path: Path, key: str) -> Experiment:
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
