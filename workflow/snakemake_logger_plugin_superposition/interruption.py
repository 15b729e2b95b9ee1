"""Ctrl-C and SIGTERM end a run at once.

Snakemake waits for running jobs, which may take minutes, and has a handler for SIGTERM that waits for a lock which the
interrupted thread may hold, for ever. Nothing is lost by ending a run: the next one goes on. So jobs are told to end,
and if Snakemake has not ended a while after, so is it. Its own handlers stay as they are.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread, current_thread, main_thread

import psutil

STOPPING = {signal.SIGINT, signal.SIGTERM}
GRACE = 20.0  # seconds for Snakemake to end once its jobs have been told to
PAUSE = 0.1  # seconds
PATIENCE = 2.0  # seconds for the last words


def listen(told: Callable[[], bool], sum_up: Callable[[], None]) -> None:
    """From now on, end the run on SIGINT and SIGTERM.

    Args:
        told: called when the first of them comes, in a thread of its own; returns whether to end the jobs.
        sum_up: called where Snakemake does not end by itself, to say how far the run came.
    """
    if current_thread() is not main_thread():
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)  # the numbers of signals, whatever their handlers do
    Thread(target=_wait, args=(read, told, sum_up), daemon=True).start()
    usual = sys.excepthook
    sys.excepthook = lambda kind, *rest: None if issubclass(kind, KeyboardInterrupt) else usual(kind, *rest)


def _wait(read: int, told: Callable[[], bool], sum_up: Callable[[], None]) -> None:
    while not STOPPING.intersection(os.read(read, 64)):
        pass
    if told():
        _end(sum_up)


def _end(sum_up: Callable[[], None]) -> None:
    late = time.monotonic() + GRACE
    while time.monotonic() < late:
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                process.terminate()
        time.sleep(PAUSE)
    print(f"Snakemake has not ended within {GRACE:g} s; ending it", file=sys.stderr, flush=True)
    last = Thread(target=sum_up, daemon=True)  # not here: it might wait for a lock of the thread that hangs
    last.start()
    last.join(PATIENCE)
    os._exit(1)
