"""A project of one tiny experiment whose runs are interrupted, and what says that nothing was lost."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import psutil
import pytest
from conftest import Project, shared

TINY = Path(__file__).parent / "tiny"
PRODUCTS = ("data", "results", "report")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
TARGETS = ("snakemake", "group", "job")
DRAWS = 20  # of a moment to kill a run at; so many in a row that come too late tell of a wrong measure, not of bad luck
SETTINGS = ("0.001", "0.002")  # learning rates
KINDS = list(product(TARGETS, SIGNALS))
CELLS = [(model, sparsity) for model in ("linear", "relu") for sparsity in ("0.3", "0.9")]
JOBS = {
    ("data", "tiny", "0.3"): "data/tiny/S0.3.*",
    **{("train", "tiny", *cell): f"results/tiny/{cell[0]}/S{cell[1]}/weights.*" for cell in CELLS},
    **{("extract", "tiny", *cell): f"results/tiny/{cell[0]}/S{cell[1]}/m*" for cell in CELLS},
    ("judge", "tiny"): "results/tiny/claims.*",
    ("figure", "tiny-losses"): "report/figures/tiny-losses",
    ("report", "article"): "report/article.*",
}  # by the command line, what it makes


@dataclass(frozen=True)
class Kill:
    """What was killed when; `ended` is how long the run took to end, seconds."""

    target: str
    signal: signal.Signals
    at: float
    ended: float
    last: str  # line that the run said

    def __str__(self) -> str:
        return f"{self.target:<10} {self.signal.name:<8} {self.at:5.1f} s  {self.ended:5.1f} s  {self.last}"


class Tiny(Project):
    """The project with the tiny experiment alone, its compiled functions kept outside."""

    def __init__(self, folder: Path, compiled: Path):
        super().__init__(folder)
        shutil.copytree(TINY, folder / "workflow/experiments/tiny")
        self.edit("config/config.yaml", "[article]", "[tiny]")
        self.rate = SETTINGS[0]
        self._remember(compiled, seconds=0.0)

    @classmethod
    def at(cls, folder: Path, compiled: Path, seconds: float) -> "Tiny":
        """One that lies in a folder already.

        Args:
            folder: the project's.
            compiled: of its compiled functions.
            seconds: what an undisturbed run took.
        """
        tiny = object.__new__(cls)
        tiny.folder, tiny.rate = folder, SETTINGS[0]
        tiny._remember(compiled, seconds)
        return tiny

    def _remember(self, compiled: Path, seconds: float) -> None:
        compiled.mkdir(parents=True, exist_ok=True)
        self.said = compiled / "said.txt"  # what the last run said, outside in case the project's disk is full
        self.compiled, self.seconds = compiled, seconds

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "NUMBA_CACHE_DIR": str(self.compiled)}

    def set_rate(self, rate: str) -> None:
        """Change the learning rate, so that the next run trains every model again."""
        if rate != self.rate:
            self.edit("workflow/experiments/tiny/experiment.yaml", f"rate: {self.rate}", f"rate: {rate}")
            self.rate = rate

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start `snakemake --cores 2` as a shell does: in a process group of its own, and Ctrl-C means something to it.

        Tests that were started in the background ignore SIGINT, and so would all that they start.
        """
        with self.said.open("w") as file:
            return subprocess.Popen(
                ["snakemake", "--cores", "2", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=file,
                stderr=file,
                process_group=0,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )

    def go_on(self, *arguments: str) -> str:
        """Run `snakemake --cores 2` to its end; what it said."""
        with self.start(*arguments) as run:
            run.wait()
        said = self.said.read_text()
        assert run.returncode == 0, said
        return said

    def clear(self) -> None:
        """Back to a fresh checkout."""
        for name in (*PRODUCTS, "logs", ".snakemake"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def hashes(self) -> dict[str, str]:
        """SHA-256 of every file in the products' folders."""
        files = (path for name in PRODUCTS for path in (self.folder / name).rglob("*") if path.is_file())
        return {str(p.relative_to(self.folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    def whole(self) -> dict[str, str]:
        """The hashes of the products, without what killed jobs have left half-written under hidden names."""
        return {path: known for path, known in self.hashes().items() if not _is_scratch(path)}

    def times(self) -> dict[Path, str]:
        """What Snakemake noted of each job's time and memory: the report prints it, and it is never the same twice."""
        return {path: path.read_text() for path in (self.folder / "logs").rglob("*.tsv")}

    def hashes_with(self, times: dict[Path, str]) -> dict[str, str]:
        """The hashes, once the documents have been written again as if the jobs had taken these times."""
        for path, text in times.items():
            assert path.is_file(), f"{path} is missing"
            path.write_text(text)
        for document in ("article", "report"):
            result = self.superposition("report", document)
            assert result.returncode == 0, result.stderr
        return self.hashes()


def made_tiny(factory: pytest.TempPathFactory) -> Tiny:
    """A copy, for the tests of one process, of a project that has run undisturbed, its compiled functions beside it."""

    def make(folder: Path) -> None:
        tiny = Tiny(folder / "project", folder / "compiled")
        tiny.go_on()  # compiles
        tiny.clear()
        began = time.monotonic()
        tiny.go_on()
        (folder / "seconds").write_text(str(time.monotonic() - began))

    made, own = shared(factory, "tiny", make), factory.mktemp("tiny")
    shutil.copytree(made, own, dirs_exist_ok=True)
    return Tiny.at(own / "project", own / "compiled", float((own / "seconds").read_text()))


def interrupted(tiny: Tiny, target: str, number: signal.Signals, at: float, random_: random.Random) -> Kill | None:
    """Start a run and kill something of it after `at` seconds; None if the run came to its end before.

    Args:
        tiny: the project.
        target: the Snakemake process, its whole process group, or one process below it.
        number: the signal.
        at: seconds from the start.
        random_: chooses among a job's processes.
    """
    with tiny.start() as run:
        with suppress(subprocess.TimeoutExpired):
            run.wait(at)
        if run.poll() is not None or not _kill(run, target, number, random_):
            return None
        killed = time.monotonic()
        run.wait()
    if run.returncode == 0:
        return None  # all was done when it was hit
    return Kill(target, number, at, time.monotonic() - killed, _last_line(tiny.said))


def surely_interrupted(tiny: Tiny, target: str, number: signal.Signals, random_: random.Random) -> Kill:
    """Start runs from nothing until one is hit before it ends; what was killed.

    The moment is drawn up to `latest`, which starts at what an undisturbed run has just been seen to take, and comes
    down to what each run that came to its end took: a machine that was busy when it was measured may not be any more.

    Raises:
        AssertionError: no run was hit.
    """
    latest = tiny.seconds
    for _ in range(DRAWS):
        began = time.monotonic()
        if kill := interrupted(tiny, target, number, random_.uniform(0.2, 0.6) * latest, random_):
            return kill
        latest = min(latest, time.monotonic() - began)
        tiny.clear()
    raise AssertionError(f"{DRAWS} runs ended before {number.name} hit their {target}; the last took {latest:.1f} s")


def _is_scratch(path: str) -> bool:
    return any(part.startswith(".") and part.endswith((".part", ".new", ".old")) for part in Path(path).parts)


def kill_jobs(tiny: Tiny, kills: int, random_: random.Random, say: Callable[[str], None]) -> Counter:
    """Start jobs by hand and kill them at random moments; how many of each stage were hit.

    One job is killed up to nine times in a row and then comes to its end; in every second row its products are deleted
    first. After every kill each product is absent or has its bits, and after every row all are there.

    Args:
        tiny: a project that has run.
        kills: how many.
        random_: chooses the job, the signal and the moment, up to what the job was last seen to take.
        say: is given a line for each row.
    """
    hashes, seconds, hit = tiny.hashes(), {}, Counter()
    stages = sorted({job[0] for job in JOBS})
    while hit.total() < kills:
        stage = random_.choice(stages)
        job = random_.choice([job for job in JOBS if job[0] == stage])
        if stage not in seconds:
            seconds[stage] = _by_hand(tiny, job, None, None)[1]
        if random_.random() < 0.5:
            for path in tiny.folder.glob(JOBS[job]):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        row = Counter()
        for _ in range(min(random_.randint(1, 9), kills - hit.total())):
            number = random_.choice(SIGNALS)
            code, _ = _by_hand(tiny, job, number, random_.uniform(0, seconds[stage]))
            assert code in (0, 1, -number), tiny.said.read_text()
            row[number.name] += code != 0
            changed = {path: known for path, known in tiny.whole().items() if hashes.get(path) != known}
            assert not changed, f"{number.name} to {' '.join(job)}: {changed}"
        code, seconds[stage] = _by_hand(tiny, job, None, None)
        assert code == 0, tiny.said.read_text()
        assert tiny.whole() == hashes, " ".join(job)
        hit[stage] += row.total()
        say(f"{hit.total():4} {' '.join(job):<24} {dict(row)}")
    return hit


def _by_hand(tiny: Tiny, job: tuple[str, ...], number: signal.Signals | None, at: float | None) -> tuple[int, float]:
    """Start a job and send it a signal after `at` seconds; (how it ended, after how many seconds)."""
    began = time.monotonic()
    with (
        tiny.said.open("w") as said,
        subprocess.Popen(
            [sys.executable, "-m", "superposition", *job],
            cwd=tiny.folder,
            env=tiny.environment,
            stdout=said,
            stderr=said,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        ) as process,
    ):
        with suppress(subprocess.TimeoutExpired):
            process.wait(at)
        if number is not None:
            process.send_signal(number)  # nothing, where it has ended
    return process.returncode, time.monotonic() - began


def _last_line(said: Path) -> str:
    lines = [line for line in said.read_text().splitlines() if line and "workflow specific profile" not in line]
    return lines[-1][:70] if lines else ""


def _kill(run: subprocess.Popen, target: str, number: signal.Signals, random_: random.Random) -> bool:
    """Send a signal; a job's process is waited for. Returns whether anything was left to kill."""
    if target == "snakemake":
        run.send_signal(number)
        return True
    if target == "group":
        os.killpg(run.pid, number)
        return True
    while run.poll() is None:
        try:
            jobs = psutil.Process(run.pid).children(recursive=True)
            if jobs:
                random_.choice(jobs).send_signal(number)
                return True
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.02)
    return False
