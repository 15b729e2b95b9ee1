"""Pydantic's findings as one line: file, key, what was found, what is allowed."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..store.errors import UserError

Model = TypeVar("Model", bound=BaseModel)
# Of anything that has a folder, a file or an anchor of its own.
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Frozen(BaseModel):
    """Base of every configuration model: immutable, strict types, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def unique(values: Iterable, key: Callable = lambda value: value) -> None:
    """Check that no value comes twice.

    Raises:
        ValueError: two values have the same key.
    """
    seen: dict = {}
    for value in values:
        if key(value) in seen:
            raise ValueError(f"each value once; {value!r} repeats {seen[key(value)]!r}")
        seen[key(value)] = value


def validated(model: type[Model], document: Mapping[str, Any], path: Path, context: str = "") -> Model:
    """Check a document against its model.

    Args:
        model: the Pydantic model.
        document: what the file holds.
        path: the file, for the error.
        context: what was applied on top of the file, such as "with preset smoke", for the error.

    Raises:
        UserError: the first finding, as one line; further ones are counted.
    """
    try:
        # JSON mode would accept more; Python mode with lists for tuples is what YAML gives.
        return model.model_validate(_tuples(document))
    except ValidationError as error:
        findings = error.errors(include_url=False)
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        where = f"{path} {context}".strip()
        raise UserError(f"{where}: {_describe(model, findings[0])}{more}") from None


def _tuples(value: Any) -> Any:
    """Lists become tuples: strict models hold immutable sequences only."""
    if isinstance(value, Mapping):
        return {key: _tuples(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_tuples(item) for item in value)
    return value


def _describe(model: type[BaseModel], finding: dict) -> str:
    kind, message = finding["type"], finding["msg"]
    owner, key = _locate(model, finding["loc"])
    if kind == "missing":
        return f"{key}: missing; allowed: {_field_help(owner, finding['loc'][-1])}"
    if kind == "extra_forbidden":
        known = ", ".join(owner.model_fields) if owner else "no further key"
        return f"{key}: unknown key; allowed: {known}"
    if kind == "union_tag_not_found":
        return f"{key}: missing {finding['ctx']['discriminator']}; allowed: one of {_tags(owner, finding['loc'][-1])}"
    allowed = message.removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("String should ")
    if kind == "union_tag_invalid":
        allowed = finding["ctx"]["expected_tags"]
    if kind in ("float_type", "int_type") and isinstance(finding["input"], str) and "e" in finding["input"].lower():
        allowed += " (YAML reads 1e-3 as text: write 0.001 or 1.0e-3)"
    return f"{key}: found {_show(finding['input'])}; allowed: {allowed}"


def _show(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."


def _locate(model: type[BaseModel], loc: tuple) -> tuple[type[BaseModel] | None, str]:
    """The model that owns the last key of a location, and the location as the user's dotted key."""
    owner: type[BaseModel] | None = model
    keys: list[str] = []
    current: Any = model
    for position, step in enumerate(loc):
        owner = current if isinstance(current, type) and issubclass(current, BaseModel) else None
        if owner and step in owner.model_fields:
            current = owner.model_fields[step].annotation
        elif (branch := _branch(current, step)) is not None:
            current = branch  # a union's tag: part of pydantic's location, not of the user's document
            continue
        else:
            inner = [argument for argument in get_args(current) if argument is not Ellipsis]
            current = inner[-1] if inner else None
        keys.append(f"[{step}]" if isinstance(step, int) else ("." if position else "") + str(step))
    return owner, "".join(keys).lstrip(".") or "(top level)"


def _branch(annotation: Any, tag: Any) -> type[BaseModel] | None:
    for option in get_args(annotation):
        for field in getattr(option, "model_fields", {}).values():
            if tag in get_args(field.annotation):
                return option
    return None


def _tags(owner: type[BaseModel] | None, field: Any) -> str:
    options = get_args(owner.model_fields[field].annotation) if owner else ()
    return ", ".join(str(get_args(next(iter(option.model_fields.values())).annotation)[0]) for option in options)


def _field_help(owner: type[BaseModel] | None, field: Any) -> str:
    if owner and field in owner.model_fields:
        return owner.model_fields[field].description or "a value"
    return "a value"
