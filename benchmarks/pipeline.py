"""What a run costs from nothing to the document, and where it goes: the second half of `make benchmark`.

    python benchmarks/pipeline.py [smoke] [article] [standard] [--cores 2]     # all three rows by default
    python benchmarks/pipeline.py --tiny                                       # three jobs, to see that it runs

Each row is a run of Snakemake in a fresh copy of the project, kernels still to be compiled unless NUMBA_CACHE_DIR names
a folder that has them: the whole report under the preset smoke, the article's part and then the whole report under the
preset standard. Measured are the wall time; the CPU time of the jobs of each stage, of Snakemake's main process, and of
what is left (shells, Snakemake's solver); the most threads that the main process had and how many it had at the end, to
a tenth of a second. The table goes to benchmarks/results/pipeline.csv, its plot to pipeline.svg.
"""

import argparse
import csv
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil
from fresh_copy import ROOT, copy_project

ROWS = {
    "smoke": ("--config", "preset=smoke"),
    "article": ("article", "--config", "preset=standard"),
    "standard": ("--config", "preset=standard"),
}  # arguments of Snakemake
TINY = {"tiny": ("results/article/relu/S0.9/metrics.csv", "--config", "preset=smoke")}
STAGES = ("data", "train", "extract", "judge", "figure", "report")
LOOK = 0.1  # seconds between two looks at the main process
RESULTS = Path(__file__).parent / "results"
# Stands in for the jobs' python and notes what each took: python -m superposition <stage> ... With bash's `times`, as
# what Snakemake itself notes of a job is up to half a second old when the job ends.
WRAPPER = """#!/bin/bash
{python} "$@"
code=$?
times > {noted}.$$  # not in $(...), which is a shell of its own
echo "$3" $(<{noted}.$$) >> {noted}
exit $code
"""


def seconds(minutes: str) -> float:
    """Seconds of a time as bash writes it, such as 1m2.345s."""
    whole, rest = re.fullmatch(r"(\d+)m([\d.]+)s", minutes.replace(",", ".")).groups()
    return 60 * int(whole) + float(rest)


def stage_times(noted: Path) -> dict[str, float]:
    """CPU seconds of each stage's jobs; a line is the stage, then user and system of the shell and of what it ran."""
    taken = dict.fromkeys(STAGES, 0.0)
    for line in noted.read_text().splitlines():
        stage, *times = line.split()
        taken[stage] = taken.get(stage, 0.0) + sum(map(seconds, times))
    return taken


def watched(command: list[str], **options) -> dict:
    """Run a command to its end: its wall time, its CPU time with and without what it started, and its threads.

    Raises:
        SystemExit: it fails; with what it said.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        running = psutil.Popen(command, stdout=said, stderr=said, **options)
        main = threads = most = 0
        while running.status() != psutil.STATUS_ZOMBIE:
            times, threads = running.cpu_times(), running.num_threads() or threads
            main, most = times.user + times.system, max(most, threads)
            time.sleep(LOOK)
        wall = time.perf_counter() - begun
        _, status, used = os.wait4(running.pid, 0)
        if status:
            said.seek(0)
            sys.exit(said.read())
    whole = used.ru_utime + used.ru_stime
    return {"wall_s": wall, "whole_s": whole, "main_s": main, "threads_most": most, "threads_last": threads}


def measured(name: str, arguments: tuple[str, ...], cores: int) -> dict:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, wrapper, noted = (Path(scratch) / part for part in ("project", "bin/python", "noted"))
        copy_project(folder)
        wrapper.parent.mkdir()
        wrapper.write_text(WRAPPER.format(python=sys.executable, noted=noted))
        wrapper.chmod(0o755)
        path = os.pathsep.join([str(wrapper.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**os.environ, "PYTHONPATH": str(folder / "workflow"), "PATH": path}
        snakemake = shutil.which("snakemake", path=path)
        run = watched([snakemake, "--cores", str(cores), *arguments], cwd=folder, env=environment)
        stages = stage_times(noted)
        jobs = len(noted.read_text().splitlines())
    other = run.pop("whole_s") - run["main_s"] - sum(stages.values())
    return {
        "run": name,
        "cores": cores,
        "jobs": jobs,
        "wall_s": run.pop("wall_s"),
        **{f"{stage}_s": taken for stage, taken in stages.items()},
        "other_s": other,
        **run,
    }


def plot(rows: list[dict], path: Path) -> None:
    """CPU seconds of each row, stage upon stage, with a mark at what cores × wall time had to give."""
    sys.path.insert(0, str(ROOT / "workflow"))
    from superposition.draw.canvas import PALETTE, panels

    figure, axes = panels(1, len(rows), 2.8, sharey=False)
    parts = [*STAGES, "other", "main"]
    names = {"main": "Snakemake's main process", "other": "shells and the rest"}
    colours = dict(zip(parts, [*PALETTE, *["#bbbbbb", "#444444", "#888888"]], strict=False))
    for axis, row in zip(axes[0], rows, strict=True):
        base = 0.0
        for part in parts:
            axis.bar(0, row[f"{part}_s"], 0.6, base, color=colours[part], label=names.get(part, part))
            base += row[f"{part}_s"]
        axis.hlines(row["cores"] * row["wall_s"], -0.4, 0.4, color="black", linestyle=":", label="cores × wall time")
        axis.set(title=f"{row['run']}, {row['wall_s']:.0f} s", xticks=[], xlim=(-0.6, 0.6))
    axes[0, 0].set_ylabel("CPU seconds")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.savefig(path, metadata={"Date": None})


def main():
    """Measure the rows asked for, print and write the table and its plot."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="row", help=f"of {', '.join(ROWS)}; all by default")
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="for Snakemake")
    parser.add_argument("--tiny", action="store_true", help="three jobs, to see that this runs")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no row {', '.join(sorted(unknown))}; allowed: {', '.join(ROWS)}")
    wanted = TINY if given.tiny else {name: ROWS[name] for name in given.rows or ROWS}
    rows = []
    for name, arguments in wanted.items():
        rows.append(measured(name, arguments, given.cores))
        if len(rows) == 1:
            print("".join(f"{column:>13}" for column in rows[0]))
        cells = (f"{value:.1f}" if isinstance(value, float) else str(value) for value in rows[-1].values())
        print("".join(f"{cell:>13}" for cell in cells), flush=True)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "pipeline.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    plot(rows, RESULTS / "pipeline.svg")


if __name__ == "__main__":
    main()
