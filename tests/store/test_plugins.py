"""An experiment's files: registered by experiment and name, importing each other, and not mixed up with another's."""

import pytest
from superposition.store import plugins
from superposition.store.errors import UserError
from superposition.store.plugins import Registry, experiment_module

CLAIMS = """
from superposition.store.plugins import Registry

from .tolerances import NARROW

claim = Registry()


@claim("holds")
def holds(evidence):
    return NARROW
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A place for experiments; call it with an id and a tolerance to make one."""
    monkeypatch.setattr("superposition.store.project.EXPERIMENTS", tmp_path)

    def make(identifier, tolerance):
        (tmp_path / identifier).mkdir(exist_ok=True)
        (tmp_path / identifier / "claims.py").write_text(CLAIMS)
        (tmp_path / identifier / "tolerances.py").write_text(f"NARROW = {tolerance}\n")

    return make


def test_two_experiments_may_use_one_name(folder):
    folder("steep-importance", 1)
    folder("flat", 2)
    registry = {}
    for identifier in ("steep-importance", "flat"):
        registry |= experiment_module(identifier, "claims").claim
    assert {key: function(None) for key, function in registry.items()} == {
        ("steep-importance", "holds"): 1,
        ("flat", "holds"): 2,
    }


def test_what_the_library_registers_belongs_to_no_experiment():
    registry = Registry()
    registry("square")(test_two_experiments_may_use_one_name)
    assert registry.names("") == ["square"]
    assert registry.names("article") == []


def test_equally_named_experiments_of_two_folders_are_not_mixed_up(folder, tmp_path, monkeypatch):
    folder("flat", 2)
    assert experiment_module("flat", "claims").NARROW == 2
    other = tmp_path / "elsewhere"
    other.mkdir()
    monkeypatch.setattr("superposition.store.project.EXPERIMENTS", other)
    for name, text in (("claims.py", CLAIMS), ("tolerances.py", "NARROW = 3\n")):
        (other / "flat").mkdir(exist_ok=True)
        (other / "flat" / name).write_text(text)
    assert experiment_module("flat", "claims").NARROW == 3


def test_a_missing_file_is_named(folder):
    folder("flat", 2)
    with pytest.raises(UserError, match=r"flat: no figures\.py"):
        experiment_module("flat", "figures")


def test_registered_names_are_read_without_running_the_file(tmp_path):
    path = tmp_path / "claims.py"
    path.write_text("raise SystemExit\n\n@claim('a')\ndef first(): ...\n\n@other('b')\ndef second(): ...\n")
    assert plugins.registered(path, "claim") == {"a": "first"}
