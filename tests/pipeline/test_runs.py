"""Runs are told apart by whether their process lives: a killed one's leftovers are cleared, and its jobs end too."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from superposition.pipeline import leftovers, runs

LIBRARY = Path(runs.__file__).parents[2]
JOB = """
import os, sys, time
from superposition.pipeline.runs import end_with_run
print("begun", flush=True)
end_with_run()
print("on", flush=True)
time.sleep(600)
"""
BEGIN = f"""
import subprocess, sys
from superposition.pipeline.leftovers import begin_run
print(begin_run(), flush=True)
for line in sys.stdin:  # the job below a process of its own, as Snakemake's are below a shell
    shell = subprocess.Popen([sys.executable, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])", {JOB!r}])
    print(shell.pid, flush=True)
"""


def start(folder, program, **environment) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(LIBRARY), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def begun(tmp_path):
    """Begins a run in the folder: its process, and what it said. What still lives is killed afterwards."""
    started = []

    def begin() -> tuple[subprocess.Popen, str]:
        started.append(start(tmp_path, BEGIN))
        return started[-1], started[-1].stdout.readline().strip()

    yield begin
    for run in started:
        run.kill()
        run.communicate()


def left(folder, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    return path


def living(folder):
    return runs.living(folder / runs.RUNS)


def test_a_run_lives_as_long_as_its_process_however_that_ends(tmp_path, begun):
    for end in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, None):
        run, _ = begun()
        assert [found.process for found in living(tmp_path)] == [run.pid]
        if end:
            run.send_signal(end)
        run.communicate("")
        assert living(tmp_path) == []


def test_a_stopped_process_lives(tmp_path, begun):
    run, _ = begun()
    run.send_signal(signal.SIGSTOP)
    assert [found.process for found in living(tmp_path)] == [run.pid]


def test_what_a_killed_run_left_is_cleared_with_a_word_about_it(tmp_path, begun):
    run, said = begun()
    assert said == ""
    lock, part = left(tmp_path, ".snakemake/locks/0.output.lock"), left(tmp_path, "results/a/b/.W.csv.0a1b.part")
    product = left(tmp_path, "results/a/b/W.csv")
    run.kill()
    run.wait()
    second, said = begun()
    assert said.startswith(f"going on after an interruption: process {run.pid}, begun 20")
    assert not lock.exists()
    assert not part.exists()
    assert product.exists()
    second.communicate("")
    assert begun()[1] == ""  # it is said once


def test_a_living_run_keeps_its_lock_even_if_another_was_killed(tmp_path, begun):
    alive, _ = begun()
    dead, said = begun()
    assert said == ""
    lock = left(tmp_path, ".snakemake/locks/0.output.lock")
    dead.kill()
    dead.wait()
    assert begun()[1] == ""
    assert lock.exists()
    alive.kill()
    alive.wait()


def test_a_lock_of_another_program_stays(tmp_path, begun):
    lock = left(tmp_path, ".snakemake/locks/0.output.lock")
    run, said = begun()
    run.communicate("")
    assert said == ""
    assert lock.exists()


def test_a_record_that_was_lost_with_its_machine_is_one_of_a_killed_run(tmp_path, begun):
    lock = left(tmp_path, ".snakemake/locks/0.input.lock")
    (tmp_path / runs.RUNS).mkdir(parents=True)
    (tmp_path / runs.RUNS / "abc.json").touch()
    assert "going on after an interruption" in begun()[1]
    assert not lock.exists()


def test_a_file_in_the_making_is_no_leftover(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from superposition.store.files import replacing

    abandoned = left(tmp_path, "data/x/.a.csv.00ff.part")
    with replacing(Path("data/x/a.csv")) as temporary:
        temporary.write_text("1")
        assert leftovers.half_written() == [abandoned.relative_to(tmp_path)]
    assert Path("data/x/a.csv").read_text() == "1"


@pytest.fixture
def working(begun):
    """A run with a job: the run's process, and the id of the shell between the two."""
    run, _ = begun()
    run.stdin.write("job\n")
    run.stdin.flush()
    shell = int(run.stdout.readline())
    assert [run.stdout.readline(), run.stdout.readline()] == ["begun\n", "on\n"]
    return run, shell


def test_a_job_ends_with_its_run(working):
    run, _ = working
    run.kill()
    assert run.stdout.read() == ""  # returns when the job has let go of it, too


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_a_job_ends_with_the_shell_that_started_it(working):
    run, shell = working
    (job,) = psutil.Process(shell).children()
    os.kill(shell, signal.SIGKILL)
    job.wait()
    assert run.poll() is None


def test_a_job_whose_shell_has_ended_does_not_begin(tmp_path, begun):
    """Its run lives, but is none of its ancestors."""
    begun()
    (record,) = (tmp_path / runs.RUNS).glob("*.json")
    job = start(tmp_path, JOB, SUPERPOSITION_RUN=str(record))
    printed, said = job.communicate()
    assert printed == "begun\n"
    assert f"{record}: the run that started this job has ended" in said


def test_a_job_of_a_run_that_has_ended_does_not_begin(tmp_path):
    job = start(tmp_path, JOB, SUPERPOSITION_RUN=str(tmp_path / "gone.json"))
    _, said = job.communicate()
    assert job.returncode == 1
    assert "UserError" in said
    assert "gone.json: the run that started this job has ended" in said


def test_outside_a_run_a_job_depends_on_nothing(tmp_path):
    job = start(tmp_path, JOB.replace("time.sleep(600)", "print('done')"), SUPERPOSITION_RUN="")
    assert "done" in job.communicate()[0]
