"""Judging: every claim under every reading."""

import csv
import io
from pathlib import Path

import numpy as np

from ..measure.results import Results
from ..spec.claims import Axis
from ..spec.readings import Reading, readings
from ..store.errors import UserError
from ..store.files import write_text
from ..store.plugins import experiment_module
from ..store.sealed import as_json
from .evidence import Evidence
from .evidence import claim as registered
from .record import CellConvergence, JudgedClaim, JudgedReading, Judgement, Part
from .sensitivity import influences
from .verdicts import Verdict, combined, estimate, rounded, verdict

INTERVAL = "Student's t, 95 %, over seeds; paired within a seed where two models or sparsities are compared"

TABLE = (
    "experiment", "claim", "reading", "part", "mean", "low", "high", "direction", "threshold", "verdict", "converged",
)  # fmt: skip


def judge(settings: dict, results: Results, output: Path, table: Path) -> None:
    """Judge an experiment's claims and write claims.json and claims.csv.

    Args:
        settings: the stage's settings (pipeline.stages.judge).
        results: the experiment's results; data, weights, matrices and metrics readable.
        output: claims.json, as record.Judgement says.
        table: claims.csv, one row per claim, reading and part.

    Raises:
        UserError: a claim's function fails; names the claim, the reading and why.
    """
    experiment_module(settings["experiment"], "claims")
    axes = {name: Axis.model_validate(axis, strict=False) for name, axis in settings["axes"].items()}
    chosen = readings(axes, settings["design"], results.variant)
    convergence = _convergence(results, settings["convergence"])
    claims = tuple(
        _judged(name, claim, settings["experiment"], results, chosen, convergence, axes)
        for name, claim in settings["claims"].items()
    )
    judgement = Judgement(
        experiment=settings["experiment"],
        seeds=len(results.seeds),
        interval=INTERVAL,
        axes=axes,
        claims=claims,
        convergence=tuple(convergence.values()),
    )
    write_text(output, as_json(judgement.model_dump(mode="json")))
    write_text(table, _table(judgement))


def _judged(
    name: str,
    claim: dict,
    experiment: str,
    results: Results,
    chosen: list[Reading],
    convergence: dict[tuple[str, str, str], CellConvergence],
    axes: dict[str, Axis],
) -> JudgedClaim:
    judged = tuple(_judged_reading(name, claim, results, reading, convergence) for reading in chosen)
    default = judged[0]
    return JudgedClaim(
        claim=name,
        **{key: claim[key] for key in ("quote", "statement", "effect", "direction", "threshold", "why", "reason")},
        figure=f"{experiment}-{claim['figure']}",
        verdict=default.verdict,
        converged=default.converged,
        share=sum(reading.verdict is Verdict.REPRODUCED for reading in judged) / len(judged),
        influences=influences(judged, {axis: asked.default for axis, asked in axes.items()}),
        readings=judged,
    )


def _judged_reading(
    name: str, claim: dict, results: Results, reading: Reading, convergence: dict[tuple[str, str, str], CellConvergence]
) -> JudgedReading:
    evidence = Evidence(results, reading)
    try:
        effects = {part: rounded(values) for part, values in registered[results.experiment, name](evidence).items()}
        estimates = {part: estimate(values) for part, values in effects.items()}
    except Exception as error:
        raise UserError(
            f"{results.experiment}: claim {name} cannot be judged under reading {reading.name}: "
            f"{type(error).__name__}: {' '.join(str(error).split())}"
        ) from error
    parts = tuple(
        Part(
            part=part,
            values=tuple(map(float, effects[part])),
            mean=effect.mean,
            low=effect.low,
            high=effect.high,
            verdict=verdict(effect, claim["direction"], claim["threshold"]),
            converged=all(cell.converged for cell in _cells(evidence.used, part, results, reading, convergence)),
        )
        for part, effect in estimates.items()
    )
    return JudgedReading(
        reading=reading.name,
        choices=reading.choices,
        parts=parts,
        verdict=combined([part.verdict for part in parts]),
        converged=all(part.converged for part in parts),
    )


def _cells(used: set, part: str, results: Results, reading: Reading, convergence: dict) -> list[CellConvergence]:
    """The cells behind a part: those of its sparsity where it is one, all that the claim read elsewhere."""
    sparsities = {part} if part in {sparsity for _, sparsity in used} else {sparsity for _, sparsity in used}
    trained = results.described["variants"]
    return [
        convergence[model, sparsity, trained[model][reading.variant]]
        for model, sparsity in used
        if sparsity in sparsities
    ]


def _convergence(results: Results, limits: dict) -> dict[tuple[str, str, str], CellConvergence]:
    """How far every cell is from converged, under every variant that was trained."""
    cells = {}
    for model, names in results.described["variants"].items():
        controls = [sparsity for sparsity, trained in results.controls.items() if model in trained]
        for sparsity in (*results.sparsities, *controls):
            for variant in dict.fromkeys(names.values()):
                rows = results.metrics(model, sparsity, variant)
                slope = float(np.quantile(rows["loss_slope"], limits["share"], method="inverted_cdf"))
                excesses = rows["optimum_excess"].to_numpy(dtype=np.float64)
                excess = None if np.isnan(excesses).any() else float(np.median(excesses))
                converged = slope <= limits["slope"] and (excess is None or excess <= limits["excess"])
                cells[model, sparsity, variant] = CellConvergence(
                    model=model, sparsity=sparsity, variant=variant, slope=slope, excess=excess, converged=converged
                )
    return cells


def _table(judgement: Judgement) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, TABLE, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for claim in judgement.claims:
        fixed = {"experiment": judgement.experiment, **claim.model_dump(include={"claim", "direction", "threshold"})}
        for reading in claim.readings:
            for part in reading.parts:
                writer.writerow({**fixed, "reading": reading.reading, **part.model_dump(mode="json")})
    return text.getvalue()
