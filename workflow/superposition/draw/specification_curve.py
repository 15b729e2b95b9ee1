"""The specification curve of a claim: its effect under every reading, and which choice each reading makes.

After Simonsohn, Simmons and Nelson, "Specification curve analysis", Nature Human Behaviour 4 (2020). Readings are rows,
so that their names read from left to right, and a claim's parts panels side by side on one scale.
"""

import re
from collections import Counter
from collections.abc import Mapping
from textwrap import fill

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..judge.shown import departures, distinct, one_at_a_time, part_name, spoken_of
from ..judge.signs import SIGNS
from ..judge.verdicts import Verdict
from ..measure.results import Results
from ..spec.readings import DEFAULT
from ..store.markdown import escape
from .canvas import FRAME, INK, Drawing, counted, panels

WIDTH, NAMES, PART = 3.4, 1.3, 0.68  # inches: at least, half a page's; of the readings' names; at least, of a part
CHOICE = 0.13  # inches: of a choice's column, where readings are combinations of choices
ROW, TALLEST = 0.17, 6.0  # inches: of a reading, and of all of them at most
AROUND, LINE = 0.85, 0.12  # inches: above and below the rows, and of a line of the effect's name
LETTERS = 58  # in such a line
SMALL = 6.5  # points
THRESHOLD = {"color": INK, "linewidth": 1.1, "linestyle": (0, (4, 2)), "zorder": 1.5}
SHADE = {"color": "#f0e9d8", "zorder": 0, "linewidth": 0}  # the default reading
_FORMULA = re.compile(r" (?=[/·=−+<>≤≥*)])|(?<=[/·=−+<>≤≥*(Σ]) |(?<=[\w)}²])(?: )(?=\()|(?<=\}) ")
_SUBSCRIPT = re.compile(r"([^\W\d_])(\u0302?)_(\{[^{}]*\}|[^\W_])")


def draw(results: Results, name: str) -> Drawing:
    """The specification curve of a claim, by the figure's name, such as claim-relu-spreads."""
    judgement = results.claims()
    claim = next(known for known in judgement["claims"] if f"claim-{known['claim']}" == name)
    once = distinct(claim)
    readings = sorted(filter(lambda reading: _measured(claim, reading), once), key=_order(claim))
    models = results.described["models"]
    return Drawing(
        _drawn(judgement, claim, readings, models),
        _tidy(claim, readings),
        _caption(judgement, claim, once, len(readings)),
        _alternative(claim, once, models),
    )


def _drawn(judgement: dict, claim: dict, readings: list[dict], models: Mapping[str, Mapping]):
    """What each reading chooses, and beside it a panel for each part."""
    parts = [part["part"] for part in spoken_of(claim, claim["readings"][0])]
    alone = one_at_a_time(judgement, readings)
    choices = [(axis, choice) for axis, asked in judgement["axes"].items() for choice in asked["choices"]]
    beside = NAMES if alone else len(choices) * CHOICE
    row = min(ROW, TALLEST / max(len(readings), 1))
    effect = _wrapped(claim["effect"])
    wide = max(PART, (WIDTH - beside) / len(parts))
    canvas, axes = panels(
        1, len(parts) + 1, 1.0, sharey=True, gridspec_kw={"width_ratios": [beside, *[wide] * len(parts)]}
    )
    around = AROUND + LINE * effect.count("\n") + (0 if alone else NAMES)
    canvas.set_size_inches(beside + wide * len(parts), row * max(len(readings), 2) + around)
    canvas.get_layout_engine().set(w_pad=0.02, wspace=0.02)
    canvas.suptitle(effect, x=0.02, ha="left", fontsize=7, color=INK)
    left, *right = axes[0]
    for axis, part in zip(right, parts, strict=True):
        axis.sharex(right[0])
        _effects(axis, claim, readings, part, 4 if row == ROW else 1.5)
        axis.set_title(part_name(part, models), fontsize=7, pad=3)
    if alone:
        _names(left, judgement, readings)
    else:
        _choices(left, judgement["axes"], readings, choices)
    left.set_ylim(max(len(readings), 1) - 0.5, -0.5)
    for axis in axes[0]:
        _shade_default(axis, readings)
    _legend(canvas, claim, readings)
    return canvas


def _effects(axis, claim: dict, readings: list[dict], part: str, size: float) -> None:
    """One panel: the effect of one part under every reading; at its edge where there is nothing to measure."""
    for y, reading in enumerate(readings):
        effect = next(known for known in reading["parts"] if known["part"] == part)
        sign = SIGNS[effect["verdict"]]
        look = {"marker": sign.marker, "color": sign.colour, "linestyle": ""}
        if effect["mean"] is None:
            axis.plot(0.06, y, transform=axis.get_yaxis_transform(), markersize=size + 1, **look)
            continue
        if effect["low"] is not None:
            axis.hlines(y, effect["low"], effect["high"], color=sign.colour, linewidth=1)
        face = sign.colour if effect["converged"] else "white"
        axis.plot(effect["mean"], y, markersize=size, markerfacecolor=face, **look)
    for bound in (claim["threshold"], -claim["threshold"])[: 2 if claim["direction"] == "within" else 1]:
        axis.axvline(bound, **THRESHOLD)
    axis.margins(x=0.12)
    axis.grid(True, axis="x")
    axis.xaxis.set_major_locator(MaxNLocator(3))
    axis.tick_params(axis="x", labelsize=SMALL, pad=2)
    axis.tick_params(axis="y", left=False, labelleft=False)
    axis.spines["left"].set_visible(False)


def _names(axis, judgement: dict, readings: list[dict]) -> None:
    """Beside each row the choice by which the reading differs from the default, and the sign of its verdict."""
    for y, reading in enumerate(readings):
        name = next((f"{axis}: {choice}" for axis, choice in departures(judgement, reading).items()), DEFAULT)
        sign = SIGNS[reading["verdict"]]
        look = {"va": "center", "ha": "right", "fontsize": SMALL, "weight": "bold" if name == DEFAULT else "normal"}
        axis.text(0.88, y, name, **look)
        axis.text(1.0, y, sign.glyph, **look | {"color": sign.colour, "weight": "bold"})
    axis.set_xlim(0, 1)
    axis.axis("off")


def _choices(axis, asked: dict, readings: list[dict], choices: list[tuple[str, str]]) -> None:
    """The matrix of dots: which choices each reading makes, dark where it departs from the default."""
    for colour, departs in (("#c4c4c4", False), (INK, True)):
        dots = [
            (x, y)
            for x, (name, choice) in enumerate(choices)
            for y, reading in enumerate(readings)
            if reading["choices"][name] == choice and (choice != asked[name]["default"]) == departs
        ]
        axis.scatter(*zip(*dots, strict=True), s=4, color=colour, linewidth=0) if dots else None
    axis.set_xticks(range(len(choices)), [f"{name}: {choice}" for name, choice in choices], rotation=90, fontsize=5.5)
    axis.tick_params(axis="y", left=False, labelleft=False)


def _shade_default(axis, readings: list[dict]) -> None:
    for y, reading in enumerate(readings):
        if reading["reading"] == DEFAULT:
            axis.axhspan(y - 0.5, y + 0.5, **SHADE)


def _legend(canvas, claim: dict, readings: list[dict]) -> None:
    """The signs that occur, of parts and of readings, the threshold, and what a hollow mark says."""
    parts = [part for reading in readings for part in spoken_of(claim, reading)]
    shown = {part["verdict"] for part in parts} | {reading["verdict"] for reading in readings}
    handles = [
        Line2D([], [], linestyle="", marker=sign.marker, color=sign.colour, markersize=4, label=f"{sign.glyph} {word}")
        for word, sign in SIGNS.items()
        if word in shown
    ]
    handles.append(Line2D([], [], label="threshold", **THRESHOLD))
    if not all(part["converged"] for part in parts if part["mean"] is not None):
        look = {"marker": "o", "color": FRAME, "markerfacecolor": "white", "markersize": 4}
        handles.append(Line2D([], [], linestyle="", label="hollow: not converged", **look))
    spacing = {"columnspacing": 1.2, "handletextpad": 0.3, "handlelength": 1.6}
    canvas.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=SMALL, **spacing)


def _measured(claim: dict, reading: dict) -> bool:
    """Whether any part has an effect under a reading."""
    return any(part["mean"] is not None for part in spoken_of(claim, reading))


def _order(claim: dict):
    """By the reading's verdict, then by the first panel's effect, the claim's side first."""
    verdicts, sign = list(SIGNS), -1 if claim["direction"] == "above" else 1

    def place(reading: dict) -> tuple:
        """The reading's place; without an effect in the first panel after the others."""
        first = spoken_of(claim, reading)[0]["mean"]
        return verdicts.index(reading["verdict"]), first is None, 0.0 if first is None else sign * first

    return place


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
    choices = "one choice" if one_at_a_time(judgement, readings) else "the choices with dark dots"
    return (
        f"The effect that the picture names, under each of {counted(drawn, 'reading')}, which differ from the default "
        f"(shaded) by {choices}: mean and 95 % interval over {counted(judgement['seeds'], 'seed')}, a panel for each "
        f"part. Rows stand by the claim's verdict, then by the first panel's effect. The claim is "
        f"{escape(_summary(readings))} of the readings." + (f" Left out: {' and '.join(left_out)}." if left_out else "")
    )


def _alternative(claim: dict, readings: list[dict], models: Mapping[str, Mapping]) -> str:
    default = "; ".join(
        f"{_plain(part)} for {part_name(part['part'], models)}" for part in spoken_of(claim, claim["readings"][0])
    )
    return (
        "Readings in rows by their verdicts, with effects and intervals in a panel for each part. The claim is "
        f"{_summary(readings)} of the readings; under the default reading the effect is {default}; the threshold is "
        f"{claim['threshold']:g}."
    )


def _wrapped(effect: str) -> str:
    """The effect in words, on lines that break between words alone, with subscripts and hats set as such."""
    kept = _FORMULA.sub("\N{NO-BREAK SPACE}", effect).replace("$", r"\$")
    lines = fill(kept, LETTERS, break_long_words=False, break_on_hyphens=False)
    return _SUBSCRIPT.sub(_set, lines.replace("\N{NO-BREAK SPACE}", " "))


def _set(match: re.Match) -> str:
    letter, hat, below = match.groups()
    below = below.strip("{}").replace("≠", r"\neq ")
    return f"$\\hat{{{letter}}}_{{{below}}}$" if hat else f"${letter}_{{{below}}}$"


def _plain(part: dict) -> str:
    """A part's effect with its interval, where it has them."""
    if part["mean"] is None:
        return "nothing to measure"
    bounds = "no interval" if part["low"] is None else f"{part['low']:.3g} to {part['high']:.3g}"
    return f"{part['mean']:.3g} ({bounds})"
