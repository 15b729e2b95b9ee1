"""What a run says: one line a job, a bar on a terminal, the last lines of a log where a job fails.

Snakemake finds the module by its name; profiles/default/config.yaml asks for it. Dry runs, and runs that ask for more
(--verbose, --printshellcmds, --debug-dag), are told in Snakemake's own words; .snakemake/log/ holds those of every run.
"""

import sys
from collections import Counter
from logging import LogRecord
from pathlib import Path

from snakemake.logging import ColorizingTextHandler
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from tqdm import tqdm

TAIL = 15  # lines of a failed job's log
CHATTER = (
    "Using workflow specific profile", "Assuming unrestricted shared", "host: ", "Building DAG", "Using shell",
    "Select jobs", "Execute ", "Touching output", "Conda environments: ignored", "Singularity containers: ignored",
    "Shutting down", "Exiting because", "Complete log", "Elapsed time", "RuleException:\nCalledProcessError",
    "WorkflowError:\nAt least one job", "SLURM run ID", "No SLURM account", "No account was given",
    "Unable to guess SLURM account", "Cleaning up SLURM log files",
)  # fmt: skip
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
        self.done = self.total = 0
        self.failed: set[int] = set()  # jobs; one that is run again and then ends well is taken out
        self.started = 0.0
        self.bar: tqdm | None = None

    def emit(self, record: LogRecord) -> None:
        """Tell of one event, if it is worth a line."""
        event = getattr(record, "event", None)
        tell = None if self.in_full else getattr(self, f"_{event}", None)
        try:
            if tell:
                tell(record)
            elif self.in_full or (event in (None, LogEvent.ERROR) and not record.getMessage().startswith(CHATTER)):
                self._clear()
                self.plain.setFormatter(self.formatter)
                self.plain.handle(record)
            self._show_bar()
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Clear the bar; count what failed."""
        if self.bar is not None:
            self.bar.close()
        if self.failed:
            self._say(f"{len(self.failed)} of {_jobs(self.total)} failed, {self.done} done")
        super().close()

    # One method for each kind of event, named as Snakemake names them.

    def _run_info(self, record: LogRecord) -> None:
        counts = Counter(record.stats)
        self.total = counts.pop("total", 0) or counts.total()
        self.started = record.created
        self._say(f"{_jobs(self.total)}: {', '.join(f'{n} {rule}' for rule, n in counts.items() if rule != 'all')}")

    def _job_info(self, record: LogRecord) -> None:
        label = record.rule_msg or " ".join([record.rule_name, *map(str, record.wildcards.values())])
        self.running[record.jobid] = label, record.created

    def _job_finished(self, record: LogRecord) -> None:
        label, started = self.running.pop(record.job_id, ("", 0))
        self.failed.discard(record.job_id)
        self.done += 1
        if label and label != "all":
            self._say(f"✔ {label:<56} {record.created - started:7.1f} s")
        if self.done == self.total:
            self._say(f"{_jobs(self.total)} done in {record.created - self.started:.1f} s")

    def _job_error(self, record: LogRecord) -> None:
        label, started = self.running.pop(record.jobid, (record.rule_name, record.created))
        self.failed.add(record.jobid)
        self._say(f"✘ {label:<56} {record.created - started:7.1f} s   failed")
        for log in record.log:
            path = str(log).partition(" (")[0]
            self._say(*(f"  | {line}" for line in _last_lines(Path(path))), f"  its log: {path}")

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
