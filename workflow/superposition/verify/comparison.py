"""A product against its line in the manifest: what differs, by how much, and whether that is within tolerance."""

import math
from dataclasses import dataclass

from ..store.paths import KINDS
from .fingerprints import Difference, difference

# Columns that are ratios close to zero: their unit is 1, not their own size.
RATIOS = ("loss_slope", "optimum_excess")
EXACT = Difference(0.0, "")


@dataclass(frozen=True)
class Finding:
    """How a product differs from the published one.

    Args:
        path: the product.
        words: what differs, and by how much.
        relative: the largest relative difference; infinite where none can be given.
        tolerance: the largest that is tolerated.
        numbers: whether any number differs, and not the pictures or the bytes alone.
        absent: whether the product is not there, or made by other settings or code, rather than damaged.
        kind: of the product.
        problem: whether something is wrong with the product whatever the published run is.
        follows: whether it is absent because of what it is made from.
        rests: how many products are made from it, and from those.
    """

    path: str
    words: str
    relative: float
    tolerance: float
    numbers: bool = True
    absent: bool = False
    kind: str = ""
    problem: bool = False
    follows: bool = False
    rests: int = 0

    @property
    def tolerated(self) -> bool:
        """Whether the difference is within tolerance."""
        return self.relative <= self.tolerance


def compared(path: str, kind: str, published: dict, here: dict) -> Finding | None:
    """How a product differs from its line in the manifest; None where it does not."""
    differences = {**_arrays(published["arrays"], here["arrays"]), **_texts(published, here)}
    if differences:
        name, worst = max(differences.items(), key=lambda item: item[1].relative)
        others = f", and {len(differences) - 1} more: {', '.join(key for key in differences if key != name)}" * (
            len(differences) > 1
        )
        return Finding(path, f"{name}: {worst.words}{others}", worst.relative, KINDS[kind].tolerance)
    if "files" in published:
        names = [name for name in published["files"] if here["files"].get(name, "") != published["files"][name]]
        names = [name for name in names if name in here["files"]]  # formats that are not asked for here
        if names:
            words = f"{', '.join(names)}: other bytes{', from the same data' if published['arrays'] else ''}"
            return Finding(path, words, 0.0, 0.0, numbers=False)
    elif published["sha256"] != here["sha256"]:
        return Finding(path, "the same numbers in other bytes", 0.0, 0.0, numbers=False)
    return None


def _arrays(published: dict, here: dict) -> dict[str, Difference]:
    """The arrays or columns that differ, by name."""
    differences = {}
    for name in (*published, *(name for name in here if name not in published)):
        if name not in here or name not in published:
            differences[name] = Difference(
                math.inf, "is missing" if name not in here else "is not in the published run"
            )
        elif differs := difference(published[name], here[name]):
            unit = published[name].get("rms", 1.0) if name in RATIOS else 1.0
            differences[name] = Difference(differs.relative * unit if unit else differs.relative, differs.words)
    return differences


def _texts(published: dict, here: dict) -> dict[str, Difference]:
    """The verdicts, or else the columns of text, that differ, by name."""
    verdicts = here.get("verdicts", {})
    differences = {
        f"verdict on {name}": Difference(math.inf, f"{verdicts.get(name, 'none')}, published {verdict}")
        for name, verdict in published.get("verdicts", {}).items()
        if verdicts.get(name) != verdict
    }
    texts = here.get("texts", {})
    return differences or {
        name: Difference(math.inf, "its text differs")
        for name, text in published.get("texts", {}).items()
        if texts.get(name) != text
    }
