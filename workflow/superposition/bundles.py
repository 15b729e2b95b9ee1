"""A figure's bundle, once it agrees with the current configuration and with its own provenance."""

import json
from pathlib import Path

from .errors import UserError
from .products import sha256


def checked_bundle(bundle: Path, stage: dict) -> Path:
    """The folder of a bundle whose files, and the products they were drawn from, are those that its provenance names.

    Args:
        bundle: the folder.
        stage: the figure's description (plan.Plan.figure).

    Raises:
        UserError: it is not; names the file and the command that redraws the figure.
    """
    remedy = f"redraw it: snakemake --cores 1 --force {bundle / 'provenance.json'}"
    try:
        record = json.loads((bundle / "provenance.json").read_text(encoding="utf-8"))
        digest, outputs, inputs = record["digest"], dict(record["outputs"]), dict(record["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{bundle}/provenance.json: no valid provenance; {remedy}") from None
    if digest != stage["digest"]:
        raise UserError(f"{bundle}: drawn by other settings or code; {remedy}")
    named = {bundle / name: content for name, content in outputs.items()} | {Path(p): c for p, c in inputs.items()}
    for path, content in named.items():
        if sha256(path) != content:
            raise UserError(f"{bundle}: {path} is not the file that the provenance names; {remedy}")
    return bundle
