"""A size that no machine holds, or a design of too many readings, is refused in one line that names its key."""

import copy

import pytest
import yaml
from hostile_configuration import EXPERIMENTS, dumped, outcome, valid_texts


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The working directory is a copy of the project; the valid text of each of its configuration files, by path."""
    yield from valid_texts(tmp_path_factory)


# (key, value, what the error must name)
ABSURD = {
    "features": (("features",), 10**12, "features: found 1000000000000; allowed: less than or equal to 10000"),
    "features of a float's size": (("features",), 10**30, "features: found 1000000000000000000000000000000"),
    "hidden": (("models", "relu", "hidden"), 10**9, "models.relu.hidden: found 1000000000"),
    "rows": (("data", "train_samples"), 10**12, "data.train_samples: found 1000000000000"),
    "steps": (("training", "steps"), 10**12, "training.steps: found 1000000000000"),
    "batch": (("training", "batch"), 10**12, "training.batch"),
    "records": (("training", "records"), 10**12, "training.records: found 1000000000000"),
    "rows and features together": (("data", "test_samples"), 10**7, "data.test_samples, features, seeds and sparsities_per_job: found an array of 4,000,000,000 values; allowed: at most 1,000,000,000 (4 GB)"),
    "readings": (("design",), "product", "design: found product, of 1,073,741,824 readings; allowed: one-at-a-time"),
}  # fmt: skip


@pytest.mark.parametrize("what", ABSURD)
def test_a_size_that_no_machine_holds_is_refused(place, what):
    keys, value, expected = ABSURD[what]
    (path,) = (path for path in place if path.parent.name == "article")
    document = yaml.safe_load(place[path])
    document["presets"] = {}
    if what == "readings":
        axis = document["axes"]["reduction"]
        document["axes"] |= {f"axis-{i}": copy.deepcopy(axis) for i in range(30)}
        document["axes"] = {key: value for key, value in document["axes"].items() if key.startswith("axis-")}
        document |= {
            "claims": {"dataset-sparsity": document["claims"]["dataset-sparsity"]},
            "amendments": [],
            "curves": [],
        }
    parent = document
    for key in keys[:-1]:
        parent = parent[key]
    parent[keys[-1]] = value
    message = outcome(place, path, dumped(document))
    assert message.startswith(f"{EXPERIMENTS}/article/experiment.yaml")
    assert expected in message
