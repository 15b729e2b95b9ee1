"""An experiment's own models: what they are made of is part of the cells that use them, and of no other."""

import pytest
from superposition.pipeline.plan import load_plan

EXPERIMENT = "workflow/experiments/article"
MODELS = '''"""Models of this experiment."""

from superposition.train.models import Autoencoder, register


def scaled(x):
    """What both are made of."""
    return x * 1.0


@register("first")
class First(Autoencoder):
    """Half the linear model."""

    def forward(self, x):
        return 0.5 * scaled(self.decode(self.encode(x)))


@register("second")
class Second(Autoencoder):
    """Twice the linear model."""

    def forward(self, x):
        return 2.0 * scaled(self.decode(self.encode(x)))
'''


def digests(stages=("data", "weights", "matrices")):
    plan = load_plan({"preset": "smoke"})
    return {
        path.as_posix(): stage.digest for kind in stages for path, stage in plan.product_stages("article", kind).items()
    }


def changed(before, after):
    """The models of cells whose stage is new or another."""
    return {path.split("/")[2] for path, digest in after.items() if before.get(path) != digest}


@pytest.fixture
def own(here):
    """The article with two models of its own, beside the library's."""
    before = digests()
    (here.folder / EXPERIMENT / "models.py").write_text(MODELS)
    assert digests() == before
    here.edit(
        f"{EXPERIMENT}/experiment.yaml",
        "models:\n",
        "models:\n  one: {architecture: first, label: One, hidden: 5}\n"
        "  two: {architecture: second, label: Two, hidden: 5}\n",
    )
    after = digests()
    assert before.items() <= after.items()
    assert changed(before, after) == {"one", "two"}
    return here, after


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0.5 * scaled", "0.25 * scaled", {"one"}),
        ("2.0 * scaled", "4.0 * scaled", {"two"}),
        ("x * 1.0", "x * 1.5", {"one", "two"}),
        ("Twice the", "Two times the", set()),
    ],
)
def test_an_edit_of_one_retrains_the_cells_that_use_it_alone(own, old, new, expected):
    project, before = own
    project.edit(f"{EXPERIMENT}/models.py", old, new)
    assert changed(before, digests()) == expected


def test_a_model_s_label_is_no_part_of_what_is_judged(here):
    before = load_plan().stage("judge", "article")
    here.edit(f"{EXPERIMENT}/experiment.yaml", "label: linear,", "label: Linear,")
    after = load_plan().stage("judge", "article")
    assert before.digest == after.digest
