"""The specification curve of a claim: its effect under every reading, and which choice each reading makes.

After Simonsohn, Simmons and Nelson, "Specification curve analysis", Nature Human Behaviour 4 (2020).
"""

import numpy as np
import pandas as pd

from ..judge.signs import SIGNS
from ..measure.results import Results
from ..store.markdown import escape
from .canvas import WIDTH, Drawing, panels

LINE = 0.155  # inches for a row of the matrix of choices


def draw(results: Results, name: str) -> Drawing:
    """The specification curve of a claim, by the figure's name, such as claim-relu-spreads."""
    judgement = results.claims()
    claim = next(known for known in judgement["claims"] if f"claim-{known['claim']}" == name)
    readings = sorted(claim["readings"], key=_mean_effect)
    rows = [(axis, choice) for axis, asked in judgement["axes"].items() for choice in asked["choices"]]
    parts = [part["part"] for part in readings[0]["parts"]]
    below = max(len(rows) * LINE, 0.5)
    canvas, axes = panels(
        len(parts) + 1, 1, 1.0, sharex=True, gridspec_kw={"height_ratios": [1.15] * len(parts) + [below]}
    )
    canvas.set_size_inches(WIDTH, 1.15 * len(parts) + below + 0.7)
    for axis, part in zip(axes[:-1, 0], parts, strict=True):
        _effects(axis, claim, readings, part)
    _choices(axes[-1, 0], judgement["axes"], readings, rows)
    canvas.supylabel(_wrapped(claim["effect"]), fontsize=8)
    shown = {word: sign for word, sign in SIGNS.items() if word != "partly"}  # of a part, only these
    for word, sign in shown.items():
        axes[-1, 0].plot([], [], linestyle="", marker=sign.marker, color=sign.colour, markersize=4, label=word)
    canvas.legend(loc="outside lower center", ncols=len(shown))
    counts = pd.Series([reading["verdict"] for reading in readings]).value_counts()
    summary = ", ".join(f"{word} under {count}" for word, count in counts.items())
    return Drawing(
        canvas,
        _tidy(judgement, claim, readings),
        f"Specification curve of the claim {escape(claim['claim'])}: {escape(claim['effect'])} under each of "
        f"{len(readings)} readings, sorted, with its 95 % interval over {judgement['seeds']} seeds; one panel for each "
        "part of the claim. The dashed line is the threshold; hollow marks rest on cells that have not converged. "
        f"Below, the choices that each reading makes. The claim as a whole is {escape(summary)} of the readings.",
        f"Effects of {len(readings)} readings in rising order with intervals, over a matrix of dots that shows each "
        f"reading's choices. The claim is {summary} of the readings; under the default reading the effect is "
        + "; ".join(
            f"{part['mean']:.3g} ({part['low']:.3g} to {part['high']:.3g}) for {part['part']}"
            for part in claim["readings"][0]["parts"]
        )
        + f"; the threshold is {claim['threshold']:g}.",
    )


def _effects(axis, claim: dict, readings: list[dict], part: str) -> None:
    """One panel: the effect of one part under every reading."""
    for x, reading in enumerate(readings):
        effect = next((known for known in reading["parts"] if known["part"] == part), None)
        if effect is None:
            continue
        sign = SIGNS[effect["verdict"]]
        axis.vlines(x, effect["low"], effect["high"], color=sign.colour, linewidth=1)
        face = sign.colour if effect["converged"] else "white"
        axis.plot(
            x, effect["mean"], marker=sign.marker, markersize=4.5, color=sign.colour, markerfacecolor=face, linestyle=""
        )
        if reading["reading"] == "default":
            axis.axvspan(x - 0.45, x + 0.45, color="#f0e9d8", zorder=0, linewidth=0)
    for bound in (claim["threshold"], -claim["threshold"])[: 2 if claim["direction"] == "within" else 1]:
        axis.axhline(bound, color="#555555", linewidth=0.8, linestyle="--", zorder=0)
    label = f"S = {part}" if part.replace(".", "").isdigit() else part
    axis.set_title(label, loc="left", fontsize=8, pad=2)
    axis.margins(y=0.15)
    axis.grid(True, axis="y")
    axis.tick_params(axis="x", length=0)


def _choices(axis, asked: dict, readings: list[dict], rows: list[tuple[str, str]]) -> None:
    """The matrix of dots: which choice each reading makes, dark where it departs from the default."""
    for colour, departs in (("#c4c4c4", False), ("#222222", True)):
        dots = [
            (x, y)
            for y, (name, choice) in enumerate(rows)
            for x, reading in enumerate(readings)
            if reading["choices"][name] == choice and (choice != asked[name]["default"]) == departs
        ]
        axis.scatter(*zip(*dots, strict=True), s=9, color=colour, linewidth=0) if dots else None
    for x, reading in enumerate(readings):
        if reading["reading"] == "default":
            axis.axvspan(x - 0.45, x + 0.45, color="#f0e9d8", zorder=0, linewidth=0)
    axis.set_yticks(range(len(rows)), [f"{name}: {choice}" for name, choice in rows], fontsize=6.5)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_xlim(-0.6, len(readings) - 0.4)
    axis.set_xticks([])
    axis.set_xlabel("readings, by their effect; the shaded one is the default")


def _mean_effect(reading: dict) -> float:
    return float(np.mean([part["mean"] for part in reading["parts"]]))


def _tidy(judgement: dict, claim: dict, readings: list[dict]) -> pd.DataFrame:
    rows = [
        {
            "claim": claim["claim"],
            "reading": reading["reading"],
            **{f"choice_{axis}": choice for axis, choice in reading["choices"].items()},
            **{key: value for key, value in part.items() if key != "values"},
            "threshold": claim["threshold"],
        }
        for reading in readings
        for part in reading["parts"]
    ]
    return pd.DataFrame(rows)


def _wrapped(text: str) -> str:
    from textwrap import fill

    return fill(text.replace("$", r"\$"), 52)
