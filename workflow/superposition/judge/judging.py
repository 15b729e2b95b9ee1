"""One claim under every reading, and on models of which it is known whether it should hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..data.instances import CONTINUED, PERMUTED, PLANTED, UNTRAINED
from ..measure.results import Results
from ..spec.claims import Claim, Layer, Quantifier
from ..spec.readings import DEFAULT, Reading
from ..store.errors import UserError
from .convergence import Convergence
from .evidence import Evidence
from .evidence import claim as registered
from .intervals import estimate, rounded
from .quantifiers import Count, decided
from .record import Control, JudgedReading, Part
from .verdicts import Verdict, verdict

MEAN = "mean"  # the part that a claim about the mean over its parts has
Effects = dict[str, np.ndarray]  # part → (seed,), NaN where a seed has nothing to measure


@dataclass(frozen=True)
class Court:
    """What every claim of an experiment is judged with.

    Args:
        results: the experiment's results; data, weights, matrices and metrics readable.
        readings: the default one first.
        convergence: of every cell.
        layers: the choices that stand for a layer, by axis (one at most).
    """

    results: Results
    readings: Sequence[Reading]
    convergence: Convergence
    layers: Mapping[str, Mapping[str, Layer]]

    def judged(self, name: str, claim: Claim) -> list[JudgedReading]:
        """A claim under every reading; one that reads what an earlier one reads is the same."""
        first: dict[frozenset, JudgedReading] = {}
        judged = []
        for reading in self.readings:
            effects, evidence = self._effects(name, reading)
            twin = first.get(evidence.inputs)
            if twin is None:
                parts, count = self._parts(name, claim, effects, evidence, reading)
            else:
                parts, count = twin.parts, Count(twin.verdict, twin.holds, twin.of)
            judged.append(
                JudgedReading(
                    reading=reading.name,
                    choices=reading.choices,
                    same_as=twin and twin.reading,
                    parts=parts,
                    verdict=count.verdict,
                    holds=count.holds,
                    of=count.of,
                    converged=all(part.converged for part in parts),
                )
            )
            first.setdefault(evidence.inputs, judged[-1])
        return judged

    def controls(self, name: str, claim: Claim) -> tuple[Control, ...]:
        """A claim on models that were never trained, on ones whose features changed places, and on planted ones."""
        default = self.readings[0]
        plain, _ = self._effects(name, default)
        controls = []
        for control in (UNTRAINED, PERMUTED, PLANTED):
            effects, evidence = self._effects(name, _under(default, control))
            touched = any(variant == control for _, _, variant in evidence.cells)
            same = control != PLANTED and all(_alike(plain[part], effects[part]) for part in plain)
            if not touched or same:  # what is planted may well be what training finds
                controls.append(Control(control=control, verdict=Verdict.NOT_APPLICABLE, parts=()))
                continue
            parts, count = _quantified(claim, effects, lambda part: True)
            controls.append(Control(control=control, verdict=count.verdict, parts=parts))
        return tuple(controls)

    def by_layer(self, judged: Sequence[JudgedReading]) -> dict[Layer, Verdict]:
        """Verdicts under each layer's choice, all else as in the default reading."""
        default = judged[0].choices
        return {
            layer: reading.verdict
            for axis, choices in self.layers.items()
            for choice, layer in choices.items()
            for reading in judged
            if reading.choices == {**default, axis: choice}
        }

    def _effects(self, name: str, reading: Reading) -> tuple[Effects, Evidence]:
        evidence = Evidence(self.results, reading)
        function = registered[self.results.experiment, name]
        try:
            return {part: rounded(values) for part, values in function(evidence).items()}, evidence
        except Exception as error:
            raise self._failed(name, reading, error) from error

    def _parts(
        self, name: str, claim: Claim, effects: Effects, evidence: Evidence, reading: Reading
    ) -> tuple[tuple[Part, ...], Count]:
        moved = self._moved(name, claim, effects) if reading.name == DEFAULT else {}
        sparsities = {sparsity for _, sparsity, _ in evidence.cells}

        def converged(part: str) -> bool:
            cells = [cell for cell in evidence.cells if part not in sparsities or cell[1] == part]
            return not moved.get(part) and all(self.convergence[cell].converged for cell in cells)

        try:
            return _quantified(claim, effects, converged)
        except ValueError as error:
            raise self._failed(name, reading, error) from error

    def _moved(self, name: str, claim: Claim, effects: Effects) -> dict[str, bool]:
        """Which parts' effects move by more than half their interval's width when the default is trained on."""
        after, evidence = self._effects(name, _under(self.readings[0], CONTINUED))
        if not any(variant == CONTINUED for _, _, variant in evidence.cells):
            return {}
        moved = {}
        for part in effects:
            before, later = (_seen(values[part]) for values in (effects, after))
            if min(len(before), len(later)) < 2:
                moved[part] = len(before) != len(later)
            else:
                known, end = (estimate(values, claim.scale) for values in (before, later))
                moved[part] = abs(end.mean - known.mean) > (known.high - known.low) / 2
        return moved | {MEAN: any(moved.values())}

    def _failed(self, name: str, reading: Reading, error: Exception) -> UserError:
        return UserError(
            f"{self.results.experiment}: claim {name} cannot be judged under reading {reading.name}: "
            f"{type(error).__name__}: {' '.join(str(error).split())}"
        )


def _alike(values: np.ndarray, others: np.ndarray) -> bool:
    """Whether two effects are the same but for the order of their sums."""
    return np.allclose(values, others, rtol=1e-6, atol=1e-9, equal_nan=True)


def _under(reading: Reading, variant: str) -> Reading:
    return Reading(variant, reading.choices, reading.models, variant, reading.options)


def _quantified(claim: Claim, effects: Effects, converged: Callable[[str], bool]) -> tuple[tuple[Part, ...], Count]:
    """A claim's parts and its verdict; what it says of their mean is said of one more part, the mean of each seed."""
    speaks = effects
    if claim.quantifier is Quantifier.MEAN and len(effects) > 1:
        speaks = {MEAN: _mean_of_parts(effects)}
        effects = effects | speaks
    parts = tuple(_part(name, values, claim, converged(name)) for name, values in effects.items())
    tests = [partial(_verdict, _seen(values), claim) for values in speaks.values() if len(_seen(values)) >= 2]
    return parts, decided(tests, claim.quantifier)


def _part(name: str, values: np.ndarray, claim: Claim, converged: bool) -> Part:
    seen = _seen(values)
    applies = len(seen) >= 2
    known = estimate(seen, claim.scale) if applies else None
    return Part(
        part=name,
        values=tuple(None if np.isnan(value) else float(value) for value in values),
        mean=known and known.mean,
        low=_end(known and known.low),
        high=_end(known and known.high),
        verdict=verdict(known, claim.direction, claim.threshold) if applies else Verdict.NOT_APPLICABLE,
        converged=converged,
    )


def _end(end: float | None) -> float | None:
    """An interval's end, where it has one: too few seeds bound no median."""
    return end if end is not None and np.isfinite(end) else None


def _verdict(values: np.ndarray, claim: Claim, error: float) -> Verdict:
    """The verdict at an error of one side; at that of a part alone it is the one that is shown."""
    known = estimate(values, claim.scale, 1 - 2 * error)
    return verdict(known, claim.direction, claim.threshold)


def _seen(values: np.ndarray) -> np.ndarray:
    return values[~np.isnan(values)]


def _mean_of_parts(effects: Effects) -> np.ndarray:
    """Mean over the parts that a seed has; NaN where it has none."""
    stacked = np.stack(list(effects.values()))
    known = ~np.isnan(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    return np.divide(total, known.sum(axis=0), out=np.full(total.shape, np.nan), where=known.any(axis=0))
