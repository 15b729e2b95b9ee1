"""A product is checked once as long as nothing changes, and anew after any change."""

import os

import pytest
from superposition.store.errors import StaleError, UserError
from superposition.store.paths import provenance_path
from superposition.store.provenance import Stage, checked, intact, write_provenance

STAGE = Stage("data", ("mine", "0"), {}, "0" * 64, {})


@pytest.fixture
def product(tmp_path):
    source, product = tmp_path / "source.csv", tmp_path / "product.csv"
    source.write_text("a\n1\n")
    write_provenance(source, STAGE, [])
    product.write_text("b\n2\n")
    write_provenance(product, STAGE, [source])
    assert checked(product, STAGE.digest) == checked(product, STAGE.digest) == product
    return product


def rewritten_unseen(path, old, new):
    """Edit a file in place, with its size and its time as before."""
    before, text = path.stat(), path.read_text()
    assert old in text
    assert len(old) == len(new)
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_an_edit_that_keeps_size_and_time_is_noticed(product):
    rewritten_unseen(product, "2", "3")
    with pytest.raises(UserError, match="content differs"):
        checked(product, STAGE.digest)


def test_so_is_one_of_its_provenance(product):
    rewritten_unseen(provenance_path(product), "mine", "mind")
    with pytest.raises(UserError, match="damaged"):
        checked(product, STAGE.digest)


def test_so_is_another_source(product):
    source = product.with_name("source.csv")
    source.write_text("a\n5\n")
    write_provenance(source, STAGE, [])
    with pytest.raises(StaleError, match="made from another"):
        checked(product, STAGE.digest)


def test_and_one_that_vanished(product):
    product.unlink()
    with pytest.raises(UserError, match="No such file"):
        checked(product, STAGE.digest)


@pytest.mark.parametrize("read", [intact, lambda path: checked(path, STAGE.digest)], ids=["intact", "checked"])
@pytest.mark.parametrize("record", [False, True], ids=["product", "provenance"])
@pytest.mark.parametrize(
    "make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)], ids=["pipe", "folder", "device"]
)
def test_what_is_no_regular_file_is_refused_before_it_is_opened(product, make, record, read):
    """A pipe would be waited for, and /dev/zero has no end."""
    path = provenance_path(product) if record else product
    path.unlink()
    make(path)
    with pytest.raises(UserError, match=rf"^{path}: no regular file; delete it and (re)?build it: snakemake"):
        read(product)
