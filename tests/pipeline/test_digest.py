"""The digest of a stage's code sees what the stage runs, and nothing else."""

import pytest
from superposition.pipeline.digest import code_digest

FILE = '''
"""A module."""
from superposition.measure.features import gram_matrix
import json

SIZE = 3
OTHER = 4

def helper(x):
    """Doc."""
    return x * SIZE

def first(results):
    return helper(results)

def second(results):
    return gram_matrix(results, OTHER)
'''


@pytest.fixture
def digest(tmp_path):
    def of(text, function="first", modules=()):
        path = tmp_path / "figures.py"
        path.write_text(text)
        return code_digest(modules, path, function)

    return of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# nothing", "# comment"),
        ('"""Doc."""', '"""Other."""'),
        ("OTHER = 4", "OTHER = 5"),
        ("x * SIZE", "(x   *  SIZE)"),
        ("gram_matrix(results, OTHER)", "1"),
    ],
)
def test_comments_layout_and_what_is_not_reached_leave_it_alone(digest, old, new):
    text = FILE + "# nothing\n"
    assert digest(text.replace(old, new)) == digest(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SIZE = 3", "SIZE = 4"),
        ("x * SIZE", "x + SIZE"),
        ("return helper(results)", "return -helper(results)"),
    ],
)
def test_what_is_reached_changes_it(digest, old, new):
    assert digest(FILE.replace(old, new)) != digest(FILE)


def test_an_import_counts_for_the_function_that_uses_it(digest):
    assert digest(FILE, "second") != digest(
        FILE.replace("superposition.measure.features", "superposition.measure.theory"), "second"
    )
    assert digest(FILE, "first") == digest(
        FILE.replace("superposition.measure.features", "superposition.measure.theory"), "first"
    )


def test_imports_are_followed_also_inside_functions_and_relatively(tmp_path, monkeypatch):
    library = tmp_path / "superposition"
    (library / "stages").mkdir(parents=True)
    (library / "stages/one.py").write_text("def f():\n    from ..two import g\n    return g\n")
    (library / "two.py").write_text("from . import three\n\ndef g():\n    return three\n")
    (library / "three.py").write_text("X = 1\n")
    (library / "unrelated.py").write_text("X = 1\n")
    monkeypatch.setattr("superposition.pipeline.digest.LIBRARY", library)
    from superposition.pipeline import digest as module

    seen = []
    for file, text in (
        ("three.py", "X = 1\n"),
        ("three.py", "X = 2\n"),
        ("unrelated.py", "X = 3\n"),
        ("two.py", "from . import three\n\ndef g():\n    return three.X\n"),
    ):
        (library / file).write_text(text)
        module._module.cache_clear()
        seen.append(code_digest(("stages.one",)))
    module._module.cache_clear()
    assert seen[0] != seen[1]
    assert seen[1] == seen[2]
    assert seen[2] != seen[3]
