"""A claim's test and settings are locked: they change with an amendment that came after the lock, or not at all."""

import json
import shutil

import pytest
from conftest import ROOT, Project, copied
from superposition.spec import claims, experiment, settings
from superposition.store.sealed import as_lines, sealed

HOME = "workflow/experiments/mine"
YAML, CLAIMS, COUNTING, LOCK = (
    f"{HOME}/{name}" for name in ("experiment.yaml", "claims.py", "counting.py", "claims.lock")
)
AGAIN = "lock again: python -m superposition lock"
TEST_CHANGED = (
    f"error: {YAML}: claims.relu-spreads: its test changed since it was locked; add an amendment that names it, then "
    f"{AGAIN}\n"
)
SETTINGS_CHANGED = (
    f"error: {YAML}: the settings under which its models are trained and judged changed since they were locked; add an "
    f"amendment with claims: every, then {AGAIN}\n"
)

# (file, text to replace, replacement)
LEAVES_LOCKED = {
    "a comment": (CLAIMS, "    return features.clip", "    # why\n    return features.clip"),
    "a docstring": (CLAIMS, "Features per hidden dimension of", "How many features a hidden dimension of"),
    "the layout": (CLAIMS, "features.clip(min=LEAST)", "(features.clip( min = LEAST ))"),
    "a renamed variable of a function that it does not call": (CLAIMS, "    largest = max(values)\n    return largest", "    most = max(values)\n    return most"),
    "a further import": (CLAIMS, "from .counting", "import numpy as np\n\nfrom .counting"),
    "the statement": (YAML, "The ReLU model represents more", "It represents more"),
    "why this threshold": (YAML, 'why: "more than one"', 'why: "one is none"'),
    "the likely reason": (YAML, 'reason: "dense data leaves no room"', 'reason: "unknown"'),
    "a label": (YAML, "label: ReLU", "label: rectified"),
    "a choice in words": (YAML, 'says: "one half"', 'says: "half"'),
    "an open question": (YAML, 'question: "From which', 'question: "Above which'),
    "a default that is spelled out": (YAML, "training: {optimizer: adam,", "training: {optimizer: adam, schedule: constant,"),
    "seeds by their number": (YAML, "seeds: [0, 1, 2]", "seeds: 3"),
    "a stretch of sparsities": (YAML, "controls:", "sparsities_per_job: 2\ncontrols:"),
    "another preset": (YAML, "seeds: [0, 1, 2, 3]", "seeds: [0, 1, 2, 3, 4]"),
    "a figure": (YAML, "reads: [metrics]", "reads: [metrics, weights]"),
}  # fmt: skip
CHANGES_A_TEST = {
    "the quote": (YAML, "several features in one dimension", "many features in one dimension"),
    "the kind": (YAML, "    quantifier: some", "    kind: check\n    quantifier: some"),
    "the quantifier": (YAML, "quantifier: some", "quantifier: most"),
    "the effect": (YAML, 'effect: "features represented', 'effect: "features kept'),
    "the scale": (YAML, "    direction: above", "    scale: ratio\n    direction: above"),
    "the direction": (YAML, "direction: above", "direction: within"),
    "the threshold": (YAML, "threshold: 1.0", "threshold: 0.9"),
    "the function": (CLAIMS, '"features_per_dimension")) for s in', '"test_loss")) for s in'),
    "a function that it calls": (CLAIMS, "features.clip(min=LEAST)", "features.clip(max=LEAST)"),
    "a number in another file": (COUNTING, "LEAST = 0.5", "LEAST = 0.4"),
}
CHANGES_SETTINGS = {
    "the features": (YAML, "features: 6", "features: 7"),
    "the importance": (YAML, "first: 1.0", "first: 2.0"),
    "the sparsities": (YAML, '["0.3", "0.9"]', '["0.3", "0.8"]'),
    "a control": (YAML, '"0": [relu]', '"0": [relu, doubled]'),
    "the seeds": (YAML, "seeds: [0, 1, 2]", "seeds: [0, 1, 3]"),
    "the streams": (YAML, "data: {", "streams: own\ndata: {"),
    "the data": (YAML, "train_samples: 2000", "train_samples: 3000"),
    "a model": (YAML, "label: ReLU, hidden: 2", "label: ReLU, hidden: 3"),
    "the code of the experiment's own model": (f"{HOME}/models.py", "factor = 2", "factor = 3"),
    "the learning rate": (YAML, "learning_rate: 0.001", "learning_rate: 0.002"),
    "a variant": (YAML, "{bias: false}", "{tied: false}"),
    "the variant that is read first": (YAML, "  plain: {}\n  unbiased: {models: {relu: {bias: false}}}", "  unbiased: {models: {relu: {bias: false}}}\n  plain: {}"),
    "a swept value": (YAML, "values: [0.5, 0.6]", "values: [0.5, 0.7]"),
    "a reading's training": (YAML, "change: {training: {steps: 400}}", "change: {training: {steps: 500}}"),
    "a reading's option": (YAML, "options: {norm: 0.25}", "options: {norm: 0.2}"),
    "a default choice": (YAML, "default: half", "default: quarter"),
    "a layer": (YAML, "layer: tuned", "layer: optimum"),
    "the design": (YAML, "axes:", "design: product\naxes:"),
    "when a cell has converged": (YAML, "axes:", "convergence: {slope: 0.1}\naxes:"),
}  # fmt: skip


@pytest.fixture
def mine(tmp_path) -> Project:
    """An experiment of two claims, relu-spreads and relu-learns."""
    return copied(ROOT / "tests/locked", tmp_path / "project")


@pytest.fixture(scope="module")
def locked_once(tmp_path_factory) -> Project:
    """The same, its claims locked; not to be changed."""
    project = copied(ROOT / "tests/locked", tmp_path_factory.mktemp("locked") / "project")
    assert project.call("lock").returncode == 0
    return project


@pytest.fixture
def locked(locked_once, tmp_path) -> Project:
    """A copy for one test to change."""
    return copied(locked_once.folder, tmp_path / "locked")


def amend(project, names, more="", what="the threshold"):
    """Write a further amendment into experiment.yaml."""
    path = project.folder / YAML
    text = path.read_text()
    if "\namendments:\n" not in text:
        text += "amendments:\n"
    path.write_text(
        f"{text}  - {{claims: {names}, {more}what: {what}, why: slip, before: reproduced, after: the same, commit: abcdef1}}\n"
    )


def lock_of(project):
    return json.loads((project.folder / LOCK).read_text())


def refusal(project):
    """What `lock` and `lock --check` say alike, once neither has written anything."""
    before = (project.folder / LOCK).read_bytes()
    written, checked = project.call("lock"), project.call("lock", "--check")
    assert (written.returncode, checked.returncode) == (1, 1)
    assert written.stderr == checked.stderr
    assert (project.folder / LOCK).read_bytes() == before
    return written.stderr


def is_locked(project):
    return project.call("lock", "--check").returncode == 0


def test_claims_without_a_lock_are_found_and_nothing_is_written(mine):
    result = mine.call("lock", "--check")
    assert result.returncode == 1
    assert result.stderr == f"error: {HOME}: no claims.lock; lock its claims: python -m superposition lock\n"
    assert not (mine.folder / LOCK).exists()


def test_an_experiment_without_a_lock_is_planned_as_any_other(mine):
    (mine.folder / HOME / "text.md").write_text('{{ figure("losses") }}\n')
    result = mine.call("check")
    assert result.returncode == 0, result.stderr


def test_an_experiment_without_claims_needs_no_lock(mine):
    text = (mine.folder / YAML).read_text()
    (mine.folder / YAML).write_text(text[: text.index("claims:")] + text[text.index("presets:") :])
    assert is_locked(mine)
    assert mine.call("lock").returncode == 0
    assert not (mine.folder / LOCK).exists()


def test_a_lock_is_a_line_for_each_claim_and_the_same_for_the_same_experiment(locked):
    text = (locked.folder / LOCK).read_text()
    assert list(lock_of(locked)) == ["settings", "amendments", "claims", "record"]
    assert list(lock_of(locked)["claims"]) == ["relu-learns", "relu-spreads"]
    assert len(text.splitlines()) == 9
    (locked.folder / LOCK).unlink()
    assert locked.call("lock").returncode == 0
    assert (locked.folder / LOCK).read_text() == text


def test_the_lock_is_that_of_the_standard_preset_whichever_is_configured(locked):
    assert locked.call("lock", "--check", "--set", "preset=full").returncode == 0


@pytest.mark.parametrize("edit", LEAVES_LOCKED.values(), ids=LEAVES_LOCKED)
def test_what_changes_no_number_leaves_a_claim_locked(locked, edit):
    locked.edit(*edit)
    assert is_locked(locked)


def test_a_function_may_move_to_another_file(locked):
    text = (locked.folder / CLAIMS).read_text()
    start, end = text.index("def _counted"), text.index("\n\ndef _beside")
    (locked.folder / f"{HOME}/moved.py").write_text(f"from .counting import LEAST\n\n\n{text[start:end]}")
    (locked.folder / CLAIMS).write_text(
        (text[:start] + text[end:]).replace("from .counting import LEAST", "from .moved import _counted")
    )
    assert is_locked(locked)


def test_claims_may_change_places(locked):
    text = (locked.folder / YAML).read_text()
    first, second, end = (text.index(key) for key in ("  relu-spreads:", "  relu-learns:", "presets:"))
    (locked.folder / YAML).write_text(text[:first] + text[second:end] + text[first:second] + text[end:])
    assert is_locked(locked)


@pytest.mark.parametrize("edit", CHANGES_A_TEST.values(), ids=CHANGES_A_TEST)
def test_a_changed_test_is_refused_until_an_amendment_names_its_claim(locked, edit):
    before = lock_of(locked)
    locked.edit(*edit)
    assert refusal(locked) == TEST_CHANGED
    amend(locked, "[relu-learns]")
    assert refusal(locked) == TEST_CHANGED
    amend(locked, "[relu-spreads]")
    assert locked.call("lock").returncode == 0
    assert is_locked(locked)
    assert lock_of(locked)["claims"]["relu-spreads"] != before["claims"]["relu-spreads"]
    assert lock_of(locked)["claims"]["relu-learns"] == before["claims"]["relu-learns"]


@pytest.mark.parametrize("edit", CHANGES_SETTINGS.values(), ids=CHANGES_SETTINGS)
def test_changed_settings_are_refused_until_an_amendment_speaks_of_every_claim(locked, edit):
    before = lock_of(locked)
    locked.edit(*edit)
    assert refusal(locked) == SETTINGS_CHANGED
    amend(locked, "[relu-spreads]")
    assert refusal(locked) == SETTINGS_CHANGED
    amend(locked, "every")
    assert locked.call("lock").returncode == 0
    assert is_locked(locked)
    assert lock_of(locked)["settings"] != before["settings"]
    assert lock_of(locked)["claims"] == before["claims"]


def test_the_code_of_the_library_counts_by_its_names(locked):
    locked.edit(CLAIMS, "import off_diagonal", "import represented as off_diagonal")
    assert "claims.relu-learns: its test changed" in refusal(locked)


def test_what_runs_on_import_belongs_to_every_claim(locked):
    locked.edit(COUNTING, "LEAST = 0.5", "LEAST = 0.5\nprint(LEAST)")
    message = refusal(locked)
    assert TEST_CHANGED in message
    assert "claims.relu-learns: its test changed" in message


def test_an_amendment_that_was_there_before_excuses_no_later_change(locked):
    locked.edit(YAML, "threshold: 1.0", "threshold: 0.9")
    amend(locked, "[relu-spreads, relu-learns]")
    assert locked.call("lock").returncode == 0
    locked.edit(YAML, "threshold: 0.1", "threshold: 0.2")
    assert "claims.relu-learns: its test changed" in refusal(locked)


def test_an_amendment_is_locked_too_and_excuses_nothing_from_then_on(locked):
    amend(locked, "every")
    result = locked.call("lock", "--check")
    assert result.returncode == 1
    assert result.stderr == f"error: {LOCK}: not as experiment.yaml now is: amendments; {AGAIN}\n"
    assert locked.call("lock").returncode == 0
    locked.edit(YAML, "threshold: 1.0", "threshold: 0.9")
    assert refusal(locked) == TEST_CHANGED


def test_an_amendment_that_is_taken_back_is_missed(locked):
    text = (locked.folder / YAML).read_text()
    amend(locked, "every")
    assert locked.call("lock").returncode == 0
    (locked.folder / YAML).write_text(text)
    assert refusal(locked) == (
        f"error: {YAML}: amendments: found 0; allowed: the 1 that there were when its claims were locked, and later ones "
        "after them\n"
    )


def test_a_further_claim_is_locked_without_an_amendment(locked):
    added = '  relu-learns-more: {quote: "q", statement: "s", quantifier: mean, effect: "e", direction: below, threshold: 1, why: "w", figure: losses, reason: "r"}\n'
    locked.edit(YAML, "presets:", f"{added}presets:")
    with (locked.folder / CLAIMS).open("a") as file:
        file.write('\n\n@claim("relu-learns-more")\ndef relu_learns_more(evidence):\n    return {}\n')
    result = locked.call("lock", "--check")
    assert result.stderr == f"error: {LOCK}: not as experiment.yaml now is: claims.relu-learns-more; {AGAIN}\n"
    before = lock_of(locked)["claims"]
    assert locked.call("lock").returncode == 0
    assert before.items() < lock_of(locked)["claims"].items()


def without_the_first_claim(project):
    text = (project.folder / YAML).read_text()
    (project.folder / YAML).write_text(text[: text.index("  relu-spreads:")] + text[text.index("  relu-learns:") :])


def test_a_claim_is_removed_with_an_amendment_that_says_so(locked):
    without_the_first_claim(locked)
    assert refusal(locked) == (
        f"error: {YAML}: claims.relu-spreads: it was removed since it was locked; add an amendment that names it, with "
        f"removed: true, then {AGAIN}\n"
    )
    amend(locked, "[relu-spreads]", "removed: true, ")
    assert locked.call("lock").returncode == 0
    assert list(lock_of(locked)["claims"]) == ["relu-learns"]


def test_a_removed_claim_returns_with_an_amendment_only(locked):
    text = (locked.folder / YAML).read_text()
    without_the_first_claim(locked)
    amend(locked, "[relu-spreads]", "removed: true, ")
    assert locked.call("lock").returncode == 0
    (locked.folder / YAML).write_text(text.replace("threshold: 1.0", "threshold: 0.1"))
    amend(locked, "[relu-spreads]", "removed: true, ")
    assert "amendments[0].removed: found true; allowed: false, or a later one that names 'relu-spreads'" in refusal(
        locked
    )
    amend(locked, "[relu-spreads]", what="its return")
    assert locked.call("lock").returncode == 0


@pytest.mark.parametrize(
    ("names", "more", "allowed"),
    [
        (
            "[relu-spread]",
            "",
            "amendments[0].claims: found 'relu-spread'; allowed: names of claims, or of others with removed: true",
        ),
        (
            "[every]",
            "",
            "amendments[0].claims: found 'every'; allowed: names of claims, or of others with removed: true",
        ),
        ("all", "", "amendments[0].claims: found 'all'; allowed: every, or a list of claims by their names"),
        ("[]", "", "amendments[0].claims: found []; allowed: every, or a list of claims by their names"),
        ("every", "removed: true, ", "allowed: a list of claims, each by its name, where removed is true"),
    ],
)
def test_an_amendment_names_claims_that_there_are_or_says_that_they_were_removed(locked, names, more, allowed):
    amend(locked, names, more)
    assert allowed in refusal(locked)


def test_no_preset_changes_a_claim(locked):
    locked.edit(YAML, "full: {seeds", "full: {claims: {relu-spreads: {threshold: 0.1}}, seeds")
    assert "presets.full without claims: a claim's test is the same in every preset" in refusal(locked)


def test_all_that_is_wrong_is_said_a_line_each(locked):
    for edit in (CHANGES_A_TEST["the threshold"], CHANGES_SETTINGS["the seeds"]):
        locked.edit(*edit)
    locked.edit(YAML, "quantifier: every", "quantifier: mean")
    assert len(refusal(locked).splitlines()) == 3


DAMAGES = {
    "nothing": b"",
    "no JSON": b"settings: 0123456789abcdef\n",
    "no UTF-8": b"\xff\xfe",
    "a list": b"[]\n",
    "a number": b"1\n",
    "deep nesting": b"[" * 100_000,
    "the marks of a merge": b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n",
}


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_lock_is_one_line_that_says_what_to_do(locked, content):
    (locked.folder / LOCK).write_bytes(content)
    assert refusal(locked) == (
        f"error: {LOCK}: damaged: not as it was written; restore it from version control (git restore {LOCK}), then "
        "python -m superposition lock\n"
    )


def test_a_digest_that_was_edited_by_hand_is_noticed(locked):
    locked.edit(LOCK, '"relu-spreads": "', '"relu-spreads": "0')
    assert f"{LOCK}: damaged" in refusal(locked)


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"settings": "0" * 16, "amendments": 0}, "claims: missing"),
        ({"settings": "0" * 16, "amendments": -1, "claims": {}}, "amendments: found -1"),
        ({"settings": "x", "amendments": 0, "claims": {}}, "settings: found 'x'"),
        ({"settings": "0" * 16, "amendments": 0, "claims": {"../x": "0" * 16}}, "claims"),
        ({"settings": "0" * 16, "amendments": 0, "claims": {}, "more": 1}, "more: unknown key"),
    ],
)
def test_a_lock_that_is_sealed_but_no_lock_is_one_line_too(locked, record, key):
    (locked.folder / LOCK).write_text(sealed(record, as_lines))
    message = refusal(locked)
    assert message.startswith(f"error: {LOCK}: {key}")
    assert message.count("\n") == 1


def test_a_folder_in_the_lock_s_place_is_one_line(locked):
    (locked.folder / LOCK).unlink()
    (locked.folder / LOCK).mkdir()
    result = locked.call("lock")
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: {LOCK}: no regular file; ")


def test_the_command_is_there_for_a_process_of_its_own(locked):
    shutil.copytree(ROOT / "workflow/superposition", locked.folder / "workflow/superposition")
    assert locked.superposition("lock", "--check").returncode == 0
    locked.edit(*CHANGES_A_TEST["the threshold"])
    result = locked.superposition("lock", "--check")
    assert (result.returncode, result.stderr) == (1, TEST_CHANGED)


# What a setting means where experiment.yaml does not say it. Locks leave that out: after a change to one of these every
# locked experiment is another one, so spell the former value out there, or lock it again with an amendment.
DEFAULTS = {
    claims.Claim: {"kind": "evidence", "scale": "difference"},
    claims.Choice: {"models": {}, "change": {}, "excludes": {}, "options": {}, "layer": None},
    claims.Convergence: {"slope": 0.01, "excess": 0.02, "share": 1.0, "continued": None},
    settings.ConstantImportance: {"value": 1.0},
    settings.ExtraImportance: {"value": 1.0},
    settings.Data: {"values": "unit", "relative_density": None, "sets": None, "target": "identity"},
    settings.Model: {
        "features": None, "importance": None, "tied": True, "bias": True, "initialisation": "inverse-sqrt-features",
        "stacked": 10,
    },
    settings.Training: {
        "method": "descent", "schedule": "constant", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0,
        "l1": 0.0, "reduction": "mean", "records": 100, "snapshots": (),
    },
    experiment.Experiment: {
        "controls": {}, "streams": "paired", "variants": {"default": {}}, "sweep": {}, "axes": {},
        "design": "one-at-a-time", "convergence": claims.Convergence(),
    },
}  # fmt: skip


@pytest.mark.parametrize("schema", DEFAULTS, ids=lambda schema: schema.__name__)
def test_what_a_lock_leaves_out_means_what_it_meant(schema):
    assert {key: schema.model_fields[key].default for key in DEFAULTS[schema]} == DEFAULTS[schema]


def test_a_digest_is_the_same_in_every_version_of_python(locked):
    """As written by Python 3.11; the syntax trees of later versions have further fields."""
    assert lock_of(locked)["claims"] == {"relu-learns": "3e99bb66862a399c", "relu-spreads": "7c4de4be47d649b7"}
