"""Figures of two experiments that would share a folder are refused."""

import copy
import shutil

import pytest
import yaml
from hostile_configuration import EXPERIMENTS, dumped, outcome, valid_texts


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The working directory is a copy of the project; the valid text of each of its configuration files, by path."""
    yield from valid_texts(tmp_path_factory)


def test_two_figures_of_one_id_are_refused(place):
    """Experiment article's figure of-rows and experiment article-of's figure rows would share a folder."""
    (path,) = (path for path in place if path.parent.name == "article")
    (config,) = (path for path in place if path.name == "config.yaml")
    twin = path.parents[1] / "article-of"
    shutil.copytree(path.parent, twin)
    document = yaml.safe_load(place[path]) | {"claims": {}, "curves": [], "amendments": []}
    for file, old, new in ((path, "sample", "of-rows"), (twin / "experiment.yaml", "sample", "rows")):
        own = copy.deepcopy(document)
        own["figures"][new] = own["figures"].pop(old)
        file.write_bytes(dumped(own))
        figures = file.with_name("figures.py")
        figures.write_text(figures.read_text().replace(f'@figure("{old}")', f'@figure("{new}")'))
    try:
        message = outcome(place, config, place[config].replace("[article, ", "[article, article-of, ").encode())
    finally:
        path.write_text(place[path])
        figures = path.with_name("figures.py")
        figures.write_text(figures.read_text().replace('@figure("of-rows")', '@figure("sample")'))
        shutil.rmtree(twin)
    assert message == (
        f"{EXPERIMENTS}/article-of/experiment.yaml: figures.rows: found the id article-of-rows, which article has; "
        "allowed: another name"
    )
