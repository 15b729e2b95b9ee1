"""The explorer: weights and biases of every shown model, embedded in the page, which draws them as the reader picks.

One buffer per experiment, gzip in base64: for each model, sparsity and seed of the default variant, in that order, W
(hidden, feature), where untied V (hidden, feature), then b (feature). The page computes VᵀW and the norms itself.
"""

from typing import TYPE_CHECKING

import jinja2
import numpy as np

from ..measure.features import feature_norms, gram_matrix
from ..measure.results import Results
from ..store.markdown import Markdown
from ..store.project import TEMPLATES
from .page import packed

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

BUDGET = 2_000_000  # characters of base64, for all experiments together: the whole page stays below 10 MB
DIGITS = {"float32": "every digit of the float32 weights", "float16": "three significant digits of the weights"}


def explorers(plan: "Plan") -> list[dict]:
    """What the page embeds, one entry per experiment (of sweeps and of those without shown models, none)."""
    names = [name for name, spec in plan.experiments.items() if not spec.sweep and plan.cells(name, hidden=False)]
    return [
        _embedded(Results(name, plan.described(name), ("weights",), lambda path: path), BUDGET // len(names))
        | {"title": plan.experiments[name].title}
        for name in names
    ]


def section(experiments: list[dict]) -> Markdown:
    """The controls as raw HTML, whatever the labels hold."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    html = environment.get_template("explorer.html").render(experiments=experiments)
    html = "\n".join(line for line in html.replace("`", "&#96;").splitlines() if line.strip())
    return Markdown(f"```{{=html}}\n{html}\n```")


def _embedded(results: Results, budget: int) -> dict:
    """An experiment's settings and arrays: as many seeds, as exact, as the budget holds."""
    cells = [_cell(results, model, sparsity) for model in results.labels for sparsity in results.sparsities]
    seeds, kind, text = len(results.seeds), "float32", ""
    while True:
        text = _packed(cells, seeds, kind)
        if len(text) <= budget or (seeds == 1 and kind == "float16"):
            break
        seeds, kind = (seeds, "float16") if kind == "float32" else ((seeds + 1) // 2, kind)
    models = results.described["models"]
    return {
        "experiment": results.experiment,
        "models": [
            {"label": label, **{key: models[name][key] for key in ("features", "hidden", "tied")}}
            for name, label in results.labels.items()
        ],
        "sparsities": results.sparsities,
        "seeds": results.seeds[:seeds],
        "all_seeds": len(results.seeds),
        "kind": kind,
        "digits": DIGITS[kind],
        "limits": _limits(cells, seeds),
        "arrays": text if len(text) <= budget else "",
    }


def _cell(results: Results, model: str, sparsity: str) -> dict[str, np.ndarray]:
    """A cell's W and V (seed, hidden, feature) and b (seed, feature)."""
    names = ("W", "b") if results.described["models"][model]["tied"] else ("W", "V", "b")
    return {name: results.weights(model, sparsity, name) for name in names}


def _packed(cells: list[dict], seeds: int, kind: str) -> str:
    parts = [
        cell[name][seed].astype(f"<f{np.dtype(kind).itemsize}").tobytes()
        for cell in cells
        for seed in range(seeds)
        for name in ("W", "V", "b")
        if name in cell
    ]
    return packed(b"".join(parts))


def _limits(cells: list[dict], seeds: int) -> dict[str, list[float]]:
    """Ranges of the axes, the same for every choice: what is drawn may be compared."""
    grams = [np.abs(gram_matrix(cell["W"][:seeds], cell.get("V", cell["W"])[:seeds])).max() for cell in cells]
    norms = [feature_norms(cell["W"][:seeds]).max() for cell in cells]
    low = min(min(cell["b"][:seeds].min() for cell in cells), 0)
    high = max(max(cell["b"][:seeds].max() for cell in cells), 0)
    margin = 0.05 * (high - low) or 1.0
    return {
        "gram": [-_rounded(max(grams) or 1), _rounded(max(grams) or 1)],
        "bias": [_rounded(low - margin), _rounded(high + margin)],
        "norm": [0, _rounded(1.05 * max(norms) or 1)],
    }


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
