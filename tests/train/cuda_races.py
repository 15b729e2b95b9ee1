"""Look for missing waits: run by `test_cuda`.

    NUMBA_ENABLE_CUDASIM=1 python tests/train/cuda_races.py

Trains cases in Numba's simulator on arrays that note which thread reads and writes which address between two waits.
Where one thread writes what another reads or writes, a device may do either first. Prints a JSON object of what was found
for each case: none with all waits, and some when the detector is told of none.
"""

import json
import sys
import threading

import cuda_cases
from superposition.train.cuda import kernel, launch, step

CASES = ["hidden units for every group", "everything", "fixed rows", "anticorrelated sets", "sparse, everything"]


class Watch:
    """Who did what to each address since the last wait."""

    def __init__(self, heeds_waits):
        self.heeds_waits = heeds_waits
        self.lock, self.here = threading.Lock(), threading.local()
        self.seen, self.races = {}, set()

    def note(self, name, address, writes):
        """Note an access of this thread."""
        thread, epoch = threading.get_ident(), getattr(self.here, "waits", 0)
        with self.lock:
            before, writers, readers = self.seen.get(address, (epoch, set(), set()))
            if before != epoch:
                writers, readers = set(), set()
            if (writers | readers if writes else writers) - {thread}:
                self.races.add(name)
            (writers if writes else readers).add(thread)
            self.seen[address] = epoch, writers, readers

    def wait(self):
        """Wait for the block, and remember it."""
        threading.current_thread().syncthreads()
        if self.heeds_waits:
            self.here.waits = getattr(self.here, "waits", 0) + 1


class Watched:
    """A flat array whose elements' uses are noted."""

    def __init__(self, watch, name, array):
        self.watch, self.name, self.array = watch, name, array

    def _note(self, index, writes):
        address = self.array.__array_interface__["data"][0] + int(index) * self.array.itemsize
        self.watch.note(self.name, address, writes)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Watched(self.watch, self.name, self.array[index])
        self._note(index, False)
        return self.array[index]

    def __setitem__(self, index, value):
        self._note(index, True)
        self.array[index] = value


def races(job, heeds_waits):
    """Names of the arrays of which two threads made conflicting use between two waits."""
    watch, work, state_of = Watch(heeds_waits), kernel.Work, launch.state_of

    def watched_work(*arrays):
        return work(*(Watched(watch, name, array) for name, array in zip(work._fields, arrays, strict=True)))

    def watched_state(*arguments):
        state = state_of(*arguments)
        return state._replace(position=Watched(watch, "position", state.position))

    patched = {(kernel, "Work"): watched_work, (step, "wait"): watch.wait, (launch, "state_of"): watched_state}
    kept = {(module, name): getattr(module, name) for module, name in patched}
    for (module, name), value in patched.items():
        setattr(module, name, value)
    try:
        result = launch.train([job], chunk=job.steps)[0]
    finally:
        for (module, name), value in kept.items():
            setattr(module, name, value)
    assert not cuda_cases.differing(job, result)
    return sorted(watch.races)


def main():
    sys.setswitchinterval(1e-3)
    found = {case: races(cuda_cases.CASES[case][0][0], True) for case in CASES}
    found["without waits"] = races(cuda_cases.CASES["default"][0][0], False)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
