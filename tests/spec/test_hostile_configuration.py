"""Whatever a configuration holds, it is accepted or refused in one line that names file and key or line: no traceback."""

import copy
import random
import re
import shutil

import pytest
import yaml
from conftest import Project
from hypothesis import given, settings
from hypothesis import strategies as st
from superposition.data.instances import expand
from superposition.pipeline.plan import load_plan
from superposition.store.errors import UserError

CONFIG = "config/config.yaml"
EXPERIMENTS = "workflow/experiments"
CONFIGURED = (
    "article",
    "phase-change",
)  # between them: variants, axes, controls; densities, a sweep, models of own size
ONE_LINE = re.compile(
    r"(config/config\.yaml|workflow/experiments/[a-z0-9-]+(/experiment\.yaml)?)(:\d+|:\?)?( (with|under) [^\n]*?)?: [^\n]+"
)
EXAMPLES = settings(deadline=None, derandomize=True, database=None)

# Values that no key, or hardly one, allows.
HOSTILE = (
    None, True, False, 0, -1, 1, 2, 10**6, 10**12, 10**30, -(10**30), 2**31, 2**63, 10**400, 0.0, -0.0, 0.5, 1e-300, 1e308,
    -1e308, float("inf"), float("-inf"), float("nan"), "", " ", "1e-3", "0.5", "0", "1", "full", "fresh", "fixed", "product",
    "torch", "../x", "/etc/passwd", "..", ".", "~", "a/b", "a\\b", "a\nb", "a\x00b", "\x1b[31m", "\u202e", "\ufeff", "ß", "é",
    "日本", "x" * 10_000, "<script>", "{{ 1 }}", "{% for %}", "$x$", "null", "con", "-", "a--b", "A", "0.9", "0.", "0.1234567890123",
    "٠.٥", [], [[]], [None], ["0.1", "0.1"], [0] * 1000, list(range(3000)), {}, {"": 0}, {"a": {"b": {"c": []}}}, {"curve": "linear"},
    {"curve": "explicit", "values": []}, {"curve": "geometric", "ratio": 1e308}, {"default": {}}, {"kind": "correlated", "members": [[1, 2]]},
    {"presets": {}}, {"models": {"relu": {"hidden": 3}}}, {"training": {"steps": 10**12}}, {"training": None}, {"data": []},
)  # fmt: skip
# Text that YAML gives a meaning, or none.
SNIPPETS = (
    "&a ", "*a", "!!python/object/apply:os.system [id]", "!!python/name:os.system ", "!!int ''", "!!bool x", "!!timestamp x",
    "!!binary x", "!!set {a, b}", "!!omap [a: 1]", "!x ", "<<: {features: 3}\n", "<<: *a\n", "\t", "\r", "\x00", "\x07", "\ufeff",
    "- ", ": ", "? ", "{", "}", "[", "]", "'", '"', "|\n", ">-\n", "#", "---\n", "...\n", "%YAML 9.9\n---\n", "@", "`", ", ",
    "010", "1:30", "0x1F", "1_000", ".inf", ".nan", "1e400", "9" * 5000, "2001-13-45", "0001-01-01", "=", "~", "no: 1\n", "1: 2\n",
    "? [a, b]\n: c\n", "\"\\ud800\"", "\"\\x00\"", "\n\n", "features: 3\n", "  seeds: [0]\n", "[" * 200, "{a: " * 200,
    "[" * 20_000 + "]" * 20_000, "\n  ", "\U0001f600", "\x85", "\u2028",
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A copy of the project as the working directory, its experiments in place of the checkout's; the valid texts."""
    project = Project(tmp_path_factory.mktemp("hostile") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        patch.setattr("superposition.store.project.EXPERIMENTS", project.folder / EXPERIMENTS)
        config = project.folder / CONFIG
        document = yaml.safe_load(config.read_text())
        document["parts"] = {"both": {"title": "Both", "experiments": list(CONFIGURED)}}
        config.write_text(yaml.safe_dump(document, sort_keys=False, default_flow_style=None))
        files = [config, *(project.folder / EXPERIMENTS / name / "experiment.yaml" for name in CONFIGURED)]
        yield {path: path.read_text() for path in files}


def use(plan):
    """What the Snakefile asks a plan for, and what a job makes of it, once of each kind."""
    figures = plan.figures()
    for name in plan.experiments:
        cells = plan.cells(name)
        for kind in ("data", "weights", "matrices"):
            plan.products(name, kind, hidden=False)
        plan.judge(name)
        if plan.experiments[name].features < 1000:
            expand(plan.train(name, *cells[-1])["settings"] | {"seeds": [0]})
    for identifier in list(figures)[:1]:
        plan.figure(identifier)
        plan.figure_inputs(identifier)
    plan.report()


def outcome(place, path, content):
    """The plan's error under this content of a file, None where it is accepted; the file is put back."""
    path.write_bytes(content)
    preset = random.Random(content).choice(["smoke", "standard", "full"])
    try:
        use(load_plan({"preset": preset} if path.name != "config.yaml" else {}))
    except UserError as error:
        return str(error)
    finally:
        path.write_text(place[path])
    return None


def refused_in_one_line(place, path, content):
    message = outcome(place, path, content)
    assert message is None or (ONE_LINE.fullmatch(message) and message.isprintable()), message


def mutated(draw, document):
    """A document with one to three values replaced, keys removed, added, renamed, or lists lengthened."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        parent, key = document, None
        while isinstance(parent, dict | list) and parent:
            options = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
            key = draw(st.sampled_from(options))
            if not isinstance(parent[key], dict | list) or not parent[key] or draw(st.booleans()):
                break
            parent = parent[key]
        if key is None or not parent:
            continue
        change = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add", "rename", "lengthen"]))
        value = draw(st.sampled_from(HOSTILE) | st.integers() | st.floats() | st.text(max_size=20))
        if change == "replace":
            parent[key] = value
        elif change == "remove":
            del parent[key]
        elif isinstance(parent, list):
            parent.append(value if change == "add" else parent[key])
        elif change == "rename":
            parent[str(value)] = parent.pop(key)
        else:
            parent[draw(st.text(max_size=8)) if change == "add" else f"{key}-x"] = copy.deepcopy(parent[key])
    return document


def dumped(document):
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")


def chosen(place, draw, config):
    paths = [path for path in place if (path.name == "config.yaml") == config]
    return draw(st.sampled_from(paths))


@pytest.mark.parametrize("config", [False, True], ids=["experiment", "config"])
@settings(EXAMPLES, max_examples=500)
@given(data=st.data())
def test_wrong_values_and_keys(place, config, data):
    path = chosen(place, data.draw, config)
    refused_in_one_line(place, path, dumped(mutated(data.draw, yaml.safe_load(place[path]))))


@pytest.mark.parametrize("config", [False, True], ids=["experiment", "config"])
@settings(EXAMPLES, max_examples=400)
@given(data=st.data())
def test_text_that_is_yaml_no_longer(place, config, data):
    path = chosen(place, data.draw, config)
    text = place[path]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.sampled_from([0, 0, 1, 5, 100]))
        text = text[:start] + data.draw(st.sampled_from(SNIPPETS) | st.text(max_size=5)) + text[start + length :]
    refused_in_one_line(place, path, text.encode("utf-8", "surrogatepass"))


@settings(EXAMPLES, max_examples=200)
@given(data=st.data())
def test_bytes_that_are_text_no_longer(place, data):
    path = data.draw(st.sampled_from(list(place)))
    content = bytearray(place[path].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(min_size=1, max_size=3))
    refused_in_one_line(place, path, bytes(content))


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)
WHOLE = {
    "nothing": (b"", r"found NoneType; allowed: a mapping"),
    "a comment": (b"# nothing\n", r"found NoneType; allowed: a mapping"),
    "a list": (b"[]", r"found list; allowed: a mapping"),
    "billion laughs": (BOMB.encode(), r"anchors and aliases \(& and \*\) are not allowed"),
    "deep nesting": (b"a: " + b"[" * 100_000 + b"]" * 100_000, r"nested more than 30 deep"),
    "a million keys": (b"".join(b"k%d: 1\n" % i for i in range(200_000)), r"found 2,088,890 bytes; allowed: at most 1,000,000"),
    "no UTF-8": (b"a: \xff\xfe", r"cannot be read as text"),
    "UTF-16": ("a: 1".encode("utf-16"), r"cannot be read as text"),
    "two documents": (b"a: 1\n---\nb: 2\n", r"found another document"),
    "a Python object": (b"a: !!python/object/apply:os.system [touch ran]", r"tags are not allowed; found tag:yaml.org,2002:python"),
    "a merge key": (b"<<: {a: 1}\n", r"not valid YAML"),
    "octal": (b"features: 010\n", r"010 is a number to base 8 or 60"),
    "minutes": (b"features: 1:30\n", r"1:30 is a number to base 8 or 60"),
    "a tab": (b"a:\n\tb: 1\n", r"not valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("what", WHOLE)
def test_a_file_that_holds(place, what):
    content, expected = WHOLE[what]
    for path in place:
        message = outcome(place, path, content)
        assert ONE_LINE.fullmatch(message), message
        assert re.search(expected, message), message
        assert not (path.parent / "ran").exists()


def test_a_byte_order_mark_changes_nothing(place):
    for path in place:
        assert outcome(place, path, b"\xef\xbb\xbf" + place[path].encode()) is None


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
        for claim in ("linear-bias-order", "relu-bias-no-order", "relu-bias-lower"):
            del document["claims"][claim]
    parent = document
    for key in keys[:-1]:
        parent = parent[key]
    parent[keys[-1]] = value
    message = outcome(place, path, dumped(document))
    assert message.startswith(f"{EXPERIMENTS}/article/experiment.yaml")
    assert expected in message


def test_two_figures_of_one_id_are_refused(place):
    """Experiment article's figure of-rows and experiment article-of's figure rows would share a folder."""
    (path,) = (path for path in place if path.parent.name == "article")
    (config,) = (path for path in place if path.name == "config.yaml")
    twin = path.parents[1] / "article-of"
    shutil.copytree(path.parent, twin)
    document = yaml.safe_load(place[path]) | {"claims": {}}
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
