"""The digest of a stage's code: it changes with every definition that the stage reaches, and with nothing else."""

import pytest
from superposition.pipeline.digest import code_digest, forget

# A library of three rooms, and an experiment's folder beside it.
FILES = {
    "superposition/way/stage.py": '''
"""What a rule runs."""
from typing import TYPE_CHECKING

from . import shapes
from ..ground.sums import total as added
from ..ground.registry import known

if TYPE_CHECKING:
    from ..ground.unrelated import Other


def run(values: list) -> float:
    """Doc."""
    from ..ground.lazy import late  # only when it runs

    if not values:
        raise ValueError(f"nothing in {values}")
    assert len(values) < 9, "too many"
    return added(values) + shapes.area(2) + late(values) + known["linear"](1)


def beside(values):
    return values
''',
    "superposition/way/shapes.py": """
SIDE = 3
OTHER = 4


def area(n):
    return n * SIDE


def volume(n):
    return n * OTHER
""",
    "superposition/ground/sums.py": """
import numpy as np


def total(values):
    return np.sum(values)
""",
    "superposition/ground/lazy.py": """
LATE: float = 1.0


class Point:
    x: int
    y: int = 0

    def shifted(self):
        return self.x + LATE


def late(values):
    return Point(len(values)).shifted()
""",
    "superposition/ground/registry.py": """
from .kinds import Registry

known = Registry()


@known("linear")
def linear(x):
    return x


@known("square")
def square(x):
    return x * x
""",
    "superposition/ground/kinds.py": """
class Registry(dict):
    def __call__(self, name):
        return lambda function: self.setdefault(name, function)
""",
    "superposition/ground/unrelated.py": "class Other:\n    size = 1\n",
    "experiments/mine/figures.py": '''
"""Figures."""
from superposition.ground.registry import known
from superposition.way.shapes import volume

from .tolerances import NARROW, WIDE


@known("first")
def first(results):
    return volume(results) + NARROW


@known("second")
def second(results):
    return WIDE
''',
    "experiments/mine/tolerances.py": "NARROW = 0.01\nWIDE = 0.1\n",
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """The files, written; call it with a path, an old and a new text to change one."""
    monkeypatch.setattr("superposition.pipeline.code.LIBRARY", tmp_path / "superposition")
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    def change(path, old, new):
        text = (tmp_path / path).read_text()
        assert old in text
        (tmp_path / path).write_text(text.replace(old, new))

    change.folder = tmp_path
    return change


def of_stage(tree):
    forget()
    return code_digest([(tree.folder / "superposition/way/stage.py", "run")])


def of_figure(tree, name="first"):
    forget()
    return code_digest([(tree.folder / "experiments/mine/figures.py", name)])


STAGE, SHAPES, SUMS, LAZY = (
    f"superposition/{name}.py" for name in ("way/stage", "way/shapes", "ground/sums", "ground/lazy")
)
SAME = {
    "a comment": (STAGE, "    if not values:", "    # why\n    if not values:"),
    "a docstring": (STAGE, '"""Doc."""', '"""Other."""'),
    "the module's docstring": (STAGE, '"""What a rule runs."""', '"""What the rule runs."""'),
    "the layout": (STAGE, "added(values) +", "(added( values )) +"),
    "the text of an error": (STAGE, 'f"nothing in {values}"', 'f"found {values}; allowed: some"'),
    "the text of an assertion": (STAGE, '"too many"', '"allowed: at most eight"'),
    "an annotation of an argument": (STAGE, "values: list", "values: tuple"),
    "an annotation of what comes back": (STAGE, "-> float", "-> int"),
    "an annotation of a constant": (LAZY, "LATE: float", "LATE: int"),
    "what stands below TYPE_CHECKING": (STAGE, "import Other", "import Other as Another"),
    "a function beside": (STAGE, "def beside(values):\n    return values", "def beside(values):\n    return -values"),
    "a constant that is not reached": (SHAPES, "OTHER = 4", "OTHER = 5"),
    "a further function of a reached module": (SHAPES, "def volume", "def length(n):\n    return n\n\n\ndef volume"),
    "a further import": (SUMS, "import numpy as np", "import json\nimport numpy as np"),
}
OTHER = {
    "the function itself": (STAGE, "shapes.area(2)", "shapes.area(3)"),
    "the condition of an error": (STAGE, "if not values", "if values is None"),
    "the kind of an error": (STAGE, "raise ValueError", "raise KeyError"),
    "a constant of another module": (SHAPES, "SIDE = 3", "SIDE = 5"),
    "a function of another room": (SUMS, "np.sum", "np.max"),
    "another package's function by the same name": (SUMS, "import numpy as np", "import pandas as np"),
    "a function imported inside a function": (LAZY, "len(values)", "2 * len(values)"),
    "a method of a class that it makes": (LAZY, "self.x + LATE", "self.x - LATE"),
    "a field of a class": (LAZY, "y: int = 0", "y: int = 1"),
    "what is registered under a name that it looks up": (
        "superposition/ground/registry.py",
        "return x * x",
        "return x ** 2",
    ),
    "what runs when a module is imported": (
        SUMS,
        "import numpy as np\n",
        "import numpy as np\n\nnp.seterr(all='raise')\n",
    ),
    "an equally named function of another module": (
        STAGE,
        "from ..ground.sums import total",
        "from ..ground.totals import total",
    ),
}


@pytest.mark.parametrize("edit", SAME.values(), ids=SAME)
def test_what_only_people_read_and_what_is_not_reached_leave_it_alone(tree, edit):
    before = of_stage(tree)
    tree(*edit)
    assert of_stage(tree) == before


@pytest.mark.parametrize("edit", OTHER.values(), ids=OTHER)
def test_whatever_is_reached_changes_it(tree, edit):
    (tree.folder / "superposition/ground/totals.py").write_text("def total(values):\n    return max(values)\n")
    before = of_stage(tree)
    tree(*edit)
    assert of_stage(tree) != before


def test_code_may_move(tree):
    """To another room, under another name, and its modules' names with it: the same code is the same."""
    before, drawn = of_stage(tree), of_figure(tree)
    (tree.folder / "superposition/below").mkdir()
    (tree.folder / "superposition/way/shapes.py").rename(tree.folder / "superposition/below/figures.py")
    tree(STAGE, "from . import shapes", "from ..below import figures")
    tree(STAGE, "shapes.area", "figures.area")
    tree("experiments/mine/figures.py", "way.shapes", "below.figures")
    (tree.folder / "superposition/ground/sums.py").rename(tree.folder / "superposition/ground/added.py")
    tree(STAGE, "ground.sums", "ground.added")
    (tree.folder / "experiments/mine/tolerances.py").rename(tree.folder / "experiments/mine/limits.py")
    tree("experiments/mine/figures.py", ".tolerances", ".limits")
    assert (of_stage(tree), of_figure(tree)) == (before, drawn)


def test_a_definition_may_move_to_another_module(tree):
    before = of_stage(tree)
    text = (tree.folder / SHAPES).read_text()
    (tree.folder / "superposition/way/areas.py").write_text(text[: text.index("def volume")])
    tree(STAGE, "from . import shapes", "from . import areas")
    tree(STAGE, "shapes.area", "areas.area")
    assert of_stage(tree) == before


def test_a_figure_counts_alone_though_others_are_registered_beside_it(tree):
    first, second = of_figure(tree), of_figure(tree, "second")
    tree("experiments/mine/figures.py", "return WIDE", "return -WIDE")
    assert of_figure(tree) == first
    assert of_figure(tree, "second") != second


def test_relative_imports_in_an_experiments_folder_are_followed(tree):
    first, second = of_figure(tree), of_figure(tree, "second")
    tree("experiments/mine/tolerances.py", "NARROW = 0.01", "NARROW = 0.02")
    assert of_figure(tree) != first
    assert of_figure(tree, "second") == second


def test_a_module_that_is_passed_about_counts_whole(tree):
    tree(STAGE, "shapes.area(2)", "max(shapes.SIDE, len(vars(shapes)))")
    before = of_stage(tree)
    tree(SHAPES, "OTHER = 4", "OTHER = 5")
    assert of_stage(tree) != before
