"""Values that are made when they are first asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any


class OnDemand(Mapping):
    """A mapping whose values are made when they are first asked for.

    Args:
        names: the keys, in order.
        make: the value of a key.
    """

    def __init__(self, names: Iterable[str], make: Callable[[str], Any]):
        self._names = tuple(names)
        self._make = make

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
