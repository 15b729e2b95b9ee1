"""A mistake in a configuration is one line that names file, key, found and allowed, before any job runs."""

import pytest
import yaml
from superposition.pipeline.plan import load_plan
from superposition.spec.configuration import load_configuration
from superposition.spec.loading import load_experiment
from superposition.store.errors import UserError
from superposition.store.strict_yaml import read_yaml

EXPERIMENT = "workflow/experiments/article/experiment.yaml"
CONFIG = "config/config.yaml"

# (file, text to replace, replacement, what the error must contain)
MISTAKES = {
    "unknown key": (EXPERIMENT, "features: 40", "features: 40\nfeature: 3", ["feature: unknown key", "allowed: title, features"]),
    "unknown nested key": (EXPERIMENT, "batch: 128", "batch: 128\n  momentum: 1", ["training.momentum: unknown key", "learning_rate"]),
    "wrong type": (EXPERIMENT, "features: 40", 'features: "40"', ["features: found '40'", "allowed: a valid integer"]),
    "a list for a number": (EXPERIMENT, "features: 40", "features: [40]", ["features: found [40]", "a valid integer"]),
    "sparsity of one": (EXPERIMENT, '"0.9"]', '"1.0"]', ["sparsities[2]: found '1.0'", "a decimal in [0, 1)"]),
    "negative sparsity": (EXPERIMENT, '"0.9"]', '"-0.1"]', ["sparsities[2]: found '-0.1'", "a decimal in [0, 1)"]),
    "sparsity as a number": (EXPERIMENT, '"0.9"]', "0.9]", ["sparsities[2]: found 0.9", "a valid string"]),
    "sparsity that leaves the folder": (EXPERIMENT, '"0.9"]', '"0.9/../x"]', ["sparsities[2]", "a decimal in [0, 1)"]),
    "duplicated sparsity": (EXPERIMENT, '"0.9"]', '"0.10"]', ["'0.10' repeats '0.1'"]),
    "duplicated seed": (EXPERIMENT, "{first: 100, count: 10}", "[0, 1, 0]", ["seeds: found", "0 repeats 0"]),
    "no seeds": (EXPERIMENT, "seeds: {first: 100, count: 10}", "seeds: []", ["seeds: found []", "at least 1 item"]),
    "too many seeds": (EXPERIMENT, "{first: 100, count: 10}", "1000000000", ["seeds: found 1000000000; allowed: 1 to 10000 seeds"]),
    "text for a mapping": (EXPERIMENT, "importance: {curve: linear, first: 1.0, last: 0.1}", "importance: falling", ["importance: found 'falling'; allowed: lines of 'key: value': weight of each feature"]),
    "zero samples": (EXPERIMENT, "train_samples: 10000", "train_samples: 0", ["data.train_samples: found 0", "greater than 0"]),
    "zero test samples": (EXPERIMENT, "test_samples: 20000", "test_samples: 0", ["data.test_samples: found 0", "greater than 0"]),
    "unknown architecture": (EXPERIMENT, "architecture: linear,", "architecture: rnn,", ["models.linear.architecture: found 'rnn'", "allowed: linear, linear-hidden-relu, relu, relu-output"]),
    "hidden size of zero": (EXPERIMENT, "label: ReLU, hidden: 5", "label: ReLU, hidden: 0", ["models.relu.hidden: found 0", "greater than 0"]),
    "YAML's 1e-3": (EXPERIMENT, "learning_rate: 0.001", "learning_rate: 1e-3", ["training.learning_rate: found '1e-3'", "a valid number", "write 0.001 or 1.0e-3"]),
    "infinite learning rate": (EXPERIMENT, "learning_rate: 0.001", "learning_rate: .inf", ["training.learning_rate: found inf", "finite"]),
    "unknown optimizer": (EXPERIMENT, "optimizer: adam", "optimizer: lion", ["training.optimizer: found 'lion'", "'adam', 'adamw' or 'sgd'"]),
    "unknown importance curve": (EXPERIMENT, "curve: linear", "curve: cubic", ["importance.curve: found 'cubic'", "'linear'", "'geometric'"]),
    "importance with a wrong key": (EXPERIMENT, "last: 0.1", "final: 0.1", ["importance.last: missing", "importance of the last feature"]),
    "no importance curve": (EXPERIMENT, "curve: linear, ", "", ["importance: missing 'curve'", "allowed: one of linear, geometric"]),
    "missing key": (EXPERIMENT, "features: 40\n", "", ["features: missing", "number of features"]),
    "batch larger than the set": (EXPERIMENT, "batch: 128", "batch: 50000", ["training.batch: found 50000; allowed: at most data.train_samples (10000)"]),
    "key given twice": (EXPERIMENT, "features: 40", "features: 40\nfeatures: 41", ["experiment.yaml:5: not valid YAML: key 'features' appears twice"]),
    "not YAML": (EXPERIMENT, "features: 40", "features: [40", ["experiment.yaml:", "not valid YAML"]),
    "a Python object": (EXPERIMENT, "features: 40", "features: !!python/object/apply:os.system [ls]", ["experiment.yaml:4: not valid YAML", "python/object"]),
    "an alias": (EXPERIMENT, "features: 40", "features: &n 40", ["experiment.yaml:4: not valid YAML: anchors and aliases"]),
    "figure without a function": (EXPERIMENT, "figures:\n", "figures:\n  picture: {title: Rows, reads: [data]}\n", ["figures.picture: no function", "allowed: sample"]),
    "figure without a title": (EXPERIMENT, "figures:\n", "figures:\n  picture: {reads: [data]}\n", ["figures.picture.title: missing", "at most 80 characters"]),
    "figure with a title of many words": (EXPERIMENT, "figures:\n", f"figures:\n  picture: {{title: {'word ' * 20}, reads: [data]}}\n", ["figures.picture.title: found", "at most 80 characters"]),
    "claim without a function": (EXPERIMENT, "  linear-capacity:", "  one-condition:", ["claims.one-condition: no function", "allowed: relu-compresses-better"]),
    "claim that an absent figure shows": (EXPERIMENT, "figure: sample", "figure: picture", ["claims.dataset-sparsity.figure: found 'picture'; allowed: sample, loss-curves"]),
    "reading with an unknown model": (EXPERIMENT, "models: {relu: relu-output}", "models: {relu: rnn}", ["axes.relu-hidden.choices.output-only.models: found 'rnn'; allowed: linear"]),
    "default that is no choice": (EXPERIMENT, "default: printed", "default: pirnted", ["axes.relu-hidden.default: found 'pirnted'; allowed: one of its choices: printed, output-only"]),
    "threshold that is text": (EXPERIMENT, "threshold: 0.05", "threshold: much", ["claims.relu-compresses-better.threshold: found 'much'", "a valid number"]),
    "variant of the hidden size": (EXPERIMENT, "presets:", "variants: {wide: {models: {relu: {hidden: 9}}}}\npresets:", ["variants.wide.models.relu.hidden: cannot vary", "allowed: bias"]),
    "variant with a wrong value": (EXPERIMENT, "presets:", "variants: {wild: {training: {steps: -1}}}\npresets:", ["variants.wild", "training.steps: found -1"]),
    "both sparsities and densities": (EXPERIMENT, "presets:", "densities: {first: 1, last: 0.1, points: 3}\npresets:", ["either sparsities or densities"]),
    "densities above one": (EXPERIMENT, 'sparsities: ["0.1", "0.5", "0.9"]', "densities: {first: 2, last: 0.1, points: 3}", ["densities: found", "densities of at most 1"]),
    "density of zero": (EXPERIMENT, 'sparsities: ["0.1", "0.5", "0.9"]', "densities: {first: 1, last: 0, points: 3}", ["densities.last: found 0", "greater than 0"]),
    "one density": (EXPERIMENT, 'sparsities: ["0.1", "0.5", "0.9"]', "densities: {first: 1, last: 0.1, points: 1}", ["densities.points: found 1", "greater than or equal to 2"]),
    "no sparsity": (EXPERIMENT, 'sparsities: ["0.1", "0.5", "0.9"]', "sparsities: []", ["sparsities: found []; allowed: at least one, or densities"]),
    "sweep of a model": (EXPERIMENT, "presets:", "sweep: {models.relu.hidden: {values: [1, 2]}}\npresets:", ["sweep.models.relu.hidden: cannot be swept", "allowed: data.…, importance.…, training.…"]),
    "sweep of a whole": (EXPERIMENT, "presets:", "sweep: {training: {values: [{}]}}\npresets:", ["sweep.training: cannot be swept"]),
    "sweep of an unknown setting": (EXPERIMENT, "presets:", "sweep: {training.rate: {values: [1.0]}}\npresets:", ["sweep training.rate = 1.0", "training.rate: unknown key"]),
    "sweep with a wrong value": (EXPERIMENT, "presets:", "sweep: {training.learning_rate: {values: [0.1, -1.0]}}\npresets:", ["sweep training.learning_rate = -1.0", "found -1.0", "greater than 0"]),
    "sweep both ways": (EXPERIMENT, "presets:", "sweep: {training.learning_rate: {values: [0.1], range: {first: 0.1, last: 1, points: 3}}}\npresets:", ["sweep.training.learning_rate", "either values or range"]),
    "sweep of the shared test set": (EXPERIMENT, "presets:", "sweep: {data.test_samples: {values: [10, 20]}}\npresets:", ["data.test_samples: cannot vary"]),
    "sweep of an importance that a model has of its own": (EXPERIMENT, "hidden: 5, shown: false}\n\n", "hidden: 5, importance: {curve: constant}}\nsweep: {importance.first: {values: [1.0, 2.0]}}\n\n", ["sweep.importance.first: model relu-output has an importance of its own"]),
    "preset that presets": (EXPERIMENT, "  smoke:", "  standard: {presets: {}}\n  smoke:", ["presets.standard.presets"]),
    "unknown preset": (CONFIG, "preset: standard", "preset: huge", ["preset: found 'huge'", "'smoke', 'standard' or 'full'"]),
    "unknown preset of an experiment": (EXPERIMENT, "  smoke:", "  tiny:", ["presets.tiny", "'smoke', 'standard' or 'full'"]),
    "unknown engine": (CONFIG, "engine: auto", "engine: tensorflow", ["engine: found 'tensorflow'", "'auto', 'cuda', 'fused' or 'torch'"]),
    "unknown experiment": (CONFIG, "[article]", "[artikel]", ["experiments: found 'artikel'", "allowed: adversarial, article"]),
    "experiment outside the folder": (CONFIG, "[article]", '["../article"]', ["parts.article.experiments[0]: found '../article'", "lower-case letters and digits"]),
    "unknown key in the configuration": (CONFIG, "preset: standard", "preset: standard\ncores: 4", ["cores: unknown key", "allowed: parts"]),
    "part without experiments": (CONFIG, "[article]", "[]", ["parts.article.experiments: found []", "at least 1 item"]),
    "part with a target's name": (CONFIG, "  article:\n", "  train:\n", ["parts", "names of parts other than report, all, everything, data, train"]),
    "experiment in two parts": (CONFIG, "  article:\n", "  again: {experiments: [article], title: Again}\n  article:\n", ["parts", "each value once; 'article'"]),
    "unknown format": (CONFIG, "[svg, pdf, png]", "[svg, gif]", ["formats[1]: found 'gif'", "'svg', 'pdf' or 'png'"]),
    "a word for a list": (CONFIG, "[svg, pdf, png]", "svg", ["formats: found 'svg'; allowed: a list: formats of every figure"]),
    "empty configuration": (CONFIG, None, "", ["found nothing", "lines of 'key: value'"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_key_found_and_allowed(here, mistake):
    file, old, new, expected = MISTAKES[mistake]
    if old is None:
        (here.folder / file).write_text(new)
    else:
        here.edit(file, old, new)
    with pytest.raises(UserError) as caught:
        load_plan()
    message = str(caught.value)
    assert message.startswith(file)
    assert "\n" not in message
    for part in expected:
        assert part in message, message


def test_an_experiment_folder_without_its_file_is_named(here):
    (here.folder / EXPERIMENT).unlink()
    with pytest.raises(UserError, match=r"workflow/experiments/article: no experiment.yaml; allowed: a folder with"):
        load_plan()


def test_a_file_that_is_not_text_is_named(here):
    (here.folder / CONFIG).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match=r"config/config.yaml: cannot be read as text"):
        load_plan()


@pytest.mark.parametrize("preset", ["smoke", "standard", "full"])
def test_every_preset_of_every_experiment_is_valid(here, preset):
    folders = [path.name for path in (here.folder / "workflow/experiments").iterdir() if path.is_dir()]
    for name in folders:
        loaded = load_experiment(name, preset)
        assert loaded.experiment.features >= 1
        assert list(loaded.variants)[: len(loaded.experiment.variants)] == list(loaded.experiment.variants)


def test_a_preset_replaces_keys_and_keeps_their_siblings(here):
    smoke = load_experiment("article", "smoke").experiment
    standard = load_experiment("article", "standard").experiment
    assert smoke.seeds == (0, 1)
    assert smoke.training.steps == 200
    assert smoke.training.learning_rate == standard.training.learning_rate
    assert standard.seeds == tuple(range(100, 110))


def test_a_variant_changes_its_own_settings_alone(here):
    here.edit(
        EXPERIMENT,
        "presets:",
        "variants: {default: {}, fast: {training: {learning_rate: 0.01}, models: {linear: {bias: false}}}}\npresets:",
    )
    plan = load_plan()
    variants = plan.stage("train", "article", "linear", "0.1").settings["variants"]
    assert variants["fast"]["training"]["learning_rate"] == 0.01
    assert variants["default"]["training"]["learning_rate"] == 0.001
    assert (variants["default"]["model"]["bias"], variants["fast"]["model"]["bias"]) == (True, False)
    assert plan.stage("train", "article", "relu", "0.1").settings["variants"]["fast"]["model"]["bias"] is True


def test_the_command_line_s_settings_are_named_in_the_error(here):
    with pytest.raises(UserError, match=r"config/config.yaml with preset=tiny: preset: found 'tiny'"):
        load_configuration({"preset": "tiny"})


def test_yaml_of_the_project_reads_as_yaml_says(here):
    for file in (CONFIG, EXPERIMENT):
        path = here.folder / file
        assert read_yaml(path) == yaml.safe_load(path.read_text())
