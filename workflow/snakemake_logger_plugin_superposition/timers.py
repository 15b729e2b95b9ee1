"""At most one of Snakemake's timers is pending.

Snakemake limits how many jobs it starts a second. At the end of every pass of its scheduler it sets a timer to a second
later, whose end is another pass, which sets another timer: one more that never ends for every job that does. With some
hundred jobs there are as many threads, and as many passes a second, each of which evaluates every ready job anew
(https://github.com/snakemake/snakemake/issues/3804 looks like the same). One pending timer wakes the scheduler as well;
and none is needed while every core is taken, as nothing can start then before a job ends, which is a pass of its own.
"""

from threading import Timer

import snakemake
from snakemake.scheduling.job_scheduler import JobScheduler

# Looked through: what is replaced does what is said above. Another version is left as it is; docs/robustness.md.
KNOWN = ("9.27.0",)


def keep_one_pending() -> bool:
    """From now on, let a scheduler have one timer at most for each delay; returns whether this Snakemake is known."""
    known = snakemake.__version__ in KNOWN
    if known:
        JobScheduler._schedule_reevalutation = _pass_after
    return known


def _pass_after(scheduler: JobScheduler, delay: float) -> None:
    """Have the scheduler make another pass in so many seconds, unless it will do so anyway."""
    pending = vars(scheduler).setdefault("_pending_passes", set())
    if scheduler.resources["_cores"] == 0 or delay in pending:
        return

    def wake() -> None:
        pending.discard(delay)  # before the pass, which may ask for the next
        scheduler._open_jobs.release()

    pending.add(delay)
    timer = Timer(delay, wake)
    timer.daemon = True  # a run that is over does not wait for it
    timer.start()
