"""The one place that reads YAML: safely, refusing what YAML would pass over in silence."""

import re
from pathlib import Path

import yaml

from .errors import UserError

LARGEST = 1_000_000  # bytes
DEEPEST = 30  # mappings and lists within each other
_Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same loader in C, several times faster
_OTHER_NUMBER = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")


class _StrictLoader(_Safe):
    """A safe loader that refuses keys given twice (YAML keeps the last in silence) and keys that are no text."""

    def construct_mapping(self, node, deep=False):
        """The mapping of a node, once its keys are distinct texts."""
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise _marked(f"key {key!r} is not text: put it in quotes", key_node.start_mark)
            if key in seen:
                raise _marked(f"key {key!r} appears twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _refuse_surprises(text: str) -> None:
    """Refuse what would be read as something else than it looks, or as more than it is."""
    depth = 0
    for event in yaml.parse(text, Loader=_Safe):
        if getattr(event, "anchor", None) is not None:
            raise _marked("anchors and aliases (& and *) are not allowed", event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise _marked(f"tags are not allowed; found {event.tag}", event.start_mark)
        if isinstance(event, yaml.ScalarEvent) and not event.style and _OTHER_NUMBER.fullmatch(event.value):
            raise _marked(f"{event.value} is a number to base 8 or 60; write it in base 10 or quotes", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _marked(f"nested more than {DEEPEST} deep", event.start_mark)


def _marked(problem: str, mark) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def read_yaml(path: Path) -> dict:
    """Read a YAML file whose top level is a mapping.

    Raises:
        UserError: the file is missing, unreadable, not YAML, or not a mapping; one line with file and line.
    """
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise UserError(f"{path}: found {len(content):,} bytes; allowed: at most {LARGEST:,}")
        text = content.decode("utf-8-sig")  # some editors put a byte order mark before the text
        _refuse_surprises(text)
        document = yaml.load(text, Loader=_StrictLoader)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as text: {error}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise UserError(f"{path}:{line}: not valid YAML: {_one_line(error.problem)}") from None
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not valid YAML: {_one_line(error)}") from None
    except ValueError as error:  # a date or a number that YAML recognises and Python cannot hold
        raise UserError(f"{path}: not valid YAML: {_one_line(error)}") from None
    if not isinstance(document, dict):
        found = "nothing" if document is None else "a list" if isinstance(document, list) else f"{document!r:.60}"
        raise UserError(f"{path}: found {found}; allowed: lines of 'key: value'")
    return document


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
