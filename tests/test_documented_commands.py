"""Every command that the README, the docs and the Makefile name runs: here at a tiny size, or in the test named here.

A command that is documented and in none of the tables below fails a test.
"""

import re
import shlex
import shutil
import subprocess

import pytest
from conftest import ROOT, Project, copied

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMAND = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:python (?:benchmarks/|-m superposition )|make [a-z]|(?:\.venv/bin/)?snakemake\b|source )"
)
# A project that is built already, under the preset smoke, is where most commands are small.
SMOKE = "--config preset=smoke"
NOTHING = "Nothing to be done"

# Documented: (what is run, in a built project of the article's part; what it says).
IN_A_BUILT_PROJECT = {
    "snakemake --cores 4": ("snakemake --cores 4", NOTHING),
    "snakemake --cores N": ("snakemake --cores 2", NOTHING),
    "snakemake --cores 64": ("snakemake --cores 64", NOTHING),
    f"snakemake --cores 4 {SMOKE}": (f"snakemake --cores 4 {SMOKE}", NOTHING),
    "snakemake --cores 4 --config trust=content": ("snakemake --cores 4 --config trust=content", NOTHING),
    "snakemake --cores 4 article": ("snakemake --cores 4 article", NOTHING),
    "snakemake article": ("snakemake --cores 4 article", NOTHING),
    "snakemake report/report.html": ("snakemake --cores 4 report/report.html", NOTHING),
    "snakemake -n": ("snakemake -n", NOTHING),
    "snakemake --unlock": ("snakemake --unlock", ""),
    "snakemake --cores 4 verdicts": ("snakemake --cores 4 verdicts", "relu-spreads"),
    "python -m superposition cite article-bias": ("python -m superposition cite article-bias", "@misc{article-bias-"),
    "python -m superposition export latex": ("python -m superposition export latex article", "article.tex"),
    "python -m superposition export docx article": ("python -m superposition export docx article", "article.docx"),
    "python -m superposition export rocrate --to deposit": (
        "python -m superposition export rocrate article --to deposit", "ro-crate-metadata.json",
    ),
    "python -m superposition identify some-file.png": (
        "python -m superposition identify report/figures/article-bias/figure.png", "figure article-bias",
    ),
    "python -m superposition schema": ("python -m superposition schema", "sparsities"),
    "python -m superposition check": ("python -m superposition check", ""),
}  # fmt: skip

# Documented: (what is run, in a fresh copy of the project; what it says).
IN_A_FRESH_PROJECT = {
    "snakemake --cores 4 everything": (f"snakemake -n everything {SMOKE}", "report"),
    "snakemake --cores 4 source-paper": (f"snakemake -n source-paper {SMOKE}", "report"),
    "snakemake --cores 4 source-paper-2": (f"snakemake -n source-paper-2 {SMOKE}", "report"),
    "python benchmarks/engines.py": ("python benchmarks/engines.py 0.001 --shapes 2x1 5x2 --rounds 1", "2 × 1"),
    "python benchmarks/intervals.py": ("python benchmarks/intervals.py --tiny", "two kinds of optimum"),
    "python benchmarks/optimum.py": (
        "python benchmarks/optimum.py --tiny",
        "densities at which the optimum is a triangle",
    ),
    "python benchmarks/pipeline.py": ("python benchmarks/pipeline.py --tiny --cores 2", "main_s"),
    "python benchmarks/plans.py": (
        "python benchmarks/plans.py --steps 2 --shapes 6x2 40x16 60x32 --densities 0.05 0.5",
        "_DENSE_UNIT",
    ),
    "python benchmarks/scaling.py": ("python benchmarks/scaling.py --tiny", "hidden units (200 features)"),
    "python benchmarks/sweep.py": ("python benchmarks/sweep.py --tiny", "bytes_a_model"),
}

# Documented: where a test runs it, or what it is made of.
ELSEWHERE = {
    "python benchmarks/gpu.py": "tests/train/test_cuda.py",  # needs a GPU; what runs is its simulation
    "python benchmarks/gpu.py --simulate": "tests/train/test_cuda.py",
    "source .venv/bin/activate": "tests/pipeline/test_interpreter.py",
    ".venv/bin/snakemake --cores 4": "tests/pipeline/test_interpreter.py",
    "snakemake --report report/snakemake.html": "tests/pipeline/test_snakemake_report.py",
    "snakemake --profile profiles/slurm": "tests/slurm/test_through_slurm.py",
    "snakemake --profile profiles/slurm verdicts": "tests/slurm/test_through_slurm.py",
    "snakemake --profile path/to/it": "tests/slurm/test_through_slurm.py",
    "SUPERPOSITION_GPU=1 snakemake --profile profiles/slurm --resources gpu=8 --config engine=cuda":
        "tests/train/test_cuda_command.py",  # needs a cluster with GPUs
    f"snakemake {SMOKE} engine=cuda": "tests/train/test_cuda_command.py",  # needs a GPU
    "snakemake -n mine": "tests/experiments/test_tutorial.py",
    f"snakemake --cores 4 mine {SMOKE}": "tests/experiments/test_tutorial.py",
    "snakemake --cores 4 mine": "tests/experiments/test_tutorial.py",
    "python -m superposition lock": "tests/pipeline/test_locks.py",
    "python -m superposition lock --check": "tests/pipeline/test_locks.py",
    "python -m superposition publish": "tests/verify/test_verification.py",
    "python -m superposition verify": "tests/verify/test_verification.py",
    "python -m superposition verify --set preset=smoke": "tests/verify/test_verification.py",
}  # fmt: skip

# Targets of the Makefile: the test that runs the commands of its recipe, besides the benchmarks, which are above.
TARGETS = {
    "help": "tests/test_documented_commands.py",
    "report": "tests/conftest.py",
    "docs": "tests/browser/test_site.py",
    "test": "tests/test_documented_commands.py",
    "test-browser": "tests/browser",
    "test-faults": "tests/faults",
    "test-slurm": "tests/slurm",
    "check": "tests/test_documented_commands.py",
    "benchmark": "tests/test_documented_commands.py",
    "benchmark-gpu": "tests/train/test_cuda.py",
    "benchmark-scaling": "tests/test_documented_commands.py",
    "reference": "tests/verify/test_verification.py",
    "clean": "Makefile",  # it removes what the other targets set up
}


def documented() -> set[str]:
    """The commands on lines and in pieces of code of the pages, without comments, and every benchmark."""
    found = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fenced = [
            line for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.S | re.M) for line in block.splitlines()
        ]
        outside = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
        found |= {*fenced, *re.findall(r"^ {4}(\S.*)$", outside, re.M), *re.findall(r"`([^`]+)`", outside)}
    scripts = (file for file in (ROOT / "benchmarks").glob("*.py") if "__main__" in file.read_text(encoding="utf-8"))
    found |= {f"python benchmarks/{file.name}" for file in scripts}
    plain = {" ".join(re.sub(r"\s+#\s.*", "", code).split()) for code in found}
    return {code for code in plain if COMMAND.match(code)}


def recipes() -> dict[str, list[str]]:
    """The lines of each of the Makefile's phony targets."""
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[1].split()
    bodies = {name: re.search(rf"^{name}:.*\n((?:\t.*\n)*)", MAKEFILE, re.M)[1] for name in phony}
    return {name: [line.strip() for line in body.splitlines()] for name, body in bodies.items()}


def test_every_documented_command_is_run_somewhere():
    targets = {f"make {name}" for name in TARGETS}
    known = {*IN_A_BUILT_PROJECT, *IN_A_FRESH_PROJECT, *ELSEWHERE}
    assert documented() - known - targets == set()
    assert known - documented() == set(), "documented no more"


def test_every_target_is_known_and_described():
    assert recipes().keys() == TARGETS.keys()
    assert set(re.findall(r"^# make ([\w-]+) ", MAKEFILE, re.M)) == TARGETS.keys() - {"clean"}


def test_make_alone_lists_the_targets():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^make ([\w-]+) ", listed, re.M)) == TARGETS.keys() - {"clean"}


def test_make_report_ends_with_how_to_go_on():
    assert "source .venv/bin/activate, then snakemake --cores" in recipes()["report"][-1]


@pytest.mark.parametrize("place", sorted({*ELSEWHERE.values(), *TARGETS.values()}))
def test_a_named_test_is_there(place):
    assert (ROOT / place).exists()


@pytest.fixture(scope="module")
def unchanged(pristine, tmp_path_factory):
    """A copy of the built project for the commands that find everything done."""
    return copied(pristine, tmp_path_factory.mktemp("documented") / "project")


@pytest.mark.parametrize("command", IN_A_BUILT_PROJECT)
def test_in_a_built_project(unchanged, command):
    run, expected = IN_A_BUILT_PROJECT[command]
    result = unchanged.run(*shlex.split(run))
    assert result.returncode == 0, result.stderr
    assert expected in result.stdout + result.stderr


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_documented_python_runs(unchanged, page):
    """One block of a page after the other, as they would be pasted."""
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.S | re.M)
    if blocks:
        result = unchanged.run("python", "-c", "\n".join(blocks))
        assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", IN_A_FRESH_PROJECT)
def test_in_a_fresh_project(tmp_path, command):
    run, expected = IN_A_FRESH_PROJECT[command]
    project = Project(tmp_path / "project")
    shutil.copytree(ROOT / "benchmarks", project.folder / "benchmarks", ignore=shutil.ignore_patterns("results"))
    shutil.copy(ROOT / "config/config.yaml", project.folder / "config/config.yaml")
    result = project.run(*shlex.split(run))
    assert result.returncode == 0, result.stderr
    assert expected in result.stdout + result.stderr


@pytest.mark.parametrize("line", recipes()["check"])
def test_make_check_passes(line, project):
    place = project.folder if line.startswith("snakemake") else ROOT  # it leaves a folder behind
    result = subprocess.run(shlex.split(line), cwd=place, env=project.environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
