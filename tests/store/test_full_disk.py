"""A full disk: the error is one line that names the file, and nothing half written stays."""

import errno
import os

import numpy as np
import pytest
from superposition.store import files, tensors
from superposition.store.errors import UserError, no_space


def full(number=errno.ENOSPC):
    return OSError(number, os.strerror(number))


def write_half(path):
    with files.replacing(path) as temporary:
        temporary.write_text("half of it")
        raise full()


def test_no_space_is_told_from_other_errors():
    assert no_space(full(errno.ENOSPC))
    assert no_space(full(errno.EDQUOT))
    assert not no_space(full(errno.EACCES))
    assert not no_space(ValueError(errno.ENOSPC))


@pytest.mark.parametrize("name", ["product.csv", "deeper/folder/product.csv"])
def test_a_product_that_does_not_fit_is_named_and_leaves_nothing(tmp_path, name):
    path = tmp_path / name
    with pytest.raises(UserError) as caught:
        write_half(path)
    assert str(caught.value) == f"{path}: no space left on the disk; free some and run snakemake again"
    assert list(path.parent.iterdir()) == []


def test_the_product_before_stays_whole_when_its_successor_does_not_fit(tmp_path, monkeypatch):
    path = tmp_path / "product.csv"
    files.write_text(path, "whole")
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(full()))
    with pytest.raises(UserError, match="no space left"):
        files.write_text(path, "another")
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(PermissionError), files.replacing(tmp_path / "product.csv"):
        raise full(errno.EACCES)


def test_what_is_written_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    """In this order a lost machine leaves the product whole or not at all, and the file flushed is the one written."""
    happened = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: happened.append(os.fstat(descriptor).st_ino))
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (happened.append("named"), replace(a, b)))
    tensors.write_tensors(tmp_path / "W.safetensors", {"W": np.zeros(3, np.float32)}, {})
    assert happened == [(tmp_path / "W.safetensors").stat().st_ino, "named", tmp_path.stat().st_ino]
