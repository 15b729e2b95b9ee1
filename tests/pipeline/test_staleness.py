"""After an edit exactly the jobs that depend on it run again: none after a comment, every cell after a new measure."""

import re

import pytest
from article_products import ALL_FIGURES, ARTICLE, CURVES, LIBRARY, OF_CLAIMS, SPARSITIES, cells


def planned(project):
    """What `snakemake -n` would run, as {rule: {target, ...}}."""
    result = project.snakemake("-n", "--verbose", "--quiet", "host")
    assert result.returncode == 0, result.stderr
    jobs: dict[str, set] = {}
    for line in (result.stdout + result.stderr).splitlines():
        if match := re.match(r"Job \d+: (data|train|extract|judge|figure|report)\b\s*(.*)", line):
            jobs.setdefault(match[1], set()).add(tuple(match[2].split()))
    return jobs


def figures(*names):
    return {(name,) for name in names}


REPORT = {"report": {("article",), ("report",)}}  # the part, and the whole
JUDGED = {"judge": {("article",)}, **REPORT}
EVERY_FIGURE = figures(*ALL_FIGURES)
FROM_TRAINING = {"train": cells(), "extract": cells(), "figure": EVERY_FIGURE - figures("article-sample"), **JUDGED}
FROM_EXTRACTION = {
    "extract": cells(),
    "figure": figures("article-held-out-loss", "article-bias", "article-gram", "article-explained", *OF_CLAIMS),
    **JUDGED,
}

# (file, old, new): exactly the jobs that must run. Figures read data, weights, matrices or metrics, as their reads say.
EDITS = {
    "a comment in a module of every stage": (f"{LIBRARY}/store/files.py", "import hashlib", "# why not\nimport hashlib", {}),
    "the text of an error that every stage may raise": (f"{LIBRARY}/store/files.py", "no space left on the disk; free some", "the disk is full; make room", {}),
    "an annotation in a module of every stage": (f"{LIBRARY}/store/files.py", "content: bytes", "content: bytes | bytearray", {}),
    "an unrelated function in a module that stages use": (f"{LIBRARY}/measure/features.py", "def feature_norms", "def half(W):\n    return W / 2\n\n\ndef feature_norms", {}),
    "a model of the experiment's own that none uses": (f"{ARTICLE}/models.py", "", "from superposition.train.models import Linear, register\n\nregister('mine')(Linear)\n", {}),
    "a docstring": (f"{LIBRARY}/train/engines/torch.py", '"""The reference engine:', '"""The one reference engine:', {}),
    "a comment in the YAML": (f"{ARTICLE}/experiment.yaml", "features: 40", "features: 40  # many", {}),
    "a description in the schema": (f"{LIBRARY}/spec/experiment.py", "number of features, n", "the number of features", {}),
    "a comment in a figure": (f"{ARTICLE}/figures.py", "    facets = grid(", "    # two\n    facets = grid(", {}),
    "a figure's code": (f"{ARTICLE}/figures.py", '"markersize": 24', '"markersize": 25', {"figure": figures("article-held-out-loss"), **REPORT}),
    "a constant of one figure": (f"{ARTICLE}/figures.py", "SHOWN_SAMPLES = 24", "SHOWN_SAMPLES = 20", {"figure": figures("article-sample"), **REPORT}),
    "the style sheet": (f"{LIBRARY}/draw/canvas.py", '"font.size": 8.5', '"font.size": 8', {"figure": EVERY_FIGURE, **REPORT}),
    "the specification curve": (f"{LIBRARY}/draw/specification_curve.py", "LINE = 0.85, 0.12", "LINE = 0.85, 0.13", {"figure": figures(*CURVES), **REPORT}),
    "what jobs ask of a cluster": (f"{LIBRARY}/pipeline/resources.py", "START = 10", "START = 20", {}),
    "a resource of a rule": ("workflow/rules/train.smk", "mem_mb=lambda w, attempt: attempt *", "mem_mb=lambda w, attempt: 2 * attempt *", {}),
    "the text": (f"{ARTICLE}/text.md", "The article", "This article", REPORT),
    "the page's style": (f"{LIBRARY}/report/templates/style.css", "line-height: 1.55", "line-height: 1.6", REPORT),
    "the PDF's style": (f"{LIBRARY}/report/templates/document.typ", "size: 10.5pt", "size: 11pt", REPORT),
    "a title": (f"{ARTICLE}/experiment.yaml", "Forty features", "40 features", REPORT),
    "a label": (f"{ARTICLE}/experiment.yaml", "label: linear,", "label: Linear,", {"figure": EVERY_FIGURE, **REPORT}),
    "the verdict board": (f"{LIBRARY}/draw/verdict_board.py", "LIMIT, END = 30", "LIMIT, END = 20", {"figure": figures("article-verdict-board"), **REPORT}),
    "a threshold": (f"{ARTICLE}/experiment.yaml", "threshold: 0.05", "threshold: 0.04", {"figure": figures(*OF_CLAIMS), **JUDGED}),
    "a claim's code": (f"{ARTICLE}/claims.py", "s: 1 - evidence", "s: 1.0 - evidence", {"figure": figures(*OF_CLAIMS), **JUDGED}),
    "a measure": (f"{LIBRARY}/measure/features.py", "REPRESENTED = 0.5", "REPRESENTED = 0.6", FROM_EXTRACTION),
    "the engine": (f"{LIBRARY}/train/engines/kernel_terms.py", "initial_weights(instance)", "(initial_weights(instance))[:2]", FROM_TRAINING),
    "the other engine": (f"{LIBRARY}/train/engines/optimisers.py", "self.step_count = 0", "self.step_count = 0 + 0", {}),
    "the kernel": (f"{LIBRARY}/train/fused/gradient.py", "np.float64(total(loss + ", "np.float64(0 + total(loss + ", FROM_TRAINING),
    "the hidden units of one model": (f"{ARTICLE}/experiment.yaml", "label: ReLU, hidden: 5", "label: ReLU, hidden: 6", {"train": cells(["relu"]), "extract": cells(["relu"]), "figure": EVERY_FIGURE, **JUDGED}),
    "the rows of the training set": (f"{ARTICLE}/experiment.yaml", "train_samples: 1000,", "train_samples: 900,", {"data": {("article", f"S{s}") for s in SPARSITIES}, "train": cells(), "extract": cells(), "figure": EVERY_FIGURE, **JUDGED}),
    "a sparsity more": (f"{ARTICLE}/experiment.yaml", '"0.9"]', '"0.9", "0.7"]', {"data": {("article", "S0.7")}, "train": cells(sparsities=["0.7"]), "extract": cells(sparsities=["0.7"]), "figure": EVERY_FIGURE, **JUDGED}),
    "a sparsity less": (f"{ARTICLE}/experiment.yaml", '"0.5", "0.9"]', '"0.9"]', {"figure": EVERY_FIGURE, **JUDGED}),
    "formats": ("config/config.yaml", "[svg, pdf, png]", "[svg, pdf]", {"figure": EVERY_FIGURE, **REPORT}),
}  # fmt: skip


def test_nothing_is_to_be_done_twice(built):
    result = built.snakemake()
    assert result.returncode == 0
    assert "Nothing to be done" in result.stdout + result.stderr


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_makes_exactly_its_own_jobs_stale(built, edit):
    file, old, new, expected = EDITS[edit]
    path = built.folder / file
    before = path.read_text() if path.exists() else None
    path.touch()
    built.edit(file, old, new)
    try:
        assert planned(built) == expected
    finally:
        path.unlink() if before is None else path.write_text(before)


def test_a_module_that_moves_to_another_room_under_another_name_makes_nothing_stale(spoilable):
    """Measures, plots, streams and the kernel's products, each imported by several other modules."""
    library = spoilable.folder / LIBRARY
    for old, new in (
        ("measure/features", "data/quantities"),
        ("draw/canvas", "judge/easel"),
        ("data/streams", "store/sources"),
        ("train/fused/dense", "train/fused/whole"),
    ):
        (library / f"{old}.py").rename(library / f"{new}.py")
        for file in (spoilable.folder / "workflow").rglob("*.py"):
            file.write_text(moved(file, library, old.replace("/", "."), new.replace("/", ".")))
    assert planned(spoilable) == {}


def moved(file, library, old, new):
    """A file's text with every import of a module changed to where it has moved."""
    lines = []
    for line in file.read_text().splitlines(keepends=True):
        if match := re.match(r"(\s*from )(\.*)([\w.]*)( import )(.*)", line, re.S):
            before, dots, module, between, names = match.groups()
            home = list(file.relative_to(library).parent.parts) if dots and file.is_relative_to(library) else []
            if dots and not file.is_relative_to(library):
                lines.append(line)
                continue
            package = home[: len(home) - len(dots) + 1] if dots else []
            absolute = ".".join([*package, *module.split(".")]).strip(".").removeprefix("superposition.")
            if absolute == old:
                line = f"{before}superposition.{new}{between}{names}"
            elif absolute == old.rpartition(".")[0] and names.strip() == old.rpartition(".")[2]:
                line = f"{before}superposition.{new.rpartition('.')[0]}{between}{new.rpartition('.')[2]} as {names}"
        lines.append(line)
    return "".join(lines)
