"""The document of record of the judging stage: the schema of claims.json.

claims.schema.json is this schema, published; `python -m superposition schema claims` prints it.
"""

from pydantic import Field

from ..spec.claims import Axis
from ..spec.validation import Frozen
from .verdicts import Verdict


class Part(Frozen):
    """A claim at one sparsity or for one model, under one reading."""

    part: str = Field(description="the sparsity, model or other part")
    values: tuple[float, ...] = Field(description="the effect of every seed")
    mean: float = Field(description="mean of the values")
    low: float = Field(description="lower end of the 95 % interval")
    high: float = Field(description="upper end of the 95 % interval")
    verdict: Verdict = Field(description="whether the interval lies where the claim says")
    converged: bool = Field(description="whether every cell that the part rests on has converged")


class JudgedReading(Frozen):
    """A claim under one reading."""

    reading: str = Field(description="the choices that differ from the default, or default")
    choices: dict[str, str] = Field(description="the choice on every axis")
    parts: tuple[Part, ...] = Field(description="the claim's parts")
    verdict: Verdict = Field(description="the parts' verdicts combined")
    converged: bool = Field(description="whether every part has converged")


class Influence(Frozen):
    """How far one choice decides a claim."""

    axis: str = Field(description="the open question")
    flips: float = Field(description="share of its other choices under which the verdict changes, all else equal")
    shift: float = Field(description="largest change of the effect from the default choice, all else equal")


class JudgedClaim(Frozen):
    """A claim, how it was tested, and what came of it."""

    claim: str = Field(description="the claim's name")
    quote: str = Field(description="the source's own words")
    statement: str = Field(description="what is claimed")
    effect: str = Field(description="what is measured, with its unit")
    direction: str = Field(description="above, below or within")
    threshold: float = Field(description="what the interval must clear")
    why: str = Field(description="why this threshold")
    figure: str = Field(description="id of the figure that shows it")
    reason: str = Field(description="likely reason where it does not hold")
    verdict: Verdict = Field(description="under the default reading")
    converged: bool = Field(description="whether the default reading rests on converged cells alone")
    share: float = Field(description="share of the readings under which the claim is reproduced")
    influences: tuple[Influence, ...] = Field(description="every open question, the most decisive first")
    readings: tuple[JudgedReading, ...] = Field(description="the default reading first")


class CellConvergence(Frozen):
    """How far a cell is from converged, under one variant."""

    model: str
    sparsity: str
    variant: str
    slope: float = Field(description="largest relative fall of the training loss over the last tenth, over seeds")
    excess: float | None = Field(description="median excess over the closed-form optimum; null where there is none")
    converged: bool


class Judgement(Frozen):
    """The verdicts on an experiment's claims."""

    experiment: str
    seeds: int = Field(description="number of seeds behind each interval")
    interval: str = Field(description="how the intervals are made")
    axes: dict[str, Axis] = Field(description="what the source leaves open")
    claims: tuple[JudgedClaim, ...]
    convergence: tuple[CellConvergence, ...]
