"""Pydantic's findings as one line: file, key, what was found, what is allowed."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..store.errors import UserError

Model = TypeVar("Model", bound=BaseModel)
# Of anything that has a folder, a file or an anchor of its own.
NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Name = Annotated[str, Field(pattern=NAME, max_length=60)]
SHOWN = 80  # characters of what was found
# What a place asks for whose value is of another structure, by pydantic's name of the mistake.
MAPPINGS = ("dict_type", "mapping_type", "model_type", "model_attributes_type", "union_tag_not_found")
STRUCTURES = {**dict.fromkeys(MAPPINGS, "lines of 'key: value'"), "tuple_type": "a list", "list_type": "a list"}


class WrongError(ValueError):
    """A value that does not agree with another of the document.

    Args:
        key: where it stands, below what is validated.
        found: the value.
        allowed: what may stand there.
    """

    def __init__(self, key: str, found: Any, allowed: str):
        super().__init__(f"{key}: found {found!r}; allowed: {allowed}")
        self.key, self.found, self.allowed = key, found, allowed


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
    kind, found, context = finding["type"], finding["input"], finding.get("ctx", {})
    owner, annotation, key = _locate(model, finding["loc"])
    error = context.get("error")
    if isinstance(error, WrongError):
        inner = ".".join(filter(None, (key, error.key)))
        return f"{inner}: found {_show(error.found)}; allowed: {error.allowed}"
    if kind == "missing":
        return f"{key}: missing; allowed: {_field_help(owner, finding['loc'][-1])}"
    if kind == "extra_forbidden":
        known = ", ".join(owner.model_fields) if owner else "no further key"
        return f"{key}: unknown key; allowed: {known}"
    if kind == "union_tag_not_found" and isinstance(found, Mapping):
        return f"{key}: missing {context['discriminator']}; allowed: one of {_tags(owner, finding['loc'][-1])}"
    if kind == "union_tag_invalid":
        tag = context["discriminator"].strip("'")
        return f"{key}.{tag}: found {context['tag']!r}; allowed: {context['expected_tags']}"
    allowed = _allowed(finding, annotation)
    if kind in STRUCTURES and owner and finding["loc"][-1] in owner.model_fields:
        allowed += f": {_field_help(owner, finding['loc'][-1])}"
    if kind in ("float_type", "int_type") and isinstance(found, str) and "e" in found.lower():
        allowed += " (YAML reads 1e-3 as text: write 0.001 or 1.0e-3)"
    whole = kind == "value_error" and isinstance(found, Mapping) and len(_text(found)) > SHOWN
    said = f"allowed: {allowed}" if whole else f"found {_show(found)}; allowed: {allowed}"
    return f"{key}: {said}" if key else said


def _allowed(finding: dict, annotation: Any) -> str:
    """What may stand in a place, in words of YAML."""
    kind, message, context = finding["type"], finding["msg"], finding.get("ctx", {})
    if kind in MAPPINGS:
        fields = getattr(annotation, "model_fields", None)
        return f"the keys {', '.join(fields)}" if fields else STRUCTURES[kind]
    if kind in STRUCTURES:
        return STRUCTURES[kind]
    if kind == "bool_type":
        return "true or false"
    if kind in ("too_short", "too_long"):
        bound, limit = ("least", "min_length") if kind == "too_short" else ("most", "max_length")
        what = "entry" if context["field_type"] == "Dictionary" else "item"
        several = {"entry": "entries", "item": "items"}[what]
        return f"at {bound} {context[limit]} {what if context[limit] == 1 else several}"
    if kind == "string_pattern_mismatch":
        if context["pattern"] == NAME:
            return "lower-case letters and digits, with single hyphens between them"
        return f"a text of the pattern {context['pattern']}"
    for start in ("Value error, ", "Input should be ", "String should have ", "String should "):
        message = message.removeprefix(start)
    return message


def _show(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _text(value: Any) -> str:
    """A value as YAML has it: lists in brackets, true, false; nothing for null."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    return " ".join(repr(value).split())


def _locate(model: type[BaseModel], loc: tuple) -> tuple[type[BaseModel] | None, Any, str]:
    """The model that owns a location's last key, what it holds there, and the location as the user's dotted key."""
    owner: type[BaseModel] | None = model
    keys: list[str] = []
    current: Any = model
    for step in loc:
        owner = current if isinstance(current, type) and issubclass(current, BaseModel) else None
        if owner and step in owner.model_fields:
            current = _only(owner.model_fields[step].annotation)
        elif (branch := _branch(current, step)) is not None:
            current = branch  # a union's tag: part of pydantic's location, not of the user's document
            continue
        elif step == "[key]":  # of a mapping, which is said as it is
            continue
        else:
            inner = [argument for argument in get_args(current) if argument is not Ellipsis]
            current = _only(inner[-1]) if inner else None
        keys.append(f"[{step}]" if isinstance(step, int) else ("." if keys else "") + str(step))
    return owner, current, "".join(keys)


def _only(annotation: Any) -> Any:
    """Of an optional model the model; of anything else itself."""
    options = [option for option in get_args(annotation) if option is not type(None)]
    is_optional = len(options) == 1 and type(None) in get_args(annotation)
    return options[0] if is_optional else annotation


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
