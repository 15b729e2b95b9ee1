"""A scratch copy of the project, as a checkout has it: nothing built, nothing compiled."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "CITATION.cff", "config", "profiles", "workflow", "environment.yml")


def copy_project(folder: Path, without: tuple[str, ...] = ()) -> None:
    """Copy what a run needs into a folder, but for the folders of some names."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", *without)
    for part in PARTS:
        source, target = ROOT / part, folder / part
        shutil.copytree(source, target, ignore=ignore) if source.is_dir() else shutil.copy(source, target)
