"""The command line: `python -m superposition --help`. Run it in the project's folder."""

import os

# Before numpy and torch load: one thread a job, since the bits depend on the number of threads.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["MPLBACKEND"] = "Agg"  # files only, no display

from .cli.commands import main  # noqa: E402

if __name__ == "__main__":
    main()
