"""What a run says: one line a job with why it runs, a bar on a terminal, the last lines of a log where a job fails.

Snakemake finds the module by its name; profiles/default/config.yaml asks for it. A dry run has the same lines, without
times. Runs that ask for more (--verbose, --printshellcmds, --debug-dag) are told in Snakemake's own words;
.snakemake/log/ holds those of every run.
"""

import logging
import re
import shutil
import sys
from collections import Counter
from logging import LogRecord
from pathlib import Path

from snakemake.logging import ColorizingTextHandler, logger
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from tqdm import tqdm

from .interruption import listen
from .timers import keep_one_pending
from .why import Why

TAIL = 15  # lines of a failed job's log
CHATTER = (
    "Using workflow specific profile", "Assuming unrestricted shared", "host: ", "Building DAG", "Using shell",
    "Select jobs", "Execute ", "Touching output", "Conda environments: ignored", "Singularity containers: ignored",
    "Shutting down", "Exiting because", "Complete log", "Elapsed time", "RuleException:\nCalledProcessError",
    "WorkflowError:\nAt least one job", "Removing output files of failed job", "SLURM run ID", "No SLURM account",
    "Reasons:", "This was a dry-run", "Some jobs were triggered by provenance", "Rules with provenance triggered jobs",
    "No account was given", "Unable to guess SLURM account", "Cleaning up SLURM log files",
)  # fmt: skip
STOPPING = ("Will exit after finishing", "Terminating processes")
FULL = "no space left on the disk; free some and run snakemake again"
SPARE = 1 << 20  # bytes; with less than that left, the disk was full when a job failed
SLURM = ("slurmstepd", "srun: error")  # how the lines begin in which Slurm says why a job ended
NEW = "new"  # the reason of a job that was never run
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
        self.in_full = wanted.verbose or wanted.printshellcmds or wanted.debug_dag
        self.running: dict[int, tuple[str, float]] = {}  # job: (what it is, when it started)
        self.why: dict[int, str] = {}  # job: the reason that it runs, of every job that makes something
        self.would_run: Counter[str] = Counter()  # jobs of a dry run that were told, by rule
        self.planned: Counter[str] = Counter()  # those of which only the numbers are told
        self.documents: dict[int, str] = {}  # job: the page that it writes
        self.done = self.total = 0
        self.failed: set[int] = set()  # jobs; one that is run again and then ends well is taken out
        self.started = 0.0
        self.bar: tqdm | None = None
        self.remote = self.stopped = False  # whether a cluster runs the jobs; whether the user stopped the run
        if not wanted.verbose:
            logging.raiseExceptions = False  # no traceback where Snakemake's own log is on a full disk
        if not self.in_full:
            logger.addFilter(Why())  # where the record is made: a handler may hear of a job when it has begun
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
        """Clear the bar; count what failed, or say how far the run came before it was stopped; or what would run."""
        if self.bar is not None:
            self.bar.close()
        if would_run := self.would_run or self.planned:
            self._say(f"{_jobs(would_run.total())} would run{self._new()}: {_by_rule(would_run)}")
            self.would_run, self.planned = Counter(), Counter()  # said once, as what follows is
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
        if not self.common_settings.dryrun:
            self._say(f"{_jobs(self.total)}: {_by_rule(counts)}")
        elif not self.would_run:  # as with --quiet rules, which leaves out the jobs
            self.planned = counts - Counter(all=1)

    def _resources_info(self, record: LogRecord) -> None:
        self.remote |= getattr(record, "nodes", None) is not None

    def _job_info(self, record: LogRecord) -> None:
        label = record.rule_msg or " ".join([record.rule_name, *map(str, record.wildcards.values())])
        if record.output:
            self.why[record.jobid] = record.why
        if self.common_settings.dryrun:
            if record.output or record.rule_msg:  # not what only collects others' products
                self.would_run[record.rule_name] += 1
                self._say(f"{label:<56} {self._told(record.jobid)}".rstrip())
            return
        self.running[record.jobid] = label, record.created
        if pages := [str(path) for path in record.output if str(path).endswith(".html")]:
            self.documents[record.jobid] = pages[0]

    def _job_finished(self, record: LogRecord) -> None:
        label, started = self.running.pop(record.job_id, ("", 0))
        self.failed.discard(record.job_id)
        self.done += 1
        if label and label != "all":
            self._say(f"✔ {label:<56} {record.created - started:7.1f} s   {self._told(record.job_id)}".rstrip())
        if page := self.documents.pop(record.job_id, None):
            self._say(f"{page} is ready")
        if self.done == self.total:
            self._say(f"{_jobs(self.total)} done in {record.created - self.started:.1f} s{self._new()}")

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

    def _told(self, job: int) -> str:
        """Why a job runs; nothing of what is new, which one word at the end says of all."""
        return "" if self.why.get(job) == NEW else self.why.get(job, "")

    def _new(self) -> str:
        new = list(self.why.values()).count(NEW)
        return ", all new" if new and new == len(self.why) else f", {new} of them new" if new else ""

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


def _by_rule(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {rule}" for rule, count in counts.items() if rule != "all")


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
