"""What a run may take away is linked aside, and put back where the run does not make it anew."""

import errno
import os
from types import SimpleNamespace

import pytest
from superposition.pipeline import kept, marks
from superposition.store.errors import UserError

BUNDLE = ("figure.svg", "data.csv", "provenance.json")
TARGETS = [("judge", "toy"), ("figure", "toy-bias"), ("report", "report")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with claims, a bundle and a document; what runs register for their end is not run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("atexit.register", lambda function: None)
    for name in ("results/toy/claims.json", "results/toy/claims.csv", "report/report.html", "report/report.pdf"):
        written(tmp_path / name, "old")
    for name in BUNDLE:
        written(tmp_path / "report/figures/toy-bias" / name, "old")
    return tmp_path


def written(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # products are never written in place
    path.write_text(text)
    return path


def run(*unfinished):
    """A run as Snakemake sees it that was to make some files and has not."""
    jobs = [SimpleNamespace(output=list(unfinished))] if unfinished else []
    return SimpleNamespace(dag=SimpleNamespace(needrun_jobs=lambda: iter(jobs)))


def test_what_a_failed_job_took_away_comes_back_with_a_mark(folder):
    bundle = folder / "report/figures/toy-bias"
    record = {"stage": "figure", "target": ["toy-bias"], "digest": "1"}
    assert marks.marked(record) == record
    end = kept.keep(TARGETS, run("report/figures/toy-bias/figure.svg"))
    before = {path: path.stat().st_mtime_ns for path in bundle.iterdir()}
    for path in bundle.iterdir():
        path.unlink()
    assert end() == "as before this run, and stale: report/figures/toy-bias"
    assert {path: path.stat().st_mtime_ns for path in bundle.iterdir()} == before
    assert marks.marked(record) != record
    assert marks.marked({**record, "target": ["toy-gram"]}) == {**record, "target": ["toy-gram"]}
    assert not list(kept.KEPT.iterdir())
    assert end() == ""


def test_each_time_that_something_is_put_back_it_gets_another_mark(folder):
    record, found = {"stage": "judge", "target": ["toy"]}, set()
    for _ in range(3):
        end = kept.keep(TARGETS, run("results/toy/claims.json"))
        (folder / "results/toy/claims.json").unlink()
        end()
        found.add(marks.marked(record)["mark"])
    assert len(found) == 3


def test_what_was_made_anew_stays(folder):
    end = kept.keep(TARGETS, run())
    for name in BUNDLE:
        written(folder / "report/figures/toy-bias" / name, "new")
    assert end() == ""
    assert {path.read_text() for path in (folder / "report/figures/toy-bias").iterdir()} == {"new"}
    assert not marks.MARKS.exists()


def test_a_half_made_bundle_of_a_killed_run_is_replaced_as_a_whole(folder):
    bundle = folder / "report/figures/toy-bias"
    kept.keep(TARGETS, run())
    (bundle / "provenance.json").unlink()
    written(bundle / "figure.svg", "new")
    written(folder / "report/report.html", "new")  # whole, with its PDF: its job was done
    (group,) = kept.put_back()
    assert group.name == "figure-toy-bias"
    assert {path.name: path.read_text() for path in bundle.iterdir()} == dict.fromkeys(BUNDLE, "old")
    assert (folder / "report/report.html").read_text() == "new"
    assert kept.put_back() == []


def test_other_runs_products_are_left_alone(folder):
    """What lies here no more, and was not this run's to make, another run may be making."""
    end = kept.keep(TARGETS, run("results/toy/claims.json"))
    (folder / "report/report.html").unlink()
    assert end() == "as before this run, and stale: results/toy/claims.json"
    assert not (folder / "report/report.html").exists()


def test_where_a_file_has_one_name_only_it_is_copied(folder, monkeypatch):
    def refused(*_):
        raise OSError(errno.EPERM, "no links")

    monkeypatch.setattr(os, "link", refused)
    test_what_a_failed_job_took_away_comes_back_with_a_mark(folder)


def test_a_disk_that_is_full_stops_the_run_before_anything_is_taken_away(folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(UserError, match=r"\.snakemake/kept: no space left on the disk; free some and run snakemake"):
        kept.keep(TARGETS, run())
    assert (folder / "results/toy/claims.json").read_text() == "old"
