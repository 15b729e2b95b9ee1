"""Keyword arguments as settings of a cell: checked by the schema of experiment.yaml, in the form that jobs have."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..pipeline.stages import variant_settings
from ..spec.architectures import BUILT_IN
from ..spec.bounds import check_sizes
from ..spec.experiment import Experiment
from ..spec.settings import Data, Model, Training
from ..spec.validation import validated
from ..store.errors import UserError

WHERE = Path("superposition.train")  # what errors name, as an experiment's name their file
MODEL, VARIANT = "toy", "default"  # the only ones; where streams are "own", these depend on the variant's name
PLACES = 9  # after the point, of a sparsity
# Parts of experiment.yaml, each with its schema and the keys that are arguments.
PARTS = {
    "model": (Model, ("hidden", "architecture", "tied", "bias", "initialisation", "stacked")),
    "data": (Data, tuple(Data.model_fields)),
    "training": (Training, tuple(Training.model_fields)),
}
ARGUMENTS = (
    *("features", "hidden", "sparsity", "architecture", "importance", "seeds", "streams"),
    *(key for _, keys in PARTS.values() for key in keys if key not in ("hidden", "architecture")),
)


def cell_of(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The cell that keyword arguments ask for.

    Args:
        arguments: those of `training.train`.

    Returns:
        The cell's settings, as data.instances.expand reads them, several importances as a sweep of them; and the
        arguments as plain values, all of them, which ask for the same cell.

    Raises:
        UserError: an argument is unknown or not allowed; one line with its name, what was found and what is allowed.
    """
    given = {name: _plain(value) for name, value in arguments.items()}
    for name in given:
        if name not in ARGUMENTS:
            raise UserError(f"{WHERE}: {name}: unknown argument; allowed: {', '.join(ARGUMENTS)}")
    parts = {name: {key: given[key] for key in keys if key in given} for name, (_, keys) in PARTS.items()}
    parts["model"]["label"] = MODEL
    for name, (schema, _) in PARTS.items():
        validated(schema, parts[name], WHERE)  # alone, so that an error names the argument and not its place
    if given["architecture"] not in BUILT_IN:
        raise UserError(f"{WHERE}: architecture: found {given['architecture']!r}; allowed: {', '.join(BUILT_IN)}")
    sparsities = [_sparsity(value) for value in _listed(given["sparsity"])]
    if not sparsities or len(set(map(float, sparsities))) < len(sparsities):
        raise UserError(f"{WHERE}: sparsity: found {given['sparsity']!r}; allowed: one or more, each once")
    if given["seeds"] == [] or (isinstance(given["seeds"], int) and given["seeds"] < 1):
        raise UserError(f"{WHERE}: seeds: found {given['seeds']!r}; allowed: how many, at least 1, or which")
    if given["batch"] == "full" and given["source"] == "fresh":
        raise UserError(f"{WHERE}: batch: found 'full'; allowed: a number, since fresh data has no full set")
    several = isinstance(given["importance"], list) and _nested(given["importance"])
    curves = [_curve(value, given["features"]) for value in (given["importance"] if several else [given["importance"]])]
    document = {
        "title": MODEL,
        "features": given["features"],
        "sparsities": sparsities,
        "seeds": given["seeds"],
        "streams": given["streams"],
        "models": {MODEL: parts["model"]},
        "data": parts["data"],
        "training": parts["training"],
    }
    toys = [validated(Experiment, document | {"importance": curve}, WHERE) for curve in curves]
    sweep = {"importance": [toy.importance.model_dump(mode="json") for toy in toys]} if several else {}
    check_sizes(toys[0], {VARIANT: toys[0]}, sweep, WHERE)
    return _settings(toys[0], sweep), _spelled_out(toys[0], sweep)


def _settings(toy: Experiment, sweep: dict[str, list]) -> dict[str, Any]:
    model = toy.models[MODEL]
    return {
        "sparsities": list(toy.sparsities),
        "features": toy.features,
        "seeds": list(toy.seeds),
        "architecture": model.architecture,
        "hidden": model.hidden,
        "streams": toy.streams,
        "variants": {VARIANT: variant_settings(toy, MODEL)},
        "sweep": sweep,
    }


def _spelled_out(toy: Experiment, sweep: dict[str, list]) -> dict[str, Any]:
    values = {"model": toy.models[MODEL], "data": toy.data, "training": toy.training}
    own = {
        "features": toy.features,
        "sparsity": list(toy.sparsities),
        "importance": sweep["importance"] if sweep else toy.importance.model_dump(mode="json"),
        "seeds": list(toy.seeds),
        "streams": toy.streams,
    }
    parts = [values[name].model_dump(mode="json", include=set(keys)) for name, (_, keys) in PARTS.items()]
    known = own | {key: value for part in parts for key, value in part.items()}
    return {name: known[name] for name in ARGUMENTS}


def _plain(value: Any) -> Any:
    """Arrays, tensors and tuples as lists, a library's numbers as Python's."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple | range) else value


def _listed(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _nested(values: list) -> bool:
    """Whether a list holds several importances, lists or curves, rather than one number a feature."""
    return any(isinstance(value, list | Mapping) for value in values)


def _curve(value: Any, features: Any) -> Any:
    """An importance as experiment.yaml has it: a number is that of every feature, a list one number a feature."""
    if isinstance(value, list):
        if len(value) != features:
            raise UserError(
                f"{WHERE}: importance: found {len(value)} numbers; allowed: one for each of the {features} features"
            )
        return {"curve": "explicit", "values": value}
    return {"curve": "constant", "value": value} if isinstance(value, int | float) else value


def decimal(value: Any) -> Any:
    """A number as a sparsity's text, rounded to nine decimals; what is none stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2:
        return value
    return f"{value:.{PLACES}f}".rstrip("0").rstrip(".")


def _sparsity(value: Any) -> str:
    text = decimal(value)
    try:
        if isinstance(text, str) and 0 <= float(text) < 1:
            return text
    except ValueError:
        pass
    raise UserError(f"{WHERE}: sparsity: found {value!r}; allowed: numbers from 0 to below 1, to {PLACES} decimals")
