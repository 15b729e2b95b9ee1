"""The specification curve of a claim: its effect under every reading, and which choice each reading makes.

After Simonsohn, Simmons and Nelson, "Specification curve analysis", Nature Human Behaviour 4 (2020).
"""

import re
from collections import Counter
from collections.abc import Mapping
from textwrap import fill

import numpy as np
import pandas as pd

from ..judge.shown import distinct, part_name, spoken_of
from ..judge.signs import SIGNS
from ..judge.verdicts import Verdict
from ..measure.results import Results
from ..spec.readings import DEFAULT
from ..store.markdown import escape
from .canvas import INK, WIDTH, Drawing, panels

PANEL = 1.15  # inches for a part
LINE = 0.155  # for a row of the matrix of choices
NAMES = 1.3  # for the names of choices below the readings, where they need no matrix
THRESHOLD = {"color": INK, "linewidth": 1.0, "linestyle": (0, (4, 2)), "zorder": 1.5}
SHADE = {"color": "#f0e9d8", "zorder": 0, "linewidth": 0}  # the default reading


def draw(results: Results, name: str) -> Drawing:
    """The specification curve of a claim, by the figure's name, such as claim-relu-spreads."""
    judgement = results.claims()
    claim = next(known for known in judgement["claims"] if f"claim-{known['claim']}" == name)
    once = distinct(claim)
    readings = sorted((reading for reading in once if _mean_effect(claim, reading) is not None), key=_order(claim))
    table = _tidy(claim, readings)
    return Drawing(
        _drawn(judgement, claim, readings, results.described["models"]),
        table,
        _caption(judgement, claim, once, len(readings)),
        _alternative(claim, once, results.described["models"]),
    )


def _drawn(judgement: dict, claim: dict, readings: list[dict], models: Mapping[str, Mapping]):
    """A panel for each part, and below them what each reading chooses."""
    parts = [part["part"] for part in spoken_of(claim, claim["readings"][0])]
    rows = [(axis, choice) for axis, asked in judgement["axes"].items() for choice in asked["choices"]]
    alone = all(len(_departs(judgement, reading)) <= 1 for reading in readings)
    below = NAMES if alone else len(rows) * LINE
    canvas, axes = panels(
        len(parts) + 1, 1, 1.0, sharex=True, gridspec_kw={"height_ratios": [PANEL] * len(parts) + [below]}
    )
    canvas.set_size_inches(WIDTH, PANEL * len(parts) + below + 0.9)
    canvas.suptitle(_title(claim["effect"]), x=0.01, ha="left", fontsize=8.5)
    for axis, part in zip(axes[:-1, 0], parts, strict=True):
        _effects(axis, claim, readings, part)
        axis.set_title(part_name(part, models), loc="left", fontsize=8, pad=2)
    bottom = axes[-1, 0]
    if alone:
        _names(bottom, judgement, readings)
    else:
        _choices(bottom, judgement["axes"], readings, rows)
    for axis in axes[:, 0]:
        _shade_default(axis, readings)
    _legend(canvas, bottom, claim, readings)
    return canvas


def _effects(axis, claim: dict, readings: list[dict], part: str) -> None:
    """One panel: the effect of one part under every reading; at its foot where there is nothing to measure."""
    for x, reading in enumerate(readings):
        effect = next(known for known in reading["parts"] if known["part"] == part)
        sign = SIGNS[effect["verdict"]]
        look = {"marker": sign.marker, "color": sign.colour, "linestyle": ""}
        if effect["mean"] is None:
            axis.plot(x, 0.06, transform=axis.get_xaxis_transform(), markersize=6, **look)
            continue
        if effect["low"] is not None:
            axis.vlines(x, effect["low"], effect["high"], color=sign.colour, linewidth=1)
        face = sign.colour if effect["converged"] else "white"
        axis.plot(x, effect["mean"], markersize=4.5, markerfacecolor=face, **look)
    for bound in (claim["threshold"], -claim["threshold"])[: 2 if claim["direction"] == "within" else 1]:
        axis.axhline(bound, **THRESHOLD)
    axis.margins(y=0.15)
    axis.grid(True, axis="y")
    axis.tick_params(axis="x", length=0)


def _names(axis, judgement: dict, readings: list[dict]) -> None:
    """Below each reading that differs from the default by one choice the name of that choice."""
    for x, reading in enumerate(readings):
        name = next((f"{axis}: {choice}" for axis, choice in _departs(judgement, reading).items()), DEFAULT)
        weight = "bold" if name == DEFAULT else "normal"
        axis.text(x, 0.98, fill(name, 26), rotation=90, ha="center", va="top", fontsize=6.5, weight=weight)
    axis.set_ylim(0, 1)
    axis.set_xlim(-0.6, len(readings) - 0.4)
    axis.axis("off")


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
    axis.set_yticks(range(len(rows)), [f"{name}: {choice}" for name, choice in rows], fontsize=6.5)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_xlim(-0.6, len(readings) - 0.4)
    axis.set_xticks([])


def _shade_default(axis, readings: list[dict]) -> None:
    for x, reading in enumerate(readings):
        if reading["reading"] == DEFAULT:
            axis.axvspan(x - 0.45, x + 0.45, **SHADE)


def _legend(canvas, axis, claim: dict, readings: list[dict]) -> None:
    """The signs that occur, and the threshold."""
    shown = {part["verdict"] for reading in readings for part in spoken_of(claim, reading)}
    for word, sign in SIGNS.items():
        if word in shown:
            axis.plot([], [], linestyle="", marker=sign.marker, color=sign.colour, markersize=4, label=word)
    axis.plot([], [], label="threshold", **THRESHOLD)
    canvas.legend(loc="outside lower center", ncols=len(SIGNS) + 1)


def _departs(judgement: dict, reading: dict) -> dict[str, str]:
    """The choices of a reading that are not the default ones."""
    axes = judgement["axes"]
    return {axis: choice for axis, choice in reading["choices"].items() if choice != axes[axis]["default"]}


def _mean_effect(claim: dict, reading: dict) -> float | None:
    """Mean over the parts that have an effect; None where none has."""
    means = [part["mean"] for part in spoken_of(claim, reading) if part["mean"] is not None]
    return float(np.mean(means)) if means else None


def _order(claim: dict):
    return lambda reading: _mean_effect(claim, reading)


def _tidy(claim: dict, readings: list[dict]) -> pd.DataFrame:
    """A row for each mark."""
    columns = ("part", "mean", "low", "high", "verdict", "converged")
    rows = [
        {
            "claim": claim["claim"],
            "reading": reading["reading"],
            **{f"choice_{axis}": choice for axis, choice in reading["choices"].items()},
            **{key: part[key] for key in columns},
            "threshold": claim["threshold"],
        }
        for reading in readings
        for part in spoken_of(claim, reading)
    ]
    return pd.DataFrame(rows)


def _summary(readings: list[dict]) -> str:
    counts = Counter(Verdict(reading["verdict"]) for reading in readings)
    return ", ".join(f"{word} under {counts[word]}" for word in Verdict if counts[word])


def _caption(judgement: dict, claim: dict, readings: list[dict], drawn: int) -> str:
    same, empty = len(claim["readings"]) - len(readings), len(readings) - drawn
    left_out = [f"{same} that read the same inputs as another"] * bool(same)
    left_out += [f"{empty} under which there is nothing to measure"] * bool(empty)
    return (
        f"Specification curve of the claim {escape(claim['claim'])}: {escape(claim['effect'])} under each of {drawn} "
        f"readings, sorted, with its 95 % interval over {judgement['seeds']} seeds; a panel for each part of which the "
        "claim speaks. Hollow marks rest on cells that have not converged; the shaded reading is the default. Below, "
        "the choices of each reading. "
        f"The claim as a whole is {escape(_summary(readings))} of the readings."
        + (f" Left out: {' and '.join(left_out)}." if left_out else "")
    )


def _alternative(claim: dict, readings: list[dict], models: Mapping[str, Mapping]) -> str:
    default = "; ".join(
        f"{_plain(part)} for {part_name(part['part'], models)}" for part in spoken_of(claim, claim["readings"][0])
    )
    return (
        "Effects under the readings in rising order with intervals, over the choices of each reading. The claim is "
        f"{_summary(readings)} of the readings; under the default reading the effect is {default}; the threshold is "
        f"{claim['threshold']:g}."
    )


def _title(effect: str) -> str:
    """The effect in words; a subscript such as W_i is set as one."""
    escaped = fill(effect, 100).replace("$", r"\$")
    return re.sub(r"\b([A-Za-z])_([A-Za-z0-9])\b", r"$\1_{\2}$", escaped)


def _plain(part: dict) -> str:
    """A part's effect with its interval, where it has them."""
    if part["mean"] is None:
        return "nothing to measure"
    bounds = "no interval" if part["low"] is None else f"{part['low']:.3g} to {part['high']:.3g}"
    return f"{part['mean']:.3g} ({bounds})"
