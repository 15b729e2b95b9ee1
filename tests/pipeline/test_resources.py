"""What jobs ask of a cluster: estimates against hand-computed ones, and against what the jobs really take."""

import re
import sys

import pytest
from conftest import ROOT
from superposition.pipeline import resources as sizes
from superposition.pipeline.plan import load_plan

MB = 1e6
# The article's standard preset: 40 features, 5 hidden units, 10 seeds, sets of 10 000 and 20 000 samples; eight variants,
# all of 10 000 steps of 128 samples, but for one of 1000 steps and one of 250 steps on the whole set; the first of them trained
# on, for 20 000 steps; and three that are made: untrained, permuted and planted.
INSTANCES = 120
TRAINING_SETS = 10 * 10_000 * 40 * 4 / MB
TEST_SETS = 10 * 20_000 * 40 * 4 / MB
MATRICES = INSTANCES * (40 * 40 + 7 * 40) * 4 / MB
WEIGHTS = INSTANCES * ((5 * 40 + 40) * 4 + 100 * 12) / MB
SAMPLES = 10 * ((6 * 10_000 + 20_000) * (128 + 32) + 1_000 * (128 + 32) + 250 * (10_000 + 32))
BATCHES = 10 * (8 * 128 + 10_000)


@pytest.fixture(scope="module")
def plan():
    return load_plan({"preset": "standard"})


def test_the_size_of_a_data_set_is_that_of_its_samples(plan):
    size = sizes.data(plan, "article", "0.9")
    sets = TRAINING_SETS + TEST_SETS
    assert size.megabytes == pytest.approx(60 + sets + 30 * 20_000 * 40 / MB)
    assert size.seconds == pytest.approx(1 + 0.02 * sets + sets / 100)


def test_the_size_of_a_training_is_that_of_its_instances_and_their_steps(plan):
    size = sizes.train(plan, "article", "relu", "0.9")
    assert size.megabytes == pytest.approx(250 + TRAINING_SETS + 3 * WEIGHTS)
    assert size.seconds == pytest.approx(15 + SAMPLES * (0.4 * 40 * 5 + 40 + 3) * 1e-9 + TRAINING_SETS / 100)


def test_the_torch_engine_asks_for_its_batches_and_for_more_time(plan):
    fused = sizes.train(plan, "article", "relu", "0.9")
    torch = sizes.train(load_plan({"preset": "standard", "engine": "torch"}), "article", "relu", "0.9")
    assert torch.megabytes - fused.megabytes == pytest.approx(450 - 250 + 64 * BATCHES * 40 * 4 / MB)
    assert torch.seconds == pytest.approx(15 + SAMPLES * (1.5 * 40 * 5 + 80 * 40 + 100) * 1e-9 + TRAINING_SETS / 100)


def test_the_gpu_s_engine_asks_for_a_process_with_cuda_in_it(plan, monkeypatch):
    monkeypatch.setenv("NUMBA_ENABLE_CUDASIM", "1")  # so that it may be asked for
    fused = sizes.train(plan, "article", "relu", "0.9")
    cuda = sizes.train(load_plan({"preset": "standard", "engine": "cuda"}), "article", "relu", "0.9")
    assert cuda.megabytes - fused.megabytes == pytest.approx(900 - 250 + 6 * WEIGHTS)
    assert cuda.seconds < fused.seconds


def test_the_size_of_an_extraction_is_that_of_its_test_sets_and_matrices(plan):
    size = sizes.extract(plan, "article", "relu", "0.9")
    assert size.megabytes == pytest.approx(190 + TEST_SETS + 40 * 20_000 * 40 / MB + 6 * MATRICES + 2 * WEIGHTS)
    passes = INSTANCES * 20_000 * 40 * (20 + 0.1 * 5) * 1e-9
    assert size.seconds == pytest.approx(2 + passes + INSTANCES / 1000 + (TRAINING_SETS + TEST_SETS + WEIGHTS) / 100)


def test_what_is_asked_for_leaves_a_margin():
    size = sizes.Size(megabytes=400, seconds=300)
    assert size.mem_mb == 900  # 300 for two Snakemakes, and one and a half times 400
    assert size.runtime == 30  # 10 minutes to start, and four times 5


def test_more_readings_ask_for_more_in_every_stage_that_reads_the_verdicts(plan):
    many = load_plan({"preset": "full"})  # every combination of choices
    assert sizes.judge(many, "article").seconds > 5 * sizes.judge(plan, "article").seconds
    assert sizes.report(many).megabytes > 2 * sizes.report(plan).megabytes
    curve = "article-claim-relu-spreads"
    assert sizes.figure(many, curve).megabytes > 1.3 * sizes.figure(plan, curve).megabytes


def test_jobs_take_no_more_than_their_estimate(built):
    """The peak of a stage's process as the kernel counts it, and its processor time, on the smoke preset."""
    plan = load_plan({"preset": "smoke"})
    figure = "article-claim-relu-spreads"
    commands = {
        ("data", "article", "0.9"): sizes.data(plan, "article", "0.9"),
        ("train", "article", "relu", "0.9"): sizes.train(plan, "article", "relu", "0.9"),
        ("extract", "article", "relu", "0.9"): sizes.extract(plan, "article", "relu", "0.9"),
        ("judge", "article"): sizes.judge(plan, "article"),
        ("figure", figure): sizes.figure(plan, figure),
        ("report",): sizes.report(plan),
    }
    for command, size in commands.items():
        megabytes, seconds = taken(built, command)
        assert 0.2 * size.megabytes < megabytes < 1.1 * size.megabytes, command
        assert seconds < sizes.TIME_MARGIN * size.seconds, command


def taken(project, command):
    """(MB at the peak, seconds of processor time) of a stage."""
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'superposition', *sys.argv[1:]], check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_maxrss * 1024 / 1e6, used.ru_utime + used.ru_stime)\n"
    )
    result = project.run(sys.executable, "-c", program, *command)
    assert result.returncode == 0, result.stderr
    return map(float, result.stdout.split()[-2:])


def test_every_rule_that_makes_products_states_memory_and_time():
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for rule in re.split(r"(?m)^rule ", path.read_text())[1:]:
            if "    output:" in rule:
                assert "        mem_mb=lambda w, attempt: attempt * resources." in rule, path
                assert "        runtime=lambda w, attempt: attempt * resources." in rule, path


def test_snakemake_plans_a_run_under_the_slurm_profile(project):
    """Also where there is no Slurm: nothing is submitted."""
    result = project.run("snakemake", "--profile", "profiles/slurm", "-n", "--config", "preset=smoke", "--", "all")
    assert result.returncode == 0, result.stderr
    said = result.stdout + result.stderr
    assert "Using profiles profiles/slurm and workflow specific profile profiles/default" in said
    assert re.search(r"\b14 train\b", said)
