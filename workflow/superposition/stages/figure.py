"""A figure's bundle: the picture in every format, the data behind it, caption, alternative text, provenance."""

from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..drawing import FIGURES, Drawing
from ..errors import UserError
from ..products import as_json, checked, provenance, sha256, write_bytes, write_text
from ..results import Results
from ..sources import experiment_module

if TYPE_CHECKING:
    from ..plan import Plan

# Dates and program names would make each run's files different.
METADATA = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}


def draw(plan: "Plan", stage: dict, folder: Path) -> None:
    """Draw a figure and write its bundle.

    Args:
        plan: the plan, for the descriptions of the products that the figure reads.
        stage: the figure's description (plan.Plan.figure).
        folder: the bundle's folder.

    Raises:
        UserError: a product is missing, damaged or stale, or the figure's function raises or returns something else.
    """
    settings = stage["settings"]
    stages = plan.figure_inputs(*stage["target"])
    for path, made in stages.items():
        checked(path, made)
    results = Results(settings["experiment"], settings, tuple(settings["reads"]), lambda path: path)
    drawing = _drawn(settings, results)
    record = folder / "provenance.json"
    record.unlink(missing_ok=True)
    drawing.figure.canvas.draw()  # lays the figure out; keep that for every format
    drawing.figure.set_layout_engine("none")
    for kind in settings["formats"]:
        content = BytesIO()
        drawing.figure.savefig(content, format=kind, metadata=METADATA[kind])
        write_bytes(folder / f"figure.{kind}", content.getvalue())
    write_text(folder / "data.csv", drawing.data.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "caption.md", drawing.caption.strip() + "\n")
    write_text(folder / "alt.txt", drawing.alt.strip() + "\n")
    written = [*(f"figure.{kind}" for kind in settings["formats"]), "data.csv", "caption.md", "alt.txt"]
    outputs = {name: sha256(folder / name) for name in written}
    write_text(record, as_json(provenance(stage, stages) | {"outputs": outputs}))


def _drawn(settings: dict, results: Results) -> Drawing:
    experiment, name = settings["experiment"], settings["figure"]
    if settings["drawn_by"]:  # by name, so that this figure's code is no part of the others'
        drawing = import_module(f"..{settings['drawn_by']}", __package__).draw(results, name)
    else:
        experiment_module(experiment, "figures")
        drawing = FIGURES[name](results)
    if not isinstance(drawing, Drawing):
        raise UserError(f"{experiment}: figure {name!r} returned {type(drawing).__name__}; allowed: a Drawing")
    return drawing
