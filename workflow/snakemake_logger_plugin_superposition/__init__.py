"""What a run says: one line a job, a bar on a terminal, the last lines of a log where a job fails.

Snakemake finds the module by its name; profiles/default/config.yaml asks for it. Dry runs, and runs that ask for more
(--verbose, --printshellcmds, --debug-dag), are told in Snakemake's own words; .snakemake/log/ holds those of every run.
"""

import logging
import re
import shutil
import sys
from collections import Counter
from logging import LogRecord
from pathlib import Path

from snakemake.logging import ColorizingTextHandler
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from tqdm import tqdm

from .interruption import listen
from .timers import keep_one_pending

TAIL = 15  # lines of a failed job's log
CHATTER = (
    "Using workflow specific profile", "Assuming unrestricted shared", "host: ", "Building DAG", "Using shell",
    "Select jobs", "Execute ", "Touching output", "Conda environments: ignored", "Singularity containers: ignored",
    "Shutting down", "Exiting because", "Complete log", "Elapsed time", "RuleException:\nCalledProcessError",
    "WorkflowError:\nAt least one job", "Removing output files of failed job", "SLURM run ID", "No SLURM account",
    "No account was given", "Unable to guess SLURM account", "Cleaning up SLURM log files",
)  # fmt: skip
STOPPING = ("Will exit after finishing", "Terminating processes")
FULL = "no space left on the disk; free some and run snakemake again"
SPARE = 1 << 20  # bytes; with less than that left, the disk was full when a job failed
SLURM = ("slurmstepd", "srun: error")  # how the lines begin in which Slurm says why a job ended
BAR = "{n_fmt} of {total_fmt} jobs |{bar:24}| {desc}"


class LogHandler(LogHandlerBase):
    """Tells of jobs as they finish."""

    writes_to_stream, writes_to_file = True, False
    has_filter, has_formatter, needs_rulegraph = False, False, False  # Snakemake's own filter and formatter

    def __post_init__(self) -> None:
        wanted = self.common_settings
        self.stream = sys.stdout if wanted.stdout else sys.stderr
        self.stream.reconfigure(errors="replace")
        self.plain = ColorizingTextHandler(wanted.nocolor, self.stream)
        self.in_full = wanted.dryrun or wanted.verbose or wanted.printshellcmds or wanted.debug_dag
        self.running: dict[int, tuple[str, float]] = {}  # job: (what it is, when it started)
        self.documents: dict[int, str] = {}  # job: the page that it writes
        self.done = self.total = 0
        self.failed: set[int] = set()  # jobs; one that is run again and then ends well is taken out
        self.started = 0.0
        self.bar: tqdm | None = None
        self.remote = self.stopped = False  # whether a cluster runs the jobs; whether the user stopped the run
        if not wanted.verbose:
            logging.raiseExceptions = False  # no traceback where Snakemake's own log is on a full disk
        if not wanted.dryrun:
            listen(self._stop, self._sum_up)
            keep_one_pending()

    def emit(self, record: LogRecord) -> None:
        """Tell of one event, if it is worth a line."""
        event = getattr(record, "event", None)
        tell = None if self.in_full else getattr(self, f"_{event}", None)
        try:
            if tell:
                tell(record)
            elif self.in_full or (event in (None, LogEvent.ERROR) and self._worth_telling(record.getMessage())):
                self._clear()
                self.plain.setFormatter(self.formatter)
                self.plain.handle(record)
            self._show_bar()
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Clear the bar, and say how the run ended."""
        self._sum_up()
        super().close()

    def _sum_up(self) -> None:
        """Clear the bar; count what failed, or say how far the run came before it was stopped."""
        if self.bar is not None:
            self.bar.close()
        if self.stopped and self.total:
            self._say(f"stopped: {self.done} of {_jobs(self.total)} done; snakemake goes on from there")
        elif self.stopped:
            self._say("stopped before any job began")
        elif self.failed:
            self._say(f"{len(self.failed)} of {_jobs(self.total)} failed, {self.done} done")
        self.failed, self.stopped = set(), False  # said once, however often the handler is closed

    # One method for each kind of event, named as Snakemake names them.

    def _run_info(self, record: LogRecord) -> None:
        counts = Counter(record.stats)
        self.total = counts.pop("total", 0) or counts.total()
        self.started = record.created
        self._say(f"{_jobs(self.total)}: {', '.join(f'{n} {rule}' for rule, n in counts.items() if rule != 'all')}")

    def _resources_info(self, record: LogRecord) -> None:
        self.remote |= getattr(record, "nodes", None) is not None

    def _job_info(self, record: LogRecord) -> None:
        label = record.rule_msg or " ".join([record.rule_name, *map(str, record.wildcards.values())])
        self.running[record.jobid] = label, record.created
        if pages := [str(path) for path in record.output if str(path).endswith(".html")]:
            self.documents[record.jobid] = pages[0]

    def _job_finished(self, record: LogRecord) -> None:
        label, started = self.running.pop(record.job_id, ("", 0))
        self.failed.discard(record.job_id)
        self.done += 1
        if label and label != "all":
            self._say(f"✔ {label:<56} {record.created - started:7.1f} s")
        if page := self.documents.pop(record.job_id, None):
            self._say(f"{page} is ready")
        if self.done == self.total:
            self._say(f"{_jobs(self.total)} done in {record.created - self.started:.1f} s")

    def _job_error(self, record: LogRecord) -> None:
        label, started = self.running.pop(record.jobid, (record.rule_name, record.created))
        self.failed.add(record.jobid)
        if self.stopped:
            return
        self._say(f"✘ {label:<56} {record.created - started:7.1f} s   failed")
        paths = [str(log).partition(" (")[0] for log in record.log]
        tails = [_last_lines(Path(path)) for path in paths]
        for path, tail in zip(paths, tails, strict=True):
            self._say(*(f"  | {line}" for line in tail), f"  its log: {path}")
        if not any(tails) and shutil.disk_usage(".").free < SPARE:  # the job could not write even that into its log
            self._say(f"error: {FULL}")

    def _stop(self) -> bool:
        """Take note that the user stops the run; returns whether its jobs are this machine's, to be ended at once."""
        self.stopped = not self.remote
        return self.stopped

    def _worth_telling(self, message: str) -> bool:
        """Whether a message of Snakemake's is to be told as it is; two that take many lines are told here in one."""
        if message.startswith("LockException"):
            self._say(f"error: another run works in this folder: {_others()}; wait for it, or stop it")
        elif full := re.search(r"No space left on device(?:: '(.*?)')?", message):
            self._say(f"error: {full[1] or '.snakemake'}: {FULL}")
        else:
            return not (self.stopped or message.startswith(CHATTER if self.remote else (*CHATTER, *STOPPING)))
        return False

    def _say(self, *lines: str) -> None:
        self._clear()
        self.stream.writelines(f"{line}\n" for line in lines)
        self.stream.flush()

    def _clear(self) -> None:
        if self.bar is not None:
            self.bar.clear()

    def _show_bar(self) -> None:
        """Show how far the run is; not beside the last job, which may itself write to the terminal."""
        ended = self.done + len(self.failed)
        if not self.stream.isatty() or not self.running or ended + len(self.running) >= self.total:
            return self._clear()
        if self.bar is None:
            self.bar = tqdm(total=self.total, file=self.stream, bar_format=BAR, leave=False, dynamic_ncols=True)
        self.bar.n = self.done
        labels = [" ".join(label.split()) for label, _ in self.running.values()]
        self.bar.set_description_str(", ".join(labels))


def _jobs(count: int) -> str:
    return f"{count} job{'' if count == 1 else 's'}"


def _last_lines(log: Path) -> list[str]:
    """The end of a log, or what Slurm said, where it did: Snakemake's own words, which follow that, do not tell why."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return ([line for line in lines if line.startswith(SLURM)] or lines)[-TAIL:]


def _others() -> str:
    from superposition.pipeline.runs import living  # the checkout's, which the Snakefile has imported by now

    return "; ".join(map(str, living())) or "its process is unknown; once it has ended: snakemake --unlock"
