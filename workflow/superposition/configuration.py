"""The project's configuration: config/config.yaml, and what the command line sets over it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from .documents import read_yaml
from .specification import Name, _unique
from .validation import Frozen, validated

CONFIGURATION = Path("config/config.yaml")


class Configuration(Frozen):
    """What to run."""

    experiments: tuple[Name, ...] = Field(
        min_length=1, description="experiments to run, by folder name, in the report's order"
    )
    preset: Literal["smoke", "standard", "full"] = Field(description="size of the run")
    engine: Literal["auto", "fused", "torch"] = Field(
        description="what trains the models: fused, the compiled engine for the built-in family; torch, the reference, "
        "which trains any module; auto, fused wherever it can"
    )
    formats: tuple[Literal["svg", "pdf", "png"], ...] = Field(
        description="formats of every figure; svg, which the report shows, is among them"
    )

    @field_validator("experiments", "formats")
    @classmethod
    def _distinct(cls, values):
        _unique(values)
        return values

    @field_validator("formats")
    @classmethod
    def _shown(cls, values):
        if "svg" not in values:
            raise ValueError("a list with svg, which the report shows")
        return values


def load_configuration(overrides: Mapping[str, Any] | None = None) -> Configuration:
    """Read config/config.yaml below the working directory, with some keys replaced.

    Raises:
        UserError: the file or a key is wrong.
    """
    document = read_yaml(CONFIGURATION)
    context = ""
    if overrides:
        document |= overrides
        context = f"with {', '.join(f'{key}={value}' for key, value in overrides.items())}"
    return validated(Configuration, document, CONFIGURATION, context)
