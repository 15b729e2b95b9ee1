"""The document of record of the judging stage: the schema of claims.json.

claims.schema.json is this schema, published; `python -m superposition schema claims` prints it.
"""

from pydantic import Field

from ..spec.claims import Amendment, Axis, Layer, Quantifier, Scale
from ..spec.validation import Frozen
from .verdicts import Verdict


class Part(Frozen):
    """A claim at one sparsity or for one model, under one reading."""

    part: str = Field(description="the sparsity, model or other part; mean, where the claim speaks of their mean")
    values: tuple[float | None, ...] = Field(description="the effect of every seed; null where it has none to measure")
    mean: float | None = Field(
        description="the effect over seeds: mean, geometric mean or median; null where fewer than two seeds have one"
    )
    low: float | None = Field(description="lower end of the 95 % interval; null where it has none")
    high: float | None = Field(description="upper end of the 95 % interval; null where it has none")
    verdict: Verdict = Field(description="whether the interval lies where the claim says")
    converged: bool = Field(description="whether every cell that the part rests on has converged")


class JudgedReading(Frozen):
    """A claim under one reading."""

    reading: str = Field(description="the choices that differ from the default, or default")
    choices: dict[str, str] = Field(description="the choice on every axis")
    same_as: str | None = Field(
        default=None,
        description="an earlier reading under which the claim reads the same inputs: the same reading, counted once",
    )
    parts: tuple[Part, ...] = Field(description="the claim's parts")
    verdict: Verdict = Field(description="on the claim, by its quantifier")
    holds: int = Field(description="number of the parts that are reproduced, each at its own level")
    of: int = Field(description="number of the parts to which the claim applies")
    converged: bool = Field(description="whether every part has converged")


class Influence(Frozen):
    """How far one choice decides a claim."""

    axis: str = Field(description="the open question")
    flips: float = Field(description="share of its other choices under which the verdict changes, all else equal")
    shift: float = Field(description="largest change of the effect from the default choice, all else equal")


class Control(Frozen):
    """A claim on models of which it is known whether it should hold."""

    control: str = Field(description="untrained, permuted or planted")
    verdict: Verdict = Field(description="on the claim; not applicable where it reads nothing that the control changes")
    parts: tuple[Part, ...] = Field(description="the claim's parts; none where it is not applicable")


class JudgedClaim(Frozen):
    """A claim, how it was tested, and what came of it."""

    claim: str = Field(description="the claim's name")
    quote: str = Field(description="the source's own words")
    statement: str = Field(description="what is claimed")
    kind: str = Field(description="evidence, or check: what follows by construction and is in no tally")
    quantifier: Quantifier = Field(description="of how many of its parts the claim speaks")
    effect: str = Field(description="what is measured, with its unit")
    scale: Scale = Field(description="kind of number, and so how its interval is made")
    direction: str = Field(description="above, below or within")
    threshold: float = Field(description="what the interval must clear")
    why: str = Field(description="why this threshold")
    figure: str = Field(description="id of the figure that shows it")
    reason: str = Field(description="likely reason where it does not hold")
    verdict: Verdict = Field(description="under the default reading")
    holds: int = Field(description="number of parts that are reproduced under the default reading")
    of: int = Field(description="number of parts to which the claim applies under the default reading")
    converged: bool = Field(description="whether the default reading rests on converged cells alone")
    layers: dict[Layer, Verdict] = Field(description="verdicts under the source's, tuned and optimal settings")
    standing: str | None = Field(description="what the layers say together; null where there are none")
    counted: int = Field(description="readings that can reach the claim, each counted once, where it is applicable")
    reproduced: int = Field(description="how many of these reproduce the claim")
    discriminates: bool | None = Field(
        description="false where a negative control reproduces the claim too; null where none applies"
    )
    recovered: bool | None = Field(
        description="whether the claim is reproduced where its truth was planted; null where nothing is"
    )
    influences: tuple[Influence, ...] = Field(
        description="every open question that reaches it, the most decisive first"
    )
    controls: tuple[Control, ...] = Field(description="the claim on untrained, permuted and planted models")
    readings: tuple[JudgedReading, ...] = Field(description="the default reading first")


class CellConvergence(Frozen):
    """How far a cell is from converged, under one variant."""

    model: str
    sparsity: str
    variant: str
    slope: float = Field(description="largest relative fall of the training loss over the last tenth, over seeds")
    excess: float | None = Field(description="median excess over the closed-form optimum; null where there is none")
    moved: float | None = Field(
        description="change of the mean held-out loss when trained on, in half-widths of its interval; null where it "
        "is not"
    )
    converged: bool


class Judgement(Frozen):
    """The verdicts on an experiment's claims."""

    experiment: str
    seeds: int = Field(description="number of seeds behind each interval")
    continued: int | None = Field(description="how many times its steps the default reading is trained for comparison")
    axes: dict[str, Axis] = Field(description="what the source leaves open")
    claims: tuple[JudgedClaim, ...]
    amendments: tuple[Amendment, ...] = Field(description="what was changed after an effect had been seen")
    convergence: tuple[CellConvergence, ...]
