"""The page of the files' schemas, as `python -m superposition schema` prints them."""

import html
import json
import re
import subprocess
import sys

from mkdocs.structure.files import File, Files

FILES = {
    "experiment": ("experiment.yaml", "What an experiment asks, in `workflow/experiments/<id>/experiment.yaml`."),
    "config": ("config.yaml", "What a run builds, in `config/config.yaml`."),
    "claims": ("claims.json", "What judging writes to `results/<id>/claims.json`."),
}
INTRODUCTION = """# Files

Every key of the files that are written by hand, and of the one that holds the verdicts.
`python -m superposition schema experiment`, `config` or `claims` prints the same as JSON Schema, for editors that check
and complete.
"""
BOUNDS = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "<", "maximum": "≤"}


def on_files(files: Files, config) -> Files:
    """Add the page."""
    sections = [section(which, *FILES[which]) for which in FILES]
    files.append(File.generated(config, "schema.md", content="\n".join([INTRODUCTION, *sections])))
    return files


def section(which: str, file: str, purpose: str) -> str:
    """The keys of one file: its own first, then those of every kind of mapping in it."""
    command = (sys.executable, "-m", "superposition", "schema", which)
    schema = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    kinds = schema.pop("$defs", {})
    tables = [f"## {file} {{#{which}}}\n\n{purpose}\n\n{table(schema, which)}"]
    for name, kind in kinds.items():
        described = plain(kind.get("description", ""))
        body = table(kind, which) if "properties" in kind else kind_of(kind, which)
        tables.append(f"### {name} {{#{which}-{name.lower()}}}\n\n{described}\n\n{body}")
    return "\n\n".join(tables)


def table(schema: dict, which: str) -> str:
    """The keys of a mapping: what each may be, what it is where it is left out, and what it says."""
    required = schema.get("required", ())
    lines = ["| key | says | is | default |", "|---|---|---|---|"]
    for key, value in schema["properties"].items():
        default = "required" if key in required else code(value["default"]) if "default" in value else ""
        lines.append(f"| {code(key)} | {plain(value.get('description', ''))} | {kind_of(value, which)} | {default} |")
    return "\n".join(lines) + "\n"


def kind_of(value: dict, which: str) -> str:
    """What a value may be, in words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{which}-{name.lower()})"
    if options := value.get("anyOf") or value.get("oneOf"):
        return " or ".join(dict.fromkeys(kind_of(option, which) for option in options))
    if "const" in value:
        return code(value["const"])
    if "enum" in value:
        return ", ".join(map(code, value["enum"]))
    if value.get("type") == "array":
        return f"list of {kind_of(value['items'], which)}" if "items" in value else "list"
    if value.get("type") == "object":
        named = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
        inner = next((kind for kind in named if isinstance(kind, dict)), None)
        return f"{kind_of(inner, which)} by name" if inner else "mapping"
    bounds = [f"{sign} {value[bound]}" for bound, sign in BOUNDS.items() if bound in value]
    return html.escape(", ".join([value.get("type", "anything"), *bounds]))


def code(value: object) -> str:
    """A value as code in a cell."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"<code>{plain(text)}</code>"


def plain(text: str) -> str:
    """A text in a cell as it is, whatever it holds."""
    escaped = html.escape(" ".join(text.split()))
    return re.sub(r"[|*_`\[\]\\{}$~^]", lambda sign: f"&#{ord(sign[0])};", escaped)
