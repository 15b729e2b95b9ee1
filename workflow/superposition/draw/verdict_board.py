"""The verdict board of an experiment: every claim a row, its parts as marks on one scale, its verdict in words.

The scale is that of judge.distance: a mark right of 1 is a part that holds, left of −1 one that fails.
"""

from collections import Counter

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..judge.distance import distance
from ..judge.shown import spoken_of
from ..judge.signs import SIGNS
from ..judge.verdicts import Verdict
from ..measure.results import Results
from ..spec.claims import Layer
from ..store.markdown import escape
from .canvas import FRAME, REFERENCE, Drawing, counted, panels

WIDTH, COLUMN = 5.6, 0.5  # inches: of the board, and of a layer's column beside it
ROW, AROUND, ENTRIES = 0.215, 1.0, 0.15  # inches: a claim, what is above and below all of them, a row of the legend
LIMIT, END = 30, 55  # half-widths: of the scale, and of the picture, with room for arrows
TICKS = (-10, -1, 0, 1, 10)
ZONES = {"fails": (-END, -1, "#fbeee6"), "undetermined": (-1, 1, "#f1f2f3"), "holds": (1, END, "#e6f0f7")}
SPREAD = 0.44  # of a row's height, over which its parts' marks are spread
WORDS, LAYERS, STEP = 20, 118, 38  # points right of the scale: verdicts, first layer, from one layer to the next
COLUMNS = 3  # of the legend


def draw(results: Results, name: str) -> Drawing:
    """The verdict board of an experiment; of a figure's name it needs none."""
    judgement = results.claims()
    claims = in_rows(judgement)
    layers = [layer for layer in Layer if any(layer in claim["layers"] for claim in claims)]
    return Drawing(_drawn(claims, layers), _tidy(claims), _caption(judgement, claims, layers), _alternative(claims))


def in_rows(judgement: dict) -> list[dict]:
    """The claims that are evidence, by their verdicts as signs.SIGNS orders them."""
    order = list(SIGNS)
    evidence = [claim for claim in judgement["claims"] if claim["kind"] == "evidence"]
    return sorted(evidence, key=lambda claim: order.index(claim["verdict"]))


def _drawn(claims: list[dict], layers: list[str]):
    canvas, axes = panels(1, 1, 1.0)
    canvas.get_layout_engine().set(w_pad=0.1)
    signs = _signs(claims)
    around = AROUND + ENTRIES * -(-len(signs) // COLUMNS)
    canvas.set_size_inches(WIDTH + COLUMN * len(layers), ROW * len(claims) + around)
    axis = axes[0, 0]
    _scale(axis, claims)
    for y, claim in enumerate(claims):
        _marks(axis, y, claim)
        _words(axis, y, claim, layers)
    for column, layer in enumerate(layers):
        _beside(axis, -0.85, layer, LAYERS + STEP * column, ha="center", fontsize=7)
    if signs:
        canvas.legend(
            handles=signs, loc="outside lower center", ncols=COLUMNS, fontsize=7, columnspacing=1.2, handletextpad=0.2
        )
    return canvas


def _scale(axis: Axes, claims: list[dict]) -> None:
    """The axes: the zones of the three verdicts, and the claims' names."""
    axis.set_xscale("symlog", linthresh=1, linscale=0.8)
    axis.set_xlim(-END, END)
    axis.set_xticks(TICKS, [f"{tick:d}".replace("-", "−") for tick in TICKS])
    axis.set_xticks([], minor=True)
    axis.set_xlabel("from the threshold, in half-widths of the interval", fontsize=7.5)
    axis.set_ylim(len(claims) - 0.4, -0.6)
    axis.set_yticks(range(len(claims)), [claim["claim"].replace("-", " ") for claim in claims])
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    for word, (start, end, colour) in ZONES.items():
        axis.axvspan(start, end, color=colour, linewidth=0, zorder=0)
        middle = {"fails": -5, "undetermined": 0, "holds": 5}[word]
        axis.text(middle, -0.85, word, ha="center", va="center", fontsize=7, color=FRAME)
    for y in range(1, len(claims)):
        axis.axhline(y - 0.5, color="white", linewidth=1.2, zorder=0.5)
    axis.axvline(0, **REFERENCE)


def _marks(axis: Axes, y: int, claim: dict) -> None:
    """A claim's parts; an arrow where one lies beyond the scale, a dash beside it where there is nothing to measure."""
    placed = _placed(claim)
    measured = [(part, x) for part, x in placed if x is not None]
    for i, (part, x) in enumerate(measured):
        sign = SIGNS[part["verdict"]]
        shown = min(max(x, -LIMIT), LIMIT)
        height = y + (SPREAD * (i / (len(measured) - 1) - 0.5) if len(measured) > 1 else 0)
        look = {"linestyle": "", "color": sign.colour, "zorder": 3}
        face = sign.colour if part["converged"] else "white"
        axis.plot(shown, height, marker=sign.marker, markersize=4.2, markerfacecolor=face, **look)
        if shown != x:
            axis.plot(shown * 1.42, height, marker=">" if x > 0 else "<", markersize=2.6, **look)
    _beside(axis, y, "–" * min(len(placed) - len(measured), 3), 4, color=SIGNS[Verdict.NOT_APPLICABLE].colour)


def _words(axis: Axes, y: int, claim: dict, layers: list[str]) -> None:
    """The claim's verdict, in words and with its marks, and its verdicts under the layers."""
    sign = SIGNS[claim["verdict"]]
    mark = "  !" if claim["discriminates"] is False else ""
    _beside(axis, y, f"{sign.glyph} {claim['verdict']}{mark}", WORDS, color=sign.colour, weight="bold")
    for column, layer in enumerate(layers):
        if layer in claim["layers"]:
            sign = SIGNS[claim["layers"][layer]]
            _beside(axis, y, sign.glyph, LAYERS + STEP * column, ha="center", color=sign.colour, weight="bold")


def _beside(axis: Axes, y: float, text: str, points: float, **look) -> None:
    """A text so many points right of the scale."""
    look = {"va": "center", "fontsize": 7.5, "annotation_clip": False} | look
    axis.annotate(text, (1, y), (points, 0), ("axes fraction", "data"), "offset points", **look)


def _signs(claims: list[dict]) -> list[Line2D]:
    """The legend: the signs of parts that occur, and what hollow marks, arrows, dashes and exclamation marks say."""
    placed = [(part, x) for claim in claims for part, x in _placed(claim)]
    measured = [(part, x) for part, x in placed if x is not None]
    entries = [
        (sign.marker, sign.colour, sign.colour, f"part {word}")
        for word, sign in SIGNS.items()
        if word in {part["verdict"] for part, _ in measured}
    ]
    others = {
        ("o", "white", "hollow: not converged"): not all(part["converged"] for part, _ in measured),
        (">", FRAME, "beyond the scale"): any(abs(x) > LIMIT for _, x in measured),
        ("", FRAME, "–  part with nothing to measure"): len(measured) < len(placed),
        ("", FRAME, "!  does not discriminate"): any(claim["discriminates"] is False for claim in claims),
    }
    entries += [(marker, FRAME, face, said) for (marker, face, said), occurs in others.items() if occurs]
    return [
        Line2D([], [], linestyle="", marker=marker, color=colour, markerfacecolor=face, markersize=4.2, label=said)
        for marker, colour, face, said in entries
    ]


def _placed(claim: dict) -> list[tuple[dict, float | None]]:
    """The parts that a claim speaks of under the default reading, each with its place on the scale."""
    parts = spoken_of(claim, claim["readings"][0])
    return [(part, distance(part, claim["direction"], claim["threshold"])) for part in parts]


def _tidy(claims: list[dict]) -> pd.DataFrame:
    """A row for each mark."""
    rows = [
        {
            "claim": claim["claim"],
            "claim_verdict": claim["verdict"],
            "discriminates": claim["discriminates"],
            **{f"layer_{layer}": verdict for layer, verdict in claim["layers"].items()},
            **{key: part[key] for key in ("part", "mean", "low", "high")},
            "direction": claim["direction"],
            "threshold": claim["threshold"],
            "distance": x,
            **{key: part[key] for key in ("verdict", "converged")},
        }
        for claim in claims
        for part, x in _placed(claim)
    ]
    return pd.DataFrame(rows)


def _counts(claims: list[dict]) -> str:
    counts = Counter(claim["verdict"] for claim in claims)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in SIGNS if counts[verdict])


def _caption(judgement: dict, claims: list[dict], layers: list[str]) -> str:
    return (
        f"Of {counted(len(claims), 'claim')}: {escape(_counts(claims))}. A row for each claim, "
        "under the default reading, and a mark for each part that it speaks of: how far its effect lies from the "
        f"threshold, in half-widths of its 95 % interval over {judgement['seeds']} seeds. Right is the claim's side: "
        "beyond 1 the whole interval lies there, and the part holds; beyond −1 it fails. Arrows lie beyond the scale; "
        "a dash beside it is a part with nothing to measure; hollow marks rest on cells that have not converged; an "
        "exclamation mark stands where untrained or permuted weights reproduce the claim too."
        + (" On the right the verdicts under the source's, tuned and optimal settings." if layers else "")
    )


def _alternative(claims: list[dict]) -> str:
    rows = "; ".join(
        f"{claim['claim'].replace('-', ' ')}: {claim['verdict']}"
        + (f", holds for {claim['holds']} of {claim['of']} parts" if claim["of"] > 1 else "")
        + (", does not discriminate" if claim["discriminates"] is False else "")
        for claim in claims
    )
    return f"Claims in rows, their parts as marks left or right of their thresholds: {_counts(claims)}. {rows}."
