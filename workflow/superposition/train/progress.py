"""Progress of a long job: a bar on a terminal, a line now and then in a log."""

import sys

from tqdm import tqdm

LINES = 10  # in a log, for a whole job


class Progress:
    """Counts a job's steps.

    Args:
        name: what is being done, such as "article relu S0.9".
        total: number of steps.
    """

    def __init__(self, name: str, total: int):
        self.name = name
        self.total = total
        self.done = 0
        self.bar = tqdm(total=total, desc=name, unit="step", leave=False) if sys.stderr.isatty() else None

    def advance(self, steps: int, note: str = "") -> None:
        """Count steps done; the note, such as the current loss, is shown beside them."""
        line_before = self.done * LINES // self.total
        self.done += steps
        if self.bar is not None:
            self.bar.set_postfix_str(note, refresh=False)
            self.bar.update(steps)
        elif self.done * LINES // self.total > line_before:
            print(f"{self.name}: {self.done} of {self.total} steps {note}".rstrip(), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Clear the bar."""
        if self.bar is not None:
            self.bar.close()
