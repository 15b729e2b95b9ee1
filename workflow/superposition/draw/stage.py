"""A figure's bundle: the picture in every format, the data behind it, caption, alternative text, provenance."""

import hashlib
import sys
from importlib import import_module
from pathlib import Path

from ..judge.intervals import DIGITS
from ..measure.results import Results
from ..store.errors import UserError
from ..store.files import rebuild_command, write_bytes, write_text
from ..store.markdown import WORDS, escape, foreign
from ..store.plugins import experiment_module
from ..store.project import checkout
from ..store.provenance import Stage, provenance
from ..store.sealed import sealed
from .canvas import Drawing, figure
from .citation import bibtex, plain
from .fonts import own_fonts_alone
from .identity import content_id, metadata, record
from .pictures import picture


def draw(stage: Stage, inputs: list[Path], folder: Path) -> None:
    """Draw a figure and write its bundle.

    Args:
        stage: the figure's stage (pipeline.stages.figure).
        inputs: the products that the figure reads.
        folder: the bundle's folder.

    Raises:
        UserError: a product is damaged, or the figure's function raises or returns something else.
    """
    settings = stage.settings
    results = Results(settings["experiment"], settings, tuple(settings["reads"]), lambda path: path)
    own_fonts_alone()
    drawing = _drawn(settings, results)
    path = folder / "provenance.json"
    path.unlink(missing_ok=True)
    files = _bundle(drawing, stage)
    for name, content in files.items():
        write_bytes(folder / name, content)
    origin = {
        "content": content_id(stage, files["data.csv"].decode()),
        "command": rebuild_command(path),
        **checkout(),
        "outputs": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    write_text(path, sealed(provenance(stage, inputs) | origin))


def _bundle(drawing: Drawing, stage: Stage) -> dict[str, bytes]:
    """The files of a bundle, but for its provenance, by name."""
    identifier, settings = stage.target[0], stage.settings
    data = drawing.data.to_csv(index=False, lineterminator="\n", float_format=f"%.{DIGITS}g")
    content = content_id(stage, data)
    identity = record(stage, content)
    drawing.figure.draw_without_rendering()  # lays the figure out; keep that for every format
    drawing.figure.set_layout_engine("none")
    pictures = {
        f"figure.{kind}": picture(drawing.figure, kind, metadata(kind, identity)) for kind in settings["formats"]
    }
    texts = {
        "data.csv": data,
        "caption.md": f"{_headed(settings['title'], drawing.caption)} (Figure id {identifier}, content {content}.)\n",
        "alt.txt": drawing.alt.strip() + "\n",
        "cite.bib": bibtex(identifier, content, settings["citation"]),
        "citation.txt": plain(identifier, content, settings["citation"]),
    }
    return pictures | {name: text.encode() for name, text in texts.items()}


def _headed(title: str, caption: str) -> str:
    """A caption after the figure's title, which ends like a sentence."""
    title = title.strip().rstrip(".")
    return f"**{escape(title)}{'' if title.endswith(('?', '!')) else '.'}** {caption.strip()}"


def _drawn(settings: dict, results: Results) -> Drawing:
    experiment, name = settings["experiment"], settings["figure"]
    if settings["drawn_by"]:  # by name, so that this figure's code is no part of the others'
        drawing = import_module(f".{settings['drawn_by']}", __package__).draw(results, name)
    else:
        _import_seaborn()
        experiment_module(experiment, "figures")
        drawing = figure[experiment, name](results)
    if not isinstance(drawing, Drawing):
        raise UserError(f"{experiment}: figure {name!r} returned {type(drawing).__name__}; allowed: a Drawing")
    if (found := foreign(drawing.caption)) is not None:
        raise UserError(f"{experiment}: figure {name!r}: found {found[1]!r} in its caption; allowed: {WORDS}")
    return drawing


def _import_seaborn() -> None:
    """Import seaborn without the parts of SciPy that take most of a second and of which no figure has a use.

    They are clustering, which seaborn's cluster maps alone ask for, and scipy.stats, of which seaborn wants the kernel
    density estimate; it has one of its own for where SciPy is absent.
    """
    left_out = [name for name in ("scipy.stats", "scipy.cluster") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(left_out))
    try:
        import seaborn  # noqa: F401
    finally:
        for name in left_out:
            del sys.modules[name]
