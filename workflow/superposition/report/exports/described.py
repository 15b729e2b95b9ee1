"""What a crate says of people, rights, versions, settings and sources: JSON-LD entities, each with its @id."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...store.errors import UserError
from ...store.project import CITATION, ROOT
from ...store.strict_yaml import read_yaml

if TYPE_CHECKING:
    from ...pipeline.plan import Plan

SPDX = "https://spdx.org/licenses/"
PYPI = "https://pypi.org/project/"
_SPAN = re.compile(r"</?span[^>]*>")  # around words whose case CSL keeps


def authors() -> Iterator[dict]:
    """The authors of CITATION.cff: persons, and organisations where only a name is given."""
    for number, author in enumerate(read_yaml(ROOT / CITATION)["authors"], 1):
        identifier = str(author.get("orcid") or f"#author-{number}")
        if "name" in author:
            yield {"@id": identifier, "@type": "Organization", "name": str(author["name"])}
        else:
            given, family = str(author["given-names"]), str(author["family-names"])
            names = {"givenName": given, "familyName": family, "name": f"{given} {family}"}
            yield {"@id": identifier, "@type": "Person", **names}


def licence() -> dict:
    """The licence of CITATION.cff, an identifier of SPDX.

    Raises:
        UserError: it names none.
    """
    name = read_yaml(ROOT / CITATION).get("license")
    if not isinstance(name, str):
        raise UserError(f"{CITATION}: license: missing or wrong; allowed: one identifier of SPDX, such as MIT")
    return {"@id": f"{SPDX}{name}", "@type": "CreativeWork", "name": name, "identifier": name}


def versions(packages: dict[str, str]) -> Iterator[dict]:
    """The packages that a document was made with."""
    for name, version in packages.items():
        url = f"{PYPI}{name}/{version.partition('+')[0]}/"
        yield {"@id": url, "@type": "SoftwareApplication", "name": name, "softwareVersion": version, "url": url}


def parameters(plan: "Plan") -> Iterator[dict]:
    """The settings that a run was given: the configuration's, and of every experiment what trains its models."""
    configuration = plan.configuration
    yield _parameter("preset", configuration.preset)
    yield _parameter("engine", configuration.engine)
    yield _parameter("formats", ", ".join(configuration.formats))
    for name, spec in plan.experiments.items():
        described = plan.described(name)
        values = {"sparsities": ", ".join(spec.sparsities), "seeds": ", ".join(map(str, spec.seeds))}
        values |= {f"training.{key}": value for key, value in described["training"].items() if value is not None}
        for key, value in values.items():
            yield _parameter(f"{name}.{key}", value if isinstance(value, str) else json.dumps(value))


def sources(plan: "Plan") -> Iterator[dict]:
    """The articles of the bibliographies."""
    import pypandoc

    for path in plan.bibliographies():
        for item in json.loads(pypandoc.convert_file(str(path), "csljson", format="biblatex")):
            where = item.get("URL") or (f"https://doi.org/{item['DOI']}" if "DOI" in item else f"#{item['id']}")
            people = [_name(author) for author in item.get("author", ())]
            dates = item.get("issued", {}).get("date-parts", [[]])[0]
            yield {
                "@id": where,
                "@type": "ScholarlyArticle",
                "name": _SPAN.sub("", item["title"]),
                **({"author": people if len(people) > 1 else people[0]} if people else {}),
                **({"datePublished": "-".join(f"{part:02}" for part in dates)} if dates else {}),
                **({"isPartOf": item["container-title"]} if "container-title" in item else {}),
            }


def _parameter(name: str, value: str) -> dict:
    return {"@id": f"#{name}", "@type": "PropertyValue", "name": name, "value": value}


def _name(author: dict) -> str:
    return author.get("literal") or " ".join(filter(None, (author.get("given"), author.get("family"))))
