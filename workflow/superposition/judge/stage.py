"""Judging: every claim under every reading, and on controls."""

from pathlib import Path

import pandas as pd

from ..data.instances import PLANTED
from ..measure.results import Results
from ..spec.claims import Amendment, Axis, Claim
from ..spec.readings import readings
from ..store.files import write_text
from ..store.plugins import experiment_module
from ..store.sealed import as_json
from .convergence import cells_convergence
from .judging import Court
from .record import Control, JudgedClaim, Judgement
from .sensitivity import influences
from .standing import standing
from .verdicts import Verdict

TABLE = (
    "experiment", "claim", "reading", "part", "mean", "low", "high", "direction", "threshold", "verdict", "converged",
)  # fmt: skip
STATED = (
    "quote", "statement", "kind", "quantifier", "effect", "scale", "direction", "threshold", "why", "reason",
)  # fmt: skip


def judge(settings: dict, results: Results, output: Path, table: Path) -> None:
    """Judge an experiment's claims and write claims.json and claims.csv.

    Args:
        settings: the stage's settings (pipeline.stages.judge).
        results: the experiment's results; data, weights, matrices and metrics readable.
        output: claims.json, as record.Judgement says.
        table: claims.csv, one row per claim, reading or control, and part.

    Raises:
        UserError: a claim's function fails; names the claim, the reading and why.
    """
    experiment_module(settings["experiment"], "claims")
    axes = {name: Axis.model_validate(axis, strict=False) for name, axis in settings["axes"].items()}
    claims = {name: Claim.model_validate(claim, strict=False) for name, claim in settings["claims"].items()}
    convergence = cells_convergence(results, settings["convergence"])
    court = Court(
        results=results,
        readings=readings(axes, settings["design"], results.variant),
        convergence=convergence,
        layers={name: axis.layers for name, axis in axes.items()},
    )
    judgement = Judgement(
        experiment=settings["experiment"],
        seeds=len(results.seeds),
        continued=settings["convergence"]["continued"],
        axes=axes,
        claims=tuple(_judged(court, name, claim, axes) for name, claim in claims.items()),
        amendments=tuple(Amendment.model_validate(known, strict=False) for known in settings["amendments"]),
        convergence=tuple(convergence.values()),
    )
    write_text(output, as_json(judgement.model_dump(mode="json")))
    write_text(table, _table(judgement))


def _judged(court: Court, name: str, claim: Claim, axes: dict[str, Axis]) -> JudgedClaim:
    judged = court.judged(name, claim)
    default = judged[0]
    evidence = claim.kind == "evidence"
    layers = court.by_layer(judged) if evidence else {}
    controls = court.controls(name, claim) if evidence else ()
    counted = [
        reading for reading in judged if reading.same_as is None and reading.verdict is not Verdict.NOT_APPLICABLE
    ]
    return JudgedClaim(
        claim=name,
        **{key: getattr(claim, key) for key in STATED},
        figure=f"{court.results.experiment}-{claim.figure}",
        verdict=default.verdict,
        holds=default.holds,
        of=default.of,
        converged=default.converged,
        layers=layers,
        standing=standing(layers) if layers else None,
        counted=len(counted),
        reproduced=sum(reading.verdict is Verdict.REPRODUCED for reading in counted),
        discriminates=_discriminates(controls),
        recovered=_recovered(controls),
        influences=influences(judged, {axis: asked.default for axis, asked in axes.items()}),
        controls=controls,
        readings=tuple(judged),
    )


def _discriminates(controls: tuple[Control, ...]) -> bool | None:
    """Whether no negative control reproduces the claim; None where none can."""
    negative = [known.verdict for known in controls if known.control != PLANTED]
    applicable = [verdict for verdict in negative if verdict is not Verdict.NOT_APPLICABLE]
    return Verdict.REPRODUCED not in applicable if applicable else None


def _recovered(controls: tuple[Control, ...]) -> bool | None:
    """Whether the claim is reproduced where its truth is planted; None where nothing is."""
    planted = [known.verdict for known in controls if known.control == PLANTED]
    applicable = [verdict for verdict in planted if verdict is not Verdict.NOT_APPLICABLE]
    return applicable[0] is Verdict.REPRODUCED if applicable else None


def _table(judgement: Judgement) -> str:
    rows = [
        {
            "experiment": judgement.experiment,
            **claim.model_dump(mode="json", include={"claim", "direction", "threshold"}),
            "reading": name,
            **part.model_dump(mode="json"),
        }
        for claim in judgement.claims
        for name, parts in (
            *((reading.reading, reading.parts) for reading in claim.readings),
            *((control.control, control.parts) for control in claim.controls),
        )
        for part in parts
    ]
    return pd.DataFrame(rows, columns=list(TABLE)).to_csv(index=False, lineterminator="\n")
