"""The project's configuration: config/config.yaml, and what the command line sets over it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from ..store.errors import UserError
from ..store.paths import WHOLE
from ..store.project import ROOT
from ..store.strict_yaml import read_yaml
from .validation import Frozen, Name, unique, validated

CONFIGURATION = Path("config/config.yaml")


# What a part cannot be called: a target of its own name builds it, and these name others.
TAKEN = (WHOLE, "all", "everything", "data", "train", "extract", "judge", "figure", "verdicts")


class Part(Frozen):
    """A part of the report, and a document of its own: snakemake --cores 4 <part>."""

    title: str = Field(min_length=1, max_length=100, description="the part's heading")
    experiments: tuple[Name, ...] = Field(
        min_length=1, description="its experiments, by folder name below workflow/experiments, in the report's order"
    )
    apart: bool = Field(
        default=False,
        description="whether it is a document of its own alone: not in the whole report, and built only where it is "
        "asked for, by its name or by snakemake everything",
    )


class Configuration(Frozen):
    """What to run."""

    parts: dict[Name, Part] = Field(min_length=1, description="the parts of the report by name, in its order")
    preset: Literal["smoke", "standard", "full"] = Field(description="size of the run")
    engine: Literal["auto", "cuda", "fused", "torch"] = Field(
        description="what trains the models: fused, the compiled engine for the built-in family; cuda, the same on a "
        "GPU; torch, the reference, which trains any module; auto, the first of cuda, fused and torch that can"
    )
    trust: Literal["times", "content"] = Field(
        default="times",
        description="by what a run knows which products are current: times, those of the files, as Snakemake does; "
        "content, hashes of every product and of what it was made from, for copied folders and where times lie",
    )
    formats: tuple[Literal["svg", "pdf", "png"], ...] = Field(
        description="formats of every figure; svg, which the report shows, is among them"
    )

    @field_validator("formats")
    @classmethod
    def _distinct(cls, values):
        unique(values)
        return values

    @field_validator("parts")
    @classmethod
    def _named(cls, parts):
        for name in parts:
            if name in TAKEN:
                raise ValueError(f"names of parts other than {', '.join(TAKEN)}")
        if all(part.apart for part in parts.values()):
            raise ValueError("at least one part that is not apart: the report consists of these")
        unique([experiment for part in parts.values() for experiment in part.experiments])
        return parts

    @property
    def experiments(self) -> tuple[str, ...]:
        """The experiments of every part, in the report's order."""
        return tuple(experiment for part in self.parts.values() for experiment in part.experiments)

    @property
    def documents(self) -> tuple[str, ...]:
        """Every document that can be built: the whole report, and each part."""
        return (WHOLE, *self.parts)

    @property
    def apart(self) -> dict[str, Part]:
        """The parts that are documents of their own alone, by name."""
        return {name: part for name, part in self.parts.items() if part.apart}

    def only(self, document: str) -> "Configuration":
        """The configuration of one document: the whole report's is that of all parts but those apart.

        Raises:
            UserError: no such document.
        """
        if document not in self.documents:
            raise UserError(f"no document {document!r}; allowed: {', '.join(self.documents)}")
        chosen = self.parts.keys() - self.apart.keys() if document == WHOLE else {document}
        return self.model_copy(update={"parts": {name: part for name, part in self.parts.items() if name in chosen}})

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
    if not CONFIGURATION.exists():
        raise UserError(f"{CONFIGURATION}: no such file in {Path.cwd()}; run this from the checkout: cd {ROOT}")
    document = read_yaml(CONFIGURATION)
    context = ""
    if overrides:
        document |= overrides
        context = f"with {', '.join(f'{key}={value}' for key, value in overrides.items())}"
    return validated(Configuration, document, CONFIGURATION, context)
