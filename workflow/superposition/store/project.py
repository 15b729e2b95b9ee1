"""Where the project lies, which state of it a job runs, and who made it."""

import subprocess
from pathlib import Path

from .errors import UserError
from .strict_yaml import read_yaml

CITATION = "CITATION.cff"
# Beside the library, wherever that lies: the library of a checkout runs that checkout's experiments.
ROOT = Path(__file__).parents[3]
EXPERIMENTS = ROOT / "workflow/experiments"
TEMPLATES = Path(__file__).parents[1] / "report/templates"


def folder(identifier: str) -> Path:
    """The folder of an experiment."""
    return local(EXPERIMENTS / identifier)


def local(path: Path) -> Path:
    """A path relative to the working directory, where it lies below that."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def checkout() -> dict:
    """The commit (None outside git) and whether tracked files differ from it."""
    commit = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return {"commit": commit, "dirty": None if commit is None else bool(changed)}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(("git", "-C", str(ROOT), *arguments), capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def software() -> dict:
    """Authors, title, version and year of the software, from CITATION.cff; its URL where that names one.

    Raises:
        UserError: the file is missing or lacks one of them.
    """
    path = ROOT / CITATION
    document = read_yaml(path)
    url = document.get("url", document.get("repository-code")) if isinstance(document, dict) else None
    try:
        return {
            "authors": [_name(author) for author in document["authors"]],
            "title": str(document["title"]),
            "version": str(document["version"]),
            "year": int(str(document["date-released"])[:4]),
            **({} if url is None else {"url": str(url)}),
        }
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{CITATION}: {error}: missing or wrong; allowed: authors, title, version, date-released"
        ) from None


def _name(author: dict) -> str:
    return str(author.get("name") or f"{author['given-names']} {author['family-names']}")
