"""Every job's event gets a word more: why the job runs.

Handlers hear of events in a thread of their own, when a job may have begun and what it replaces is gone. A filter of
the logger is asked where the event is made, before the job begins.
"""

import logging
import re
from contextlib import suppress
from logging import LogRecord

from snakemake_interface_logger_plugins.common import LogEvent


class Why(logging.Filter):
    """Lets everything pass, and notes in `why` of a job's event the reason that it runs; empty where none is known."""

    def __init__(self):
        super().__init__()
        self.reasons = None

    def filter(self, record: LogRecord) -> bool:
        """Note the reason."""
        if getattr(record, "event", None) == LogEvent.JOB_INFO:
            record.why = ""
            with suppress(Exception):  # a run does not end because a word on it is missing
                record.why = self._why(record)
        return True

    def _why(self, record: LogRecord) -> str:
        stage = re.search(r"--expect ([0-9a-f]{16})", record.shellcmd or "")
        if not stage:
            return ""
        if self.reasons is None:
            from superposition.pipeline.reasons import (
                Reasons,
            )  # the checkout's, which the Snakefile has imported by now

            self.reasons = Reasons()
        return self.reasons.of(stage[1], record.reason, map(str, record.input), map(str, record.output))
