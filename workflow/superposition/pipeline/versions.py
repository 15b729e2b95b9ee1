"""Versions of installed packages."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The version of each package, by its name."""
    return {package: _version(package) for package in packages}


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # numba-cuda alone may be absent, where Numba's own simulator stands in
        return "absent"
